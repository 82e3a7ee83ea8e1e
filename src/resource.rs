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
//! If resources are stored as text, the [same function over text](crate::text#embed-it-in-a-server)
//! is several times as fast. A [table](crate::text#trees-or-text) compares the two.
//!
//! Read and write in one transaction that locks the row (`BEGIN IMMEDIATE` on SQLite). Otherwise
//! concurrent writers overwrite each other. Alternatively, do not read at all: push the plan down.
//!
//! # Push it down
//!
//! A [`Plan`] does not depend on what is stored, so a database can execute it in one statement.
//! [`push_down`] has the statements for PostgreSQL and MariaDB, with `If-Match` and an audit log.
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

// The groups are in the order in which rustdoc lists the methods of `Resource` and of `Plan`.
mod kind;
mod update;

mod plan;
mod text;

mod checked;
mod reconcile;

mod changes;
pub mod push_down;
mod replacement;

pub use self::changes::ResourceChanges;
pub use self::checked::Checked;
pub use self::kind::{
    ALL, CLIENT, CUSTOM_DOMAIN, Cleared, Field, Mode, ORGANIZATION, REFRESH_TOKEN, Resource, SESSION, USER,
};
pub use self::plan::{Action, Attribute, Plan};
pub use self::reconcile::{ResourceConflict, ResourceReconciliation};
pub use self::replacement::Replacement;
