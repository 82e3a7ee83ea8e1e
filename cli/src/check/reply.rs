//! The line of a reply.

use metadata_merge::JsonType;
use metadata_merge::conformance::Refusal;
use serde_json::{Value, json};

use super::subject::Answer;
use crate::output::escaped;

pub(super) const BANNER: &str = " (nothing but replies may go to standard output)";

/// Parses a reply, or tells how the line breaks the protocol.
pub(super) fn parse(line: &[u8], op: &str, seq: u64) -> Result<Answer, String> {
    let fault = |why: &str| format!("does not reply by the protocol: {why}: {}", shown(line));
    let value: Value = serde_json::from_slice(line).map_err(|_| fault("this is not a line of JSON") + hint(line))?;
    // A parser keeps one member of each key; a text has a colon for each member that is written.
    let repeats = colons(line) > members(&value);
    let Value::Object(mut reply) = value else {
        return Err(fault(&format!("expected an object, found {}", JsonType::of(&value))));
    };
    match reply.remove("seq") {
        Some(found) if found == json!(seq) => {}
        Some(found) => {
            let earlier = found.as_u64().is_some_and(|found| found < seq);
            let hint = if earlier { " (does it reply twice, or out of order?)" } else { "" };
            return Err(fault(&format!("expected the seq {seq}, found {}", escaped(&found.to_string()))) + hint);
        }
        None => return Err(fault("there is no seq")),
    }
    let mut rest = reply.into_iter();
    let reply = match (rest.next(), rest.next()) {
        (Some((name, result)), None) if name == "result" => Ok(result),
        (Some((name, Value::String(why))), None) if name == "rejected" => Err(Refusal::Rejected(why)),
        (Some((name, Value::Bool(true))), None) if name == "unsupported" => Err(Refusal::Unsupported),
        _ => {
            return Err(fault(&format!(
                "besides seq, a reply to {op} has exactly one of \"result\", \"rejected\": WHY \
                 and \"unsupported\": true"
            )));
        }
    };
    Ok(Answer { reply, repeats })
}

/// Returns what may be wrong with a line that is not JSON.
fn hint(line: &[u8]) -> &'static str {
    if line.starts_with(b"\xef\xbb\xbf") {
        " (it starts with a byte order mark)"
    } else if line.starts_with(b"\xff\xfe")
        || line.starts_with(b"\xfe\xff")
        || line.iter().take(8).any(|byte| *byte == 0)
    {
        " (it looks like UTF-16; replies are UTF-8)"
    } else if std::str::from_utf8(line).is_err() {
        " (nothing but replies may go to standard output, and they are UTF-8)"
    } else {
        BANNER
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

/// Returns the beginning of a line, safe to print.
pub(super) fn shown(line: &[u8]) -> String {
    const LONGEST: usize = 200;
    let cut = if line.len() > LONGEST { "…" } else { "" };
    let text = String::from_utf8_lossy(&line[..line.len().min(LONGEST)]);
    escaped(text.trim_end_matches(['\n', '\r'])) + cut
}
