//! SQLite: a resource is one JSON text. An update reads, applies the plan and writes in one
//! immediate transaction.

use std::sync::{Arc, Mutex as Gate};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use super::{Event, Stored, Written, judge, parse, push};
use crate::body::Change;
use crate::error::ApiError;
use crate::kind::{KINDS, Kind};
use crate::query::Page;

pub struct Sqlite {
    writer: Arc<Mutex<Connection>>,
    /// A connection of its own, so that reads do not wait for writes. In memory there is one
    /// connection for both.
    reader: Arc<Mutex<Connection>>,
    /// Whether commits are allowed. It is locked while one runs.
    open: Arc<Gate<bool>>,
    patience: Duration,
}

impl Sqlite {
    /// Opens the file at `path`, which is created if it does not exist, or a database in memory if
    /// `path` is empty.
    pub fn open(path: &str, patience: Duration) -> Result<Sqlite, String> {
        if path.starts_with("file:") {
            return Err("SQLite: the database is a path, not a URI".to_owned());
        }
        let path = if path == ":memory:" { "" } else { path };
        let open = || {
            let writer = if path.is_empty() { Connection::open_in_memory() } else { Connection::open(path) }?;
            let writer = Arc::new(Mutex::new(prepared(writer, patience)?));
            let reader = if path.is_empty() { writer.clone() } else { Arc::new(Mutex::new(Connection::open(path)?)) };
            Ok(Sqlite { writer, reader, open: Arc::new(Gate::new(true)), patience })
        };
        open().map_err(|error: rusqlite::Error| format!("SQLite: {error}"))
    }

    pub async fn write(
        &self,
        kind: &'static Kind,
        id: String,
        change: Change,
        event: Event,
    ) -> Result<Option<Written>, ApiError> {
        let open = self.open.clone();
        let work = move |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
            let (version, before) = match select(kind, &transaction, &id)? {
                Some(stored) => (stored.version, parse(&stored.text)?),
                None if event == Event::Create => (0, Map::new()),
                None => return Ok(None),
            };
            let (resource, text) = match event {
                Event::Delete => delete(kind, &transaction, &id)?,
                _ => put(kind, &transaction, &id, version, &change, &before)?,
            };
            let changes = judge(kind, &change, (version, &before), &resource)?;
            if !change.dry_run {
                log(&transaction, kind, event, &id, &changes)?;
                commit(&open, transaction, &id)?;
            }
            Ok(Some(Written { stored: Stored { version: version + 1, text }, changes }))
        };
        self.run(&self.writer, work).await
    }

    pub async fn read(&self, kind: &'static Kind, id: String) -> Result<Option<Stored>, ApiError> {
        self.run(&self.reader, move |connection| select(kind, connection, &id)).await
    }

    pub async fn list(&self, kind: &'static Kind, page: Page) -> Result<(Vec<Stored>, Option<i64>), ApiError> {
        let work = move |connection: &mut Connection| {
            // One transaction, so that the count belongs to the list.
            let transaction = connection.transaction().map_err(broken)?;
            let count = || transaction.query_row(&format!("SELECT count(*) FROM {}", kind.table), [], |row| row.get(0));
            let total = page.include_totals.then(count).transpose().map_err(broken)?;
            let sql = format!("SELECT version, resource FROM {} ORDER BY place LIMIT ?1 OFFSET ?2", kind.table);
            let mut statement = transaction.prepare_cached(&sql).map_err(broken)?;
            let (mut list, mut bytes) = (Vec::new(), 0);
            for row in statement.query_map([page.per_page, page.start()], stored).map_err(broken)? {
                push(&mut list, &mut bytes, row.map_err(broken)?)?;
            }
            Ok((list, total))
        };
        self.run(&self.reader, work).await
    }

    /// Waits for a commit that runs. No other follows.
    pub fn close(&self) {
        if let Ok(mut open) = self.open.lock() {
            *open = false;
        }
    }

    /// Runs `work` on a thread that may block, within the patience of a request.
    async fn run<T: Send + 'static>(
        &self,
        connection: &Arc<Mutex<Connection>>,
        work: impl FnOnce(&mut Connection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let deadline = Instant::now() + self.patience;
        let Ok(mut connection) = tokio::time::timeout(self.patience, connection.clone().lock_owned()).await else {
            return Err(ApiError::unavailable("the database is busy"));
        };
        let done = tokio::task::spawn_blocking(move || {
            // What another process locks is waited for until the deadline.
            connection.busy_timeout(deadline.saturating_duration_since(Instant::now())).map_err(broken)?;
            work(&mut connection)
        });
        done.await.unwrap_or_else(|_| Err(ApiError::internal("a request panicked")))
    }
}

/// Sets the connection up so that reads do not wait for writes and a commit is on disk, and creates
/// the tables.
fn prepared(connection: Connection, patience: Duration) -> rusqlite::Result<Connection> {
    connection.busy_timeout(patience)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS management_api_audit (
             place INTEGER PRIMARY KEY AUTOINCREMENT,
             at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
             event TEXT NOT NULL,
             resource TEXT NOT NULL,
             id TEXT NOT NULL,
             changes TEXT
         )",
    )?;
    for kind in KINDS {
        connection.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS {} (
                 place INTEGER PRIMARY KEY AUTOINCREMENT,
                 id TEXT NOT NULL UNIQUE,
                 unique_value TEXT UNIQUE,
                 version INTEGER NOT NULL,
                 resource TEXT NOT NULL
             )",
            kind.table
        ))?;
    }
    Ok(connection)
}

