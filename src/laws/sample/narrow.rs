//! Narrow samples: documents and patches share few root keys, and values are small.

use alloc::borrow::ToOwned;

use serde_json::{Map, Value, json};

use super::Sample;
use super::choices::Choices;

/// Two differ only by case, and one is empty.
const KEYS: &[&str] = &["a", "A", "b", ""];

pub(super) fn sample(choices: &mut Choices<'_>) -> Sample {
    let mut document = || object(choices, 8);
    let documents = [document(), document()];
    let mut body = || object(choices, 2);
    Sample { documents, patches: [body(), body(), body()] }
}

/// Returns up to four root members, of which one in `one_in` is null.
fn object(choices: &mut Choices<'_>, one_in: usize) -> Value {
    let mut members = Map::new();
    for _ in 0..choices.below(5) {
        let key = key(choices).to_owned();
        let value = if choices.one_in(one_in) { Value::Null } else { value(choices, 2) };
        members.insert(key, value);
    }
    Value::Object(members)
}

fn key(choices: &mut Choices<'_>) -> &'static str {
    KEYS[choices.below(KEYS.len())]
}

/// Returns anything but null, with at most `levels` levels below it, which may hold nulls.
pub(super) fn value(choices: &mut Choices<'_>, levels: usize) -> Value {
    match choices.below(if levels == 0 { 8 } else { 10 }) {
        0 => json!(0),
        1 => json!(1),
        2 => json!(false),
        3 => json!(""),
        4 => json!("a"),
        5 => json!(2.5),
        6 => json!({}),
        7 => json!([]),
        8 => (0..choices.below(3)).map(|_| nested(choices, levels - 1)).collect(),
        _ => {
            let count = choices.below(3);
            let members = (0..count).map(|_| (key(choices).to_owned(), nested(choices, levels - 1)));
            Value::Object(members.collect())
        }
    }
}

fn nested(choices: &mut Choices<'_>, levels: usize) -> Value {
    if choices.one_in(4) { Value::Null } else { value(choices, levels) }
}
