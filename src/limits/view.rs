//! A resource before or after a change, as references, so that a change is checked without a clone.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::size::{compact_size, depth, object_size};
use crate::error::JsonType;

/// The members of an object, in the map's order.
pub(crate) type Members<'v> = Vec<(&'v str, View<'v>)>;

/// A value, or an object whose members come from several places.
#[derive(Clone)]
pub(crate) enum View<'v> {
    Value(&'v Value),
    Object(Members<'v>),
}

impl<'v> View<'v> {
    pub(crate) fn members_of(object: &'v Map<String, Value>) -> Members<'v> {
        object.iter().map(|(key, value)| (key.as_str(), View::Value(value))).collect()
    }

    /// Returns the members of an object; none of anything else.
    pub(super) fn members(&self) -> Option<Members<'v>> {
        match self {
            View::Value(value) => value.as_object().map(View::members_of),
            View::Object(members) => Some(members.clone()),
        }
    }

    pub(super) fn as_str(&self) -> Option<&'v str> {
        match self {
            View::Value(value) => value.as_str(),
            View::Object(_) => None,
        }
    }

    pub(super) fn json_type(&self) -> JsonType {
        match self {
            View::Value(value) => JsonType::of(value),
            View::Object(_) => JsonType::Object,
        }
    }

    pub(super) fn size(&self) -> usize {
        match self {
            View::Value(value) => compact_size(value),
            View::Object(members) => size(members),
        }
    }

    pub(super) fn depth(&self) -> usize {
        match self {
            View::Value(value) => depth(value),
            View::Object(members) => members_depth(members),
        }
    }
}

/// Returns the size of an object as compact JSON.
pub(super) fn size(members: &Members<'_>) -> usize {
    object_size(members.iter().map(|(key, value)| (*key, value.size())))
}

/// Returns the nesting depth of an object.
pub(super) fn members_depth(members: &Members<'_>) -> usize {
    1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0)
}
