//! Wrong implementations of `text`.

use metadata_merge::text;
use serde_json::{Value, json};

use crate::call::{Call, Reply, Row, TEXT};

pub(crate) const ROWS: &[Row] = &[
    // Lenient parsers.
    ("skips comments", "json-text", TEXT, |call| {
        lenient(call, |text| swapped(text.split(" //").next().unwrap_or_default(), &[("/* two */", "")]))
    }),
    ("skips a byte order mark", "json-text", TEXT, |call| {
        lenient(call, |text| text.trim_start_matches('\u{feff}').to_owned())
    }),
    ("takes other blanks for whitespace", "json-text", TEXT, |call| {
        lenient(call, |text| text.replace(['\u{a0}', '\u{c}'], " "))
    }),
    ("accepts trailing commas", "json-text", TEXT, |call| {
        lenient(call, |text| swapped(text, &[(",}", "}"), (",]", "]")]))
    }),
    ("accepts Infinity and NaN", "json-text", TEXT, |call| {
        lenient(call, |text| swapped(text, &[("Infinity", "0"), ("NaN", "0")]))
    }),
    ("accepts the literals of Python and JavaScript", "json-text", TEXT, |call| {
        lenient(call, |text| swapped(text, &[("True", "true"), ("undefined", "null")]))
    }),
    ("accepts leading zeros", "json-text", TEXT, |call| {
        lenient(call, |text| swapped(text, &[(":01", ":1"), ("[01", "[1")]))
    }),
    ("accepts a plus sign", "json-text", TEXT, |call| lenient(call, |text| swapped(text, &[(":+1", ":1")]))),
    ("accepts numbers that start or end with a point", "json-text", TEXT, |call| {
        lenient(call, |text| swapped(text, &[(":.5", ":0.5"), (":5.}", ":5}")]))
    }),
    ("accepts hexadecimal numbers", "json-text", TEXT, |call| lenient(call, |text| swapped(text, &[(":0x1F", ":31")]))),
    ("accepts control characters in strings", "json-text", TEXT, |call| {
        lenient(call, |text| text.replace(char::is_control, " "))
    }),
    ("accepts unpaired surrogates", "json-text", TEXT, |call| {
        const HALVES: &[(&str, &str)] =
            &[("\\ud800", "?"), ("\\udc00", "?"), ("\\udfff", "?"), ("\\ud83d\\u0041", "?A")];
        lenient(call, |text| swapped(text, HALVES))
    }),
    ("accepts unknown escapes", "json-text", TEXT, |call| lenient(call, |text| swapped(text, &[("\\x", "x")]))),
    ("accepts single quotes", "json-text", TEXT, |call| lenient(call, |text| text.replace('\'', "\""))),
    ("accepts bare keys", "json-text", TEXT, |call| lenient(call, |text| swapped(text, &[("{b:", "{\"b\":")]))),
    ("ignores what follows the first value", "json-text", TEXT, |call| {
        lenient(call, |text| {
            let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
            match values.next() {
                Some(Ok(_)) => text[..values.byte_offset()].to_owned(),
                _ => text.to_owned(),
            }
        })
    }),
    ("closes what is cut short", "json-text", TEXT, |call| {
        lenient(call, |text| if text.ends_with('1') { format!("{text}}}") } else { text.to_owned() })
    }),
    ("takes an empty text for `{}`", "json-text", TEXT, |call| {
        lenient(call, |text| if text.is_empty() { "{}".to_owned() } else { text.to_owned() })
    }),
    ("has no limit on depth", "json-text", TEXT, |call| {
        let deep = call.texts()?;
        let deep = [deep.0, deep.1].iter().any(|text| text.matches(['[', '{']).count() > 120);
        if deep { call.right().or(Ok(json!("{}"))) } else { call.right() }
    }),
    ("skips what it removes or overwrites without a look", "json-text", TEXT, |call| {
        lenient(call, |text| {
            swapped(text, &[("[01]", "1"), ("-Infinity", "1"), ("tru,", "true,"), ("{\"\\udfff\":1}", "1")])
        })
    }),
    ("takes null for a patch that changes nothing", "reject", TEXT, |call| {
        let (target, patch) = call.texts()?;
        if patch == "null" { Ok(target.into()) } else { call.right() }
    }),
    ("clears anything", "reject", TEXT, |call| {
        let (_, patch) = call.texts()?;
        if patch == "{}" { Ok(json!("{}")) } else { call.right() }
    }),
    // Strict parsers.
    ("knows the space alone for whitespace", "json-text", TEXT, |call| {
        strict(call, |text| text.contains(['\t', '\r']))
    }),
    ("knows no escaped slash", "json-text", TEXT, |call| strict(call, |text| text.contains("\\/"))),
    ("knows no surrogate pairs", "json-text", TEXT, |call| {
        strict(call, |text| text.to_lowercase().contains("\\ud83d"))
    }),
    ("rejects characters outside ASCII", "json-text", TEXT, |call| strict(call, |text| !text.is_ascii())),
    ("rejects DEL in strings", "json-text", TEXT, |call| strict(call, |text| text.contains('\u{7f}'))),
    ("knows no exponents", "json-text", TEXT, |call| strict(call, |text| text.contains("E+") || text.contains("e-"))),
    ("knows no -0", "json-text", TEXT, |call| strict(call, |text| text.contains(":-0,"))),
    ("evaluates numbers", "json-text", TEXT, |call| strict(call, |text| text.contains("1e999"))),
    ("nests 64 levels", "json-text", TEXT, |call| strict(call, |text| text.matches(['[', '{']).count() > 64)),
    ("counts brackets in strings", "json-text", TEXT, |call| strict(call, |text| text.contains("\"}{\""))),
    ("cannot read an escaped quote", "json-text", TEXT, |call| strict(call, |text| text.contains("\\\""))),
    // Repeated keys.
    ("appends", "repeated-key", TEXT, |call| {
        let (target, patch) = call.texts()?;
        call.right()?;
        let sent = patch.trim().trim_start_matches('{').trim_end_matches('}');
        match target.trim_end().trim_end_matches('}') {
            _ if sent.is_empty() || sent.contains("null") => call.right(),
            "{" => Ok(format!("{{{sent}}}").into()),
            start => Ok(format!("{start},{sent}}}").into()),
        }
    }),
    ("keeps the first of a document's repeated keys", "repeated-key", TEXT, |call| {
        rebuilt(call, |target, patch| (first_of_each(target), patch))
    }),
    ("keeps the first of a patch's repeated keys", "repeated-key", TEXT, |call| {
        rebuilt(call, |target, patch| (target, first_of_each(patch)))
    }),
    ("compares keys without decoding them", "repeated-key", TEXT, |call| {
        let (target, patch) = call.texts()?;
        call.right()?;
        let merged = text::merge(&written(&parts(target)), &written(&parts(patch))).map_err(drop)?;
        let written: Vec<String> = members(&merged).into_iter().map(|(key, value)| key + ":" + &value).collect();
        Ok(format!("{{{}}}", written.join(",")).into())
    }),
    ("keeps repeated keys that no patch names", "repeated-key", TEXT, |call| {
        let kept = |target: &Members, patch: &Members| {
            target.iter().filter(|(key, _)| patch.iter().all(|(sent, _)| sent != key)).cloned().collect::<Members>()
        };
        let (target, patch) = call.texts()?;
        call.right()?;
        let (target, patch) = (members(target), members(patch));
        let sets = patch.iter().filter(|(_, value)| value != "null").cloned();
        if patch.is_empty() {
            call.right()
        } else {
            Ok(written(&kept(&target, &patch).into_iter().chain(sets).collect()).into())
        }
    }),
    ("rejects repeated keys", "repeated-key", TEXT, |call| {
        strict(call, |text| {
            let members = members(text);
            first_of_each(members.clone()).len() < members.len()
        })
    }),
    ("removes a repeated key of the patch at its null", "repeated-key", TEXT, |call| {
        rebuilt(call, |target, patch| (target, without_repeated_nulls(patch)))
    }),
    ("removes nulls that a document repeats", "repeated-key", TEXT, |call| {
        rebuilt(call, |target, patch| (without_repeated_nulls(target), patch))
    }),
    ("takes keys of one look for one key", "repeated-key", TEXT, |call| {
        lenient(call, |text| swapped(text, &[("\"A\"", "\"a\""), ("\" a\"", "\"a\""), ("e\\u0301", "\\u00e9")]))
    }),
    ("removes repeated keys at any depth", "repeated-key", TEXT, |call| {
        rewritten(call, |value| {
            if value.contains("\"x\":1,") || value.contains("\"y\":1,") { encoded(value) } else { value.to_owned() }
        })
    }),
    ("forgets repeated keys of large documents", "repeated-key", TEXT, |call| {
        rebuilt(call, |target, patch| (if target.len() > 16 { first_of_each(target) } else { target }, patch))
    }),
    // Faults of the output.
    ("decodes and encodes", "stored-as-sent", TEXT, |call| rewritten(call, encoded)),
    ("encodes what is sent", "stored-as-sent", TEXT, |call| {
        let (_, patch) = call.texts()?;
        let sent: Vec<String> = members(patch).into_iter().map(|(key, _)| key).collect();
        rewritten_members(
            call,
            |key, value| if sent.iter().any(|name| name == key) { encoded(value) } else { value.to_owned() },
        )
    }),
    ("writes numbers in their shortest form", "stored-as-sent", TEXT, |call| {
        rewritten(call, |value| value.parse::<f64>().map_or(value.to_owned(), |number| number.to_string()))
    }),
    ("does not escape slashes", "stored-as-sent", TEXT, |call| rewritten(call, |value| value.replace("\\/", "/"))),
    ("decodes escapes", "stored-as-sent", TEXT, |call| {
        rewritten(call, |value| swapped(value, &[("\\u0041", "A"), ("\\u0062", "b")]))
    }),
    ("escapes HTML", "stored-as-sent", TEXT, |call| rewritten(call, |value| value.replace('<', "\\u003c"))),
    ("escapes what is not ASCII", "stored-as-sent", TEXT, |call| {
        rewritten(call, |value| value.replace('é', "\\u00e9"))
    }),
    ("sorts the members of values", "stored-as-sent", TEXT, |call| {
        rewritten(call, |value| swapped(value, &[("{\"b\": 1, \"a\":2}", "{\"a\":2,\"b\": 1}")]))
    }),
    ("drops whitespace from values that are kept", "stored-as-sent", TEXT, |call| {
        rewritten(call, |value| if value.contains('"') { value.to_owned() } else { value.replace(' ', "") })
    }),
    ("writes exponents in lower case", "stored-as-sent", TEXT, |call| rewritten(call, |value| value.replace('E', "e"))),
    ("keeps a number that is replaced by an equal one", "stored-as-sent", TEXT, |call| {
        let (target, patch) = call.texts()?;
        let same = target.contains("\"a\":1,") && patch == "{\"a\":1.0}";
        if same { Ok(target.into()) } else { call.right() }
    }),
    ("searches the text for a key", "stored-as-sent", TEXT, |call| {
        let (target, patch) = call.texts()?;
        let found = (patch == "{\"a\":null}").then(|| target.replacen("\"a\":1", "", 1));
        if found.as_ref().is_some_and(|found| found.contains("{}") || found.contains("\"\\\"")) {
            Ok(found.into())
        } else {
            call.right()
        }
    }),
    ("leaves a comma where the first member goes", "stored-as-sent", TEXT, |call| {
        let (target, patch) = call.texts()?;
        let first = members(target).first().map(|(key, _)| format!("{{\"{key}\":null"));
        let Value::String(text) = call.right()? else { return Err(()) };
        if first.is_some_and(|first| patch.starts_with(&first)) {
            Ok(text.replacen('{', "{,", 1).into())
        } else {
            Ok(text.into())
        }
    }),
    ("leaves two commas where a member goes", "stored-as-sent", TEXT, |call| {
        let Value::String(text) = call.right()? else { return Err(()) };
        let (target, _) = call.texts()?;
        let inside = target.matches(", ").count() == 2 && text.matches(", ").count() == 1;
        if inside { Ok(text.replacen(", ", ", , ", 1).into()) } else { Ok(text.into()) }
    }),
    ("leaves a comma where the last member goes", "stored-as-sent", TEXT, |call| {
        let (target, patch) = call.texts()?;
        let last = members(target).last().map(|(key, _)| format!("{{\"{key}\":null"));
        let Value::String(text) = call.right()? else { return Err(()) };
        if last.is_some_and(|last| patch.starts_with(&last)) {
            Ok(text.replacen('}', ",}", 1).into())
        } else {
            Ok(text.into())
        }
    }),
    ("puts a comma before the first member", "stored-as-sent", TEXT, |call| {
        let (target, _) = call.texts()?;
        let Value::String(text) = call.right()? else { return Err(()) };
        if target == "{ }" { Ok(text.replacen('{', "{,", 1).into()) } else { Ok(text.into()) }
    }),
    ("does not add to what it empties", "stored-as-sent", TEXT, |call| {
        let (target, patch) = call.texts()?;
        let gone = |key: &str| members(patch).iter().any(|(sent, value)| sent == key && value == "null");
        let stored = members(target);
        let emptied = !stored.is_empty() && stored.iter().all(|(key, _)| gone(key));
        if emptied { Ok(json!("{}")) } else { call.right() }
    }),
    ("writes an empty text where nothing is left", "stored-as-sent", TEXT, |call| {
        let right = call.right()?;
        if right == "{}" { Ok(json!("")) } else { Ok(right) }
    }),
    ("forgets an unchanged document", "stored-as-sent", TEXT, |call| {
        let (target, _) = call.texts()?;
        let right = call.right()?;
        if right == target && target.starts_with("{ ") { Ok(json!("{}")) } else { Ok(right) }
    }),
    ("writes nulls for keys that are not there", "stored-as-sent", TEXT, |call| {
        let (_, patch) = call.texts()?;
        let Value::String(text) = call.right()? else { return Err(()) };
        let null = patch.contains("\"k\":null");
        if null { Ok(text.replacen('}', ",\"k\":null}", 1).into()) } else { Ok(text.into()) }
    }),
    ("takes an equal key for another when it is written otherwise", "stored-as-sent", TEXT, |call| {
        let (target, patch) = call.texts()?;
        let escaped = target.contains("{\"\\u0061\":1,\"b\":2}");
        if !escaped {
            return call.right();
        }
        Ok(format!("{},{}", target.trim_end_matches('}'), patch.trim_start_matches('{'))
            .replace("\"\\u0063\"", "\"u0063\"")
            .into())
    }),
    ("replaces values where they stand in the patch", "stored-as-sent", TEXT, |call| {
        let (target, patch) = call.texts()?;
        if target.contains("\"c\":1,\"a\":2") { Ok(patch.into()) } else { call.right() }
    }),
    ("adds the first new member alone", "stored-as-sent", TEXT, |call| {
        rebuilt(call, |target, patch| {
            let new = |key: &String| target.iter().all(|(stored, _)| stored != key);
            let first = patch.iter().position(|(key, _)| new(key));
            let patch = patch.iter().enumerate().filter(|(index, (key, _))| Some(*index) == first || !new(key));
            (target.clone(), patch.map(|(_, member)| member.clone()).collect())
        })
    }),
];

