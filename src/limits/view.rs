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

    /// Returns the members of a text that must hold an object.
    pub(crate) fn members_of_text(input: Input, text: &'v str) -> Result<Members<'v>, Error> {
        Ok(members(input, text)?.into_iter().map(|(key, value)| (key, View::Text(value))).collect())
    }

    /// Returns the members of an object; none of anything else.
    pub(super) fn members(&self) -> Option<Members<'v>> {
        match self {
            View::Value(value) => value.as_object().map(View::members_of),
            // The text is valid, so this is an error only if it does not hold an object.
            View::Text(text) => View::members_of_text(Input::Resource, text).ok(),
            View::Object(members) => Some(members.clone()),
        }
    }

    /// Returns the document of an object; none of anything else.
    pub(super) fn document(&self) -> Option<Document<'v>> {
        match self {
            View::Value(value) => value.as_object().map(Document::Map),
            View::Text(_) | View::Object(_) => self.members().map(Document::of),
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
pub(super) fn members_size(members: &Members<'_>) -> usize {
    size::object_size(members.iter().map(|(key, value)| (&**key, value.size())))
}

/// Returns the nesting depth of an object.
pub(super) fn members_depth(members: &Members<'_>) -> usize {
    1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0)
}

/// An object whose members are looked up.
pub(crate) enum Document<'v> {
    Map(&'v Map<String, Value>),
    Index(BTreeMap<Cow<'v, str>, View<'v>>),
}

impl<'v> Document<'v> {
    pub(super) fn of(members: Members<'v>) -> Document<'v> {
        Document::Index(members.into_iter().collect())
    }

    pub(super) fn get(&self, key: &str) -> Option<View<'v>> {
        match self {
            Document::Map(map) => map.get(key).map(View::Value),
            Document::Index(index) => index.get(key).cloned(),
        }
    }

    pub(super) fn members(&self) -> Members<'v> {
        match self {
            Document::Map(map) => View::members_of(map),
            Document::Index(index) => index.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        }
    }
}
