//! PATCH as it is often written: read the row and lock it, merge here, write it back. Only to be measured against the one
//! statement; with the lock it loses nothing, but takes one more way to the database and back, and moves whole fields both ways.

use deadpool_postgres::Object;
use serde_json::Value;
use tokio_postgres::types::ToSql;

use super::postgres::{broken, decoded, selection, taken};
use crate::body::Change;
use crate::error::ApiError;
use crate::kind::Kind;

pub async fn update(
    client: Object,
    kind: &'static Kind,
    id: String,
    change: Change,
) -> Result<Option<Value>, ApiError> {
    let select =
        client.prepare_cached(&format!("{} WHERE id = $1 FOR UPDATE", selection(kind))).await.map_err(broken)?;
    let columns: Vec<_> =
        kind.columns().enumerate().map(|(at, column)| format!("{column} = ${}::text::jsonb", at + 2)).collect();
    let unique =
        if change.unique.is_some() { format!(", unique_value = ${}", columns.len() + 2) } else { String::new() };
    let sql = format!("UPDATE {} SET {}{unique} WHERE id = $1", kind.table, columns.join(", "));
    let update = client.prepare_cached(&sql).await.map_err(broken)?;

    let keys: [&(dyn ToSql + Sync); 1] = [&id];
    // The same saving as in the one statement: the transaction begins without a wait of its own.
    let (begun, row) = tokio::join!(biased; client.batch_execute("BEGIN"), client.query_opt(&select, &keys));
    begun.map_err(broken)?;
    let done = async {
        let Some(row) = row.map_err(broken)? else { return Ok(None) };
        let mut row = decoded(kind, &row);
        row.apply(kind, &change)?;
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&row.id, &row.attributes];
        values.extend(row.fields.iter().map(|field| field as &(dyn ToSql + Sync)));
        values.extend(change.unique.as_ref().map(|unique| unique as &(dyn ToSql + Sync)));
        client.execute(&update, &values).await.map_err(|error| taken(kind, error))?;
        kind.accept(row).map(Some)
    };
    let done = done.await;
    let end = if matches!(done, Ok(Some(_))) { "COMMIT" } else { "ROLLBACK" };
    client.batch_execute(end).await.map_err(broken)?;
    done
}
