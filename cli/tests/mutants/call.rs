//! A request to a wrong implementation.

use metadata_merge::conformance::{Implementation, Reference};
use metadata_merge::resource::{self, Resource};
use serde_json::{Map, Value, json};

pub(crate) type Object = Map<String, Value>;

/// A result, or a rejection.
pub(crate) type Reply = Result<Value, ()>;

/// A wrong implementation: the name of its mistake, the rule that catches it, and the wrong
/// operations.
pub(crate) type Row = (&'static str, &'static str, &'static [&'static str], fn(&Call<'_>) -> Reply);

pub(crate) const MERGE: &[&str] = &["merge"];
pub(crate) const TEXT: &[&str] = &["text"];
pub(crate) const UPDATE: &[&str] = &["create", "update"];

pub(crate) struct Call<'a> {
    pub(crate) op: &'a str,
    pub(crate) arguments: &'a Object,
}

impl<'a> Call<'a> {
    /// Returns an argument; null if it is missing.
    pub(crate) fn get(&self, name: &str) -> &'a Value {
        self.arguments.get(name).unwrap_or(&Value::Null)
    }

    /// Returns the right reply.
    pub(crate) fn right(&self) -> Reply {
        Reference.call(self.op, self.arguments).map_err(drop)
    }

    /// Returns the right reply to other arguments.
    pub(crate) fn with<const N: usize>(&self, changed: [(&str, Value); N]) -> Reply {
        let mut arguments = self.arguments.clone();
        arguments.extend(changed.map(|(name, value)| (name.to_owned(), value)));
        Reference.call(self.op, &arguments).map_err(drop)
    }

    /// Returns the right reply after damage to all arguments.
    pub(crate) fn damaged(&self, damage: impl Fn(&Value) -> Value) -> Reply {
        let damaged = self.arguments.iter().map(|(name, value)| {
            let spared = name == "resource" || self.op == "text";
            (name.clone(), if spared { value.clone() } else { damage(value) })
        });
        Reference.call(self.op, &damaged.collect()).map_err(drop)
    }

    pub(crate) fn pair(&self) -> (&'a Value, &'a Value) {
        (self.get("target"), self.get("patch"))
    }

    pub(crate) fn objects(&self) -> Result<(&'a Object, &'a Object), ()> {
        let (document, patch) = self.pair();
        document.as_object().zip(patch.as_object()).ok_or(())
    }

    /// Returns the merge of target and patch.
    pub(crate) fn merged(&self) -> Reply {
        let (document, patch) = self.pair();
        metadata_merge::merge(document, patch).map_err(drop)
    }

    pub(crate) fn three(&self) -> (&'a Value, &'a Value, &'a Value) {
        (self.get("base"), self.get("mine"), self.get("theirs"))
    }

    /// Returns the resource type, the stored resource (none for a create) and the body.
    pub(crate) fn parts(&self) -> Result<(&'static Resource<'static>, Option<&'a Value>, &'a Value), ()> {
        let stored = (self.op == "update").then(|| self.get("stored"));
        Ok((self.resource()?, stored, self.get("body")))
    }

    pub(crate) fn resource(&self) -> Result<&'static Resource<'static>, ()> {
        resource::ALL.iter().find(|resource| *self.get("resource") == resource.name).ok_or(())
    }

    pub(crate) fn texts(&self) -> Result<(&'a str, &'a str), ()> {
        let (target, patch) = self.pair();
        target.as_str().zip(patch.as_str()).ok_or(())
    }
}

pub(crate) fn owned((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

pub(crate) fn falsy(value: &Value) -> bool {
    [json!(null), json!(false), json!(0), json!(""), json!([]), json!({})].contains(value)
}

pub(crate) fn strip_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(strip_nulls);
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(strip_nulls);
        }
        _ => {}
    }
}
