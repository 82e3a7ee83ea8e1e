//! Whole requests: a user, a client or another resource, and the body of a request on it.
//!
//! A body carries some metadata fields and other attributes. [`Resource`] says which root keys are metadata, whether each
//! merges or is replaced as a whole, and how it reads back after `{}`. All of a body is applied, or none of it.
//!
//! ```
//! use metadata_merge::resource::USER;
//! use serde_json::json;
//!
//! let user = USER.create(&json!({
//!     "email": "jane.doe@example.com",
//!     "user_metadata": {"hobby": "surfing"},
//!     "app_metadata": {"plan": "full"},
//! }))?;
//!
//! // One field merges, the other is cleared, and what the body does not carry stays.
//! let body = json!({"user_metadata": {"addresses": {"home": "123 Main Street"}}, "app_metadata": {}});
//! let user = USER.update(&user, &body)?;
//! assert_eq!(user, json!({
//!     "email": "jane.doe@example.com",
//!     "user_metadata": {"hobby": "surfing", "addresses": {"home": "123 Main Street"}},
//! }));
//!
//! let refused = USER.update(&user, &json!({"email": "new@example.com", "user_metadata": null})).unwrap_err();
//! assert_eq!(refused.to_string(), "the field user_metadata must be a JSON object, but is null");
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! # Embed it in a server
//!
//! A PATCH is a decoded body, an update in place of what is stored, and a look at the limits before anything is written:
//!
//! ```
//! use metadata_merge::limits::{self, Strength};
//! use metadata_merge::resource::CLIENT;
//! use serde_json::{Value, json};
//!
//! /// The resource to store and to answer with, or what to answer with status 400.
//! fn patch(stored: &str, body: &str) -> Result<Value, String> {
//!     let mut client: Value = serde_json::from_str(stored).map_err(|error| error.to_string())?;
//!     let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
//!     CLIENT.update_in_place(&mut client, body).map_err(|error| error.to_string())?;
//!     let violations = limits::check(limits::CLIENT, &client).map_err(|error| error.to_string())?;
//!     match violations.iter().find(|violation| violation.limit.strength == Strength::Refused) {
//!         Some(violation) => Err(violation.to_string()),
//!         None => Ok(client),
//!     }
//! }
//!
//! let stored = r#"{"name": "myclient", "client_metadata": {"mycolor": "red", "myflavor": "grape"}}"#;
//! let patched = patch(stored, r#"{"client_metadata": {"mycolor": null}}"#);
//! assert_eq!(patched, Ok(json!({"name": "myclient", "client_metadata": {"myflavor": "grape"}})));
//! let refused = patch(stored, r#"{"client_metadata": {"mycolor": 1}}"#);
//! assert_eq!(refused, Err(r#""/client_metadata/mycolor": is a number; allowed is a string (value-type)"#.into()));
//! let refused = patch(stored, r#"{"client_metadata": null}"#);
//! assert_eq!(refused, Err("the field client_metadata must be a JSON object, but is null".into()));
//! ```
//!
//! Between the read and the write nobody else may write: put them into one transaction that locks the row (on SQLite an
//! immediate one), or two writers of different keys lose each other's. Or do not read at all:
//!
//! # Push it down into PostgreSQL
//!
//! A [`Plan`] says what a body asks of each field, whatever is stored. As one statement it is atomic without a lock of your own:
//! the second writer waits at the row, and sees what the first one stored.
//!
//! ```sql
//! UPDATE users SET user_metadata = CASE
//!     WHEN $clear THEN $sets
//!     ELSE (COALESCE(NULLIF(user_metadata, 'null'), '{}') || $sets) - $removals::text[]
//! END WHERE id = $id RETURNING user_metadata
//! ```
//!
//! The parameters of one field, as [`Patch`] has them:
//!
//! ```
//! use metadata_merge::resource::{Action, USER};
//! use metadata_merge::Patch;
//! use serde_json::{Map, Value, json};
//!
//! /// `$clear`, `$sets` and `$removals`.
//! fn parameters(patch: &Patch) -> (bool, Value, Vec<&str>) {
//!     let sets: Map<String, Value> = patch.sets().map(|(key, value)| (key.to_owned(), value.clone())).collect();
//!     (patch.clears(), Value::Object(sets), patch.removals().collect())
//! }
//!
//! let plan = USER.plan(json!({"user_metadata": {"hobby": "surfing", "plan": null}, "app_metadata": {}}))?;
//! for (field, action) in plan.fields() {
//!     match action {
//!         Action::Merge(patch) => assert_eq!(parameters(patch), (false, json!({"hobby": "surfing"}), vec!["plan"])),
//!         Action::Clear => assert_eq!(field.name, "app_metadata"), // SET app_metadata = NULL, as its cleared form is absent
//!         Action::Store(_) => unreachable!("no field of a user is replaced"),
//!     }
//! }
//! assert!(plan.attributes().is_empty()); // else SET attributes = attributes || $attributes
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! - Neither `$sets` nor `$removals` may be bound as NULL, or the field becomes NULL: empty ones are bound as `'{}'`.
//! - A field that the body does not carry is left out of SET, and a plan that [omits](Plan::is_omit) everything issues no
//!   statement.
//! - The column must hold objects alone, or null, which counts as `{}` here where [`update`](Resource::update) refuses it
//!   (`CHECK (jsonb_typeof(user_metadata) IN ('object', 'null'))`): of anything else `||` makes an array.
//! - A clear of a field that is [absent](Cleared::Absent) then stores SQL NULL.
//! - Judge [limits](crate::limits) on what the statement returns, in its transaction, and roll back what they refuse.
//! - `jsonb_strip_nulls` and SQLite's `json_patch` look like short cuts, and are other rules: they delete nested nulls.
//! - `jsonb` cannot hold U+0000 and rewrites the text of numbers.
//!
//! `examples/management-api/` of the repository is a server that does both, on SQLite and on PostgreSQL.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde_json::{Map, Value};

