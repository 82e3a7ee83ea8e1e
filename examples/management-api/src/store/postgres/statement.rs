//! The statements of PostgreSQL. An update is pushed down: its statement depends on the plan of the
//! body, and not on what is stored.

use std::borrow::Cow;

use metadata_merge::Patch;
use metadata_merge::resource::{Action, Attribute, Cleared};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use tokio_postgres::types::{Json, ToSql};

use crate::body::Change;
use crate::kind::Kind;

/// Merges an object into `{stored}`, where null removes a key. Neither parameter may be NULL, or
/// the result is.
const FEW_REMOVALS: &str = "({stored} || {sets}) - {removals}::text[]";

/// `jsonb - text[]` compares each stored key with each removed one. With this many removals, one
/// pass over the stored keys costs less: `?` looks a key up in O(log n).
const MANY: usize = 256;

/// Does the same in O(n log n), whatever the query planner decides. `{removals}` is an object with
/// the removed keys.
const MANY_REMOVALS: &str = "\
    (SELECT COALESCE(jsonb_object_agg(key, value), '{}') FROM jsonb_each({stored}) WHERE NOT {removals} ? key) || {sets}";

/// Merges the objects in `{patches}` into the attributes of the same names. A stored attribute that is
/// not an object counts as `{}`.
const MERGED_ATTRIBUTES: &str = "\
    (SELECT COALESCE(jsonb_object_agg(patch.key, (
        SELECT COALESCE(jsonb_object_agg(key, value), '{}') FROM (
            SELECT * FROM jsonb_each(CASE WHEN jsonb_typeof(old.value) = 'object' THEN old.value END)
            WHERE NOT patch.value ? key
            UNION ALL SELECT * FROM jsonb_each(patch.value) WHERE value <> 'null'
        ) AS members
    )), '{}')
    FROM jsonb_each({patches}) AS patch LEFT JOIN jsonb_each(t.attributes) AS old ON old.key = patch.key)";

pub fn table(kind: &Kind) -> String {
    // `||` makes an array of anything but objects.
    let fields = kind.resource.fields.iter().map(|field| field.name);
    let fields: String = fields.map(|name| format!(", {name} jsonb CHECK (jsonb_typeof({name}) = 'object')")).collect();
    format!(
        "CREATE TABLE IF NOT EXISTS {} (
             place bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
             id text PRIMARY KEY,
             unique_value text UNIQUE,
             version bigint NOT NULL,
             attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'){fields}
         )",
        kind.table
    )
}

pub const AUDIT: &str = "\
    CREATE TABLE IF NOT EXISTS management_api_audit (
        place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        event text NOT NULL,
        resource text NOT NULL,
        id text NOT NULL,
        changes text
    )";

pub const LOG: &str = "INSERT INTO management_api_audit (event, resource, id, changes) VALUES ($1, $2, $3, $4)";

pub fn read(kind: &Kind) -> String {
    format!("SELECT {} FROM {} AS t WHERE id = $1", stored(kind, "t"), kind.table)
}

pub fn list(kind: &Kind) -> String {
    format!("SELECT {} FROM {} AS t ORDER BY place LIMIT $1 OFFSET $2", stored(kind, "t"), kind.table)
}

pub fn count(kind: &Kind) -> String {
    format!("SELECT count(*) FROM {}", kind.table)
}

/// Deletes and logs in one statement, if the version is one of `$2` or that is NULL. Returns
/// whether the resource existed, and whether it was deleted.
pub fn delete(kind: &Kind) -> String {
    format!(
        "WITH gone AS (DELETE FROM {table} WHERE id = $1 AND ($2::bigint[] IS NULL OR version = ANY ($2)) RETURNING id),
         logged AS (INSERT INTO management_api_audit (event, resource, id) SELECT 'delete', '{}', id FROM gone)
         SELECT EXISTS (SELECT FROM {table} WHERE id = $1), EXISTS (SELECT FROM gone)",
        kind.resource.name,
        table = kind.table
    )
}

/// The version and the whole resource.
fn stored(kind: &Kind, t: &str) -> String {
    let fields = kind.resource.fields.iter().map(|field| field.name);
    let fields = fields.map(|name| {
        format!(" || CASE WHEN {t}.{name} IS NULL THEN '{{}}' ELSE jsonb_build_object('{name}', {t}.{name}) END")
    });
    let fields: String = fields.collect();
    format!("{t}.version, ({t}.attributes || jsonb_build_object('{}', {t}.id){fields})::text", kind.id)
}

type Parameters<'a> = Vec<Box<dyn ToSql + Sync + Send + 'a>>;

/// A statement with its parameters, the first of which is the id.
pub struct Statement<'a> {
    pub sql: String,
    pub parameters: Parameters<'a>,
}

