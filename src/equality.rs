//! Equality of JSON values, with numbers compared by value (rule `equal-numbers`).

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Number, Value};

/// Returns whether two values are the same JSON: members in any order, numbers by value.
///
/// Every comparison in this crate uses this equality. `1`, `1.0` and `1e0` are equal, because JSON
/// has one number type and many languages and stores cannot tell them apart. An integer counts
/// exactly: up to 64 bits, or up to 128 with the feature `arbitrary_precision` of `serde_json`. Any
/// other number counts as its nearest double. Numbers beyond the range of doubles are equal only if
/// their texts are. `-0` equals `0`.
///
/// ```
/// use metadata_merge::json_eq;
/// use serde_json::json;
///
/// assert!(json_eq(&json!({"a": 1, "b": []}), &json!({"b": [], "a": 1.0})));
/// // An identifier that went through a double is a different number.
/// assert!(!json_eq(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992.0)));
/// ```
///
/// # Complexity
///
/// O(n) comparisons, where n is the number of values in the smaller argument. If members are in
/// different orders, each costs a lookup. It does not recurse, and two references to one value are
/// equal in O(1).
#[must_use]
pub fn json_eq(left: &Value, right: &Value) -> bool {
    let mut pending = Vec::new();
    let mut next = Some((left, right));
    while let Some((left, right)) = next {
        let equal = core::ptr::eq(left, right)
            || match (left, right) {
                (Value::Null, Value::Null) => true,
                (Value::Bool(left), Value::Bool(right)) => left == right,
                (Value::Number(left), Value::Number(right)) => number_eq(left, right),
                (Value::String(left), Value::String(right)) => left == right,
                (Value::Array(left), Value::Array(right)) => {
                    pending.extend(left.iter().zip(right));
                    left.len() == right.len()
                }
                (Value::Object(left), Value::Object(right)) => push_members(left, right, &mut pending),
                _ => false,
            };
        if !equal {
            return false;
        }
        next = pending.pop();
    }
    true
}

/// Compares two values of which either may be absent.
pub(crate) fn same(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => json_eq(left, right),
        (left, right) => left.is_none() && right.is_none(),
    }
}

/// Compares two objects as [`json_eq`] compares values.
pub(crate) fn map_eq(left: &Map<String, Value>, right: &Map<String, Value>) -> bool {
    let mut pending = Vec::new();
    push_members(left, right, &mut pending) && pending.into_iter().all(|(left, right)| json_eq(left, right))
}

/// Pairs the members of two objects; returns false if their keys differ.
fn push_members<'a>(
    left: &'a Map<String, Value>,
    right: &'a Map<String, Value>,
    pending: &mut Vec<(&'a Value, &'a Value)>,
) -> bool {
    if left.len() != right.len() {
        return false;
    }
    for ((key, value), (same_place, other)) in left.iter().zip(right) {
        // Equal objects usually hold their members in one order, which saves the lookup.
        let other = if key == same_place { Some(other) } else { right.get(key) };
        match other {
            Some(other) => pending.push((value, other)),
            None => return false,
        }
    }
    true
}

fn number_eq(left: &Number, right: &Number) -> bool {
    left == right || Canonical::of(left) == Canonical::of(right) // equal-numbers
}

/// The normal form of a number, in which equal numbers are the same.
#[derive(PartialEq)]
enum Canonical {
    Integer {
        negative: bool,
        magnitude: u128,
    },
    Double(f64),
    /// A number beyond the range of doubles, as its text.
    Text(String),
}

impl Canonical {
    fn of(number: &Number) -> Canonical {
        if let Some(integer) = number.as_i128() {
            return Canonical::Integer { negative: integer < 0, magnitude: integer.unsigned_abs() };
        }
        if let Some(magnitude) = number.as_u128() {
            return Canonical::Integer { negative: false, magnitude };
        }
        match number.as_f64().filter(|double| double.is_finite()) {
            Some(double) => Canonical::of_double(double),
            None => Canonical::Text(number.to_string()),
        }
    }

    fn of_double(double: f64) -> Canonical {
        const TWO_TO_127: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
        let integral = double % 1.0 == 0.0;
        // The casts are exact: an integral double within these bounds is an integer of 128 bits.
        if integral && (0.0..2.0 * TWO_TO_127).contains(&double) {
            Canonical::Integer { negative: false, magnitude: double as u128 }
        } else if integral && (-TWO_TO_127..0.0).contains(&double) {
            Canonical::Integer { negative: true, magnitude: (-double) as u128 }
        } else {
            Canonical::Double(double)
        }
    }
}
