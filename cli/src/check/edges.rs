//! Samples at the edge of the limits.

use serde_json::{Map, Value, json};

use super::random::Random;

/// Returns metadata with keys, values and counts near a limit.
pub(super) fn limited(random: &mut Random, document: &Value) -> Value {
    let count = if random.one_in(4) { 9 + random.below(20) } else { random.below(5) };
    let mut members = Map::new();
    for number in 0..count {
        let key = match random.below(8) {
            0 => random.pick(KEYS).to_owned(),
            1 => string(random),
            2 => beside(random),
            _ => format!("k{number}"),
        };
        let value = if random.one_in(6) { whole(document.clone()) } else { string(random).into() };
        members.insert(key, value);
    }
    Value::Object(members)
}

/// Returns a user of about 10,240 bytes of compact JSON, with characters that some writers escape.
pub(super) fn sized(random: &mut Random) -> Value {
    let length = |user: &Value| user.to_string().len();
    let bytes = 10_238 + random.below(6);
    let piece = random.pick(PIECES);
    let mut user = json!({"user_metadata": {random.pick(KEYS): "", "k": [1, null, {"z": true}]}, "app_metadata": {}});
    let room = bytes - length(&user) - 20;
    let text = piece.repeat(random.below(room / (length(&piece.into()) - 2)));
    user["app_metadata"]["k"] = text.into();
    user["name"] = "".into();
    user["name"] = "n".repeat(bytes.saturating_sub(length(&user))).into();
    user
}

/// Replaces numbers with a fraction or an exponent, because their compact text is not defined.
pub(super) fn whole(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => json!(7),
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(members) => members.into_iter().map(|(key, member)| (key, whole(member))).collect(),
        other => other,
    }
}

const KEYS: &[&str] = &[
    "a.b", ".", "a.", "$set", "us$", "a$b", "$", "email", "_id", "Email", "__tenant", "a~/b", "~1", "\u{e9}", "a b\t?",
    "line\n", "k-1", "a/b", "K", "", "\u{ff10}", "user_id",
];

/// Characters that some writers escape or count differently.
const PIECES: &[&str] =
    &["/", "\u{e9}", "<", ">", "&", "'", "\"", "\\", "\u{1f600}", "\u{2028}", "\u{7f}", "\u{1}", "\n", "\u{85}", "a"];

/// Returns a string whose length is near a limit.
fn string(random: &mut Random) -> String {
    const PARTS: &[&str] = &["k", "k", "\u{e9}", "\u{1f600}", "<"];
    const TIMES: &[usize] = &[0, 1, 99, 100, 101, 254, 255, 256, 499, 500, 501];
    random.pick(PARTS).repeat(TIMES[random.below(TIMES.len())])
}

/// Returns a key with one character below U+0180 at its start, middle or end.
fn beside(random: &mut Random) -> String {
    let character = char::from_u32(u32::try_from(1 + random.below(0x17f)).unwrap_or(1)).unwrap_or('$');
    match random.below(3) {
        0 => format!("{character}k"),
        1 => format!("k{character}k"),
        _ => format!("k{character}"),
    }
}
