//! The operation `text`: the rules over texts, in which the text of every value stays.

use std::collections::BTreeMap;

use metadata_merge::conformance::Refusal;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::adapter::Adapter;
use crate::breach::Breach;

pub(crate) const STATEMENT: &str =
    "texts merge as their documents do; numbers keep their text, a repeated key counts once, with its last value";

/// The texts of a document and of a body, each as the list of its members: keys that are spelled in several ways and come
/// twice, values whose text says more than their number. Now and then it is a text instead that is no document.
pub(crate) fn sample() -> impl Strategy<Value = Vec<Value>> {
    let key = prop::sample::select(vec![r#""a""#, r#""\u0061""#, r#""b""#, r#""""#]);
    let value = prop::sample::select(vec![
        "null",
        "1",
        "1.0",
        "-0",
        "1e2",
        "0.10",
        "12345678901234567890.5",
        r#""a""#,
        r#"{"x": 1.50}"#,
        "[1.00, null]",
        "{}",
    ]);
    let not_a_document = prop::sample::select(vec![
        "",
        "null",
        "[]",
        "NaN",
        "{",
        "{} {}",
        r#"{"a": NaN}"#,
        r#"{"a": Infinity}"#,
        r#"{"a": 01}"#,
        r#"{"a": 1,}"#,
        "{a: 1}",
        "{'a': 1}",
        "{\"a\": \"\t\"}",
    ]);
    let members = prop::collection::vec((key, value), 0..5).prop_map(|members| json!(members));
    let text = prop_oneof![15 => members, 1 => not_a_document.prop_map(Value::from)];
    (text.clone(), text).prop_map(|(document, patch)| vec![document, patch])
}

/// The sample as it is sent.
pub(crate) fn written(sample: &Value) -> Value {
    let Some(members) = members(sample) else { return sample.clone() };
    let members: Vec<String> = members.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("{{{}}}", members.join(", ")).into()
}

pub(crate) fn holds(adapter: &mut Adapter, document: &Value, patch: &Value) -> Result<(), Breach> {
    let actual = match adapter.ask("text", json!({"target": written(document), "patch": written(patch)})) {
        Ok(actual) => Ok(actual),
        Err(Refusal::Rejected(why)) => Err(why),
        Err(Refusal::Unsupported) => return Ok(()),
    };
    let wanted = members(document).zip(members(patch)).map(|(stored, sent)| merged(named(stored), named(sent)));
    let conforms = match (&wanted, &actual) {
        (None, Err(_)) => true,
        (Some(wanted), Ok(Value::String(actual))) => exact(actual).is_some_and(|actual| Some(actual) == exact(wanted)),
        _ => false,
    };
    let shown = |text: Result<String, &str>| text.unwrap_or_else(|why| format!("rejected: {why:?}"));
    match conforms {
        true => Ok(()),
        false => Err(Breach {
            wanted: shown(wanted.ok_or("not the text of a document")),
            actual: shown(actual.as_ref().map(Value::to_string).map_err(String::as_str)),
        }),
    }
}

/// The texts of the members; none of what is no list of them.
fn members(sample: &Value) -> Option<Vec<(String, String)>> {
    serde_json::from_value(sample.clone()).ok()
}

/// The members by the keys that are meant, the last of each.
fn named(members: Vec<(String, String)>) -> BTreeMap<String, String> {
    let named = members.into_iter().map(|(key, value)| Some((serde_json::from_str(&key).ok()?, value)));
    named.flatten().collect()
}

fn merged(mut stored: BTreeMap<String, String>, sent: BTreeMap<String, String>) -> String {
    if sent.is_empty() {
        stored.clear();
    }
    stored.retain(|key, _| !sent.contains_key(key));
    stored.extend(sent.into_iter().filter(|(_, value)| value != "null"));
    let members: Vec<String> = stored.iter().map(|(key, value)| format!("{}: {value}", json!(key))).collect();
    format!("{{{}}}", members.join(", "))
}

/// A text as a value, with its numbers as the text that they are.
fn exact(json: &str) -> Option<Value> {
    serde_json::from_str::<IgnoredAny>(json).ok()?;
    let (mut quoted, mut rest) = (String::new(), json);
    while let Some(first) = rest.chars().next() {
        let token = match first {
            '"' => {
                let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                strings.next()?.ok()?;
                strings.byte_offset()
            }
            '-' | '0'..='9' => rest.find(|c: char| !"+-.0123456789Ee".contains(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, behind) = rest.split_at(token);
        match first {
            '-' | '0'..='9' => quoted += &json!({"number": token}).to_string(),
            _ => quoted += token,
        }
        rest = behind;
    }
    quoted.parse().ok()
}
