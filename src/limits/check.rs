//! The validation of a resource, of a field and of a change.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

use serde_json::{Map, Value};

use super::{Check, Document, Limit, Measured, Object, View, Violation, pointer};
use crate::equality::json_eq;
use crate::error::{Error, FieldType, Input, JsonType};
use crate::text::measure::json_type;

/// Returns every violation in a resource, in the order of the [table](super#your-own-limits) and
/// then of the keys.
///
/// An absent field violates nothing.
///
/// ```
/// use metadata_merge::limits::{self, Measured, Strength};
/// use metadata_merge::object;
/// use serde_json::json;
///
/// let stored = json!({"user_metadata": {"notes": "x".repeat(11_000)}, "app_metadata": {"a/b.c": 1}});
/// let violations = limits::check(limits::USER, object(&stored)?)?;
/// assert_eq!(violations[0].path, "/app_metadata/a~1b.c");
/// assert_eq!(violations[0].found, Measured::Character('.'));
/// assert_eq!(violations[1].limit.strength, Strength::Warned);
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Field`] if a field that the table names is not an object.
///
/// # Complexity
///
/// O(n) for each limit, where n is the number of root keys in its field. The characters of a key or
/// string are counted only if its byte length exceeds the limit. [`Check::MaxSize`] and
/// [`Check::MaxDepth`] visit every value below, without recursion.
pub fn check(limits: &[Limit], stored: &Map<String, Value>) -> Result<Vec<Violation>, Error> {
    violations_in(limits, &Object::of(View::members_of(stored)))
}

fn violations_in(limits: &[Limit], root: &Object<'_>) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    for limits in by_field(limits) {
        let Some(object) = subject(limits, Input::Resource, root)? else { continue };
        violations.extend(limits.iter().flat_map(|limit| limit.violations(&object, |_| None)));
    }
    Ok(violations)
}

/// Returns every violation in one document. `field` is the name of its field. Limits on other
/// fields and on the whole resource are skipped.
///
/// ```
/// use metadata_merge::limits;
/// use serde_json::Map;
///
/// let document = Map::from_iter([("plan".to_owned(), 3.into())]);
/// let violations = limits::check_field(limits::CLIENT, "client_metadata", &document);
/// assert_eq!(violations[0].path, "/client_metadata/plan");
/// ```
///
/// # Complexity
///
/// As [`check`].
#[must_use]
pub fn check_field(limits: &[Limit], field: &str, document: &Map<String, Value>) -> Vec<Violation> {
    let object = Object::of(View::members_of(document));
    let of_field = limits.iter().filter(|limit| limit.field.as_deref() == Some(field));
    of_field.flat_map(|limit| limit.violations(&object, |_| None)).collect()
}

