//! Applies the body of a whole request to a user, a client or another resource.
//!
//! A body has metadata fields and attributes. A [`Resource`] lists the metadata fields, with the
//! [`Mode`] of each and its form after a clear. Any other root key is an attribute. A body is
//! applied as a whole or not at all.
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
//! let body = json!({"user_metadata": {"addresses": {"home": "Here"}}, "app_metadata": {}});
//! let user = USER.update(&user, body)?;
//! assert_eq!(Value::Object(user.clone()), json!({
//!     "email": "jane.doe@example.com",
//!     "user_metadata": {"hobby": "surfing", "addresses": {"home": "Here"}},
//! }));
//!
//! let error = USER.update(&user, json!({"email": "new", "user_metadata": null})).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     r#"the field "user_metadata" must be a JSON object, but is null"#,
//! );
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! # Embed it in a server
//!
//! A request takes six steps:
//!
//! 1. [`Resource::plan`] converts the body into a [`Plan`].
//! 2. [`Plan::allow`] rejects names that the caller may not change.
//! 3. [`Plan::changes`] returns the entry for the audit log.
//! 4. [`Plan::check`] returns the violations of limits.
//! 5. [`Plan::apply`] changes the stored resource.
//! 6. Your database writes the resource in the transaction that read it.
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
//!         ErrorKind::Body => 400,
//!         ErrorKind::NotAllowed => 403,
//!         ErrorKind::Denied => 409,
//!         _ => 500,
//!     };
//!     (status, json!({"error": error.to_string()}))
//! }
//!
//! let mut stored = CLIENT.create(json!({"client_metadata": {"mycolor": "red"}})).unwrap();
//! let body = json!({"client_metadata": {"mycolor": null, "mysize": "L"}});
//! let changes = patch(&mut stored, body).unwrap();
//! assert_eq!(stored["client_metadata"], json!({"mysize": "L"}));
//! let entry = json!(changes);
//! assert_eq!(entry["fields"]["client_metadata"]["removed"], json!({"mycolor": "red"}));
//!
//! let (status, reply) = patch(&mut stored, json!({"client_metadata": {"mysize": 1}})).unwrap_err();
//! assert_eq!((status, &reply[0]["limit"]), (400, &json!("value-type")));
//! let (status, _) = patch(&mut stored, json!({"client_id": "c2"})).unwrap_err();
//! assert_eq!(status, 403);
//! ```
//!
//! **Without `allow`, a body may change any attribute.** A typed body has only the fields of its
//! struct; [`Plan`] has an example. [`Error::kind`](crate::Error::kind) lists the statuses.
//!
//! If resources are stored as text, a [similar function over
//! text](crate::text#embed-it-in-a-server), without the audit log, is several times as fast. A
//! [table](crate::text#trees-or-text) compares the two.
//!
//! Read and write in one transaction that locks the row (`BEGIN IMMEDIATE` on SQLite). Otherwise
//! concurrent writers overwrite each other. Alternatively, the database executes the plan.
//!
//! # In a database
//!
//! A [`Plan`] does not depend on the stored resource, so a database can execute it in one
//! statement. [`push_down`] has the SQL for PostgreSQL and MariaDB, with `If-Match` and an audit
//! log.
//!
//! A `jsonb` column cannot hold U+0000. Reject a body that has it with 400 before it is sent,
//! whether the program or the database applies it:
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
//! `examples/management-api/` (in the repository) is a server that applies plans itself on SQLite,
//! and executes them on PostgreSQL.
//!
//! # Open questions
//!
//! The service does not document the PATCH of the `metadata` of connections and agents, so there is
//! no [`Resource`] for them. `RULES.md` lists all open points.

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
