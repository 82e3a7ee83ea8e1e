//! Push it down: the statements that execute a [`Plan`] in a database.
//!
//! A [`Plan`] does not depend on what is stored, so a database can execute it. One statement, or
//! one transaction that locks the row, is atomic: a second writer waits and sees the result of the
//! first.
//!
//! The table has one column for each metadata field, a column `attributes` for every other
//! property, and a version for `If-Match`. **A column holds an object or SQL NULL**, which means
//! that the field is absent. A constraint ensures it: `CHECK (jsonb_typeof(user_metadata) =
//! 'object')`. The statements below match no row if a field that they merge or clear holds anything
//! else.
//!
//! Set only the columns that the plan names. A plan that [omits](Plan::is_omit) everything needs no
//! statement. A create needs none of this: apply the plan to an empty map, and insert the result.
//!
//! | plan | new value of the column |
//! |---|---|
//! | [`Action::Merge`] | the expression below |
//! | [`Action::Clear`] | `'{}'`, or NULL if the field is [absent](Cleared::Absent) after a clear |
//! | [`Action::Replace`] | the object |
//! | [`Attribute::Set`], [`Attribute::Remove`] | the attributes merge as one document: the expression below |
//! | [`Attribute::Merge`] | the merged attribute is set, together with the plain ones |
//!
//! ```
//! use metadata_merge::resource::{Action, Attribute, USER};
//! use serde_json::{Value, json};
//!
//! let body = json!({"name": null, "user_metadata": {"hobby": "surfing", "plan": null}, "app_metadata": {}});
//! let plan = USER.plan(body)?;
//! for (field, action) in plan.fields() {
//!     match action {
//!         Action::Merge(patch) => {
//!             let parts = patch.clone().into_parts();
//!             assert_eq!((parts.clear, Value::Object(parts.sets)), (false, json!({"hobby": "surfing"})));
//!             assert_eq!(parts.removals, ["plan"]);
//!         }
//!         Action::Clear => assert_eq!(field.name, "app_metadata"), // is NULL afterwards
//!         Action::Replace(_) => unreachable!("no field of a user is replaced"),
//!     }
//! }
//! assert!(plan.attributes().eq([("name", &Attribute::Remove)]));
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! # PostgreSQL
//!
//! ```sql
//! WITH old AS (
//!     SELECT * FROM users WHERE id = $id FOR UPDATE
//! ), new AS (
//!     UPDATE users AS stored
//!     SET version = old.version + 1, user_metadata = CASE
//!         WHEN $clear THEN $sets::jsonb
//!         WHEN cardinality($removals::text[]) <= 256
//!             THEN (COALESCE(old.user_metadata, '{}') || $sets) - $removals::text[]
//!         ELSE (
//!             SELECT COALESCE(jsonb_object_agg(key, value), '{}')
//!             FROM jsonb_each(COALESCE(old.user_metadata, '{}'))
//!             WHERE NOT (SELECT jsonb_object($removals, $removals)) ? key
//!         ) || $sets
//!     END
//!     FROM old
//!     WHERE stored.id = old.id
//!         AND ($version::bigint IS NULL OR old.version = $version)
//!         AND COALESCE(jsonb_typeof(old.user_metadata), 'object') = 'object'
//!     RETURNING stored.*
//! )
//! SELECT old.*, new.* FROM old LEFT JOIN new ON true
//! ```
//!
//! The parameters are the [`Parts`](crate::Parts) of the patch. The statement returns the resource
//! before, for the audit log, and after. Check [limits] on the second half before COMMIT. No row:
//! the resource does not exist. A second half of NULLs: the version differs, or a stored field is
//! not an object.
//!
//! - **Removals.** `jsonb - text[]` compares each stored key with each removed one. The other branch
//!   looks each stored key up by binary search. Both cost the same at about 256 removals, whatever
//!   the size of the document. Measured for all keys removed: 8,000 keys 105 ms by `-` and 4 ms by
//!   `?`, 80,000 keys 31 s and 60 ms. An anti-join with `unnest($removals)` is as fast until the
//!   planner sorts instead of hashing, and then takes 130 ms and more.
//! - **Attributes.** Use the same expression with `old.attributes`, `false` for `$clear`, and as
//!   `$sets` the plain attributes `|| $merged`. For attributes that merge (of a client), `$merged` is
//!
//!   ```sql
//!   COALESCE((
//!       SELECT jsonb_object_agg(patch.key, (
//!           SELECT COALESCE(jsonb_object_agg(key, value), '{}')
//!           FROM (
//!               SELECT * FROM jsonb_each(CASE jsonb_typeof(attribute.value) WHEN 'object' THEN attribute.value END)
//!               WHERE NOT patch.value ? key
//!               UNION ALL
//!               SELECT * FROM jsonb_each(patch.value) WHERE value <> 'null'
//!           ) AS members
//!       ))
//!       FROM jsonb_each($merges) AS patch
//!       LEFT JOIN jsonb_each(old.attributes) AS attribute ON attribute.key = patch.key
//!   ), '{}')
//!   ```
//!
//!   `$merges` is an object with the body of the patch for each of them. A patch that
//!   [clears](crate::Patch::clears) is not among them: set its attribute to what it sets.
//! - **`?`.** A driver that takes it for a parameter has an escape: `??` in JDBC.
//! - **NULL.** Bind empty `$sets` and `$removals` as `'{}'`. If either is NULL, the field becomes
//!   NULL.
//! - **U+0000.** `jsonb` and `text` cannot hold it, in a key or in a value. The statement fails
//!   with 22P05 or 22021. Reject such a plan [before](#u0000) it is sent.
//! - **Numbers.** `jsonb` keeps the value of a number and not its text: `1e16` becomes
//!   `10000000000000000`, `-0` becomes `0`, and `1.10` stays. `1e131071` takes 22 bytes stored and
//!   131,072 digits read, so a small body can make a huge response. Larger exponents fail with
//!   22003. Bound them before the write.
//! - **Other functions.** `jsonb_strip_nulls` deletes nested and stored nulls too. Without the
//!   condition on the type, `||` makes an array of a document that is not an object.
//!
//! ## U+0000
//!
//! Check each plan, typed or not, and answer the client's error with 400:
//!
//! ```
//! use metadata_merge::Patch;
//! use metadata_merge::resource::{Action, Attribute, CLIENT, Plan, USER};
//! use serde_json::{Value, json};
//!
//! /// Whether `jsonb` can hold everything that the plan names.
//! fn is_storable(plan: &Plan) -> bool {
//!     let fields = plan.fields().all(|(_, action)| match action {
//!         Action::Merge(patch) => in_patch(patch),
//!         Action::Replace(object) => object.iter().all(in_member),
//!         Action::Clear => true,
//!     });
//!     fields
//!         && plan.attributes().all(|(name, attribute)| match attribute {
//!             Attribute::Set(value) => in_text(name) && in_value(value),
//!             Attribute::Merge(patch) => in_text(name) && in_patch(patch),
//!             Attribute::Remove => in_text(name),
//!         })
//! }
//!
//! fn in_patch(patch: &Patch) -> bool {
//!     patch.removals().all(in_text) && patch.sets().all(|(key, value)| in_text(key) && in_value(value))
//! }
//!
//! fn in_member((key, value): (&String, &Value)) -> bool {
//!     in_text(key) && in_value(value)
//! }
//!
//! fn in_value(value: &Value) -> bool {
//!     match value {
//!         Value::String(text) => in_text(text),
//!         Value::Array(values) => values.iter().all(in_value),
//!         Value::Object(members) => members.iter().all(in_member),
//!         _ => true,
//!     }
//! }
//!
//! fn in_text(text: &str) -> bool {
//!     !text.contains('\0')
//! }
//!
//! // A typed body, and bodies that were parsed.
//! let typed = Plan::new(USER).field("user_metadata", Patch::omit().set("a", "\0"))?;
//! assert!(!is_storable(&typed));
//! for nul in [json!("\0"), json!({"\0": null}), json!({"a": [{"\0": 1}]}), json!({"a": ["\0"]})] {
//!     assert!(!is_storable(&CLIENT.plan(json!({"jwt_configuration": {"a": nul}}))?));
//! }
//! assert!(!is_storable(&USER.plan(json!({"user_metadata": {"\0": null}}))?));
//! assert!(!is_storable(&USER.plan(json!({"\0": null}))?));
//! assert!(is_storable(&USER.plan(json!({"name": "\\u0000", "user_metadata": {"a": [null, 1]}}))?));
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! # MariaDB
//!
//! There is no `UPDATE … RETURNING`, so a transaction reads before and after the write:
//!
//! ```sql
//! START TRANSACTION;
//! SELECT * FROM users WHERE id = ? FOR UPDATE;
//! UPDATE users
//! SET version = version + 1, user_metadata =
//!     JSON_MERGE_PRESERVE(JSON_MERGE_PATCH(COALESCE(user_metadata, '{}'), '{"plan": null}', …), $sets)
//! WHERE id = ? AND ($version IS NULL OR version = $version) AND JSON_VALID($sets)
//!     AND COALESCE(JSON_VALID(user_metadata) AND JSON_TYPE(user_metadata) = 'OBJECT', TRUE);
//! SELECT * FROM users WHERE id = ?;
//! COMMIT;
//! ```
//!
//! - **Deep merge.** `JSON_MERGE_PATCH` merges deep. Never give it the patch. Give it one `{"key":
//!   null}` for each key that the patch sets or removes. `JSON_MERGE_PRESERVE` then adds the new
//!   members.
//! - **One null at a time.** MariaDB 10.11 answers `{"b": 1}` to `JSON_MERGE_PATCH('{"a":1,"b":1}',
//!   '{"b":null,"a":null}')`. `JSON_REMOVE` with several paths misses some keys in documents with
//!   characters that are not ASCII.
//! - **A patch that clears, then sets** needs no expression: the new value is `$sets`.
//! - **Depth.** JSON functions read 31 levels of nesting. Of deeper text, and of text that is not
//!   JSON, they return NULL, which would clear the field. The condition `JSON_VALID` prevents it.
//! - **Many keys.** Each named key costs two passes over the document. For more than 32, apply the
//!   plan in the program to the row that the first SELECT has locked, and write the columns back. A
//!   program that needs that row anyway, for an audit log, may always do so.
//! - **An attribute that merges** is the same expression on `JSON_EXTRACT(attributes, $path)`
//!   inside `JSON_COMPACT`, set by `JSON_OBJECT($name, …)`. `$path` is `$.` and the name as the
//!   JSON string that the document has: `JSON_EXTRACT` does not find `"\u00e9"` by `"é"`.
//! - Number text and U+0000 are kept.
//!
//! `adapters/postgresql/` and `adapters/mariadb/` (in the repository) hold these statements as
//! files to copy. `adapters/pushdown/test.py` compares them with the definition, by random plans.

#[cfg(doc)]
use super::{Action, Attribute, Cleared, Plan};
#[cfg(doc)]
use crate::limits;