/// Returns the violations that a change adds or worsens. A resource that exceeds a newer limit can
/// therefore still be improved.
///
/// A violation is old if the same limit was broken at the same path before, and its count, length,
/// size or depth did not grow. If a field was not an object before, nothing in it is old.
///
/// ```
/// use metadata_merge::limits::{self, Check, Limit};
/// use metadata_merge::object;
/// use serde_json::json;
///
/// let table = [Limit::on("user_metadata", Check::MaxKeys(1))];
/// let (before, after) = (json!({"user_metadata": {"a": 1, "b": 1, "c": 1}}), json!({"user_metadata": {"a": 1, "b": 1}}));
/// assert!(limits::check_change(&table, object(&before)?, object(&after)?)?.is_empty());
/// assert_eq!(limits::check_change(&table, object(&after)?, object(&before)?)?.len(), 1);
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Field`] with the input [`Body`](Input::Body) if a field of the table is not an object
/// after the change. A field that the change leaves equal is not checked.
///
/// # Complexity
///
/// That of [`check`] for `before` and `after`. Fields that are not objects are compared.
pub fn check_change(
    limits: &[Limit],
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<Vec<Violation>, Error> {
    change_violations(limits, &Document::Map(before), &Object::of(View::members_of(after)))
}

/// Returns every violation in a resource that is stored as JSON text, as [`check`] does, without
/// decoding it.
///
/// The size is that of the text without insignificant whitespace. This size differs from that of
/// [`check`] if the text repeats keys, or has number forms or escapes that `serde_json` would not
/// write. If an object with a limit repeats a root key, only the last value is checked. The size
/// includes all of them. The depth includes repeated members below the root keys.
///
/// ```
/// use metadata_merge::limits;
///
/// let violations =
///     limits::check_text(limits::CLIENT, r#"{"client_metadata": {"mysize": 1.50}}"#)?;
/// assert_eq!(violations[0].path, "/client_metadata/mysize");
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Syntax`] if `stored` is not JSON. [`Error::NotAnObject`] if it is not an object.
/// [`Error::Field`] as in [`check`].
///
/// # Complexity
///
/// One pass over the text. Each run of adjacent limits on one field takes one pass over that field.
/// Each limit takes one pass over the root keys of its field. [`Check::MaxSize`] and
/// [`Check::MaxDepth`] visit every byte below. If keys repeat or their hashes collide, O(n log n)
/// for n bytes.
pub fn check_text(limits: &[Limit], stored: &str) -> Result<Vec<Violation>, Error> {
    violations_in(limits, &Object::read(Input::Resource, stored)?)
}

/// Returns the violations that a change of JSON text adds or worsens, as [`check_change`] does,
/// without decoding it. Sizes are those of [`check_text`].
///
/// ```
/// use metadata_merge::limits::{self, Check, Limit};
///
/// let table = [Limit::on("user_metadata", Check::MaxKeys(1))];
/// let (before, after) = (
///     r#"{"user_metadata":{"a":1,"b":1,"c":1}}"#,
///     r#"{"user_metadata":{"a":1,"b":1}}"#,
/// );
/// assert!(limits::check_change_text(&table, before, after)?.is_empty());
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// As [`check_change`], and [`Error::Syntax`] or [`Error::NotAnObject`] for either text.
///
/// # Complexity
///
/// That of [`check_text`] for both texts: about nine passes over a large document that breaks its
/// limits. A field with unchanged text is skipped, and so is the old text of a field that breaks no
/// limit. [`Resource::update_text_checked`](crate::resource::Resource::update_text_checked) needs
/// about one pass for the update and its limits together.
pub fn check_change_text(limits: &[Limit], before: &str, after: &str) -> Result<Vec<Violation>, Error> {
    let before = Document::of(Object::read(Input::Resource, before)?);
    change_violations(limits, &before, &Object::read(Input::Resource, after)?)
}

/// Does [`check_change`] for a resource after a change that may not be carried out yet.
pub(crate) fn change_violations(
    limits: &[Limit],
    before: &Document<'_>,
    after: &Object<'_>,
) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    for limits in by_field(limits) {
        let field = limits.first().and_then(|limit| limit.field.as_deref());
        let stored = field.map(|field| before.get(field));
        if let (Some(field), Some(stored)) = (field, &stored) {
            if untouched(stored.as_ref(), after.get(field)) {
                continue;
            }
        }
        let Some(object) = subject(limits, Input::Body, after)? else { continue };
        // Documents before the change are looked at only if something is violated after it.
        let document = OnceCell::new();
        let violated = limits.iter().flat_map(|limit| {
            limit.violations(&object, |key| match &stored {
                None => limit.measure_before(before, key),
                Some(stored) => {
                    let document = document.get_or_init(|| stored.as_ref().and_then(View::document));
                    limit.measure_before(document.as_ref()?, key)
                }
            })
        });
        violations.extend(violated);
    }
    Ok(violations)
}

/// Returns the runs of limits on one field, so that its members are read once for all of them.
pub(super) fn by_field(limits: &[Limit]) -> impl Iterator<Item = &[Limit]> {
    limits.chunk_by(|limit, next| limit.field == next.field)
}

/// Returns the object that limits of one field are on; none if it is not stored. `input` is at
/// fault if it is not an object.
fn subject<'m, 'v>(limits: &[Limit], input: Input, root: &'m Object<'v>) -> Result<Option<Cow<'m, Object<'v>>>, Error> {
    let Some(field) = limits.first().and_then(|limit| limit.field.as_deref()) else {
        return Ok(Some(Cow::Borrowed(root)));
    };
    let Some(view) = root.get(field) else { return Ok(None) };
    match view.object() {
        Some(object) => Ok(Some(Cow::Owned(object))),
        None => {
            Err(Error::Field { field: field.to_owned(), input, expected: FieldType::Object, found: view.json_type() })
        }
    }
}

