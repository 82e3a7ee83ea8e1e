//! Wrong implementations, as they are met in practice: the vectors alone catch each, under the rule that it breaks; and each
//! case of the vectors catches one of them.

use super::{falsy, objects, owned, strip_nulls};
use metadata_merge::merge;
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;
pub type Merge = fn(&Value, &Value) -> Result<Value, ()>;

/// A wrong merge with a name for its mistake, and a rule under which it must be caught.
pub const MUTANTS: &[(&str, &str, Merge)] = &[
    ("replaces the whole document", "keep", |document, patch| {
        objects(document, patch)?;
        Ok(patch.clone())
    }),
    ("purges falsy values that are stored", "keep", |document, patch| {
        after(document, patch, |merged, _, patch| merged.retain(|key, value| patch.contains_key(key) || !falsy(value)))
    }),
    ("strips nested nulls from what is stored", "keep", |document, patch| {
        after(document, patch, |merged, _, patch| {
            merged.iter_mut().filter(|(key, _)| !patch.contains_key(*key)).for_each(|(_, value)| strip_nulls(value));
        })
    }),
    ("clears where a set changes nothing and is dropped", "set", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        let patch = patch.iter().filter(|(key, value)| document.get(*key) != Some(value));
        right(document, &patch.map(owned).collect())
    }),
    ("takes stored values for defaults", "set", |document, patch| {
        in_part(document, patch, |document, key, new| new.is_null() || !document.contains_key(key))
    }),
    ("adds no new keys", "set", |document, patch| {
        after(document, patch, |merged, document, _| merged.retain(|key, _| document.contains_key(key)))
    }),
    ("drops falsy values from the patch", "set", |document, patch| {
        in_part(document, patch, |_, _, new| new.is_null() || !falsy(new))
    }),
    ("deletes by falsy values", "set", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        let delete =
            |(key, value): (&String, &Value)| (key.clone(), if falsy(value) { Value::Null } else { value.clone() });
        right(document, &patch.iter().map(delete).collect())
    }),
    ("refuses a value of another type", "set", |document, patch| {
        let (stored, sent) = objects(document, patch)?;
        let same_type = |(key, new): (&String, &Value)| {
            stored.get(key).is_none_or(|old| new.is_null() || old.is_null() || old.is_string() == new.is_string())
        };
        if sent.iter().all(same_type) { right(stored, sent) } else { Err(()) }
    }),
    ("holds numbers in 32 bits", "set", |document, patch| {
        after(document, patch, |merged, _, _| merged.values_mut().for_each(truncate))
    }),
    ("applies the first entry alone", "set", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        right(document, &patch.iter().take(1).map(owned).collect())
    }),
    ("merges deep (RFC 7396)", "shallow", |document, patch| {
        objects(document, patch)?;
        let mut merged = document.clone();
        json_patch::merge(&mut merged, patch);
        Ok(merged)
    }),
    ("merges one level deep", "shallow", |document, patch| {
        per_key(document, patch, |old, new| match (old, new) {
            (Some(Value::Object(old)), Value::Object(new)) => Value::Object(old.iter().chain(new).map(owned).collect()),
            _ => new.clone(),
        })
    }),
    ("merges deep from the second level on", "shallow", |document, patch| {
        per_key(document, patch, |old, new| match (old, new) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                let inner = |(key, value): (&String, &Value)| match (old.get(key), value) {
                    (Some(Value::Object(old)), Value::Object(new)) => {
                        (key.clone(), Value::Object(old.iter().chain(new).map(owned).collect()))
                    }
                    _ => (key.clone(), value.clone()),
                };
                Value::Object(new.iter().map(inner).collect())
            }
            _ => new.clone(),
        })
    }),
    ("keeps an object that a scalar should replace", "shallow", |document, patch| {
        per_key(document, patch, |old, new| match old {
            Some(old @ Value::Object(_)) if !new.is_object() => old.clone(),
            _ => new.clone(),
        })
    }),
    ("keeps a scalar that an object should replace", "shallow", |document, patch| {
        per_key(document, patch, |old, new| match old {
            Some(old @ Value::String(_)) if new.is_object() => old.clone(),
            _ => new.clone(),
        })
    }),
    ("concatenates arrays", "shallow", |document, patch| {
        per_key(document, patch, |old, new| match (old, new) {
            (Some(Value::Array(old)), Value::Array(new)) => Value::Array([&old[..], &new[..]].concat()),
            _ => new.clone(),
        })
    }),
    ("merges arrays by index", "shallow", |document, patch| {
        per_key(document, patch, |old, new| match (old, new) {
            (Some(Value::Array(old)), Value::Array(new)) => {
                Value::Array(new.iter().chain(old.iter().skip(new.len())).cloned().collect())
            }
            _ => new.clone(),
        })
    }),
    ("merges an object's digits into an array", "shallow", |document, patch| {
        per_key(document, patch, |old, new| match (old, new) {
            (Some(Value::Array(old)), Value::Object(new)) => {
                let index = |(index, item): (usize, &Value)| new.get(&index.to_string()).unwrap_or(item).clone();
                Value::Array(old.iter().enumerate().map(index).collect())
            }
            _ => new.clone(),
        })
    }),
    ("merges objects in arrays by id", "shallow", |document, patch| {
        per_key(document, patch, |old, new| match (old, new) {
            (Some(Value::Array(old)), Value::Array(new)) => {
                let kept = old
                    .iter()
                    .filter(|item| item.is_object() && item.get("id") != new.first().and_then(|new| new.get("id")));
                Value::Array(new.iter().chain(kept).cloned().collect())
            }
            _ => new.clone(),
        })
    }),
    ("takes a nested empty object for a clear of the whole", "shallow", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        if patch.values().any(|value| *value == json!({})) { Ok(json!({})) } else { right(document, patch) }
    }),
    ("strips nested nulls from the patch", "verbatim", |document, patch| {
        per_key(document, patch, |_, new| {
            let mut new = new.clone();
            strip_nulls(&mut new);
            new
        })
    }),
    ("strips nulls from arrays", "verbatim", |document, patch| {
        per_key(document, patch, |_, new| match new {
            Value::Array(items) => Value::Array(items.iter().filter(|item| !item.is_null()).cloned().collect()),
            _ => new.clone(),
        })
    }),
    ("strips nulls from objects in arrays", "verbatim", |document, patch| {
        per_key(document, patch, |_, new| {
            let mut new = new.clone();
            new.as_array_mut().into_iter().flatten().filter(|item| item.is_object()).for_each(strip_nulls);
            new
        })
    }),
    ("prunes nested empty values", "verbatim", |document, patch| {
        per_key(document, patch, |_, new| {
            let mut new = new.clone();
            if let Value::Object(members) = &mut new {
                members.retain(|_, value| *value != json!({}) && *value != json!([]));
            }
            new
        })
    }),
    ("deletes by empty objects and arrays", "verbatim", |document, patch| {
        per_key(
            document,
            patch,
            |_, new| if *new == json!({}) || *new == json!([]) { Value::Null } else { new.clone() },
        )
    }),
    ("prunes an object of nulls", "verbatim", |document, patch| {
        per_key(document, patch, |_, new| match new {
            Value::Object(members) if members.values().all(Value::is_null) => Value::Null,
            _ => new.clone(),
        })
    }),
    ("writes an empty array as an empty object", "verbatim", |document, patch| {
        per_key(document, patch, |_, new| if *new == json!([]) { json!({}) } else { new.clone() })
    }),
    ("trims text", "verbatim", |document, patch| {
        per_key(document, patch, |_, new| new.as_str().map_or(new.clone(), |text| text.trim().into()))
    }),
    ("reads the text \"null\" as null", "verbatim", |document, patch| {
        per_key(document, patch, |_, new| if new == "null" { Value::Null } else { new.clone() })
    }),
    ("stores null", "delete", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        match patch.is_empty() {
            true => Ok(json!({})),
            false => Ok(Value::Object(document.iter().chain(patch).map(owned).collect())),
        }
    }),
    ("strips nulls from the patch, and so never deletes", "delete", |document, patch| {
        in_part(document, patch, |_, _, new| !new.is_null())
    }),
    ("deletes only scalars", "delete", |document, patch| {
        in_part(document, patch, |document, key, new| {
            !new.is_null() || !document.get(key).is_some_and(Value::is_object)
        })
    }),
    ("takes a falsy value for one that is not there to delete", "delete", |document, patch| {
        in_part(document, patch, |document, key, new| {
            let zero = document.get(key).is_some_and(|old| falsy(old) && !old.is_null());
            !(new.is_null() && zero)
        })
    }),
    ("deletes one key at most", "delete", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        let mut nulls = 0;
        let one = patch.iter().filter(|(_, value)| {
            nulls += usize::from(value.is_null());
            !value.is_null() || nulls == 1
        });
        right(document, &one.map(owned).collect())
    }),
    ("deletes and forgets to set", "delete", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        let nulls: Object = patch.iter().filter(|(_, value)| value.is_null()).map(owned).collect();
        right(document, if nulls.is_empty() { patch } else { &nulls })
    }),
    ("refuses to delete what is not there", "delete-missing", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        match patch.iter().all(|(key, value)| !value.is_null() || document.contains_key(key)) {
            true => right(document, patch),
            false => Err(()),
        }
    }),
    ("stores null for a key that is not there", "delete-missing", |document, patch| {
        after(document, patch, |merged, document, patch| {
            let missing = patch.iter().filter(|(key, value)| value.is_null() && !document.contains_key(*key));
            merged.extend(missing.map(owned));
        })
    }),
    ("clears where a removal finds nothing and is dropped", "delete-missing", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        let patch = patch.iter().filter(|(key, value)| !value.is_null() || document.contains_key(*key));
        right(document, &patch.map(owned).collect())
    }),
    ("deletes below the root too", "delete-missing", |document, patch| {
        after(document, patch, |merged, _, patch| {
            for members in merged.values_mut().filter_map(Value::as_object_mut) {
                members.retain(|key, _| patch.get(key) != Some(&Value::Null));
            }
        })
    }),
    ("takes `{}` for no change", "clear", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        if patch.is_empty() { Ok(json!(document)) } else { right(document, patch) }
    }),
    ("refuses `{}`", "clear", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        if patch.is_empty() { Err(()) } else { right(document, patch) }
    }),
    ("clears scalars alone", "clear", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        let nested = document.iter().filter(|(_, value)| value.is_object() || value.is_array());
        if patch.is_empty() { Ok(json!(nested.map(owned).collect::<Object>())) } else { right(document, patch) }
    }),
    ("clears all but nulls", "clear", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        let nulls = document.iter().filter(|(_, value)| value.is_null());
        if patch.is_empty() { Ok(json!(nulls.map(owned).collect::<Object>())) } else { right(document, patch) }
    }),
    ("clears to null", "clear", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        if patch.is_empty() { Ok(Value::Null) } else { right(document, patch) }
    }),
    ("takes a patch of nulls for a clear", "emptied", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        if patch.values().all(Value::is_null) { Ok(json!({})) } else { right(document, patch) }
    }),
    ("leaves null where the last key goes", "emptied", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        let merged = right(document, patch)?;
        if merged == json!({}) && !patch.is_empty() { Ok(Value::Null) } else { Ok(merged) }
    }),
    ("keeps the last key", "emptied", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        let merged = right(document, patch)?;
        if merged == json!({}) && !patch.is_empty() { Ok(json!(document)) } else { Ok(merged) }
    }),
    ("takes null as patch for no change", "reject", |document, patch| {
        if patch.is_null() { Ok(document.clone()) } else { merge(document, patch).map_err(drop) }
    }),
    ("takes null as patch for a clear", "reject", |document, patch| {
        if patch.is_null() { Ok(json!({})) } else { merge(document, patch).map_err(drop) }
    }),
    ("takes false as patch for no change", "reject", |document, patch| {
        if *patch == json!(false) { Ok(document.clone()) } else { merge(document, patch).map_err(drop) }
    }),
    ("lets a scalar replace the document (RFC 7396)", "reject", |document, patch| {
        if patch.is_object() { merge(document, patch).map_err(drop) } else { Ok(patch.clone()) }
    }),
    ("parses text as a patch", "reject", |document, patch| {
        let parsed = patch.as_str().and_then(|text| serde_json::from_str(text).ok());
        merge(document, parsed.as_ref().unwrap_or(patch)).map_err(drop)
    }),
    ("takes an empty array for `{}`", "reject", |document, patch| {
        if *patch == json!([]) { Ok(json!({})) } else { merge(document, patch).map_err(drop) }
    }),
    ("applies an array of patches", "reject", |document, patch| {
        let patches =
            patch.as_array().filter(|patches| !patches.is_empty()).map_or(std::slice::from_ref(patch), Vec::as_slice);
        patches.iter().try_fold(document.clone(), |document, patch| merge(&document, patch).map_err(drop))
    }),
    ("takes null as document for an empty one", "reject", |document, patch| {
        let empty = json!({});
        merge(if document.is_null() { &empty } else { document }, patch).map_err(drop)
    }),
    ("takes any document that is no object for an empty one (RFC 7396)", "reject", |document, patch| {
        let empty = json!({});
        merge(if document.is_object() { document } else { &empty }, patch).map_err(drop)
    }),
    ("lets `{}` clear anything", "reject", |document, patch| {
        if *patch == json!({}) { Ok(json!({})) } else { merge(document, patch).map_err(drop) }
    }),
    ("joins arrays at the root", "reject", |document, patch| match (document, patch) {
        (Value::Array(document), Value::Array(patch)) => Ok(json!([&document[..], &patch[..]].concat())),
        _ => merge(document, patch).map_err(drop),
    }),
    ("purges stored nulls", "stored-null", |document, patch| {
        after(document, patch, |merged, _, _| merged.retain(|_, value| !value.is_null()))
    }),
    ("marks what it deletes by null, and purges stored nulls with many deletions", "stored-null", |document, patch| {
        after(document, patch, |merged, _, patch| {
            if patch.values().filter(|value| value.is_null()).count() > 4 {
                merged.retain(|_, value| !value.is_null());
            }
        })
    }),
    ("takes a stored null for a deleted key that stays deleted", "stored-null", |document, patch| {
        per_key(document, patch, |old, new| if old == Some(&Value::Null) { Value::Null } else { new.clone() })
    }),
    ("cannot delete a stored null", "stored-null", |document, patch| {
        after(document, patch, |merged, document, patch| {
            let nulls = document.iter().filter(|(key, old)| old.is_null() && patch.get(*key) == Some(&Value::Null));
            merged.extend(nulls.map(owned));
        })
    }),
    ("folds the case of keys", "exact-keys", |document, patch| renamed(document, patch, str::to_lowercase)),
    ("trims keys", "exact-keys", |document, patch| renamed(document, patch, |key| key.trim().to_owned())),
    ("composes letters in keys (NFC)", "exact-keys", |document, patch| {
        renamed(document, patch, |key| key.replace("e\u{301}", "\u{e9}"))
    }),
    ("reads leading zeros as numbers", "exact-keys", |document, patch| {
        renamed(document, patch, |key| key.parse::<u32>().map_or(key.to_owned(), |index| index.to_string()))
    }),
    ("ends keys at U+0000", "exact-keys", |document, patch| {
        renamed(document, patch, |key| key.split('\0').next().unwrap_or_default().to_owned())
    }),
    ("drops control characters from keys", "exact-keys", |document, patch| {
        renamed(document, patch, |key| key.replace(char::is_control, ""))
    }),
    ("drops characters beyond the basic plane", "exact-keys", |document, patch| {
        renamed(document, patch, |key| key.chars().map(|c| if c > '\u{ffff}' { '\u{fffd}' } else { c }).collect())
    }),
    ("sets by dotted path", "exact-keys", |document, patch| by_path(document, patch, '.', |value| !value.is_null())),
    ("deletes by dotted path", "exact-keys", |document, patch| by_path(document, patch, '.', Value::is_null)),
    ("reads keys as JSON Pointers", "exact-keys", |document, patch| by_path(document, patch, '/', |_| true)),
    ("ignores the empty key", "exact-keys", |document, patch| in_part(document, patch, |_, key, _| !key.is_empty())),
    ("cannot delete the empty key", "exact-keys", |document, patch| {
        after(document, patch, |merged, document, patch| {
            if patch.get("") == Some(&Value::Null) {
                merged.extend(document.get("").map(|old| (String::new(), old.clone())));
            }
        })
    }),
    ("clears where the empty key is alone and is dropped", "exact-keys", |document, patch| {
        let (document, patch) = objects(document, patch)?;
        right(document, &patch.iter().filter(|(key, _)| !key.is_empty()).map(owned).collect())
    }),
    ("drops keys that its language reserves", "exact-keys", |document, patch| {
        in_part(document, patch, |_, key, _| !["__proto__", "constructor", "hasOwnProperty"].contains(&key))
    }),
    ("takes keys with a dollar for operators", "exact-keys", |document, patch| {
        in_part(document, patch, |_, key, _| !key.starts_with('$'))
    }),
    ("reads digits as indices from one", "exact-keys", |document, patch| {
        let before =
            |key: &str| key.parse::<usize>().map_or(key.to_owned(), |index| index.saturating_sub(1).to_string());
        let (document, patch) = objects(document, patch)?;
        right(document, &patch.iter().map(|(key, value)| (before(key), value.clone())).collect())
    }),
];