use crate::apply::remove;
use crate::merge::not_an_object;
pub use crate::plan::{Action, Plan};
pub use crate::resource_changes::ResourceChanges;
use crate::{Error, JsonType, Patch, Side};

/// A kind of resource, as data: which of its root keys are metadata fields. All other keys are attributes, which a body
/// replaces (rule `attribute`).
///
/// A resource of your own is a table:
///
/// ```
/// use metadata_merge::resource::{Cleared, Field, Mode, Resource};
/// use serde_json::json;
///
/// const TEAM: Resource = Resource {
///     name: "team",
///     fields: &[
///         Field { name: "labels", mode: Mode::Merge, cleared: Cleared::Absent },
///         Field { name: "settings", mode: Mode::Replace, cleared: Cleared::Empty },
///     ],
/// };
/// let team = json!({"labels": {"a": 1}, "settings": {"theme": "dark", "size": 2}});
/// let team = TEAM.update(&team, &json!({"labels": {"b": 2}, "settings": {"theme": null}}))?;
/// assert_eq!(team, json!({"labels": {"a": 1, "b": 2}, "settings": {"theme": null}}));
/// assert_eq!(TEAM.update(&team, &json!({"labels": {}, "settings": null}))?, json!({"settings": {}}));
/// # Ok::<(), metadata_merge::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource<'a> {
    /// What the resource is called: `user`.
    pub name: &'a str,
    /// Its metadata fields. Of two with the same name, the first counts.
    pub fields: &'a [Field<'a>],
}

/// A metadata field of a [`Resource`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The root key under which it stands: `user_metadata`.
    pub name: &'a str,
    /// What an object in the body does to it.
    pub mode: Mode,
    /// How it reads back after it was cleared.
    pub cleared: Cleared,
}

/// What an object in the body does to a metadata field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// It merges, as [`merge`](crate::merge()) has it. Null for the whole field is refused (rule `field-null`).
    Merge,
    /// It takes the place of what is stored, its nulls included; null and `{}` clear (rule `replace`).
    Replace,
}