/// Returns whether a field is the same before and after. Equal objects need not be recognized.
fn untouched(before: Option<&View<'_>>, after: Option<&View<'_>>) -> bool {
    match (before, after) {
        (Some(View::Value(before)), Some(View::Value(after))) if after.is_object() => core::ptr::eq(*before, *after),
        (Some(View::Value(before)), Some(View::Value(after))) => json_eq(before, after),
        (Some(View::Text(before)), Some(View::Text(after))) => before == after || same_value(before, after),
        _ => false,
    }
}

/// Returns whether two texts write the same value that is not an object. Limits are on objects, so
/// decoding is rare.
#[cold]
fn same_value(before: &str, after: &str) -> bool {
    if after.starts_with('{') || json_type(before) != json_type(after) {
        return false;
    }
    match [before, after].map(serde_json::from_str::<Value>) {
        [Ok(before), Ok(after)] => json_eq(&before, &after),
        _ => false, // a number beyond `f64`
    }
}

impl Limit {
    /// Returns the violations in an object that are new or worse than before. `before` measures at
    /// a key, or the whole object for `None`.
    pub(super) fn violations(
        &self,
        object: &Object<'_>,
        before: impl Fn(Option<&str>) -> Option<Measured>,
    ) -> Vec<Violation> {
        let members = object.members.iter();
        let keys = members.filter_map(|(key, value)| Some((Some(&**key), self.measure_member(key, value)?)));
        let found = self.measure(object).map(|measured| (None, measured)).into_iter().chain(keys);
        let new = found.filter(|(key, measured)| before(*key).is_none_or(|before| measured.is_worse_than(before)));
        new.map(|(key, found)| self.violated(key, found)).collect()
    }

    /// Returns the violation at a key, or, for none, of the object as a whole.
    pub(super) fn violated(&self, key: Option<&str>, found: Measured) -> Violation {
        let path = pointer(self.field.as_deref().into_iter().chain(key));
        Violation { path, limit: self.clone(), found }
    }

    fn measure_before(&self, stored: &Document<'_>, key: Option<&str>) -> Option<Measured> {
        match key {
            Some(key) => self.measure_member(key, &stored.get(key)?),
            None => self.measure(&stored.object()),
        }
    }

    /// Measures an object as a whole, if it breaks the limit.
    fn measure(&self, object: &Object<'_>) -> Option<Measured> {
        let (found, max, measured): (_, _, fn(usize) -> Measured) = match self.check {
            Check::MaxKeys(max) => (object.members.len(), max, Measured::Keys), // too-many-keys
            Check::MaxSize(max) => (object.size(), max, Measured::Bytes),       // too-large
            Check::MaxDepth(max) => (object.depth(), max, Measured::Depth),     // too-deep
            _ => return None,
        };
        (found > max).then(|| measured(found))
    }

    /// Measures one member, if it breaks the limit.
    pub(super) fn measure_member(&self, key: &str, value: &View<'_>) -> Option<Measured> {
        match &self.check {
            Check::MaxKeyLength(max) => too_long(key, *max), // key-too-long
            // key-characters
            Check::KeyCharacters(allowed) => {
                key.chars().find(|character| !allowed.contain(*character)).map(Measured::Character)
            }
            // reserved-name
            Check::ReservedNames(names) => names.iter().any(|name| name == key).then_some(Measured::Reserved),
            // value-type
            Check::Strings => Some(value.json_type()).filter(|found| *found != JsonType::String).map(Measured::Type),
            Check::MaxValueLength(max) => value.characters_beyond(*max).map(Measured::Characters), // value-too-long
            Check::MaxKeys(_) | Check::MaxSize(_) | Check::MaxDepth(_) => None,
        }
    }
}

fn too_long(text: &str, max: usize) -> Option<Measured> {
    if text.len() <= max {
        return None; // a character takes at least one byte
    }
    let characters = text.chars().count();
    (characters > max).then_some(Measured::Characters(characters))
}
