//! PostgreSQL, and whatever speaks its protocol: an update is one atomic statement, made from the plan of the body.
//!
//! Two writers of one resource wait for each other at its row, and the second one's statement sees what the first one's
//! has stored. So nothing is lost, though nobody reads before writing.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use metadata_merge::Patch;
use metadata_merge::resource::{Action, Cleared};
use serde::{Serialize, Serializer};
use serde_json::Value;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Json, ToSql};
use tokio_postgres::{Config, NoTls};

use super::{Row, failed, read_modify_write};
use crate::body::Change;
use crate::error::ApiError;
use crate::kind::{CLIENTS, Kind, USERS};

/// What a metadata field becomes where a body sets and removes keys of it: `{m}` is its column, and the other two are parameters.
/// Neither parameter may be null, or the field would be.
const MERGE: &str = "(COALESCE({m}, '{}') || {sets}) - {removals}::text[]";

/// How many connections are held at most.
const CONNECTIONS: usize = 16;

/// How often a statement is tried that the engine could not put in a line with others: a serializable one lets one of many
/// writers through, and sends the others away.
const TRIES: u32 = 25;

pub struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub async fn open(url: &str) -> Result<Postgres, String> {
        let config: Config = url.parse().map_err(|_| "the database is no address of PostgreSQL".to_owned())?;
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build().map_err(|error| error.to_string())?;
        let client = pool.get().await.map_err(|error| format!("PostgreSQL: {error}"))?;
        for kind in [&USERS, &CLIENTS] {
            let table = table(kind);
            // Two programs that make the same table at once may both fail; then it is there for one of them.
            if client.batch_execute(&table).await.is_err() {
                client.batch_execute(&table).await.map_err(|error| format!("PostgreSQL: {error}"))?;
            }
        }
        Ok(Postgres { pool })
    }

    pub async fn create(&self, kind: &'static Kind, row: Row, unique: Option<String>) -> Result<Value, ApiError> {
        let columns: Vec<_> = kind.columns().collect();
        let places: Vec<_> = (3..3 + columns.len()).map(|place| format!("${place}::text::jsonb")).collect();
        let (columns, places) = (columns.join(", "), places.join(", "));
        let sql = format!("INSERT INTO {} (id, unique_value, {columns}) VALUES ($1, $2, {places})", kind.table);
        let client = self.client().await?;
        let statement = client.prepare_cached(&sql).await.map_err(broken)?;
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&row.id, &unique, &row.attributes];
        values.extend(row.fields.iter().map(|field| field as &(dyn ToSql + Sync)));
        // A row that nobody has seen yet can be judged before it is stored.
        let created =
            kind.accept(Row { id: row.id.clone(), attributes: row.attributes.clone(), fields: row.fields.clone() })?;
        client.execute(&statement, &values).await.map_err(|error| taken(kind, error))?;
        Ok(created)
    }

    pub async fn read(&self, kind: &'static Kind, id: String) -> Result<Option<Value>, ApiError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(&format!("{} WHERE id = $1", selection(kind))).await.map_err(broken)?;
        let row = client.query_opt(&statement, &[&id]).await.map_err(broken)?;
        row.map(|row| kind.read(decoded(kind, &row))).transpose()
    }

    pub async fn update(&self, kind: &'static Kind, id: String, change: Change) -> Result<Option<Value>, ApiError> {
        let client = self.client().await?;
        if cfg!(feature = "read-modify-write") {
            return read_modify_write::update(client, kind, id, change).await;
        }
        let (sql, values) = statement(kind, &id, &change);
        let statement = client.prepare_cached(&sql).await.map_err(broken)?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
        let mut tries = 0;
        loop {
            // Both are sent before either is answered: a transaction without a wait of its own.
            let (begun, updated) =
                tokio::join!(biased; client.batch_execute("BEGIN"), client.query_opt(&statement, &values));
            let judged = match (begun, updated) {
                (Ok(()), Ok(row)) => row.map(|row| kind.accept(decoded(kind, &row))).transpose(),
                (Err(error), _) | (_, Err(error)) if tries < TRIES && is_retryable(&error) => {
                    rollback(&client).await?;
                    tries += 1;
                    pause(tries).await;
                    continue;
                }
                (Err(error), _) | (_, Err(error)) => Err(taken(kind, error)),
            };
            let Ok(Some(updated)) = judged else {
                rollback(&client).await?;
                return judged;
            };
            match client.batch_execute("COMMIT").await {
                Ok(()) => return Ok(Some(updated)),
                Err(error) if tries < TRIES && is_retryable(&error) => {
                    tries += 1;
                    pause(tries).await;
                }
                Err(error) => return Err(broken(error)),
            }
        }
    }

    pub async fn delete(&self, kind: &'static Kind, id: String) -> Result<(), ApiError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(&format!("DELETE FROM {} WHERE id = $1", kind.table)).await;
        client.execute(&statement.map_err(broken)?, &[&id]).await.map(drop).map_err(broken)
    }

    pub async fn list(&self, kind: &'static Kind, start: u32, limit: u32) -> Result<(Vec<Value>, i64), ApiError> {
        let client = self.client().await?;
        let page = format!("{} ORDER BY place LIMIT $1 OFFSET $2", selection(kind));
        let page = client.prepare_cached(&page).await.map_err(broken)?;
        let count = client.prepare_cached(&format!("SELECT count(*) FROM {}", kind.table)).await.map_err(broken)?;
        let (start, limit) = (i64::from(start), i64::from(limit));
        let bounds: [&(dyn ToSql + Sync); 2] = [&limit, &start];
        let (rows, total) =
            tokio::try_join!(client.query(&page, &bounds), client.query_one(&count, &[])).map_err(broken)?;
        let resources = rows.iter().map(|row| kind.read(decoded(kind, row))).collect::<Result<_, _>>()?;
        Ok((resources, total.get(0)))
    }

    async fn client(&self) -> Result<Object, ApiError> {
        self.pool.get().await.map_err(|_| {
            failed("PostgreSQL: no connection");
            ApiError::store(true)
        })
    }
}

