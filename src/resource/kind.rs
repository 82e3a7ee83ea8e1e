//! The kinds of resources.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde_json::{Map, Value};

use crate::error::{Error, FieldType, Input, JsonType};
use crate::limits::{self, Limit};

/// A kind of resource, as data: its metadata fields, and what a body does to its other root keys,
/// the *attributes*.
///
/// ```
/// use metadata_merge::resource::{Cleared, Field, Resource};
/// use serde_json::{Value, json};
///
/// const TEAM: Resource =
///     Resource::new("team", &[Field::merge("labels", Cleared::Absent), Field::replace("settings", Cleared::Empty)]);
///
/// let team = TEAM.create(json!({"labels": {"a": 1}, "settings": {"theme": "dark", "size": 2}}))?;
/// let team = TEAM.update(&team, json!({"labels": {"b": 2}, "settings": {"theme": null}}))?;
/// assert_eq!(Value::Object(team.clone()), json!({"labels": {"a": 1, "b": 2}, "settings": {"theme": null}}));
/// let team = TEAM.update(&team, json!({"labels": {}, "settings": null}))?;
/// assert_eq!(Value::Object(team), json!({"settings": {}}));
/// # Ok::<(), metadata_merge::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resource<'a> {
    /// The name of the resource, such as `user`.
    pub name: &'a str,
    /// The metadata fields. If two have one name, the first counts.
    pub fields: &'a [Field<'a>],
    /// Whether an object attribute of a body merges into the stored one or replaces it (rule
    /// `attribute-object`).
    pub attributes: Mode,
}

/// A metadata field of a [`Resource`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field<'a> {
    /// The root key of the field, such as `user_metadata`.
    pub name: &'a str,
    /// Whether an object in the body merges into the field or replaces it.
    pub mode: Mode,
    /// How the field reads back after a clear.
    pub cleared: Cleared,
}

/// What an object in the body does to the stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// It merges, as [`merge`](crate::merge()) does. For a metadata field, null is rejected (rule
    /// `field-null`).
    Merge,
    /// It replaces the stored value, including its nulls. For a metadata field, null and `{}` clear
    /// (rule `replace`).
    Replace,
}

/// How a metadata field reads back after a clear (rule `cleared-form`).
///
/// It does not apply to removals. If they remove the last key of a merged field, `{}` is left (rule
/// `emptied`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cleared {
    /// As `{}`.
    Empty,
    /// The resource has no such key.
    Absent,
}

/// A user: `user_metadata`, and `app_metadata`, which is absent after a clear.
pub const USER: Resource<'static> = Resource::new(
    "user",
    &[Field::merge("user_metadata", Cleared::Empty), Field::merge("app_metadata", Cleared::Absent)],
);

/// A client (application): `client_metadata`. Its object attributes merge at their root, as 382 of
/// 382 recorded updates show.
pub const CLIENT: Resource<'static> =
    Resource::new("client", &[Field::merge("client_metadata", Cleared::Empty)]).merge_attributes();

/// A custom domain: `domain_metadata`.
pub const CUSTOM_DOMAIN: Resource<'static> =
    Resource::new("custom_domain", &[Field::merge("domain_metadata", Cleared::Empty)]);

/// An organization: `metadata`, which is replaced as a whole, and absent after a clear.
pub const ORGANIZATION: Resource<'static> =
    Resource::new("organization", &[Field::replace("metadata", Cleared::Absent)]);

/// A session: `session_metadata`, which is replaced as a whole, and absent after a clear.
pub const SESSION: Resource<'static> = Resource::new("session", &[Field::replace("session_metadata", Cleared::Absent)]);

/// A refresh token: `refresh_token_metadata`, which is replaced as a whole, and absent after a
/// clear.
pub const REFRESH_TOKEN: Resource<'static> =
    Resource::new("refresh_token", &[Field::replace("refresh_token_metadata", Cleared::Absent)]);

/// The resources of the service's model.
pub const ALL: &[Resource<'static>] = &[USER, CLIENT, CUSTOM_DOMAIN, ORGANIZATION, SESSION, REFRESH_TOKEN];

impl<'a> Resource<'a> {
    /// Returns a resource with these metadata fields, whose attributes are replaced.
    #[must_use]
    pub const fn new(name: &'a str, fields: &'a [Field<'a>]) -> Self {
        Resource { name, fields, attributes: Mode::Replace }
    }

    /// Returns the resource, but with object attributes that merge (rule `attribute-object`).
    #[must_use]
    pub const fn merge_attributes(mut self) -> Self {
        self.attributes = Mode::Merge;
        self
    }

    /// Returns the service's limits for the resource of this name; none for other names.
    ///
    /// ```
    /// # use metadata_merge::{limits, resource::CLIENT};
    /// assert_eq!(CLIENT.limits(), limits::CLIENT);
    /// ```
    #[must_use]
    pub fn limits(&self) -> &'static [Limit] {
        limits::of_resource(self.name)
    }

    pub(crate) fn field(&self, name: &str) -> Option<&'a Field<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl<'a> Field<'a> {
    /// Returns a field that merges.
    #[must_use]
    pub const fn merge(name: &'a str, cleared: Cleared) -> Self {
        Field { name, mode: Mode::Merge, cleared }
    }

    /// Returns a field that is replaced as a whole.
    #[must_use]
    pub const fn replace(name: &'a str, cleared: Cleared) -> Self {
        Field { name, mode: Mode::Replace, cleared }
    }

    /// Validates the type of the value that a body sends.
    pub(crate) fn accept(&self, found: JsonType) -> Result<(), Error> {
        match (self.mode, found) {
            (_, JsonType::Object) | (Mode::Replace, JsonType::Null) => Ok(()), // replace
            (Mode::Merge, _) => Err(self.invalid(Input::Body, FieldType::Object, found)), // reject, field-null
            (Mode::Replace, _) => Err(self.invalid(Input::Body, FieldType::ObjectOrNull, found)),
        }
    }

    /// Validates the type of the stored value. A field that is replaced may hold anything.
    pub(crate) fn accept_stored(&self, found: JsonType) -> Result<(), Error> {
        if found == JsonType::Object || self.mode == Mode::Replace {
            return Ok(());
        }
        Err(self.invalid(Input::Resource, FieldType::Object, found))
    }

    pub(crate) fn invalid(&self, input: Input, expected: FieldType, found: JsonType) -> Error {
        Error::Field { field: self.name.to_owned(), input, expected, found }
    }

    /// Returns the stored object that the field merges with, if there is one.
    pub(super) fn document<'s>(&self, stored: &'s Map<String, Value>) -> Result<Option<&'s Map<String, Value>>, Error> {
        let Some(found) = stored.get(self.name) else { return Ok(None) };
        self.accept_stored(JsonType::of(found))?;
        Ok(found.as_object())
    }
}
