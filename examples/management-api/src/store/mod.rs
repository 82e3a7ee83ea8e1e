//! Where resources are kept: one interface, two databases.

mod postgres;
mod read_modify_write;
mod sqlite;

use metadata_merge::resource::{Action, Cleared, Field};
use metadata_merge::text;
use serde_json::{Map, Value, json};

use crate::body::Change;
use crate::error::ApiError;
use crate::kind::Kind;
use crate::log;
use postgres::Postgres;
use sqlite::Sqlite;

/// A resource as it is stored: JSON texts of its attributes and of each of its metadata fields.
#[derive(Debug)]
pub struct Row {
    pub id: String,
    pub attributes: String,
    pub fields: Vec<Option<String>>,
}

pub enum Store {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens the database that the option names, and makes its tables.
    pub async fn open(database: &str) -> Result<Store, String> {
        match database.split_once(':') {
            Some(("sqlite", path)) => Ok(Store::Sqlite(Sqlite::open(path)?)),
            Some(("postgres" | "postgresql", _)) => Ok(Store::Postgres(Postgres::open(database).await?)),
            // Not repeated, since it may hold a password.
            _ => Err("the database must be sqlite:, sqlite:PATH or postgres://…".to_owned()),
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Store::Sqlite(_) => "sqlite",
            Store::Postgres(_) => "postgres",
        }
    }

    /// What is stored then.
    pub async fn create(&self, kind: &'static Kind, id: String, change: Change) -> Result<Value, ApiError> {
        let row = Row::new(kind, id, &change)?;
        match self {
            Store::Sqlite(store) => store.create(kind, row, change.unique.flatten()).await,
            Store::Postgres(store) => store.create(kind, row, change.unique.flatten()).await,
        }
    }

    /// None if there is no such resource.
    pub async fn read(&self, kind: &'static Kind, id: String) -> Result<Option<Value>, ApiError> {
        match self {
            Store::Sqlite(store) => store.read(kind, id).await,
            Store::Postgres(store) => store.read(kind, id).await,
        }
    }

    /// What is stored then; none if there is no such resource. If the limits refuse it, nothing is changed.
    pub async fn update(&self, kind: &'static Kind, id: String, change: Change) -> Result<Option<Value>, ApiError> {
        match self {
            Store::Sqlite(store) => store.update(kind, id, change).await,
            Store::Postgres(store) => store.update(kind, id, change).await,
        }
    }

    /// Whether it was there or not.
    pub async fn delete(&self, kind: &'static Kind, id: String) -> Result<(), ApiError> {
        match self {
            Store::Sqlite(store) => store.delete(kind, id).await,
            Store::Postgres(store) => store.delete(kind, id).await,
        }
    }

    /// So many resources from so many on, in the order of their creation, and how many there are in all.
    pub async fn list(&self, kind: &'static Kind, start: u32, limit: u32) -> Result<(Vec<Value>, i64), ApiError> {
        match self {
            Store::Sqlite(store) => store.list(kind, start, limit).await,
            Store::Postgres(store) => store.list(kind, start, limit).await,
        }
    }
}

impl Row {
    /// The row of a resource that is created: an update of nothing.
    fn new(kind: &Kind, id: String, change: &Change) -> Result<Row, ApiError> {
        let mut row = Row { id, attributes: "{}".to_owned(), fields: vec![None; kind.resource.fields.len()] };
        row.apply(kind, change)?;
        Ok(row)
    }

    /// Carries out a plan here, where the database does not.
    fn apply(&mut self, kind: &Kind, change: &Change) -> Result<(), ApiError> {
        let mut attributes = decode(&self.attributes)?;
        attributes.extend(change.plan.attributes().clone());
        self.attributes = Value::Object(attributes).to_string();
        for (field, stored) in kind.resource.fields.iter().zip(&mut self.fields) {
            if let Some(action) = change.plan.action(field.name) {
                *stored = after(field, action, stored.as_deref())?;
            }
        }
        Ok(())
    }
}

/// The text of a metadata field after an action.
fn after(field: &Field, action: &Action, stored: Option<&str>) -> Result<Option<String>, ApiError> {
    match action {
        Action::Clear if field.cleared == Cleared::Absent => Ok(None),
        Action::Clear => Ok(Some("{}".to_owned())),
        Action::Store(new) => Ok(Some(Value::Object(new.clone()).to_string())),
        Action::Merge(patch) => {
            let body = serde_json::to_string(patch).map_err(|_| failed("a patch takes two bodies"))?;
            text::merge(stored.unwrap_or("{}"), &body).map(Some).map_err(|_| failed("a stored text is no object"))
        }
    }
}

/// The object in a text that this program has stored.
pub fn decode(text: &str) -> Result<Map<String, Value>, ApiError> {
    serde_json::from_str(text).map_err(|_| failed("a stored text is no object"))
}

/// A failure of a store, told to the log by its kind.
fn failed(why: &str) -> ApiError {
    log::line(json!({"event": "failure", "why": why}));
    ApiError::store(false)
}
