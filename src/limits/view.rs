//! A resource before or after a change, as references or as text, so that it is checked without a
//! clone or a tree.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::size;
use crate::error::{Error, Input, JsonType};
use crate::text::measure;
use crate::text::members::members;

/// The members of an object, in the order of the map or of the text.
pub(crate) type Members<'v> = Vec<(Cow<'v, str>, View<'v>)>;

/// An object that limits are on.
#[derive(Clone)]
pub(crate) struct Object<'v> {
    pub(super) members: Members<'v>,
    /// Its text, if it is kept as text.
    text: Option<&'v str>,
}

impl<'v> Object<'v> {
    pub(crate) fn of(members: Members<'v>) -> Object<'v> {
        Object { members, text: None }
    }

    /// Reads a text that must hold an object.
    pub(crate) fn read(input: Input, text: &'v str) -> Result<Object<'v>, Error> {
        let members = members(input, text)?.into_iter().map(|(key, value)| (key, View::Text(value))).collect();
        Ok(Object { members, text: Some(text) })
    }

    pub(super) fn get(&self, key: &str) -> Option<&View<'v>> {
        self.members.iter().find(|(name, _)| name == key).map(|(_, view)| view)
    }

    /// Returns the size as compact JSON. That of a text includes repeated keys, as they are
    /// written.
    pub(super) fn size(&self) -> usize {
        match self.text {
            Some(text) => measure::compact_size(text),
            None => members_size(&self.members),
        }
    }

    pub(super) fn depth(&self) -> usize {
        members_depth(&self.members)
    }
}

/// A value.
#[derive(Clone)]
pub(crate) enum View<'v> {
    Value(&'v Value),
    /// The valid text of a value.
    Text(&'v str),
    /// An object whose members come from several places.
    Object(Members<'v>),
}

impl<'v> View<'v> {
    pub(crate) fn members_of(object: &'v Map<String, Value>) -> Members<'v> {
        object.iter().map(|(key, value)| (Cow::Borrowed(key.as_str()), View::Value(value))).collect()
    }

    /// Returns the object; none if the value is not one.
    pub(super) fn object(&self) -> Option<Object<'v>> {
        match self {
            View::Value(value) => value.as_object().map(View::members_of).map(Object::of),
            // The text is valid, so this is an error only if it does not hold an object.
            View::Text(text) => Object::read(Input::Resource, text).ok(),
            View::Object(members) => Some(Object::of(members.clone())),
        }
    }

    /// Returns the document of an object; none if the value is not one.
    pub(super) fn document(&self) -> Option<Document<'v>> {
        match self {
            View::Value(value) => value.as_object().map(Document::Map),
            View::Text(_) | View::Object(_) => self.object().map(Document::of),
        }
    }

    pub(super) fn json_type(&self) -> JsonType {
        match self {
            View::Value(value) => JsonType::of(value),
            View::Text(text) => measure::json_type(text),
            View::Object(_) => JsonType::Object,
        }
    }

    /// Returns the number of characters of a string with more than `max`.
    pub(super) fn characters_beyond(&self, max: usize) -> Option<usize> {
        // A character takes at least one byte, so most strings need not be counted.
        let characters = match self {
            View::Value(Value::String(text)) if text.len() > max => text.chars().count(),
            View::Text(text) => measure::characters(measure::string(text).filter(|written| written.len() > max)?),
            View::Value(_) | View::Object(_) => return None,
        };
        (characters > max).then_some(characters)
    }

    pub(super) fn size(&self) -> usize {
        match self {
            View::Value(value) => size::compact_size(value),
            View::Text(text) => measure::compact_size(text),
            View::Object(members) => members_size(members),
        }
    }

    pub(super) fn depth(&self) -> usize {
        match self {
            View::Value(value) => size::depth(value),
            View::Text(text) => measure::depth(text),
            View::Object(members) => members_depth(members),
        }
    }
}

/// Returns the size of an object as compact JSON.
fn members_size(members: &Members<'_>) -> usize {
    size::object_size(members.iter().map(|(key, value)| (&**key, value.size())))
}

/// Returns the nesting depth of an object.
fn members_depth(members: &Members<'_>) -> usize {
    1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0)
}

/// An object whose members are looked up.
pub(crate) enum Document<'v> {
    Map(&'v Map<String, Value>),
    Index(BTreeMap<Cow<'v, str>, View<'v>>, Option<&'v str>),
}

impl<'v> Document<'v> {
    pub(super) fn of(object: Object<'v>) -> Document<'v> {
        Document::Index(object.members.into_iter().collect(), object.text)
    }

    pub(super) fn get(&self, key: &str) -> Option<View<'v>> {
        match self {
            Document::Map(map) => map.get(key).map(View::Value),
            Document::Index(index, _) => index.get(key).cloned(),
        }
    }

    pub(super) fn object(&self) -> Object<'v> {
        match self {
            Document::Map(map) => Object::of(View::members_of(map)),
            Document::Index(index, text) => {
                let members = index.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                Object { members, text: *text }
            }
        }
    }
}
