//! Samples of JSON texts. A draft is a list of members, each with the text of its key and of its
//! value, so that it can be shrunk.

use metadata_merge::laws::Profile;
use metadata_merge::text;
use serde_json::{Value, json};

use super::line::{self, Style};
use super::random::Random;

/// Returns the draft of `document`, or of a few members with equal keys.
pub(super) fn draft(random: &mut Random, document: &Value, profile: Profile) -> Value {
    let allowed = |text: &str| profile.has_nul() || !text.contains('\0');
    if random.one_in(16) {
        return Some(random.pick(NOT_DOCUMENTS)).filter(|text| allowed(text)).unwrap_or_default().into();
    }
    let mut members = if random.one_in(2) { written(random, document) } else { narrow(random) };
    if random.one_in(6) && !members.is_empty() {
        let member = random.below(members.len());
        members[member][1] = Some(invalid(random)).filter(|text| allowed(text)).unwrap_or_default().into();
    }
    Value::Array(members)
}

/// Returns the text of a draft.
pub(super) fn text(draft: &Value) -> String {
    let Value::Array(members) = draft else { return draft.as_str().unwrap_or_default().to_owned() };
    let part = |member: &Value, index| member.get(index).and_then(Value::as_str).unwrap_or_default().to_owned();
    let members: Vec<String> = members.iter().map(|member| part(member, 0) + ": " + &part(member, 1)).collect();
    format!("{{{}}}", members.join(", "))
}

/// Returns whether the text of a draft is a JSON object.
pub(super) fn is_document(draft: &Value) -> bool {
    text::merge(&text(draft), "{}").is_ok()
}

/// Returns drafts with one smaller member. A key or value that is not JSON is not shrunk.
pub(super) fn smaller(draft: &Value, of_value: impl Fn(&Value) -> Vec<Value>) -> Vec<Value> {
    let Value::Array(members) = draft else { return Vec::new() };
    let mut all = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let fewer = members.iter().enumerate().filter(|(other, _)| *other != index);
        all.push(fewer.map(|(_, member)| member.clone()).collect());
        for part in 0..2 {
            let Ok(value) = serde_json::from_str::<Value>(member[part].as_str().unwrap_or_default()) else { continue };
            for smaller in of_value(&value).into_iter().filter(|smaller| part == 1 || smaller.is_string()) {
                let mut members = members.clone();
                members[index][part] = smaller.to_string().into();
                all.push(Value::Array(members));
            }
        }
    }
    all
}

/// Returns the members of a document in different styles. One may be repeated.
fn written(random: &mut Random, document: &Value) -> Vec<Value> {
    let style = Style::Varied(random.next());
    let mut members: Vec<Value> = Vec::new();
    for (key, value) in document.as_object().into_iter().flatten() {
        let key = line::text(&key.as_str().into(), if random.one_in(2) { style } else { Style::Plain });
        members.insert(random.below(members.len() + 1), json!([key, line::text(value, style)]));
    }
    if random.one_in(3) && !members.is_empty() {
        let mut twice = members[random.below(members.len())].clone();
        if random.one_in(2) {
            twice[1] = random.pick(VALUES).into();
        }
        members.insert(random.below(members.len() + 1), twice);
    }
    members
}

/// Returns up to four members. Keys may be repeated or escaped, and numbers have unusual texts.
fn narrow(random: &mut Random) -> Vec<Value> {
    (0..random.below(5)).map(|_| json!([random.pick(KEYS), random.pick(VALUES)])).collect()
}

/// Returns invalid JSON, alone or nested in a value.
fn invalid(random: &mut Random) -> String {
    let value = random.pick(INVALID);
    match random.below(4) {
        0 => format!("[{value}]"),
        1 => format!("{{\"a\":[0,{value}]}}"),
        _ => value.to_owned(),
    }
}

const KEYS: &[&str] = &[r#""a""#, r#""\u0061""#, r#""b""#, r#""""#, r#""\u00e9""#, "\"\u{e9}\"", r#""\/""#, r#""/""#];

const VALUES: &[&str] = &[
    "null",
    "1",
    "1.0",
    "-0",
    "1e2",
    "0.10",
    "1e999",
    "12345678901234567890.5",
    r#""a""#,
    r#""\u0061\/""#,
    r#""\ud83d\ude00\b""#,
    r#"{"x": 1.50}"#,
    r#"{"x":1,"x":2}"#,
    "[1.00,\tnull\n]",
    "{}",
    "false",
];

/// Invalid JSON that some parsers accept.
const INVALID: &[&str] = &[
    "NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "True",
    "None",
    "nul",
    "01",
    "-01",
    "1.",
    ".5",
    "+1",
    "1e",
    "0x1F",
    "1_0",
    "1n",
    "'a'",
    "a",
    "\"\t\"",
    "\"\n\"",
    "\"\u{0}\"",
    "\"\u{1f}\"",
    r#""\ud800""#,
    r#""\udc00""#,
    r#""\ud83d\u0041""#,
    r#""\ude00\ud83d""#,
    r#""\x41""#,
    r#""\u12""#,
    r#""\U0041""#,
    r#""\'""#,
    r#""a"#,
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1",
    r#"{"a":1,}"#,
    r#"{"a" 1}"#,
    r#"{"a":}"#,
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "/* */ 1",
    "1 // a\n",
    "1 # a\n",
    "\u{a0}1",
    "\u{feff}1",
    "\u{2003}1",
    "\u{b}1",
    "\u{c}1",
    "\u{85}1",
    "1;",
    "1 1",
    "",
];

const NOT_DOCUMENTS: &[&str] = &[
    "",
    "null",
    "[]",
    "NaN",
    "{",
    "{} {}",
    "{},",
    "{}\0",
    "{,}",
    "{a: 1}",
    "{'a': 1}",
    "{\"a\"; 1}",
    r#"{"a": 1,}"#,
    r#"{"a": 1, "a"}"#,
    "/**/{}",
    "{}//",
    "\u{feff}{}",
    "{}\u{feff}",
    "\u{a0}{}",
    "{\u{c}}",
    "{\u{2028}}",
];