/// The decoded key and the text of the value of each root member.
type Members = Vec<(String, String)>;

/// Repairs texts, and then merges them.
fn lenient(call: &Call<'_>, repair: impl Fn(&str) -> String) -> Reply {
    let (target, patch) = call.texts()?;
    text::merge(&repair(target), &repair(patch)).map(Value::from).map_err(drop)
}

/// Merges texts, except for some that it rejects.
fn strict(call: &Call<'_>, rejects: impl Fn(&str) -> bool) -> Reply {
    let (target, patch) = call.texts()?;
    if [target, patch].iter().any(|text| rejects(text)) { Err(()) } else { call.right() }
}

/// Changes the members, and then merges them.
fn rebuilt(call: &Call<'_>, change: impl Fn(Members, Members) -> (Members, Members)) -> Reply {
    let (target, patch) = call.texts()?;
    call.right()?;
    let (target, patch) = change(members(target), members(patch));
    text::merge(&written(&target), &written(&patch)).map(Value::from).map_err(drop)
}

/// Changes the text of each value in the right result.
fn rewritten(call: &Call<'_>, change: impl Fn(&str) -> String) -> Reply {
    rewritten_members(call, |_, value| change(value))
}

fn rewritten_members(call: &Call<'_>, change: impl Fn(&str, &str) -> String) -> Reply {
    let Value::String(text) = call.right()? else { return Err(()) };
    let changed = members(&text).into_iter().map(|(key, value)| {
        let value = change(&key, &value);
        (key, value)
    });
    Ok(written(&changed.collect()).into())
}