fn table(kind: &Kind) -> String {
    // `||` would make an array of what is no object, and a null is no field of `resource`'s either.
    let fields = kind.resource.fields.iter().map(|field| field.name);
    let fields: String = fields.map(|name| format!(", {name} jsonb CHECK (jsonb_typeof({name}) = 'object')")).collect();
    format!(
        "CREATE TABLE IF NOT EXISTS {} (
             place bigint GENERATED BY DEFAULT AS IDENTITY,
             id text PRIMARY KEY,
             unique_value text UNIQUE,
             attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'){fields}
         )",
        kind.table
    )
}

pub fn selection(kind: &Kind) -> String {
    format!("SELECT {} FROM {}", returned(kind), kind.table)
}

/// What a row is read from.
fn returned(kind: &Kind) -> String {
    std::iter::once("id".to_owned())
        .chain(kind.columns().map(|column| format!("{column}::text")))
        .collect::<Vec<_>>()
        .join(", ")
}

pub fn decoded(kind: &Kind, row: &tokio_postgres::Row) -> Row {
    let fields = (2..2 + kind.resource.fields.len()).map(|column| row.get(column)).collect();
    Row { id: row.get(0), attributes: row.get(1), fields }
}

type Values<'a> = Vec<Box<dyn ToSql + Sync + Send + 'a>>;

/// The statement that carries out a change. What the body does not carry is left out of it.
fn statement<'a>(kind: &Kind, id: &'a str, change: &'a Change) -> (String, Values<'a>) {
    let mut values: Values = vec![Box::new(id)];
    let mut sets = Vec::new();
    let mut bind = |value| {
        values.push(value);
        format!("${}", values.len())
    };
    if !change.plan.attributes().is_empty() {
        sets.push(format!("attributes = attributes || {}", bind(Box::new(Json(change.plan.attributes())))));
    }
    if let Some(unique) = &change.unique {
        sets.push(format!("unique_value = {}", bind(Box::new(unique))));
    }
    for (field, action) in change.plan.fields() {
        let new = match action {
            Action::Clear if field.cleared == Cleared::Absent => "NULL".to_owned(),
            Action::Clear => "'{}'".to_owned(),
            Action::Store(new) => bind(Box::new(Json(new))),
            Action::Merge(patch) => MERGE
                .replace("{m}", field.name)
                .replace("{sets}", &bind(Box::new(Json(Sets(patch)))))
                .replace("{removals}", &bind(Box::new(patch.removals().collect::<Vec<_>>()))),
        };
        sets.push(format!("{} = {new}", field.name));
    }
    let sql = format!("UPDATE {} SET {} WHERE id = $1 RETURNING {}", kind.table, sets.join(", "), returned(kind));
    (sql, values)
}

/// The sets of a patch as an object.
#[derive(Debug)]
struct Sets<'a>(&'a Patch);

impl Serialize for Sets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.sets())
    }
}

async fn rollback(client: &Object) -> Result<(), ApiError> {
    client.batch_execute("ROLLBACK").await.map_err(broken)
}

/// Waits for a while that grows and differs, so that writers who met once do not meet again.
async fn pause(tries: u32) {
    let most = 1000 << tries.min(10);
    tokio::time::sleep(Duration::from_micros(getrandom::u64().unwrap_or_default() % most)).await;
}

/// Whether the engine has rolled back and asks for another try.
fn is_retryable(error: &tokio_postgres::Error) -> bool {
    [Some(&SqlState::T_R_SERIALIZATION_FAILURE), Some(&SqlState::T_R_DEADLOCK_DETECTED)].contains(&error.code())
}

pub fn taken(kind: &Kind, error: tokio_postgres::Error) -> ApiError {
    if error.code() == Some(&SqlState::UNIQUE_VIOLATION) { kind.taken() } else { broken(error) }
}

pub fn broken(error: tokio_postgres::Error) -> ApiError {
    // The text of an error may hold what a user sent; its code does not.
    let refused = failed(&format!("PostgreSQL: {}", error.code().map_or("connection", SqlState::code)));
    if error.is_closed() || error.code().is_none() || is_retryable(&error) { ApiError::store(true) } else { refused }
}
