//! The decoding of a value in which every number is finite.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::excerpt::Quoted;

/// Decodes a value and rejects each number that is not finite. `Value` would decode it as null, and
/// a null at the root of a patch deletes its key.
pub(crate) fn decode_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Nested { key: None, levels: MAX_LEVELS }.deserialize(deserializer)
}

/// The nesting depth of a field in a resource that `serde_json` can decode again, which is one
/// level less than its 127.
const MAX_LEVELS: usize = 126;

/// `serde_json` marks values of its own types by a first key with this prefix.
const PRIVATE: &str = "$serde_json::private::";

/// A value at some depth.
#[derive(Clone, Copy)]
struct Nested<'k> {
    /// The nearest key above the value.
    key: Option<&'k str>,
    /// How many levels of nesting are left.
    levels: usize,
}

impl<'k> Nested<'k> {
    fn deeper<E: de::Error>(self, key: Option<&'k str>) -> Result<Nested<'k>, E> {
        match self.levels.checked_sub(1) {
            Some(levels) => Ok(Nested { key, levels }),
            None => Err(E::custom(format!("expected at most {MAX_LEVELS} levels of arrays and objects, found more"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        Number::from_i128(value).map(Value::Number).ok_or_else(|| self.error("does not fit into 64 bits"))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        Number::from_u128(value).map(Value::Number).ok_or_else(|| self.error("does not fit into 64 bits"))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| self.error("is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let nested = self.deeper(self.key)?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(nested)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.is_empty() && key.starts_with(PRIVATE) {
                return Value::deserialize(MapAccessDeserializer::new(Members { first: Some(key), rest: members }));
            }
            let value = members.next_value_seed(self.deeper(Some(&key))?)?;
            object.insert(key, value); // repeated-key
        }
        Ok(Value::Object(object))
    }
}

impl Nested<'_> {
    fn error<E: de::Error>(self, problem: &str) -> E {
        match self.key {
            Some(key) => E::custom(format!("the number under the key {} {problem}", Quoted(key))),
            None => E::custom(format!("the number {problem}")),
        }
    }
}

/// The members of a map whose first key was already read.
struct Members<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}
