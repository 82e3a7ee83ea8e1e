//! Where resources are kept: one interface, two databases.

mod postgres;
mod sqlite;

use std::time::Duration;

use metadata_merge::limits::{self, Strength};
use metadata_merge::resource::ResourceChanges;
use serde_json::{Map, Value, json};

use crate::body::Change;
use crate::error::ApiError;
use crate::kind::{BOUNDS, Kind};
use crate::log;
use crate::query::Page;
use postgres::Postgres;
use sqlite::Sqlite;

/// A list has at most this many bytes.
pub const LIST: usize = 4 << 20;

/// A stored resource as JSON text, and the number of its version.
#[derive(Debug)]
pub struct Stored {
    pub version: i64,
    pub text: String,
}

/// A resource after a write, and what the write changed.
#[derive(Debug)]
pub struct Written {
    pub stored: Stored,
    /// JSON text, as in the audit log. A delete has no changes, so that the log holds no data of it.
    pub changes: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Create,
    Update,
    Delete,
}

impl Event {
    fn name(self) -> &'static str {
        match self {
            Event::Create => "create",
            Event::Update => "update",
            Event::Delete => "delete",
        }
    }
}

pub enum Store {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens the database that the option names, and creates its tables. No request waits longer
    /// than `patience`.
    pub async fn open(database: &str, patience: Duration) -> Result<Store, String> {
        match database.split_once(':') {
            Some(("sqlite", path)) => Ok(Store::Sqlite(Sqlite::open(path, patience)?)),
            Some(("postgres" | "postgresql", _)) => Ok(Store::Postgres(Postgres::open(database, patience).await?)),
            // The text is not repeated, since it may hold a password.
            _ => Err("the database must be sqlite:, sqlite:PATH or postgres://…".to_owned()),
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Store::Sqlite(_) => "sqlite",
            Store::Postgres(_) => "postgres",
        }
    }

    /// Creates, updates or deletes a resource. Returns none if there is no such resource.
    ///
    /// The write, [`judge`] and the entry of the audit log are one transaction. A dry run does all
    /// of it and rolls back.
    pub async fn write(
        &self,
        kind: &'static Kind,
        id: String,
        change: Change,
        event: Event,
    ) -> Result<Option<Written>, ApiError> {
        if event == Event::Update && change.plan.is_omit() {
            // A plan that changes nothing needs no statement.
            return match self.read(kind, id).await? {
                Some(stored) if !change.if_match.accepts(stored.version) => Err(ApiError::changed()),
                stored => {
                    Ok(stored.map(|stored| Written { stored, changes: json!(ResourceChanges::default()).to_string() }))
                }
            };
        }
        match self {
            Store::Sqlite(store) => store.write(kind, id, change, event).await,
            Store::Postgres(store) => store.write(kind, id, change, event).await,
        }
    }

    /// Returns none if there is no such resource.
    pub async fn read(&self, kind: &'static Kind, id: String) -> Result<Option<Stored>, ApiError> {
        match self {
            Store::Sqlite(store) => store.read(kind, id).await,
            Store::Postgres(store) => store.read(kind, id).await,
        }
    }

    /// Returns one page in the order of creation, and the number of all resources if the page asks
    /// for it.
    pub async fn list(&self, kind: &'static Kind, page: Page) -> Result<(Vec<Stored>, Option<i64>), ApiError> {
        match self {
            Store::Sqlite(store) => store.list(kind, page).await,
            Store::Postgres(store) => store.list(kind, page).await,
        }
    }

    /// Waits for commits in progress, and refuses every other from now on.
    pub async fn close(&self) {
        match self {
            Store::Sqlite(store) => store.close(),
            Store::Postgres(store) => store.close().await,
        }
    }
}

/// Decides whether a change may be committed, and returns its entry for the audit log. On an error,
/// the store rolls back.
fn judge(
    kind: &Kind,
    change: &Change,
    (version, before): (i64, &Map<String, Value>),
    after: &Map<String, Value>,
) -> Result<String, ApiError> {
    if !change.if_match.accepts(version) {
        return Err(ApiError::changed());
    }
    // `check_change` reports what is new or worse, so that a resource can be improved that broke a
    // limit before.
    let mut violations = limits::check_change(kind.limits, before, after)?;
    violations.extend(limits::check_change(&BOUNDS, before, after)?);
    let (refused, warned): (Vec<_>, Vec<_>) =
        violations.into_iter().partition(|violation| violation.limit.strength == Strength::Refused);
    if !refused.is_empty() {
        return Err(ApiError::limits(&refused));
    }
    for violation in warned {
        log::line(json!({"event": "limit", "resource": kind.resource.name, "limit": violation.limit.check.id()}));
    }
    let changes = change.plan.changes(before)?;
    serde_json::to_string(&changes).map_err(|_| ApiError::internal("the changes cannot be encoded"))
}

/// Parses a text that this program has stored.
fn parse(text: &str) -> Result<Map<String, Value>, ApiError> {
    serde_json::from_str(text).map_err(|_| ApiError::internal("a stored text is not an object"))
}

/// Adds a resource to a list that is bounded in bytes.
fn push(list: &mut Vec<Stored>, bytes: &mut usize, next: Stored) -> Result<(), ApiError> {
    *bytes += next.text.len();
    if *bytes > LIST {
        return Err(ApiError::query(format!("the page has more than {LIST} bytes: ask for a smaller per_page")));
    }
    list.push(next);
    Ok(())
}
