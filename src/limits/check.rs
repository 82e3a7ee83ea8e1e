//! The validation of a resource, of a field and of a change.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::view::{members_depth, size};
use super::{Check, Limit, Measured, Members, View, Violation, pointer};
use crate::equality::json_eq;
use crate::error::{Error, FieldType, Input, JsonType};

/// Validates a resource and returns every violation, in the order of the table and then of the keys.
///
/// A field that is not stored violates nothing.
///
/// ```
/// use metadata_merge::limits::{self, Strength};
/// use metadata_merge::object;
/// use serde_json::json;
///
/// let stored = json!({"user_metadata": {"notes": "x".repeat(11_000)}, "app_metadata": {"a/b.c": 1}});
/// let violations = limits::check(limits::USER, object(&stored)?)?;
/// assert_eq!(violations[0].path, "/app_metadata/a~1b.c");
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
/// O(n) for each limit, where n is the number of root keys in its field. A string is counted only if it has more
/// bytes than the limit has characters. [`Check::MaxSize`] and [`Check::MaxDepth`] visit every value below, without
/// recursion.
pub fn check(limits: &[Limit], stored: &Map<String, Value>) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    for limit in limits {
        let members = match limit.field.as_deref() {
            None => View::members_of(stored),
            Some(field) => match stored.get(field) {
                None => continue,
                Some(Value::Object(document)) => View::members_of(document),
                Some(other) => return Err(not_an_object(field, JsonType::of(other))),
            },
        };
        violations.extend(limit.violations(&members, |_| None));
    }
    Ok(violations)
}

/// Validates one document under the name of its field. Limits on other fields and on the whole resource are skipped.
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
    let members = View::members_of(document);
    let of_field = limits.iter().filter(|limit| limit.field.as_deref() == Some(field));
    of_field.flat_map(|limit| limit.violations(&members, |_| None)).collect()
}

/// Validates a change and returns the violations that are new or worse, so that a resource that broke a later,
/// tighter limit can still be improved.
///
/// A violation is old if the same limit was broken at the same path before, and its count, length, size or depth did
/// not grow. If a field was not an object before, nothing in it is old.
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
/// [`Error::Field`] if the change touches a field that the table names, and leaves it as anything but an object. A
/// field that is not touched is ignored then.
///
/// # Complexity
///
/// As [`check`] for both, and a comparison of each field that is not an object.
pub fn check_change(
    limits: &[Limit],
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<Vec<Violation>, Error> {
    change_violations(limits, before, &View::members_of(after))
}

/// Does [`check_change`] for a resource after a change that is not carried out yet.
pub(crate) fn change_violations(
    limits: &[Limit],
    before: &Map<String, Value>,
    after: &Members<'_>,
) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    for limit in limits {
        let (stored, members) = match limit.field.as_deref() {
            None => (Some(before), Cow::Borrowed(after)),
            Some(field) => {
                let Some((_, view)) = after.iter().find(|(name, _)| *name == field) else { continue };
                let stored = before.get(field);
                if untouched(stored, view) {
                    continue;
                }
                match view.members() {
                    Some(members) => (stored.and_then(Value::as_object), Cow::Owned(members)),
                    None => return Err(not_an_object(field, view.json_type())),
                }
            }
        };
        violations.extend(limit.violations(&members, |key| limit.measure_before(stored?, key)));
    }
    Ok(violations)
}

fn untouched(stored: Option<&Value>, view: &View<'_>) -> bool {
    match (stored, view) {
        (Some(stored), View::Value(value)) if value.is_object() => core::ptr::eq(stored, *value),
        (Some(stored), View::Value(value)) => json_eq(stored, value),
        _ => false,
    }
}

fn not_an_object(field: &str, found: JsonType) -> Error {
    Error::Field { field: field.to_owned(), input: Input::Resource, expected: FieldType::Object, found }
}

impl Limit {
    /// Returns the violations in these members that are new or worse than what was measured before at a key, or, for
    /// none, in all members.
    fn violations(&self, members: &Members<'_>, before: impl Fn(Option<&str>) -> Option<Measured>) -> Vec<Violation> {
        let keys = members.iter().filter_map(|(key, value)| Some((Some(*key), self.measure_member(key, value)?)));
        let found = self.measure(members).map(|measured| (None, measured)).into_iter().chain(keys);
        let new = found.filter(|(key, measured)| before(*key).is_none_or(|before| measured.is_worse_than(before)));
        new.map(|(key, found)| {
            let path = pointer(self.field.as_deref().into_iter().chain(key));
            Violation { path, limit: self.clone(), found }
        })
        .collect()
    }

    fn measure_before(&self, stored: &Map<String, Value>, key: Option<&str>) -> Option<Measured> {
        match key {
            Some(key) => self.measure_member(key, &View::Value(stored.get(key)?)),
            None => self.measure(&View::members_of(stored)),
        }
    }

    /// Measures an object as a whole, if it breaks the limit.
    fn measure(&self, members: &Members<'_>) -> Option<Measured> {
        let (found, max, measured): (_, _, fn(usize) -> Measured) = match self.check {
            Check::MaxKeys(max) => (members.len(), max, Measured::Keys), // too-many-keys
            Check::MaxSize(max) => (size(members), max, Measured::Bytes), // too-large
            Check::MaxDepth(max) => (members_depth(members), max, Measured::Depth), // too-deep
            _ => return None,
        };
        (found > max).then(|| measured(found))
    }

    /// Measures one member, if it breaks the limit.
    fn measure_member(&self, key: &str, value: &View<'_>) -> Option<Measured> {
        match &self.check {
            Check::MaxKeyLength(max) => too_long(key, *max), // key-too-long
            // key-characters
            Check::KeyCharacters(allowed) => {
                key.chars().find(|character| !allowed.contain(*character)).map(Measured::Character)
            }
            // reserved-name
            Check::ReservedNames(names) => names.iter().any(|name| name == key).then_some(Measured::Reserved),
            // value-type
            Check::Strings => value.as_str().is_none().then(|| Measured::Type(value.json_type())),
            Check::MaxValueLength(max) => too_long(value.as_str()?, *max), // value-too-long
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
