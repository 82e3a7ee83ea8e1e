//! Wrong implementations of `compose`, `diff`, `undo`, `changes` and `commute`.

use serde_json::{Value, json};

use crate::call::{Call, Object, Reply, Row, falsy, owned};

const COMPOSE: &[&str] = &["compose"];
const DIFF: &[&str] = &["diff"];
const UNDO: &[&str] = &["undo"];
const COMMUTE: &[&str] = &["commute"];
const CHANGES: &[&str] = &["changes"];
const COMPARING: &[&str] = &["diff", "undo", "commute", "changes", "reconcile", "reconcile_resource"];

pub(crate) const ROWS: &[Row] = &[
    ("returns the patches as they are", "compose", COMPOSE, |call| {
        call.right()?;
        Ok(call.get("patches").clone())
    }),
    ("returns the last patch", "compose", COMPOSE, |call| {
        call.right()?;
        Ok(call.get("patches").as_array().into_iter().flatten().next_back().cloned().into_iter().collect())
    }),
    ("composes in reverse order", "compose", COMPOSE, |call| {
        let patches = call.get("patches").as_array().ok_or(())?;
        call.with([("patches", patches.iter().rev().cloned().collect())])
    }),
    ("always returns a body", "compose", COMPOSE, |call| {
        let right = call.right()?;
        if right == json!([]) { Ok(json!([{}])) } else { Ok(right) }
    }),
    ("strips nulls from a composition", "compose", COMPOSE, |call| {
        bodies(call, |body| body.retain(|_, value| !value.is_null()))
    }),
    ("lets a set and a removal cancel out", "compose", COMPOSE, |call| {
        let patches = call.get("patches").as_array().ok_or(())?;
        let set = |key: &str| patches.iter().any(|patch| patch.get(key).is_some_and(|value| !value.is_null()));
        let Value::Array(right) = call.right()? else { return Err(()) };
        let left = right.into_iter().map(|mut body| {
            body.as_object_mut().into_iter().for_each(|body| body.retain(|key, value| !value.is_null() || !set(key)));
            body
        });
        Ok(left.filter(|body| patches.contains(&json!({})) || *body != json!({})).collect())
    }),
    ("forgets a clear before a set", "compose", COMPOSE, |call| {
        let right = call.right()?;
        match right.as_array().map(Vec::as_slice) {
            Some([_, sets]) => Ok(json!([sets])),
            _ => Ok(right),
        }
    }),
    ("forgets what follows a clear", "compose", COMPOSE, |call| {
        let Value::Array(right) = call.right()? else { return Err(()) };
        Ok(right.into_iter().take(1).collect())
    }),
    ("keeps the removals after a clear", "compose", COMPOSE, |call| {
        let patches = call.get("patches").as_array().ok_or(())?;
        let Value::Array(mut right) = call.right()? else { return Err(()) };
        if let (Some(at), Some(Value::Object(last))) =
            (patches.iter().rposition(|patch| *patch == json!({})), patches.last())
        {
            let nulls = last.iter().filter(|(_, value)| value.is_null()).map(owned);
            let nulls: Object = nulls.collect();
            match right.get_mut(1).and_then(Value::as_object_mut) {
                Some(sets) => sets.extend(nulls),
                None if at + 1 < patches.len() && !nulls.is_empty() => right.push(nulls.into()),
                None => {}
            }
        }
        Ok(right.into())
    }),
    ("composes two clears to two bodies", "compose", COMPOSE, |call| {
        let right = call.right()?;
        if *call.get("patches") == json!([{}, {}]) { Ok(json!([{}, {}])) } else { Ok(right) }
    }),
    ("keeps the sets before a clear", "compose", COMPOSE, |call| {
        let patches = call.get("patches").as_array().ok_or(())?;
        let right = call.right()?;
        if patches.len() == 2 && patches[1] == json!({}) && patches[0] != json!({}) {
            Ok(call.get("patches").clone())
        } else {
            Ok(right)
        }
    }),
    ("composes deep", "compose", COMPOSE, |call| {
        call.right()?;
        let patches = call.get("patches").as_array().ok_or(())?;
        let nested = |patch: &Value| patch.get("a").is_some_and(Value::is_object);
        if patches.len() < 2 || !patches.iter().any(nested) {
            return call.right();
        }
        let mut deep = json!({});
        patches.iter().for_each(|patch| json_patch::merge(&mut deep, patch));
        Ok(json!([deep]))
    }),
    ("drops falsy values in a composition", "compose", COMPOSE, |call| {
        let patches = call.get("patches").as_array().ok_or(())?;
        let kept = patches.iter().map(|patch| match patch {
            Value::Object(members) if !members.is_empty() => {
                members.iter().filter(|(_, value)| value.is_null() || !falsy(value)).map(owned).collect()
            }
            other => other.clone(),
        });
        call.with([("patches", kept.collect())])
    }),
    ("takes null for no patch", "compose", COMPOSE, |call| {
        let patches = call.get("patches").as_array().ok_or(())?;
        call.with([("patches", patches.iter().filter(|patch| !patch.is_null()).cloned().collect())])
    }),
    ("takes an array for `{}` in a composition", "compose", COMPOSE, |call| {
        let patches = call.get("patches").as_array().ok_or(())?;
        let taken = patches.iter().map(|patch| if patch.is_array() { json!({}) } else { patch.clone() });
        call.with([("patches", taken.collect())])
    }),
    ("takes one patch for a list", "compose", COMPOSE, |call| {
        let patches = call.get("patches");
        if patches.is_object() { Ok(json!([patches])) } else { call.right() }
    }),
    ("returns `{}` for no difference", "diff", DIFF, |call| {
        let right = call.right()?;
        if right == json!([]) { Ok(json!([{}])) } else { Ok(right) }
    }),
    ("goes to empty by a clear", "diff", DIFF, |call| {
        let right = call.right()?;
        if *call.get("after") == json!({}) { Ok(json!([{}])) } else { Ok(right) }
    }),
    ("returns all of the new document", "diff", DIFF, |call| {
        call.right()?;
        Ok(json!([call.get("after")]))
    }),
    ("forgets the removals of a diff", "diff", DIFF, |call| {
        bodies(call, |body| body.retain(|_, value| !value.is_null()))
    }),
    ("forgets the new keys of a diff", "diff", DIFF, |call| {
        let before = call.get("before");
        bodies(call, |body| body.retain(|key, _| before.get(key).is_some()))
    }),
    ("returns nested changes alone", "diff", DIFF, |call| {
        let before = call.get("before");
        bodies(call, |body| {
            for (key, value) in body.iter_mut() {
                if let (Value::Object(new), Some(Value::Object(old))) = (value, before.get(key)) {
                    new.retain(|key, value| old.get(key) != Some(value));
                }
            }
        })
    }),
    ("takes nested nulls for absent in a diff", "diff", DIFF, |call| {
        differ(call, |old, new| stripped(old) == stripped(new))
    }),
    ("compares arrays as sets", "diff", DIFF, |call| {
        differ(call, |old, new| match (old, new) {
            (Value::Array(old), Value::Array(new)) => old.iter().all(|item| new.contains(item)),
            _ => old == new,
        })
    }),
    ("takes falsy values for equal", "diff", DIFF, |call| {
        differ(call, |old, new| falsy(old) && falsy(new) || old == new)
    }),
    ("compares letters without case and accents", "diff", DIFF, |call| {
        let folded = |value: &Value| value.to_string().to_lowercase().replace("e\u{301}", "\u{e9}");
        differ(call, |old, new| folded(old) == folded(new))
    }),
    ("compares members in their order", "diff", DIFF, |call| {
        let (before, after) = (call.get("before"), call.get("after"));
        let several = before.as_object().is_some_and(|before| before.values().any(|value| value["y"].is_object()));
        if several && call.right()? == json!([]) { Ok(json!([after])) } else { call.right() }
    }),
    ("sends stored nulls again", "diff", DIFF, |call| {
        let after = call.get("after");
        let nulls = after.as_object().into_iter().flatten().filter(|(_, value)| value.is_null()).map(owned);
        let nulls: Object = nulls.collect();
        bodies(call, |body| body.extend(nulls.clone()))
    }),
    ("takes a stored null for absent in a diff", "diff", DIFF, |call| {
        let before = call.get("before");
        bodies(call, |body| body.retain(|key, value| before.get(key) != Some(&Value::Null) || !value.is_null()))
    }),
    ("removes by a null that is wanted", "diff", DIFF, |call| {
        let after = call.get("after").as_object().ok_or(())?;
        let before = call.get("before");
        let kept = after.iter().filter(|(key, value)| !value.is_null() || before.get(*key) == Some(value)).map(owned);
        call.with([("after", Value::Object(kept.collect()))])
    }),
    ("takes null for an empty document in a diff", "diff", DIFF, |call| {
        if call.get("before").is_null() { call.with([("before", json!({}))]) } else { call.right() }
    }),
    ("takes arrays for equal documents", "diff", DIFF, |call| {
        if call.get("before") == call.get("after") { Ok(json!([])) } else { call.right() }
    }),
    ("does not remove what was added", "undo", UNDO, |call| {
        bodies(call, |body| body.retain(|_, value| !value.is_null()))
    }),
    ("does not bring back what was removed", "undo", UNDO, |call| {
        let patch = call.get("patch");
        bodies(call, |body| body.retain(|key, _| patch.get(key).is_some_and(|sent| !sent.is_null())))
    }),
    ("returns the whole document", "undo", UNDO, |call| {
        call.right()?;
        Ok(json!([call.get("document")]))
    }),
    ("returns `{}` for nothing to undo", "undo", UNDO, |call| {
        let right = call.right()?;
        if right == json!([]) { Ok(json!([{}])) } else { Ok(right) }
    }),
    ("undoes the first values by a clear", "undo", UNDO, |call| {
        let right = call.right()?;
        if *call.get("document") == json!({}) && *call.get("patch") != json!({}) { Ok(json!([{}])) } else { Ok(right) }
    }),
    ("brings back nested members alone", "undo", UNDO, |call| {
        bodies(call, |body| {
            body.values_mut()
                .filter_map(Value::as_object_mut)
                .for_each(|members| members.retain(|_, value| !value.is_null()))
        })
    }),
    ("does not bring back falsy values", "undo", UNDO, |call| {
        bodies(call, |body| body.retain(|_, value| value.is_null() || !falsy(value)))
    }),
    ("rejects any stored null", "undo", UNDO, |call| {
        let document = call.get("document").as_object().ok_or(())?;
        if document.values().any(Value::is_null) { Err(()) } else { call.right() }
    }),
    ("brings back a null by null", "undo", UNDO, |call| {
        let document = call.get("document").as_object().ok_or(())?;
        let nulls = document.iter().filter(|(_, value)| value.is_null()).map(owned).collect::<Object>();
        call.right().or_else(|()| if nulls.is_empty() { Err(()) } else { Ok(json!([nulls])) })
    }),
    ("takes null for nothing to undo", "undo", UNDO, |call| {
        if call.get("patch").is_null() { Ok(json!([])) } else { call.right() }
    }),
    ("answers yes", "commute", COMMUTE, |call| call.right().map(|_| json!(true))),
    ("answers no", "commute", COMMUTE, |call| call.right().map(|_| json!(false))),
    ("compares the names of keys", "commute", COMMUTE, |call| {
        commuting(call, |first, second| !first.keys().any(|key| second.contains_key(key)))
    }),
    ("ignores clears", "commute", COMMUTE, |call| {
        commuting(call, |first, second| {
            first.iter().all(|(key, value)| second.get(key).is_none_or(|other| other == value))
        })
    }),
    ("takes equal patches alone for commuting", "commute", COMMUTE, |call| {
        commuting(call, |first, second| first == second)
    }),
    ("lets nested members commute", "commute", COMMUTE, |call| {
        let objects = call.get("first")["a"].is_object() && call.get("second")["a"].is_object();
        call.right().map(|right| if objects { json!(true) } else { right })
    }),
    ("takes falsy values for equal in commuting", "commute", COMMUTE, |call| {
        commuting(call, |first, second| {
            first
                .iter()
                .all(|(key, value)| second.get(key).is_none_or(|other| other == value || falsy(other) && falsy(value)))
                && first.is_empty() == second.is_empty()
        })
    }),
    ("looks at one shared key", "commute", COMMUTE, |call| {
        commuting(call, |first, second| {
            let shared = first.iter().find_map(|(key, value)| Some((value, second.get(key)?)));
            shared.is_none_or(|(one, other)| one == other) && first.is_empty() == second.is_empty()
        })
    }),
    ("lets a clear commute with nothing else", "commute", COMMUTE, |call| {
        let clears = |name: &str| *call.get(name) == json!({});
        call.right().map(|right| if clears("first") != clears("second") { json!(false) } else { right })
    }),
    ("takes a value `{}` for a clear", "commute", COMMUTE, |call| {
        let first = call.get("first").as_object().ok_or(())?;
        call.right().map(|right| if first.values().any(|value| *value == json!({})) { json!(false) } else { right })
    }),
    ("takes removals for conflicts", "commute", COMMUTE, |call| {
        let removed = |key: &String| call.get("second").get(key) == Some(&Value::Null);
        let first = call.get("first").as_object().ok_or(())?;
        call.right().map(|right| {
            if first.iter().any(|(key, value)| value.is_null() && removed(key)) { json!(false) } else { right }
        })
    }),
    ("takes null for a patch that commutes", "commute", COMMUTE, |call| {
        if call.get("second").is_null() { Ok(json!(true)) } else { call.right() }
    }),
    ("shows what is set, changed or not", "changes", CHANGES, |call| {
        let (document, patch) = call.objects()?;
        let mut right = call.right()?;
        for (key, new) in patch.iter().filter(|(_, new)| !new.is_null()) {
            if let Some(old) = document.get(key) {
                right["replaced"][key] = json!({"old": old, "new": new});
            }
        }
        Ok(right)
    }),
    ("shows what is removed, stored or not", "changes", CHANGES, |call| {
        let (document, patch) = call.objects()?;
        let mut right = call.right()?;
        for (key, _) in patch.iter().filter(|(_, new)| new.is_null()) {
            right["removed"][key] = document.get(key).cloned().unwrap_or_default();
        }
        Ok(right)
    }),
    ("shows no removals by a clear", "changes", CHANGES, |call| {
        let right = call.right()?;
        if *call.get("patch") == json!({}) {
            Ok(json!({"added": {}, "replaced": {}, "removed": {}}))
        } else {
            Ok(right)
        }
    }),
    ("shows the members of an object that change", "changes", CHANGES, |call| {
        let mut right = call.right()?;
        for change in right["replaced"].as_object_mut().into_iter().flat_map(Object::values_mut) {
            let new = change["new"].clone();
            if let (Some(old), true) = (change["old"].as_object_mut(), new.is_object()) {
                old.retain(|key, _| new.get(key).is_some());
            }
        }
        Ok(right)
    }),
    ("shows no falsy values", "changes", CHANGES, |call| {
        let mut right = call.right()?;
        for part in ["added", "removed"] {
            right[part].as_object_mut().into_iter().for_each(|part| part.retain(|_, value| !falsy(value)));
        }
        Ok(right)
    }),
    ("shows no change between falsy values", "changes", CHANGES, |call| {
        let mut right = call.right()?;
        let differ = |change: &Value| !(falsy(&change["old"]) && falsy(&change["new"]));
        right["replaced"].as_object_mut().into_iter().for_each(|part| part.retain(|_, change| differ(change)));
        Ok(right)
    }),
    ("shows a stored null as absent", "changes", CHANGES, |call| {
        let mut right = call.right()?;
        let nulls: Vec<(String, Value)> = right["replaced"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, change)| change["old"].is_null())
            .map(|(key, change)| (key.clone(), change["new"].clone()))
            .collect();
        for (key, new) in nulls {
            right["added"][&key] = new;
            right["replaced"].as_object_mut().into_iter().for_each(|part| drop(part.remove(&key)));
        }
        Ok(right)
    }),
    ("leaves out parts without changes", "changes", CHANGES, |call| {
        let mut right = call.right()?;
        right.as_object_mut().into_iter().for_each(|parts| parts.retain(|_, part| *part != json!({})));
        Ok(right)
    }),
    ("says whether a document is emptied", "changes", CHANGES, |call| {
        let mut right = call.right()?;
        let emptied = call.merged()? == json!({}) && *call.get("target") != json!({});
        if emptied {
            right["emptied"] = json!(true);
        }
        Ok(right)
    }),
    ("compares values by their text without quotes", "changes", CHANGES, |call| {
        let mut right = call.right()?;
        let text = |value: &Value| value.to_string().replace('"', "");
        let differ = |change: &Value| text(&change["old"]) != text(&change["new"]);
        right["replaced"].as_object_mut().into_iter().for_each(|part| part.retain(|_, change| differ(change)));
        Ok(right)
    }),
    ("shows nothing for a patch that is null", "changes", CHANGES, |call| {
        let none = || json!({"added": {}, "replaced": {}, "removed": {}});
        if call.get("patch").is_null() { Ok(none()) } else { call.right() }
    }),
    ("shows nothing for an array that is cleared", "changes", CHANGES, |call| {
        let none = || json!({"added": {}, "replaced": {}, "removed": {}});
        if call.get("target").is_array() { Ok(none()) } else { call.right() }
    }),
    ("compares numbers by their text", "equal-numbers", COMPARING, |call| {
        call.damaged(quoted).map(|result| unquoted(&result))
    }),
    ("compares numbers and strings by their text", "equal-numbers", COMPARING, |call| {
        call.damaged(|value| match value {
            Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), loose(value))).collect(),
            other => other.clone(),
        })
    }),
    ("compares integers in single precision", "equal-numbers", DIFF, |call| {
        let single = |value: &Value| value.as_f64().map(|number| number as f32);
        differ(call, |old, new| if old.is_number() { single(old) == single(new) } else { old == new })
    }),
    ("compares booleans as numbers", "equal-numbers", DIFF, |call| {
        let number = |value: &Value| value.to_string().replace("false", "0").replace("true", "1");
        differ(call, |old, new| number(old) == number(new))
    }),
    ("compares numbers with a tolerance", "equal-numbers", DIFF, |call| {
        let near = |old: &Value, new: &Value| Some((old.as_f64()? - new.as_f64()?).abs() < 1e-9);
        differ(call, |old, new| near(old, new).unwrap_or(old == new))
    }),
    ("tells -0 from 0", "equal-numbers", DIFF, |call| {
        let negative = |value: &Value| value.to_string().contains("-0.0");
        let (before, after) = (call.get("before"), call.get("after"));
        if negative(before) || negative(after) { Ok(json!([after])) } else { call.right() }
    }),
];

