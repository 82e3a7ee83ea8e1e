//! Parses reply lines.

use metadata_merge::JsonType;
use metadata_merge::conformance::Refusal;
use serde_json::{Map, Value, json};

use crate::documents;
use crate::output::escaped;

/// The answer to a request.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) reply: Result<Value, Refusal>,
    /// Whether the line of the reply repeats a key.
    pub(super) repeats: bool,
}

/// Parses a reply, or returns the fault of the line.
pub(super) fn parse(line: &[u8], seq: u64) -> Result<Answer, String> {
    let fault = |why: &str| format!("invalid reply: {why}\n  reply     {}", shown(line));
    let mut reply = documents::protocol_line(line).map_err(|why| fault(&(why + hint(line))))?;
    // The parser drops repeated keys, but the text has a colon for each member.
    let repeats = colons(line) > reply.len() + reply.values().map(members).sum::<usize>();
    match reply.remove("seq") {
        Some(found) if found == json!(seq) => {}
        Some(found) => {
            let earlier = found.as_u64().is_some_and(|found| found < seq);
            let hint = if earlier { "; a reply may be repeated or out of order" } else { "" };
            return Err(fault(&format!("expected seq {seq}, found {}{hint}", escaped(&found.to_string()))));
        }
        None => return Err(fault(&format!("expected seq {seq}, found no seq"))),
    }
    let only = if reply.len() == 1 { reply.iter().next() } else { None };
    let result = match only.map(|(name, value)| (name.as_str(), value)) {
        Some(("result", result)) => Ok(result.clone()),
        Some(("rejected", Value::String(why))) => Err(Refusal::Rejected(why.clone())),
        Some(("unsupported", Value::Bool(true))) => Err(Refusal::Unsupported),
        _ => {
            return Err(fault(&format!(
                "expected one of \"result\", \"rejected\" (a string) or \"unsupported\" (true), found {}",
                found(&reply)
            )));
        }
    };
    Ok(Answer { reply: result, repeats })
}

/// Returns the names and types of the first members.
fn found(reply: &Map<String, Value>) -> String {
    const SHOWN: usize = 2;
    let members = reply.iter().take(SHOWN).map(|(name, value)| {
        let value = value.as_bool().map_or_else(|| JsonType::of(value).to_string(), |boolean| boolean.to_string());
        format!("\"{}\" ({value})", escaped(name))
    });
    match reply.len() {
        0 => "none".to_owned(),
        1..=SHOWN => members.collect::<Vec<_>>().join(" and "),
        _ => members.collect::<Vec<_>>().join(", ") + " and more",
    }
}

/// Returns the probable cause of a line that is not JSON.
fn hint(line: &[u8]) -> &'static str {
    if line.starts_with(b"\xef\xbb\xbf") {
        "; the line starts with a byte order mark"
    } else if line.starts_with(b"\xff\xfe")
        || line.starts_with(b"\xfe\xff")
        || line.iter().take(8).any(|byte| *byte == 0)
    {
        "; replies must be UTF-8, and this looks like UTF-16"
    } else if std::str::from_utf8(line).is_err() {
        "; replies must be UTF-8"
    } else {
        "; write logs to standard error"
    }
}

/// Counts the colons outside strings.
fn colons(json: &[u8]) -> usize {
    let (mut count, mut quoted, mut escaped) = (0, false, false);
    for byte in json {
        count += usize::from(!quoted && *byte == b':');
        quoted ^= *byte == b'"' && !escaped;
        escaped = quoted && *byte == b'\\' && !escaped;
    }
    count
}

/// Counts the members of all objects in a value.
fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// Returns the start of a line, escaped.
pub(super) fn shown(line: &[u8]) -> String {
    const LONGEST: usize = 200;
    let cut = if line.len() > LONGEST { "…" } else { "" };
    let text = String::from_utf8_lossy(&line[..line.len().min(LONGEST)]);
    escaped(text.trim_end_matches(['\n', '\r'])) + cut
}
