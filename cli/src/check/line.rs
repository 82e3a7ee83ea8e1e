//! Writes request lines. The runner does not use `serde_json` for this, because its map may sort
//! the members.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use metadata_merge::conformance::VECTORS;
use serde_json::{Map, Value};

use super::random::mixed;

/// The style of a line.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Style {
    /// Members in the order of the map, with only the necessary escapes.
    Plain,
    /// Members in another order, at times with repeated keys, more escapes and whitespace. The
    /// number selects the variant. If members are removed, the others keep their order.
    Varied(u64),
}

/// The arguments of a request as members of its line.
pub(super) fn members(arguments: &Map<String, Value>, style: Style) -> String {
    let object = object(arguments, style);
    object[1..object.len() - 1].to_owned()
}

/// Returns the line of a request.
pub(super) fn request(seq: u64, op: &str, members: &str, style: Style) -> String {
    let head = format!("\"seq\":{seq},\"op\":\"{op}\"");
    match style {
        _ if members.is_empty() => format!("{{{head}}}"),
        Style::Varied(number) if number >> 60 == 0 => format!("{{{members},{head}}}"),
        _ => format!("{{{head},{members}}}"),
    }
}

/// Returns the JSON text of a value.
pub(super) fn text(value: &Value, style: Style) -> String {
    let mut out = String::new();
    write(&mut out, value, style);
    out
}

fn object(members: &Map<String, Value>, style: Style) -> String {
    let mut out = String::new();
    write_object(&mut out, members, style);
    out
}

fn write(out: &mut String, value: &Value, style: Style) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    separate(out, ',', style);
                }
                write(out, item, style);
            }
            out.push(']');
        }
        Value::Object(members) => write_object(out, members, style),
        Value::String(string) => write_string(out, string, style),
        other => drop(write!(out, "{other}")),
    }
}

fn write_object(out: &mut String, members: &Map<String, Value>, style: Style) {
    let decoys = [Value::Null, 0.into(), Map::new().into(), "x".into()];
    let mut all: Vec<(&String, &Value)> = members.iter().collect();
    if let Style::Varied(number) = style {
        match number & 7 {
            0 => {}
            1 => all.sort_by_key(|(key, _)| *key),
            2 => all.sort_by(|(one, _), (other, _)| other.cmp(one)),
            _ => all.sort_by_key(|(key, _)| (hash(number, key), *key)),
        }
        if number >> 8 & 7 == 0 {
            // The last value counts, so the first one must differ.
            let repeated = all.iter().filter(|(key, _)| hash(number ^ 1, key) % 8 == 0);
            let repeated: Vec<_> = repeated.map(|(key, _)| (*key, &decoys[hash(number, key) as usize % 4])).collect();
            all.splice(..0, repeated);
        }
    }
    out.push('{');
    for (index, (key, value)) in all.into_iter().enumerate() {
        if index > 0 {
            separate(out, ',', style);
        }
        write_string(out, key, style);
        separate(out, ':', style);
        write(out, value, style);
    }
    out.push('}');
}

fn separate(out: &mut String, sign: char, style: Style) {
    out.push(sign);
    if matches!(style, Style::Varied(number) if number >> 24 & 3 == 0) {
        out.push(' ');
    }
}

fn write_string(out: &mut String, string: &str, style: Style) {
    let kind = match style {
        Style::Plain => 7,
        Style::Varied(number) => number >> 16 & 7,
    };
    let plain = Value::from(string).to_string();
    match kind {
        0 => {
            for character in plain.chars() {
                if character.is_ascii() { out.push(character) } else { escape(out, character) }
            }
        }
        1 => out.push_str(&plain.replace('/', "\\/")),
        2 if string.len() < 100 && !plain.contains('\\') => {
            out.push('"');
            string.chars().enumerate().for_each(|(index, character)| {
                if index % 3 == 0 { escape(out, character) } else { out.push(character) }
            });
            out.push('"');
        }
        _ => out.push_str(&plain),
    }
}

fn escape(out: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

fn hash(number: u64, key: &str) -> u64 {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    mixed(key.bytes().fold(number | 1, fnv))
}

/// Returns the text of a case's arguments, in the order of its file.
pub(super) fn of_case(id: &str) -> Option<&'static str> {
    static CASES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        let texts = VECTORS.iter().map(|(_, text)| compact(text)).collect::<Vec<_>>();
        texts.iter().flat_map(|text| cases(text)).collect()
    });
    CASES.get(id).map(String::as_str)
}

/// Returns the id and the arguments of each case of a file.
fn cases(file: &str) -> Vec<(String, String)> {
    const OTHERS: &[&str] =
        &["\"id\"", "\"description\"", "\"basis\"", "\"op\"", "\"result\"", "\"rejected\"", "\"needs\""];
    let rules = parts(of(file, "\"rules\":")).into_iter();
    let cases = rules.flat_map(|rule| parts(of(rule, "\"cases\":")));
    let case = |case| {
        let is_argument = |part: &&str| !OTHERS.iter().any(|name| part.starts_with(&format!("{name}:")));
        let arguments: Vec<&str> = parts(case).into_iter().filter(is_argument).collect();
        (of(case, "\"id\":").trim_matches('"').to_owned(), arguments.join(","))
    };
    cases.map(case).collect()
}

/// Returns the text of a member; empty if it is missing.
fn of<'t>(object: &'t str, name: &str) -> &'t str {
    parts(object).into_iter().find_map(|part| part.strip_prefix(name)).unwrap_or_default()
}

/// Splits an object or array at the commas of its first level.
fn parts(json: &str) -> Vec<&str> {
    let inside = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, byte) in structure(inside) {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Returns a JSON text without the whitespace outside strings.
fn compact(json: &str) -> String {
    let mut compact = json.as_bytes().to_vec();
    let blank: Vec<usize> = structure(json).filter(|(_, byte)| byte.is_ascii_whitespace()).map(|(at, _)| at).collect();
    let mut blank = blank.into_iter().peekable();
    let mut at = 0;
    compact.retain(|_| {
        let kept = blank.next_if_eq(&at).is_none();
        at += 1;
        kept
    });
    String::from_utf8(compact).unwrap_or_default()
}

/// Returns the bytes outside strings, with their offsets.
fn structure(json: &str) -> impl Iterator<Item = (usize, u8)> {
    let (mut quoted, mut escaped) = (false, false);
    json.bytes().enumerate().filter(move |(_, byte)| {
        let outside = !quoted;
        quoted ^= *byte == b'"' && !escaped;
        escaped = quoted && *byte == b'\\' && !escaped;
        outside && *byte != b'"'
    })
}
