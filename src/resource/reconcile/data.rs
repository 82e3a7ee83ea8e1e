//! A reconciliation as data, for a plan file.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::{ResourceConflict, ResourceReconciliation};
use crate::error::decode_object;
use crate::excerpt::Quoted;

impl Serialize for ResourceReconciliation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bodies: Vec<_> = self.body.iter().collect();
        let mut object = serializer.serialize_map(Some(2 + usize::from(self.masked)))?;
        object.serialize_entry("bodies", &bodies)?;
        object.serialize_entry("conflicts", &ByPath(&self.conflicts))?;
        if self.masked {
            object.serialize_entry("masked", &true)?; // rejected when it is read: the mask must not be sent
        }
        object.end()
    }
}

struct ByPath<'c, 'a>(&'c [ResourceConflict<'a>]);

impl Serialize for ByPath<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for conflict in self.0 {
            object.serialize_entry(&conflict.path, &conflict.as_conflict(&conflict.path))?;
        }
        object.end()
    }
}

/// Decodes the data that [`Serialize`] writes. Masked data, unknown members and a second body are
/// errors.
impl<'de> Deserialize<'de> for ResourceReconciliation<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ResourceReconciliation<'static>, D::Error> {
        read(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

fn read(data: Value) -> Result<ResourceReconciliation<'static>, String> {
    let mut members = decode_object("the reconciliation", data)?;
    let (bodies, conflicts) = (members.remove("bodies"), members.remove("conflicts"));
    let (Some(Value::Array(bodies)), Some(conflicts), true) = (bodies, conflicts, members.is_empty()) else {
        return Err("a reconciliation must hold the array `bodies` and the object `conflicts` alone".into());
    };
    let mut bodies = bodies.into_iter();
    let body = bodies.next().map(|body| decode_object("a body", body)).transpose()?;
    if bodies.next().is_some() {
        return Err("the bodies must be at most one".into());
    }
    let mut read = ResourceReconciliation { body, conflicts: Vec::new(), masked: false };
    for (path, sides) in decode_object("conflicts", conflicts)? {
        let mut sides = decode_object("a conflict", sides)?;
        // `Option<Value>` would read a null that a side holds as absent.
        let values = ["base", "mine", "theirs"].map(|side| sides.remove(side).map(Cow::Owned));
        if let Some(unknown) = sides.keys().next() {
            return Err(format!("the conflict {} has an unknown member {}", Quoted(&path), Quoted(unknown)));
        }
        read.conflicts.push(ResourceConflict::new(path, values));
    }
    Ok(read)
}