/// Stores the resource after the plan, and returns it, also as text.
fn put(
    kind: &Kind,
    transaction: &Transaction,
    id: &str,
    version: i64,
    change: &Change,
    before: &Map<String, Value>,
) -> Result<(Map<String, Value>, String), ApiError> {
    let mut resource = before.clone();
    change.plan.clone().apply(&mut resource)?;
    resource.insert(kind.id.to_owned(), json!(id));
    let text = serde_json::to_string(&resource).map_err(|_| ApiError::internal("the resource cannot be encoded"))?;
    let sql = format!(
        "INSERT INTO {} (id, version, resource, unique_value) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET version = ?2, resource = ?3,
             unique_value = CASE WHEN ?5 THEN ?4 ELSE unique_value END",
        kind.table
    );
    let (named, unique) = (change.unique.is_some(), change.unique.as_ref().and_then(Option::as_ref));
    let written = transaction.execute(&sql, params![id, version + 1, text, unique, named]);
    written.map_err(|error| taken(kind, error))?;
    Ok((resource, text))
}

/// Deletes the resource, and returns what is left of it.
fn delete(kind: &Kind, transaction: &Transaction, id: &str) -> Result<(Map<String, Value>, String), ApiError> {
    transaction.execute(&format!("DELETE FROM {} WHERE id = ?1", kind.table), [id]).map_err(broken)?;
    Ok((Map::new(), String::new()))
}

fn select(kind: &Kind, connection: &Connection, id: &str) -> Result<Option<Stored>, ApiError> {
    let sql = format!("SELECT version, resource FROM {} WHERE id = ?1", kind.table);
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    statement.query_row([id], stored).optional().map_err(broken)
}

fn stored(row: &rusqlite::Row) -> rusqlite::Result<Stored> {
    Ok(Stored { version: row.get(0)?, text: row.get(1)? })
}

fn log(transaction: &Transaction, kind: &Kind, event: Event, id: &str, changes: &str) -> Result<(), ApiError> {
    let sql = "INSERT INTO management_api_audit (event, resource, id, changes) VALUES (?1, ?2, ?3, ?4)";
    let changes = (event != Event::Delete).then_some(changes);
    let logged = transaction.execute(sql, params![event.name(), kind.resource.name, id, changes]);
    logged.map(drop).map_err(broken)
}

fn commit(open: &Gate<bool>, transaction: Transaction, id: &str) -> Result<(), ApiError> {
    match open.lock() {
        Ok(open) if *open => transaction.commit().map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::SystemIoFailure) => ApiError::unknown(id),
            _ => broken(error),
        }),
        _ => Err(ApiError::unavailable("the server is stopping")),
    }
}

fn taken(kind: &Kind, error: rusqlite::Error) -> ApiError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => kind.taken(),
        _ => broken(error),
    }
}

fn broken(error: rusqlite::Error) -> ApiError {
    // The text of an error may hold what a user sent; its code does not.
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ApiError::unavailable("the database is locked"),
        Some(ErrorCode::DiskFull) => ApiError::unavailable("the disk is full"),
        Some(ErrorCode::ReadOnly) => ApiError::unavailable("the database is read-only"),
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
            ApiError::unavailable("the file of the database cannot be read or written")
        }
        code => ApiError::internal(&format!("SQLite: {code:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{self, Body};
    use crate::kind::USERS;
    use rusqlite::ffi;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_full_or_read_only_disk_is_answered_and_changes_nothing() -> Result<(), Box<dyn std::error::Error>> {
        let store = Sqlite::open("", Duration::from_secs(1))?;
        let create = async |text: String| {
            let change = body::read(&USERS, &Body(text.into()), Event::Create)?;
            store.write(&USERS, USERS.new_id()?, change, Event::Create).await
        };
        assert!(create("{}".to_owned()).await.is_ok());
        store.writer.lock().await.pragma_update(None, "max_page_count", 20)?;
        let full = create(format!(r#"{{"user_metadata": {{"a": "{}"}}}}"#, "x".repeat(100_000))).await;
        assert!(format!("{full:?}").contains("The store is not available: the disk is full."), "{full:?}");
        assert!(create("{}".to_owned()).await.is_ok());
        let count =
            store.writer.lock().await.query_row("SELECT count(*) FROM management_api_users", [], |row| row.get(0));
        assert_eq!(count, Ok(2));
        store.writer.lock().await.pragma_update(None, "query_only", true)?;
        let refused = create("{}".to_owned()).await;
        assert!(
            format!("{refused:?}").contains("The store is not available: the database is read-only."),
            "{refused:?}"
        );
        Ok(())
    }

    #[test]
    fn a_file_that_fails_is_answered_with_503() {
        for code in [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_CANTOPEN, ffi::SQLITE_READONLY_DBMOVED] {
            let answer = broken(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
            assert!(format!("{answer:?}").contains("The store is not available: "), "{answer:?}");
        }
    }
}