/// Changes each body of the right result, except a clear. Empty bodies are then dropped.
fn bodies(call: &Call<'_>, change: impl Fn(&mut Object)) -> Reply {
    let Value::Array(right) = call.right()? else { return Err(()) };
    let changed = right.into_iter().filter_map(|body| {
        let Value::Object(mut members) = body else { return None };
        let clears = members.is_empty();
        if !clears {
            change(&mut members);
        }
        (clears || !members.is_empty()).then_some(Value::Object(members))
    });
    Ok(changed.collect())
}

/// Returns the diff of two documents with another equality, and the right rejections.
fn differ(call: &Call<'_>, equal: impl Fn(&Value, &Value) -> bool) -> Reply {
    let after = call.get("after");
    let before = call.get("before");
    bodies(call, |body| {
        body.retain(|key, _| match (before.get(key), after.get(key)) {
            (Some(old), Some(new)) => !equal(old, new),
            _ => true,
        });
    })
}

fn commuting(call: &Call<'_>, commute: fn(&Object, &Object) -> bool) -> Reply {
    let (first, second) = (call.get("first").as_object(), call.get("second").as_object());
    first.zip(second).map(|(first, second)| commute(first, second).into()).ok_or(())
}

fn stripped(value: &Value) -> Value {
    let mut value = value.clone();
    crate::call::strip_nulls(&mut value);
    value
}

/// Replaces numbers by marked strings.
fn quoted(value: &Value) -> Value {
    match value {
        Value::Number(number) => format!("\0{number}").into(),
        Value::Array(items) => items.iter().map(quoted).collect(),
        Value::Object(members) => members.iter().map(|(key, member)| (key.clone(), quoted(member))).collect(),
        other => other.clone(),
    }
}

/// Replaces marked strings by their numbers.
fn unquoted(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let number = text.strip_prefix('\0').and_then(|text| text.parse().ok());
            number.unwrap_or_else(|| value.clone())
        }
        Value::Array(items) => items.iter().map(unquoted).collect(),
        Value::Object(members) => members.iter().map(|(key, member)| (key.clone(), unquoted(member))).collect(),
        other => other.clone(),
    }
}

/// Reads a string of digits as a number.
fn loose(value: &Value) -> Value {
    value.as_str().and_then(|text| text.parse::<i32>().ok()).map_or_else(|| value.clone(), Value::from)
}
