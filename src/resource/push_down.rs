//! SQL that executes a [`Plan`] in PostgreSQL or MariaDB.
//!
//! One statement, or one transaction that locks the row, is atomic: a second writer waits and sees
//! the result of the first.
//!
//! The table has one column for each metadata field, a column `attributes`, and a version for
//! `If-Match`. **A column holds an object or SQL NULL**, which means that the field is absent. Add
//! a constraint, such as `CHECK (jsonb_typeof(user_metadata) = 'object')`. The statements update no
//! row if a column that they merge or clear holds another JSON value.
//!
//! Set only the columns of planned fields. A plan that [omits](Plan::is_omit) everything needs no
//! statement. For a create, apply the plan to an empty map, and insert the result.
//!
//! | plan | new value of the column |
//! |---|---|
//! | [`Action::Merge`] | the expression below |
//! | [`Action::Clear`] | `'{}'`, or NULL if the field is [absent](Cleared::Absent) after a clear |
//! | [`Action::Replace`] | the object |
//! | [`Attribute::Set`], [`Attribute::Remove`] | in the column `attributes`, as one patch: the expression below |
//! | [`Attribute::Merge`] | computed by a second expression, then set like an [`Attribute::Set`] |
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
//! The parameters are the [`Parts`](crate::Parts) of the patch; `$version` is NULL without
//! `If-Match`. The statement returns the resource before, for the audit log, and after. Check
//! [limits] on the columns of `new` before COMMIT. If no row is returned, the resource does not
//! exist (404). If the columns of `new` are NULL, the version differs (412) or a stored field is
//! not an object (500).
//!
//! - **Removals.** `jsonb - text[]` compares each stored key with each removed one. The `ELSE`
//!   branch looks up each stored key by binary search. Both cost the same at about 256 removals,
//!   whatever the size of the document. Removing all of 8,000 keys takes 121 ms with `-` and 5 ms
//!   with `?`; all of 80,000 keys, 138 ms with `?`. An anti-join with `unnest($removals)` takes 13
//!   ms for 8,000 keys, and 427 ms for 80,000 if the planner sorts instead of hashing. These are
//!   medians of 11 rounds on PostgreSQL 15, on a busy machine of two cores.
//! - **Attributes.** Use the same expression with `old.attributes`, and `false` for `$clear`.
//!   `$sets` holds the [`Attribute::Set`] values. If attributes merge, append `|| $merged`, where
//!   `$merged` stands for this expression:
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
//!   `$merges` is a JSON object. Under the name of each [`Attribute::Merge`] it has the body of the
//!   patch. For a patch that [clears](crate::Patch::clears), set the attribute to its sets instead.
//! - **`?`.** Some drivers read it as a parameter. JDBC has the escape `??`.
//! - **NULL.** Bind empty `$sets` and `$removals` as `'{}'`. If either is NULL, the field becomes
//!   NULL.
//! - **U+0000.** `jsonb` and `text` cannot hold it, in a key or in a value. The statement fails
//!   with 22P05 or 22021. Reject such a plan [before](#u0000) it is sent.
//! - **Numbers.** `jsonb` keeps the value of a number and not its text: `1e16` becomes
//!   `10000000000000000`, `-0` becomes `0`, and `1.10` stays. `1e131071` takes 22 bytes in
//!   the table but 131,072 digits in a response. Larger exponents fail with 22003. Reject numbers
//!   with large exponents before the write.
//! - **Other functions.** `jsonb_strip_nulls` deletes nested and stored nulls too. Without the
//!   condition on the type, `||` makes an array of a document that is not an object.
//!
//! ## U+0000
//!
//! Check each plan, typed or not. Answer a request that holds U+0000 with 400:
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
//! There is no `UPDATE … RETURNING`, so a transaction reads before and after the write. `$sets` and
//! `$version` stand for parameters, of which each occurrence is bound:
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
//! - **Nested objects.** `JSON_MERGE_PATCH` merges them. Never pass the patch to it. Pass one
//!   `{"key": null}` for each key that the patch sets or removes. `JSON_MERGE_PRESERVE` then adds
//!   the new members.
//! - **One null at a time.** In MariaDB 10.11, `JSON_MERGE_PATCH('{"a":1,"b":1}',
//!   '{"b":null,"a":null}')` returns `{"b": 1}`. `JSON_REMOVE` with several paths misses some keys
//!   in documents with characters that are not ASCII.
//! - **A patch that clears, then sets** needs no expression: the new value is `$sets`.
//! - **Depth.** JSON functions read 31 levels of nesting. For deeper text, and for text that is
//!   not JSON, they return NULL, which would clear the field. With the condition
//!   `JSON_VALID`, the UPDATE then changes no row.
//! - **Many keys.** Each named key costs two passes over the document. For more than 32, apply the
//!   plan in the program to the row that the first SELECT has locked, and write the columns back.
//!   If your program reads that row anyway, for an audit log, always apply the plan there.
//! - **An attribute that merges** is the same expression on `JSON_EXTRACT(attributes, $path)`
//!   inside `JSON_COMPACT`, set by `JSON_OBJECT($name, …)`. `$path` is `$.` followed by the name as
//!   the stored text writes it, with quotes and escapes. `JSON_EXTRACT` does not find `"\u00e9"` by
//!   `"é"`.
//! - **Numbers and U+0000** are kept as sent.
//!
//! `adapters/postgresql/` and `adapters/mariadb/` (in the repository) hold these statements as
//! files to copy. `adapters/pushdown/test.py` runs random plans and compares the results with
//! [`merge`](crate::merge()).

#[cfg(doc)]
use super::{Action, Attribute, Cleared, Plan};
#[cfg(doc)]
use crate::limits;
