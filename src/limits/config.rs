//! Limits from and to configuration.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use super::{Characters, Check, Limit, Strength};
use crate::error::{JsonType, decode_object};
use crate::excerpt::Quoted;

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(2 + usize::from(self.field.is_some())))?;
        if let Some(field) = &self.field {
            object.serialize_entry("field", field)?;
        }
        object.serialize_entry("check", &self.check)?;
        object.serialize_entry("strength", &self.strength)?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Limit, D::Error> {
        read_limit(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = match self {
            Check::MaxKeys(max) => json!({"max_keys": max}),
            Check::MaxKeyLength(max) => json!({"max_key_length": max}),
            Check::KeyCharacters(Characters::AlphanumericOr(others)) => {
                json!({"key_characters": {"alphanumeric_or": others}})
            }
            Check::KeyCharacters(Characters::AllBut(excluded)) => json!({"key_characters": {"all_but": excluded}}),
            Check::ReservedNames(names) => json!({"reserved_names": names.iter().collect::<Vec<_>>()}),
            Check::Strings => json!("strings"),
            Check::MaxValueLength(max) => json!({"max_value_length": max}),
            Check::MaxSize(max) => json!({"max_size": max}),
            Check::MaxDepth(max) => json!({"max_depth": max}),
        };
        data.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Check {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Check, D::Error> {
        read_check(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Serialize for Strength {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Strength {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Strength, D::Error> {
        read_strength(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

fn read_limit(data: Value) -> Result<Limit, String> {
    let mut members = decode_object("a limit", data)?;
    let field = members.remove("field").map(|field| text("field", field)).transpose()?;
    let check = read_check(members.remove("check").ok_or("a limit must have a check")?)?;
    let strength = members.remove("strength").map_or(Ok(Strength::Refused), read_strength)?;
    none_left("a limit", &members)?;
    Ok(Limit { field: field.map(Cow::Owned), check, strength })
}

fn read_check(data: Value) -> Result<Check, String> {
    if data == "strings" {
        return Ok(Check::Strings);
    }
    let (name, bound) = only_member("a check", data)?;
    let read_max = |bound: Value| {
        let max = bound.as_u64().and_then(|max| usize::try_from(max).ok());
        max.ok_or_else(|| format!("the bound of {name} must be a whole number that is not negative"))
    };
    Ok(match name.as_str() {
        "max_keys" => Check::MaxKeys(read_max(bound)?),
        "max_key_length" => Check::MaxKeyLength(read_max(bound)?),
        "max_value_length" => Check::MaxValueLength(read_max(bound)?),
        "max_size" => Check::MaxSize(read_max(bound)?),
        "max_depth" => Check::MaxDepth(read_max(bound)?),
        "key_characters" => Check::KeyCharacters(read_characters(bound)?),
        "reserved_names" => {
            let Value::Array(names) = bound else {
                return Err(format!("reserved_names must be an array, but is {}", JsonType::of(&bound)));
            };
            let names = names.into_iter().map(|name| text("a reserved name", name).map(Cow::Owned));
            Check::ReservedNames(names.collect::<Result<Vec<_>, _>>()?.into())
        }
        _ => return Err(format!("there is no check {}", Quoted(&name))),
    })
}

fn read_characters(data: Value) -> Result<Characters, String> {
    let (name, characters) = only_member("key_characters", data)?;
    match name.as_str() {
        "alphanumeric_or" => Ok(Characters::AlphanumericOr(text(&name, characters)?.into())),
        "all_but" => Ok(Characters::AllBut(text(&name, characters)?.into())),
        _ => Err(format!("key_characters must be alphanumeric_or or all_but, but is {}", Quoted(&name))),
    }
}

fn read_strength(data: Value) -> Result<Strength, String> {
    match data.as_str() {
        Some("refused") => Ok(Strength::Refused),
        Some("warned") => Ok(Strength::Warned),
        _ => Err("the strength must be \"refused\" or \"warned\"".into()),
    }
}

/// Returns the name and the value of an object's one member.
fn only_member(what: &str, data: Value) -> Result<(String, Value), String> {
    let mut members = decode_object(what, data)?.into_iter();
    match (members.next(), members.next()) {
        (Some(member), None) => Ok(member),
        _ => Err(format!("{what} must have one member")),
    }
}

fn text(name: &str, data: Value) -> Result<String, String> {
    match data {
        Value::String(text) => Ok(text),
        other => Err(format!("{name} must be a string, but is {}", JsonType::of(&other))),
    }
}

fn none_left(what: &str, members: &Map<String, Value>) -> Result<(), String> {
    match members.keys().next() {
        Some(unknown) => Err(format!("{what} has an unknown member {}", Quoted(unknown))),
        None => Ok(()),
    }
}