/// How a metadata field reads back after it was cleared (rule `cleared-form`).
///
/// This is about clearing alone: where removals take the last key of a merged field, `{}` is left (rule `emptied`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cleared {
    /// As `{}`.
    Empty,
    /// Not at all: the resource has no such key.
    Absent,
}

/// A user: `user_metadata`, and `app_metadata`, which is absent after a clear.
pub const USER: Resource<'static> = Resource {
    name: "user",
    fields: &[
        Field { name: "user_metadata", mode: Mode::Merge, cleared: Cleared::Empty },
        Field { name: "app_metadata", mode: Mode::Merge, cleared: Cleared::Absent },
    ],
};

/// A client, that is an application: `client_metadata`.
pub const CLIENT: Resource<'static> = Resource {
    name: "client",
    fields: &[Field { name: "client_metadata", mode: Mode::Merge, cleared: Cleared::Empty }],
};

/// A custom domain: `domain_metadata`.
pub const CUSTOM_DOMAIN: Resource<'static> = Resource {
    name: "custom_domain",
    fields: &[Field { name: "domain_metadata", mode: Mode::Merge, cleared: Cleared::Empty }],
};

/// An organization: `metadata`, which is replaced as a whole, and absent after a clear.
pub const ORGANIZATION: Resource<'static> = Resource {
    name: "organization",
    fields: &[Field { name: "metadata", mode: Mode::Replace, cleared: Cleared::Absent }],
};