impl<'a> Statement<'a> {
    /// Stores a new resource, and returns it as [`stored`].
    pub fn insert(kind: &Kind, id: &'a str, unique: Option<String>, mut resource: Map<String, Value>) -> Statement<'a> {
        let mut statement = Statement { sql: String::new(), parameters: vec![Box::new(id)] };
        let (mut columns, mut values) = (String::new(), String::new());
        for field in kind.resource.fields {
            if let Some(document) = resource.remove(field.name) {
                columns += &format!(", {}", field.name);
                values += &format!(", {}", statement.bind(Json(document)));
            }
        }
        let (unique, attributes) = (statement.bind(unique), statement.bind(Json(resource)));
        statement.sql = format!(
            "INSERT INTO {} AS t (id, version, unique_value, attributes{columns})
             VALUES ($1, 1, {unique}, {attributes}{values}) RETURNING {}",
            kind.table,
            stored(kind, "t")
        );
        statement
    }

    /// Carries out a change, and returns the resource after and before it. The row is locked before
    /// it is read, so that both belong together. A field that the plan does not name is left out.
    pub fn update(kind: &Kind, id: &'a str, change: &'a Change) -> Statement<'a> {
        let mut statement = Statement { sql: String::new(), parameters: vec![Box::new(id)] };
        let mut sets = String::from("version = t.version + 1");
        if change.plan.attributes().len() > 0 {
            sets += &format!(", attributes = {}", statement.attributes(change));
        }
        if let Some(unique) = &change.unique {
            sets += &format!(", unique_value = {}", statement.bind(unique));
        }
        for (field, action) in change.plan.fields() {
            let name = field.name;
            let new = match action {
                Action::Clear if field.cleared == Cleared::Absent => "NULL".to_owned(),
                Action::Clear => "'{}'".to_owned(),
                Action::Replace(object) => statement.bind(Json(object)),
                Action::Merge(patch) if patch.clears() => statement.bind(Json(Object(Members::of(patch).sets))),
                Action::Merge(patch) => statement.merged(&format!("COALESCE(t.{name}, '{{}}')"), Members::of(patch)),
            };
            sets += &format!(", {name} = {new}");
        }
        statement.sql = format!(
            "WITH old AS (SELECT * FROM {table} WHERE id = $1 FOR UPDATE)
             UPDATE {table} AS t SET {sets} FROM old WHERE t.id = old.id RETURNING {}, {}",
            stored(kind, "t"),
            stored(kind, "old"),
            table = kind.table,
        );
        statement
    }

    fn attributes(&mut self, change: &'a Change) -> String {
        let (mut plain, mut patches) = (Members::default(), Map::new());
        for (name, attribute) in change.plan.attributes() {
            match attribute {
                Attribute::Set(value) => plain.sets.push((name, Cow::Borrowed(value))),
                Attribute::Remove => plain.removals.push(name),
                // Whatever is stored is gone after a clear.
                Attribute::Merge(patch) if patch.clears() => {
                    let object = patch.sets().map(|(key, value)| (key.to_owned(), value.clone())).collect();
                    plain.sets.push((name, Cow::Owned(Value::Object(object))));
                }
                Attribute::Merge(patch) => {
                    let sets = patch.sets().map(|(key, value)| (key.to_owned(), value.clone()));
                    let removals = patch.removals().map(|key| (key.to_owned(), Value::Null));
                    patches.insert(name.to_owned(), Value::Object(sets.chain(removals).collect()));
                }
            }
        }
        let plain = self.merged("t.attributes", plain);
        if patches.is_empty() {
            return plain;
        }
        format!("({plain}) || {}", MERGED_ATTRIBUTES.replace("{patches}", &self.bind(Json(patches))))
    }

    fn merged(&mut self, stored: &str, patch: Members<'a>) -> String {
        let sets = self.bind(Json(Object(patch.sets)));
        let (merged, removals) = match patch.removals.len() {
            ..=MANY => (FEW_REMOVALS, self.bind(patch.removals)),
            _ => {
                let keys = patch.removals.into_iter().map(|key| (key, Cow::Owned(Value::Null))).collect();
                (MANY_REMOVALS, self.bind(Json(Object(keys))))
            }
        };
        merged.replace("{stored}", stored).replace("{sets}", &sets).replace("{removals}", &removals)
    }

    /// Adds a parameter, and returns its place.
    fn bind(&mut self, parameter: impl ToSql + Sync + Send + 'a) -> String {
        self.parameters.push(Box::new(parameter));
        format!("${}", self.parameters.len())
    }
}

/// What a body sets and removes in one object.
#[derive(Default)]
struct Members<'a> {
    sets: Vec<(&'a str, Cow<'a, Value>)>,
    removals: Vec<&'a str>,
}

impl<'a> Members<'a> {
    fn of(patch: &'a Patch) -> Members<'a> {
        let sets = patch.sets().map(|(key, value)| (key, Cow::Borrowed(value)));
        Members { sets: sets.collect(), removals: patch.removals().collect() }
    }
}

#[derive(Debug)]
struct Object<'a>(Vec<(&'a str, Cow<'a, Value>)>);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}
