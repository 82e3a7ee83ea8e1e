//! Whole requests: a user, a client or another resource, and the body of a request on it.
//!
//! A body carries metadata fields and other attributes. A [`Resource`] says which root keys are
//! metadata fields, whether each merges or is replaced as a whole, and how it reads back after
//! `{}`. A body is applied as a whole or not at all.
//!
//! ```
//! use metadata_merge::resource::USER;
//! use serde_json::{Value, json};
//!
//! let user = USER.create(json!({
//!     "email": "jane.doe@example.com",
//!     "user_metadata": {"hobby": "surfing"},
//!     "app_metadata": {"plan": "full"},
//! }))?;
//!
//! // One field merges, the other is cleared, and the email is not in the body.
//! let body = json!({"user_metadata": {"addresses": {"home": "123 Main Street"}}, "app_metadata": {}});
//! let user = USER.update(&user, body)?;
//! assert_eq!(Value::Object(user.clone()), json!({
//!     "email": "jane.doe@example.com",
//!     "user_metadata": {"hobby": "surfing", "addresses": {"home": "123 Main Street"}},
//! }));
//!
//! let error = USER.update(&user, json!({"email": "new@example.com", "user_metadata": null})).unwrap_err();
//! assert_eq!(error.to_string(), r#"the field "user_metadata" must be a JSON object, but is null"#);
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! # Embed it in a server
//!
//! A request takes six steps. The body becomes a [`Plan`]. [`Plan::allow`] rejects names that the
//! caller may not change. [`Plan::changes`] is the preview and the entry of the audit log.
//! [`Plan::check`] finds the limits that the change would break. [`Plan::apply`] changes the stored
//! resource. The store writes it, in the transaction that read it.
//!
//! ```
//! use metadata_merge::limits;
//! use metadata_merge::resource::{CLIENT, ResourceChanges};
//! use metadata_merge::{Error, ErrorKind};
//! use serde_json::{Map, Value, json};
//!
//! /// `PATCH /clients/{id}`: the entry for the audit log, or a status and the reply.
//! fn patch(
//!     stored: &mut Map<String, Value>,
//!     body: Value,
//! ) -> Result<ResourceChanges<'static>, (u16, Value)> {
//!     let plan = CLIENT.plan(body).map_err(reply)?;
//!     // Without this line, a body could overwrite client_id or tenant.
//!     let plan = plan.allow(&["name", "client_metadata"]).map_err(reply)?;
//!     // Owned, because `stored` changes below.
//!     let changes = plan.changes(stored).map_err(reply)?.into_owned();
//!     let violations = plan.check(limits::CLIENT, stored).map_err(reply)?;
//!     limits::accept(violations).map_err(|violations| (400, json!(violations)))?;
//!     plan.apply(stored).map_err(reply)?;
//!     Ok(changes)
//! }
//!
//! fn reply(error: Error) -> (u16, Value) {
//!     let status = match error.kind() {
//!         ErrorKind::NotAllowed => 403,
//!         _ if error.is_from_request() => 400,
//!         _ => 500,
//!     };
//!     (status, json!({"error": error.to_string()}))
//! }
//!
//! let mut stored = CLIENT.create(json!({"client_metadata": {"mycolor": "red"}})).unwrap();
//! let body = json!({"client_metadata": {"mycolor": null, "mysize": "L"}});
//! let changes = patch(&mut stored, body).unwrap();
//! assert_eq!(stored["client_metadata"], json!({"mysize": "L"}));
//! assert_eq!(json!(changes)["fields"]["client_metadata"]["removed"], json!({"mycolor": "red"}));
//!
//! let (status, reply) = patch(&mut stored, json!({"client_metadata": {"mysize": 1}})).unwrap_err();
//! assert_eq!((status, &reply[0]["limit"]), (400, &json!("value-type")));
//! let (status, _) = patch(&mut stored, json!({"client_id": "c2"})).unwrap_err();
//! assert_eq!(status, 403);
//! ```
//!
//! **Without `allow`, a body may change any attribute.** A typed body is limited by its fields:
//! [`Plan::new`] shows how to plan from one. [`Error::kind`](crate::Error::kind) has a table of
//! statuses.
//!
//! Read and write in one transaction that locks the row (`BEGIN IMMEDIATE` on SQLite). Otherwise
//! concurrent writers overwrite each other. Alternatively, do not read at all: push the plan down.
//!
//! # Push it down
//!
//! A [`Plan`] does not depend on what is stored, so a database can execute it in one statement.
//! [`push_down`] has the statements for PostgreSQL and MariaDB, with `If-Match` and an audit log.
//!
//! `jsonb` cannot hold U+0000. Whether a request reads first or not, reject such a body with 400
//! before it is sent to a `jsonb` column:
//!
//! ```
//! use serde_json::{Value, json};
//!
//! /// Whether `jsonb` can hold the body.
//! fn is_storable(body: &Value) -> bool {
//!     match body {
//!         Value::String(text) => !text.contains('\0'),
//!         Value::Array(values) => values.iter().all(is_storable),
//!         Value::Object(members) => members.iter().all(|(key, value)| !key.contains('\0') && is_storable(value)),
//!         _ => true,
//!     }
//! }
//!
//! for nul in [json!("\0"), json!({"\0": null}), json!([{"a": "x\0"}])] {
//!     assert!(!is_storable(&json!({"user_metadata": {"a": nul}})));
//! }
//! assert!(is_storable(&json!({"user_metadata": {"a": ["\\u0000", null, 1]}})));
//! ```
//!
//! [`push_down`](push_down#u0000) has the same for the plan of a typed body.
//!
//! `examples/management-api/` (in the repository) is a server that does both, on SQLite and on
//! PostgreSQL.
//!
//! # What is not known
//!
//! Connections and agents have a `metadata` field too. Whether its PATCH merges is neither
//! documented nor recorded, so there is no [`Resource`] for them. Whether the service stores nested
//! nulls, and what it does with null for a whole field of a user, is not known either: the rules
//! `verbatim` and `field-null` are decided. A bulk import with upsert overwrites both fields of a
//! user; it is not a PATCH.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde_json::{Map, Value};

use crate::error::{Error, FieldType, Input, JsonType};
use crate::limits::{self, Limit};

mod changes;
mod checked;
mod plan;
pub mod push_down;
mod reconcile;
mod replacement;
mod text;
mod update;

pub use self::changes::ResourceChanges;
pub use self::checked::Checked;
pub use self::plan::{Action, Attribute, Plan};
pub use self::reconcile::{ResourceConflict, ResourceReconciliation};
pub use self::replacement::Replacement;

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
    fn document<'s>(&self, stored: &'s Map<String, Value>) -> Result<Option<&'s Map<String, Value>>, Error> {
        let Some(found) = stored.get(self.name) else { return Ok(None) };
        self.accept_stored(JsonType::of(found))?;
        Ok(found.as_object())
    }
}