/// All resources of the service's model.
pub const ALL: [Resource<'static>; 4] = [USER, CLIENT, CUSTOM_DOMAIN, ORGANIZATION];

impl<'a> Resource<'a> {
    /// What is stored after a resource was created with `body`: what [`update`](Resource::update) makes of nothing stored
    /// (rule `create`). So a merged field never gets a null at its root.
    ///
    /// To move a body that you own instead of cloning it, [update an empty object in place](Resource::update_in_place).
    ///
    /// ```
    /// use metadata_merge::resource::CLIENT;
    /// use serde_json::json;
    ///
    /// let client = CLIENT.create(&json!({"name": "My App", "client_metadata": {"mycolor": "red", "mysize": null}}))?;
    /// assert_eq!(client, json!({"name": "My App", "client_metadata": {"mycolor": "red"}}));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Resource::update).
    pub fn create(&self, body: &Value) -> Result<Value, Error> {
        self.update(&Value::Object(Map::new()), body)
    }

    /// `stored` as it is after a PATCH with `body`.
    ///
    /// A metadata field that the body carries is merged, replaced or cleared by itself (rules `independent`, `absent`,
    /// `cleared-form`); one that it does not carry is unchanged (rule `omit`). Any other root key of the body replaces the
    /// stored one, null included (rule `attribute`). So the empty body changes nothing.
    ///
    /// ```
    /// use metadata_merge::resource::USER;
    /// use serde_json::json;
    ///
    /// let stored = json!({"user_metadata": {"hobby": "surfing"}, "app_metadata": {"plan": "full"}});
    /// let updated = USER.update(&stored, &json!({"app_metadata": {"plan": null}}))?;
    /// assert_eq!(updated, json!({"user_metadata": {"hobby": "surfing"}, "app_metadata": {}}));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotAnObject`] if `stored` or `body` is not an object. [`Error::Field`] if a metadata field of the body is not
    /// what it takes, or a stored one of [`Mode::Merge`] is not an object, even if the body clears it; a stored one that the body does
    /// not carry is not looked at. The body's fields are judged first, in the body's order. Nothing is applied then (rule `atomic`).
    ///
    /// # Complexity
    ///
    /// As [`update_in_place`](Resource::update_in_place), and a clone of `stored` and of `body`.
    pub fn update(&self, stored: &Value, body: &Value) -> Result<Value, Error> {
        let mut updated = stored.clone();
        self.update_in_place(&mut updated, body.clone())?;
        Ok(updated)
    }

    /// Turns `stored` into what [`update`](Resource::update) returns, moving the body's values instead of cloning them.
    ///
    /// ```
    /// use metadata_merge::resource::CLIENT;
    /// use serde_json::json;
    ///
    /// let mut client = json!({"name": "My App", "client_metadata": {"mycolor": "red", "myflavor": "grape"}});
    /// CLIENT.update_in_place(&mut client, json!({"client_metadata": {"mycolor": "blue"}}))?;
    /// assert_eq!(client, json!({"name": "My App", "client_metadata": {"mycolor": "blue", "myflavor": "grape"}}));
    ///
    /// assert!(CLIENT.update_in_place(&mut client, json!({"name": "Other", "client_metadata": []})).is_err());
    /// assert_eq!(client["name"], "My App");
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Resource::update); `stored` stays as it was.
    ///
    /// # Complexity
    ///
    /// For each root key of the body one look-up, and a comparison with the names of the resource's fields; for each metadata
    /// field what [`Patch::apply`] costs. No value is cloned or looked into.
    pub fn update_in_place(&self, stored: &mut Value, body: Value) -> Result<(), Error> {
        let Value::Object(stored) = stored else { return Err(not_an_object(Side::Resource, stored)) };
        let Value::Object(body) = body else { return Err(not_an_object(Side::Body, &body)) };
        let carried = || body.iter().filter_map(|(name, sent)| Some((self.field(name)?, sent)));
        carried().try_for_each(|(field, sent)| field.accept(JsonType::of(sent)))?;
        carried().try_for_each(|(field, _)| field.document(stored).map(drop))?;
        for (name, sent) in body {
            let Some(field) = self.field(&name) else {
                stored.insert(name, sent);
                continue;
            };
            match field.action(sent) {
                Action::Clear if field.cleared == Cleared::Absent => remove(stored, &name),
                Action::Clear => drop(stored.insert(name, Value::Object(Map::new()))),
                Action::Store(new) => drop(stored.insert(name, Value::Object(new))),
                Action::Merge(patch) => {
                    if let Value::Object(document) = stored.entry(name).or_insert_with(|| Value::Object(Map::new())) {
                        patch.apply(document);
                    }
                }
            }
        }
        Ok(())
    }

    pub(crate) fn field(&self, name: &str) -> Option<&'a Field<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Field<'_> {
    /// Whether the field takes what a body sends for it.
    pub(crate) fn accept(&self, found: JsonType) -> Result<(), Error> {
        let or_null = self.mode == Mode::Replace;
        if found == JsonType::Object || or_null && found == JsonType::Null {
            return Ok(());
        }
        Err(Error::Field { field: self.name.to_owned(), side: Side::Body, or_null, found })
    }

    /// Whether a body can be applied to what is stored. What is only replaced may be anything.
    pub(crate) fn accept_stored(&self, found: JsonType) -> Result<(), Error> {
        if found == JsonType::Object || self.mode == Mode::Replace {
            return Ok(());
        }
        Err(Error::Field { field: self.name.to_owned(), side: Side::Resource, or_null: false, found })
    }

    /// What a body asks of the field by sending a value that it [accepts](Field::accept).
    pub(crate) fn action(&self, sent: Value) -> Action {
        match sent {
            Value::Object(object) if !object.is_empty() => match self.mode {
                Mode::Merge => Action::Merge(Patch::from(object)),
                Mode::Replace => Action::Store(object),
            },
            _ => Action::Clear,
        }
    }

    /// The stored object that the field merges with, if there is one.
    pub(crate) fn document<'s>(&self, stored: &'s Map<String, Value>) -> Result<Option<&'s Map<String, Value>>, Error> {
        let Some(found) = stored.get(self.name) else { return Ok(None) };
        self.accept_stored(JsonType::of(found))?;
        Ok(found.as_object())
    }
}