fn swapped(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn encoded(value: &str) -> String {
    serde_json::from_str::<Value>(value).map_or_else(|_| value.to_owned(), |value| value.to_string())
}

fn first_of_each(members: Members) -> Members {
    let mut first = Members::new();
    for (key, value) in members {
        if first.iter().all(|(known, _)| *known != key) {
            first.push((key, value));
        }
    }
    first
}

fn without_repeated_nulls(members: Members) -> Members {
    let repeated = |key: &str| members.iter().filter(|(other, _)| other == key).count() > 1;
    members.iter().filter(|(key, value)| value != "null" || !repeated(key)).cloned().collect()
}

fn written(members: &Members) -> String {
    let members: Vec<String> = members.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
    format!("{{{}}}", members.join(","))
}

/// Splits the text of an object into its root members. Returns none for other texts.
fn members(text: &str) -> Members {
    let decoded = parts(text).into_iter().map(|(key, value)| Some((serde_json::from_str(&key).ok()?, value)));
    decoded.flatten().collect()
}

/// Splits the text of an object into the texts of its keys and values.
fn parts(text: &str) -> Members {
    let (mut members, mut depth, mut quoted, mut escaped, mut start) = (Members::new(), 0, false, false, 0);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' => {
                depth += 1;
                start = if depth == 1 { at + 1 } else { start };
            }
            '}' | ']' | ',' => {
                if depth == 1 {
                    members.extend(part(&text[start..at]));
                    start = at + 1;
                }
                depth -= i32::from(character != ',');
            }
            _ => {}
        }
    }
    members
}

fn part(text: &str) -> Option<(String, String)> {
    let mut keys = serde_json::Deserializer::from_str(text).into_iter::<String>();
    keys.next()?.ok()?;
    let (key, value) = text.split_at(keys.byte_offset());
    Some((key.trim().to_owned(), value.trim_start().strip_prefix(':')?.trim().to_owned()))
}