/// What the rules say.
fn right(document: &Object, patch: &Object) -> Result<Value, ()> {
    merge(&json!(document), &json!(patch)).map_err(drop)
}

/// What the rules say of a part of the patch; if nothing is left of it, nothing changes.
fn in_part(document: &Value, patch: &Value, part: fn(&Object, &str, &Value) -> bool) -> Result<Value, ()> {
    let (document, patch) = objects(document, patch)?;
    let left: Object = patch.iter().filter(|(key, value)| part(document, key, value)).map(owned).collect();
    if left.is_empty() && !patch.is_empty() { Ok(json!(document)) } else { right(document, &left) }
}

/// The right result, and then a mistake.
fn after(document: &Value, patch: &Value, mistake: fn(&mut Object, &Object, &Object)) -> Result<Value, ()> {
    let (document, patch) = objects(document, patch)?;
    let mut merged = right(document, patch)?;
    mistake(merged.as_object_mut().ok_or(())?, document, patch);
    Ok(merged)
}

/// A mistake in what a key takes, given its old and its new value; null deletes.
fn per_key(document: &Value, patch: &Value, take: fn(Option<&Value>, &Value) -> Value) -> Result<Value, ()> {
    let (document, patch) = objects(document, patch)?;
    let taken = patch
        .iter()
        .map(|(key, new)| (key.clone(), if new.is_null() { Value::Null } else { take(document.get(key), new) }));
    right(document, &taken.collect())
}

/// Keys that are not taken as they are, on either side.
fn renamed(document: &Value, patch: &Value, rename: fn(&str) -> String) -> Result<Value, ()> {
    let (document, patch) = objects(document, patch)?;
    let [document, patch] =
        [document, patch].map(|side| side.iter().map(|(key, value)| (rename(key), value.clone())).collect::<Object>());
    right(&document, &patch)
}

/// Keys of two parts that are taken for a path, where the value is one of those.
fn by_path(document: &Value, patch: &Value, separator: char, those: fn(&Value) -> bool) -> Result<Value, ()> {
    let (stored, sent) = objects(document, patch)?;
    let mut merged = right(stored, sent)?;
    for (path, value) in sent.iter().filter(|(_, value)| those(value)) {
        let Some((outer, inner)) = path.trim_start_matches(separator).split_once(separator) else { continue };
        if let Some(members) = merged.get_mut(outer).and_then(Value::as_object_mut) {
            match value {
                Value::Null => members.remove(inner),
                _ => members.insert(inner.to_owned(), value.clone()),
            };
        }
    }
    Ok(merged)
}

fn truncate(value: &mut Value) {
    if let Some(number) = value.as_i64() {
        *value = (number as i32).into();
    }
}
