//! Strategies for whole resources and bodies, with faults in what is stored. They need no feature
//! of the crate.

use metadata_merge::limits::{Characters, Check, Limit};
use metadata_merge::resource::{CLIENT, ORGANIZATION, Resource, USER};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{Object, TEAM};

/// One of the resources that the properties are about: each mode, each form after a clear, and
/// attributes of both kinds.
pub(crate) fn resource() -> impl Strategy<Value = Resource<'static>> {
    select(vec![TEAM, TEAM.merge_attributes(), USER, CLIENT, ORGANIZATION])
}

/// A few keys, so that collisions are common. `token` is the one that the masks hide.
pub(crate) const KEYS: &[&str] = &["x", "y", "token", "", "a/~b"];

/// A value that no root null deletes. Some are equal numbers, and some are deep.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    nullable().prop_map(|value| if value.is_null() { json!("not null") } else { value })
}

fn nullable() -> impl Strategy<Value = Value> {
    let leaf = select(vec![
        json!(null),
        json!(1),
        json!(1.0),
        json!(-2.5),
        json!(false),
        json!(""),
        json!("é"),
        json!({}),
        json!([]),
    ]);
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            vec((select(KEYS), inner), 0..3).prop_map(Value::from_iter),
        ]
    })
}

/// A document: one root value in eight is null.
pub(crate) fn document() -> impl Strategy<Value = Object> {
    members(prop_oneof![7 => value(), 1 => Just(Value::Null)])
}

/// A body of one document: every second root value is null.
pub(crate) fn patch() -> impl Strategy<Value = Object> {
    members(prop_oneof![1 => value(), 1 => Just(Value::Null)])
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Object> {
    vec((select(KEYS), value), 0..4)
        .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A stored resource. Now and then a field or an attribute holds null, a string or an array.
pub(crate) fn stored(resource: Resource<'static>) -> impl Strategy<Value = Object> {
    root(resource, prop_oneof![6 => document().prop_map(Value::Object), 1 => nullable()].boxed())
}

/// A stored resource in which each field and each attribute that the [`root`] names is an object.
pub(crate) fn sound(resource: Resource<'static>) -> impl Strategy<Value = Object> {
    root(resource, document().prop_map(Value::Object).boxed())
}

/// A body that a client may send.
pub(crate) fn body(resource: Resource<'static>) -> impl Strategy<Value = Object> {
    root(resource, prop_oneof![6 => patch().prop_map(Value::Object), 1 => nullable()].boxed())
}

/// An object over the fields of a resource and two attributes.
fn root(resource: Resource<'static>, value: BoxedStrategy<Value>) -> impl Strategy<Value = Object> {
    let mut keys: Vec<&str> = resource.fields.iter().map(|field| field.name).collect();
    keys.extend(["name", "token"]);
    vec((select(keys), value), 0..5)
        .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A resource, what is stored and what is sent.
pub(crate) fn request() -> impl Strategy<Value = (Resource<'static>, Object, Object)> {
    resource().prop_flat_map(|resource| (Just(resource), stored(resource), body(resource)))
}

/// A table with a limit of every kind on every field, on an attribute and on the whole resource.
pub(crate) fn table(resource: &Resource<'static>) -> Vec<Limit> {
    let mut table = vec![Limit::whole(Check::MaxSize(60)), Limit::whole(Check::MaxDepth(3)).warned()];
    table.push(Limit::whole(Check::MaxKeys(2)));
    for field in resource.fields.iter().map(|field| field.name).chain(["name"]) {
        table.extend([
            Limit::on(field, Check::MaxKeys(1)),
            Limit::on(field, Check::MaxKeyLength(1)),
            Limit::on(field, Check::KeyCharacters(Characters::AllBut("~".into()))),
            Limit::on(field, Check::ReservedNames(vec!["y".into()].into())),
            Limit::on(field, Check::Strings),
            Limit::on(field, Check::MaxValueLength(0)),
            Limit::on(field, Check::MaxSize(20)).warned(),
            Limit::on(field, Check::MaxDepth(2)),
        ]);
    }
    table
}

/// Returns a resource without its metadata fields that are `{}`, which count as absent.
pub(crate) fn normal(resource: &Resource<'_>, stored: &Object) -> Value {
    let mut stored = stored.clone();
    for field in resource.fields {
        if stored.get(field.name) == Some(&json!({})) {
            stored.remove(field.name);
        }
    }
    Value::Object(stored)
}

/// The beginning of every value that [`secret`] hides.
pub(crate) const SECRET: &str = "s3cr3t";

/// Returns an object in which each value below a key `token` is a secret, but for nulls, which
/// remove.
pub(crate) fn secret(object: Object) -> Object {
    object.into_iter().map(|(key, value)| (key.clone(), with_secrets(value, key == "token"))).collect()
}

fn with_secrets(value: Value, hidden: bool) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| with_secrets(item, hidden)).collect(),
        Value::Object(members) => {
            let secret = |(key, value): (String, Value)| (key.clone(), with_secrets(value, hidden || key == "token"));
            members.into_iter().map(secret).collect()
        }
        Value::Null => Value::Null,
        other if hidden => json!(format!("{SECRET} {other}")),
        other => other,
    }
}
