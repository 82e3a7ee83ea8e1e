//! SQLite: one connection, and each change in one immediate transaction.

use std::sync::{Arc, Mutex};

use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params, params_from_iter};
use serde_json::Value;

use super::{Row, failed};
use crate::body::Change;
use crate::error::ApiError;
use crate::kind::{CLIENTS, Kind, USERS};

#[derive(Clone)]
pub struct Sqlite(Arc<Mutex<Connection>>);

impl Sqlite {
    /// The file at `path`, which is made if it is not there; none if the path is empty.
    pub fn open(path: &str) -> Result<Sqlite, String> {
        let opened = if path.is_empty() { Connection::open_in_memory() } else { Connection::open(path) };
        opened
            .and_then(prepared)
            .map(|connection| Sqlite(Arc::new(Mutex::new(connection))))
            .map_err(|error| format!("SQLite: {error}"))
    }

    pub async fn create(&self, kind: &'static Kind, row: Row, unique: Option<String>) -> Result<Value, ApiError> {
        self.run(move |connection| {
            let columns: Vec<_> = kind.columns().collect();
            let places: Vec<_> = (3..3 + columns.len()).map(|place| format!("?{place}")).collect();
            let sql = format!(
                "INSERT INTO {} (id, unique_value, {}) VALUES (?1, ?2, {})",
                kind.table,
                columns.join(", "),
                places.join(", ")
            );
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
            let values = [Some(&row.id), unique.as_ref(), Some(&row.attributes)];
            let values = values.into_iter().chain(row.fields.iter().map(Option::as_ref));
            let inserted =
                transaction.prepare_cached(&sql).and_then(|mut insert| insert.execute(params_from_iter(values)));
            inserted.map_err(|error| taken(kind, error))?;
            let created = kind.accept(row)?;
            transaction.commit().map_err(broken)?;
            Ok(created)
        })
        .await
    }

    pub async fn read(&self, kind: &'static Kind, id: String) -> Result<Option<Value>, ApiError> {
        self.run(move |connection| select(kind, connection, &id)?.map(|row| kind.read(row)).transpose()).await
    }

    pub async fn update(&self, kind: &'static Kind, id: String, change: Change) -> Result<Option<Value>, ApiError> {
        self.run(move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
            let Some(mut row) = select(kind, &transaction, &id)? else { return Ok(None) };
            row.apply(kind, &change)?;
            let columns: Vec<_> =
                kind.columns().enumerate().map(|(at, column)| format!("{column} = ?{}", at + 2)).collect();
            let sql = format!("UPDATE {} SET {} WHERE id = ?1", kind.table, columns.join(", "));
            let values =
                [Some(&row.id), Some(&row.attributes)].into_iter().chain(row.fields.iter().map(Option::as_ref));
            let updated =
                transaction.prepare_cached(&sql).and_then(|mut update| update.execute(params_from_iter(values)));
            updated.map_err(broken)?;
            if let Some(unique) = change.unique {
                let sql = format!("UPDATE {} SET unique_value = ?2 WHERE id = ?1", kind.table);
                transaction.execute(&sql, params![row.id, unique]).map_err(|error| taken(kind, error))?;
            }
            // Judged before the commit: a refusal drops the transaction, which rolls it back.
            let updated = kind.accept(row)?;
            transaction.commit().map_err(broken)?;
            Ok(Some(updated))
        })
        .await
    }

    pub async fn delete(&self, kind: &'static Kind, id: String) -> Result<(), ApiError> {
        let sql = format!("DELETE FROM {} WHERE id = ?1", kind.table);
        self.run(move |connection| connection.execute(&sql, [id]).map(drop).map_err(broken)).await
    }

    pub async fn list(&self, kind: &'static Kind, start: u32, limit: u32) -> Result<(Vec<Value>, i64), ApiError> {
        self.run(move |connection| {
            let transaction = connection.transaction().map_err(broken)?;
            let count = format!("SELECT count(*) FROM {}", kind.table);
            let total = transaction.query_row(&count, [], |row| row.get(0)).map_err(broken)?;
            let sql = format!("{} ORDER BY place LIMIT ?1 OFFSET ?2", selection(kind));
            let mut statement = transaction.prepare_cached(&sql).map_err(broken)?;
            let rows = statement.query_map([limit, start], |row| read(kind, row)).map_err(broken)?;
            let rows: Vec<Row> = rows.collect::<Result<_, _>>().map_err(broken)?;
            Ok((rows.into_iter().map(|row| kind.read(row)).collect::<Result<_, _>>()?, total))
        })
        .await
    }

    /// SQLite waits for the disk, and a thread for it.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let connection = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || match connection.lock() {
            Ok(mut connection) => work(&mut connection),
            Err(_) => Err(failed("an earlier request panicked")),
        });
        done.await.unwrap_or_else(|_| Err(failed("a request panicked")))
    }
}

/// Sets the connection up so that what was committed is on disk, and makes the tables.
fn prepared(connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    for kind in [&USERS, &CLIENTS] {
        let fields: String = kind.resource.fields.iter().map(|field| format!(", {} TEXT", field.name)).collect();
        connection.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS {} (
                 place INTEGER PRIMARY KEY AUTOINCREMENT,
                 id TEXT NOT NULL UNIQUE,
                 unique_value TEXT UNIQUE,
                 attributes TEXT NOT NULL{fields}
             )",
            kind.table
        ))?;
    }
    Ok(connection)
}

fn selection(kind: &Kind) -> String {
    format!("SELECT id, {} FROM {}", kind.columns().collect::<Vec<_>>().join(", "), kind.table)
}

fn select(kind: &Kind, connection: &Connection, id: &str) -> Result<Option<Row>, ApiError> {
    let sql = format!("{} WHERE id = ?1", selection(kind));
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    statement.query_row([id], |row| read(kind, row)).optional().map_err(broken)
}

fn read(kind: &Kind, row: &rusqlite::Row) -> rusqlite::Result<Row> {
    let fields = (2..2 + kind.resource.fields.len()).map(|column| row.get(column)).collect::<Result<_, _>>()?;
    Ok(Row { id: row.get(0)?, attributes: row.get(1)?, fields })
}

fn taken(kind: &Kind, error: rusqlite::Error) -> ApiError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => kind.taken(),
        _ => broken(error),
    }
}

fn broken(error: rusqlite::Error) -> ApiError {
    // The text of an error may hold what a user sent; its code does not.
    let code = error.sqlite_error_code();
    let refused = failed(&format!("SQLite: {code:?}"));
    if code == Some(ErrorCode::DatabaseBusy) { ApiError::store(true) } else { refused }
}
