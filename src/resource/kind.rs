//! The kinds of resources.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde_json::{Map, Value};

use crate::error::{Error, FieldType, Input, JsonType};
use crate::limits::{self, Limit};

/// A kind of resource: its metadata fields, and whether its attributes merge. All other root keys
/// are *attributes*. Methods without a stated complexity take O(1) time.
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
    /// The metadata fields. If two have the same name, the first is used.
    pub fields: &'a [Field<'a>],
    /// Whether an attribute that is an object merges into the stored object or replaces it (rule
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
    /// The form of the field after a clear.
    pub cleared: Cleared,
}

/// The effect of an object in the body on the stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// *Merge mode*: the object merges, as [`merge`](crate::merge()) does. Null for a metadata
    /// field is rejected (rule `field-null`).
    Merge,
    /// *Replace mode*: the object replaces the stored value, and its nulls are stored. Null and
    /// `{}` clear a metadata field (rule `replace`).
    Replace,
}

/// The form of a metadata field after a clear (rule `cleared-form`).
///
/// A patch that removes the last key always leaves `{}` (rule `emptied`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cleared {
    /// The field is `{}`.
    Empty,
    /// The field is absent.
    Absent,
}

/// A user: `user_metadata`, and `app_metadata`, which is absent after a clear.
pub const USER: Resource<'static> = Resource::new(
    "user",
    &[Field::merge("user_metadata", Cleared::Empty), Field::merge("app_metadata", Cleared::Absent)],
);

/// A client (application): `client_metadata`. Attributes that are objects merge (rule
/// `attribute-object`).
pub const CLIENT: Resource<'static> =
    Resource::new("client", &[Field::merge("client_metadata", Cleared::Empty)]).merge_attributes();

/// A custom domain: `domain_metadata`.
pub const CUSTOM_DOMAIN: Resource<'static> =
    Resource::new("custom_domain", &[Field::merge("domain_metadata", Cleared::Empty)]);

/// An organization: `metadata`, in replace mode, and absent after a clear.
pub const ORGANIZATION: Resource<'static> =
    Resource::new("organization", &[Field::replace("metadata", Cleared::Absent)]);

/// A session: `session_metadata`, in replace mode, and absent after a clear.
pub const SESSION: Resource<'static> = Resource::new("session", &[Field::replace("session_metadata", Cleared::Absent)]);

/// A refresh token: `refresh_token_metadata`, in replace mode, and absent after a clear.
pub const REFRESH_TOKEN: Resource<'static> =
    Resource::new("refresh_token", &[Field::replace("refresh_token_metadata", Cleared::Absent)]);

/// All predefined resources.
pub const ALL: &[Resource<'static>] = &[USER, CLIENT, CUSTOM_DOMAIN, ORGANIZATION, SESSION, REFRESH_TOKEN];

impl<'a> Resource<'a> {
    /// Returns a resource with these metadata fields. Its attributes are replaced, not merged.
    #[must_use]
    pub const fn new(name: &'a str, fields: &'a [Field<'a>]) -> Self {
        Resource { name, fields, attributes: Mode::Replace }
    }

    /// Returns the same resource with attributes that merge if they are objects (rule
    /// `attribute-object`).
    ///
    /// ```
    /// # use metadata_merge::resource::Resource;
    /// # use serde_json::json;
    /// let app = Resource::new("app", &[]).merge_attributes();
    /// let stored = app.create(json!({"jwt": {"alg": "RS256"}}))?;
    /// let updated = app.update(&stored, json!({"jwt": {"lifetime": 60}}))?;
    /// assert_eq!(updated["jwt"], json!({"alg": "RS256", "lifetime": 60}));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub const fn merge_attributes(mut self) -> Self {
        self.attributes = Mode::Merge;
        self
    }

    /// Returns the service's limits for the predefined resource of the same name, even if the
    /// fields differ. For any other name, the slice is empty.
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
    /// Returns a field in merge mode.
    #[must_use]
    pub const fn merge(name: &'a str, cleared: Cleared) -> Self {
        Field { name, mode: Mode::Merge, cleared }
    }

    /// Returns a field in replace mode.
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
