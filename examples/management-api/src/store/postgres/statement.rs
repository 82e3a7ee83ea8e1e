//! The statements of PostgreSQL. An update is pushed down: its statement depends on the plan of the
//! body, and not on what is stored.

use std::borrow::Cow;
use std::collections::BTreeMap;

use metadata_merge::resource::{Action, Attribute, Cleared};
use serde_json::{Map, Value};
use tokio_postgres::types::{Json, ToSql};

use crate::body::Change;
use crate::kind::Kind;

/// Merges an object into a document and removes keys from it. No parameter is NULL, or the result is.
///
/// `-` compares each stored key with each removed one. With more removals, `?` costs less: it looks a
/// key up in O(log n), whatever the query planner decides.
const MERGED: &str = "\
    CASE
        WHEN cardinality({removals}::text[]) <= 256 THEN (COALESCE({stored}, '{}') || {sets}) - {removals}::text[]
        ELSE (
            SELECT COALESCE(jsonb_object_agg(key, value), '{}')
            FROM jsonb_each(COALESCE({stored}, '{}'))
            WHERE NOT (SELECT jsonb_object({removals}, {removals})) ? key
        ) || {sets}
    END";

/// Merges the patches in `{merges}` into the attributes of the same names. A stored attribute that is
/// not an object counts as `{}`.
const MERGED_ATTRIBUTES: &str = "\
    COALESCE((
        SELECT jsonb_object_agg(patch.key, (
            SELECT COALESCE(jsonb_object_agg(key, value), '{}')
            FROM (
                SELECT * FROM jsonb_each(CASE jsonb_typeof(attribute.value) WHEN 'object' THEN attribute.value END)
                WHERE NOT patch.value ? key
                UNION ALL
                SELECT * FROM jsonb_each(patch.value) WHERE value <> 'null'
            ) AS members
        ))
        FROM jsonb_each({merges}) AS patch
        LEFT JOIN jsonb_each(old.attributes) AS attribute ON attribute.key = patch.key
    ), '{}')";

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

/// The version and the whole resource, as text: `||` of two `jsonb` would build every nested object
/// again.
fn stored(kind: &Kind, t: &str) -> String {
    let fields = kind.resource.fields.iter().map(|field| field.name);
    let fields: String = fields.map(|name| format!(" || COALESCE(', \"{name}\": ' || {t}.{name}::text, '')")).collect();
    format!(
        "{t}.version, left({t}.attributes::text, -1) || CASE WHEN {t}.attributes = '{{}}' THEN '' ELSE ', ' END
         || '\"{}\": ' || to_json({t}.id)::text{fields} || '}}'",
        kind.id
    )
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
                Action::Merge(patch) => {
                    let set = statement.bind(Json(patch.sets().collect::<BTreeMap<_, _>>()));
                    match patch.clears() {
                        true => set,
                        false => statement.merged(&format!("old.{name}"), &set, patch.removals().collect()),
                    }
                }
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

    /// Deletes a resource, and returns it as an update does.
    pub fn delete(kind: &Kind, id: &'a str) -> Statement<'a> {
        let sql = format!(
            "WITH old AS (SELECT * FROM {table} WHERE id = $1 FOR UPDATE)
             DELETE FROM {table} AS t USING old WHERE t.id = old.id RETURNING 0::bigint, '{{}}', {}",
            stored(kind, "old"),
            table = kind.table,
        );
        Statement { sql, parameters: vec![Box::new(id)] }
    }

    fn attributes(&mut self, change: &'a Change) -> String {
        let (mut sets, mut removals, mut merges) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        for (name, attribute) in change.plan.attributes() {
            match attribute {
                Attribute::Set(value) => _ = sets.insert(name, Cow::Borrowed(value)),
                Attribute::Remove => removals.push(name),
                // The stored value is gone after a clear.
                Attribute::Merge(patch) if patch.clears() => {
                    let object = patch.clone().into_parts().sets;
                    sets.insert(name, Cow::Owned(Value::Object(object)));
                }
                Attribute::Merge(patch) => _ = merges.insert(name, patch),
            }
        }
        let sets = self.bind(Json(sets));
        let plain = self.merged("old.attributes", &sets, removals);
        match merges.is_empty() {
            true => plain,
            false => format!("({plain}) || {}", MERGED_ATTRIBUTES.replace("{merges}", &self.bind(Json(merges)))),
        }
    }

    fn merged(&mut self, stored: &str, sets: &str, removals: Vec<&'a str>) -> String {
        let removals = self.bind(removals);
        MERGED.replace("{stored}", stored).replace("{sets}", sets).replace("{removals}", &removals)
    }

    /// Adds a parameter, and returns its place.
    fn bind(&mut self, parameter: impl ToSql + Sync + Send + 'a) -> String {
        self.parameters.push(Box::new(parameter));
        format!("${}", self.parameters.len())
    }
}
