//! Wrong implementations of `merge`.

use metadata_merge::merge;
use serde_json::{Value, json};

use crate::call::{Call, MERGE, Object, Reply, Row, falsy, owned, strip_nulls};

pub(crate) const ROWS: &[Row] = &[
    ("replaces the whole document", "keep", MERGE, |call| {
        let (_, patch) = call.pair();
        call.objects()?;
        Ok(patch.clone())
    }),
    ("purges falsy values that are stored", "keep", MERGE, |call| {
        after(call, |merged, _, patch| merged.retain(|key, value| patch.contains_key(key) || !falsy(value)))
    }),
    ("strips nested nulls from what is stored", "keep", MERGE, |call| {
        after(call, |merged, _, patch| {
            merged.iter_mut().filter(|(key, _)| !patch.contains_key(*key)).for_each(|(_, value)| strip_nulls(value));
        })
    }),
    ("clears where a set changes nothing and is dropped", "set", MERGE, |call| {
        let (document, patch) = call.objects()?;
        let patch = patch.iter().filter(|(key, value)| document.get(*key) != Some(value));
        right(document, &patch.map(owned).collect())
    }),
    ("takes stored values for defaults", "set", MERGE, |call| {
        in_part(call, |document, key, new| new.is_null() || !document.contains_key(key))
    }),
    ("adds no new keys", "set", MERGE, |call| {
        after(call, |merged, document, _| merged.retain(|key, _| document.contains_key(key)))
    }),
    ("drops falsy values from the patch", "set", MERGE, |call| in_part(call, |_, _, new| new.is_null() || !falsy(new))),
    ("deletes by falsy values", "set", MERGE, |call| {
        let (document, patch) = call.objects()?;
        let delete =
            |(key, value): (&String, &Value)| (key.clone(), if falsy(value) { Value::Null } else { value.clone() });
        right(document, &patch.iter().map(delete).collect())
    }),
    ("refuses a value of another type", "set", MERGE, |call| {
        let (stored, sent) = call.objects()?;
        let same_type = |(key, new): (&String, &Value)| {
            stored.get(key).is_none_or(|old| new.is_null() || old.is_null() || old.is_string() == new.is_string())
        };
        if sent.iter().all(same_type) { right(stored, sent) } else { Err(()) }
    }),
    ("holds numbers in 32 bits", "set", MERGE, |call| {
        after(call, |merged, _, _| merged.values_mut().for_each(truncate))
    }),
    ("applies the first entry alone", "set", MERGE, |call| {
        let (document, patch) = call.objects()?;
        right(document, &patch.iter().take(1).map(owned).collect())
    }),
    ("merges deep (RFC 7396)", "shallow", MERGE, |call| {
        let (document, patch) = call.pair();
        call.objects()?;
        let mut merged = document.clone();
        json_patch::merge(&mut merged, patch);
        Ok(merged)
    }),
    ("merges one level deep", "shallow", MERGE, |call| {
        per_key(call, |old, new| match (old, new) {
            (Some(Value::Object(old)), Value::Object(new)) => Value::Object(old.iter().chain(new).map(owned).collect()),
            _ => new.clone(),
        })
    }),
    ("merges deep from the second level on", "shallow", MERGE, |call| {
        per_key(call, |old, new| match (old, new) {
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
    ("keeps an object that a scalar should replace", "shallow", MERGE, |call| {
        per_key(call, |old, new| match old {
            Some(old @ Value::Object(_)) if !new.is_object() => old.clone(),
            _ => new.clone(),
        })
    }),
    ("keeps a scalar that an object should replace", "shallow", MERGE, |call| {
        per_key(call, |old, new| match old {
            Some(old @ Value::String(_)) if new.is_object() => old.clone(),
            _ => new.clone(),
        })
    }),
    ("concatenates arrays", "shallow", MERGE, |call| {
        per_key(call, |old, new| match (old, new) {
            (Some(Value::Array(old)), Value::Array(new)) => Value::Array([&old[..], &new[..]].concat()),
            _ => new.clone(),
        })
    }),
    ("merges arrays by index", "shallow", MERGE, |call| {
        per_key(call, |old, new| match (old, new) {
            (Some(Value::Array(old)), Value::Array(new)) => {
                Value::Array(new.iter().chain(old.iter().skip(new.len())).cloned().collect())
            }
            _ => new.clone(),
        })
    }),
    ("merges an object's digits into an array", "shallow", MERGE, |call| {
        per_key(call, |old, new| match (old, new) {
            (Some(Value::Array(old)), Value::Object(new)) => {
                let index = |(index, item): (usize, &Value)| new.get(&index.to_string()).unwrap_or(item).clone();
                Value::Array(old.iter().enumerate().map(index).collect())
            }
            _ => new.clone(),
        })
    }),
    ("merges objects in arrays by id", "shallow", MERGE, |call| {
        per_key(call, |old, new| match (old, new) {
            (Some(Value::Array(old)), Value::Array(new)) => {
                let kept = old
                    .iter()
                    .filter(|item| item.is_object() && item.get("id") != new.first().and_then(|new| new.get("id")));
                Value::Array(new.iter().chain(kept).cloned().collect())
            }
            _ => new.clone(),
        })
    }),
    ("takes a nested empty object for a clear of the whole", "shallow", MERGE, |call| {
        let (document, patch) = call.objects()?;
        if patch.values().any(|value| *value == json!({})) { Ok(json!({})) } else { right(document, patch) }
    }),
    ("strips nested nulls from the patch", "verbatim", MERGE, |call| {
        per_key(call, |_, new| {
            let mut new = new.clone();
            strip_nulls(&mut new);
            new
        })
    }),
    ("strips nulls from arrays", "verbatim", MERGE, |call| {
        per_key(call, |_, new| match new {
            Value::Array(items) => Value::Array(items.iter().filter(|item| !item.is_null()).cloned().collect()),
            _ => new.clone(),
        })
    }),
    ("strips nulls from objects in arrays", "verbatim", MERGE, |call| {
        per_key(call, |_, new| {
            let mut new = new.clone();
            new.as_array_mut().into_iter().flatten().filter(|item| item.is_object()).for_each(strip_nulls);
            new
        })
    }),
    ("prunes nested empty values", "verbatim", MERGE, |call| {
        per_key(call, |_, new| {
            let mut new = new.clone();
            if let Value::Object(members) = &mut new {
                members.retain(|_, value| *value != json!({}) && *value != json!([]));
            }
            new
        })
    }),
    ("deletes by empty objects and arrays", "verbatim", MERGE, |call| {
        per_key(call, |_, new| if *new == json!({}) || *new == json!([]) { Value::Null } else { new.clone() })
    }),
    ("prunes an object of nulls", "verbatim", MERGE, |call| {
        per_key(call, |_, new| match new {
            Value::Object(members) if members.values().all(Value::is_null) => Value::Null,
            _ => new.clone(),
        })
    }),
    ("writes an empty array as an empty object", "verbatim", MERGE, |call| {
        per_key(call, |_, new| if *new == json!([]) { json!({}) } else { new.clone() })
    }),
    ("trims text", "verbatim", MERGE, |call| {
        per_key(call, |_, new| new.as_str().map_or(new.clone(), |text| text.trim().into()))
    }),
    ("reads the text \"null\" as null", "verbatim", MERGE, |call| {
        per_key(call, |_, new| if new == "null" { Value::Null } else { new.clone() })
    }),
    ("stores null", "delete", MERGE, |call| {
        let (document, patch) = call.objects()?;
        match patch.is_empty() {
            true => Ok(json!({})),
            false => Ok(Value::Object(document.iter().chain(patch).map(owned).collect())),
        }
    }),
    ("strips nulls from the patch, and so never deletes", "delete", MERGE, |call| {
        in_part(call, |_, _, new| !new.is_null())
    }),
    ("deletes only scalars", "delete", MERGE, |call| {
        in_part(call, |document, key, new| !new.is_null() || !document.get(key).is_some_and(Value::is_object))
    }),
    ("takes a falsy value for one that is not there to delete", "delete", MERGE, |call| {
        in_part(call, |document, key, new| {
            let zero = document.get(key).is_some_and(|old| falsy(old) && !old.is_null());
            !(new.is_null() && zero)
        })
    }),
    ("deletes one key at most", "delete", MERGE, |call| {
        let (document, patch) = call.objects()?;
        let mut nulls = 0;
        let one = patch.iter().filter(|(_, value)| {
            nulls += usize::from(value.is_null());
            !value.is_null() || nulls == 1
        });
        right(document, &one.map(owned).collect())
    }),
    ("deletes and forgets to set", "delete", MERGE, |call| {
        let (document, patch) = call.objects()?;
        let nulls: Object = patch.iter().filter(|(_, value)| value.is_null()).map(owned).collect();
        right(document, if nulls.is_empty() { patch } else { &nulls })
    }),
    ("refuses to delete what is not there", "delete-missing", MERGE, |call| {
        let (document, patch) = call.objects()?;
        match patch.iter().all(|(key, value)| !value.is_null() || document.contains_key(key)) {
            true => right(document, patch),
            false => Err(()),
        }
    }),
    ("stores null for a key that is not there", "delete-missing", MERGE, |call| {
        after(call, |merged, document, patch| {
            let missing = patch.iter().filter(|(key, value)| value.is_null() && !document.contains_key(*key));
            merged.extend(missing.map(owned));
        })
    }),
    ("clears where a removal finds nothing and is dropped", "delete-missing", MERGE, |call| {
        let (document, patch) = call.objects()?;
        let patch = patch.iter().filter(|(key, value)| !value.is_null() || document.contains_key(*key));
        right(document, &patch.map(owned).collect())
    }),
    ("deletes below the root too", "delete-missing", MERGE, |call| {
        after(call, |merged, _, patch| {
            for members in merged.values_mut().filter_map(Value::as_object_mut) {
                members.retain(|key, _| patch.get(key) != Some(&Value::Null));
            }
        })
    }),
    ("takes `{}` for no change", "clear", MERGE, |call| {
        let (document, patch) = call.objects()?;
        if patch.is_empty() { Ok(json!(document)) } else { right(document, patch) }
    }),
    ("refuses `{}`", "clear", MERGE, |call| {
        let (document, patch) = call.objects()?;
        if patch.is_empty() { Err(()) } else { right(document, patch) }
    }),
    ("clears scalars alone", "clear", MERGE, |call| {
        let (document, patch) = call.objects()?;
        let nested = document.iter().filter(|(_, value)| value.is_object() || value.is_array());
        if patch.is_empty() { Ok(json!(nested.map(owned).collect::<Object>())) } else { right(document, patch) }
    }),
    ("clears all but nulls", "clear", MERGE, |call| {
        let (document, patch) = call.objects()?;
        let nulls = document.iter().filter(|(_, value)| value.is_null());
        if patch.is_empty() { Ok(json!(nulls.map(owned).collect::<Object>())) } else { right(document, patch) }
    }),
    ("clears to null", "clear", MERGE, |call| {
        let (document, patch) = call.objects()?;
        if patch.is_empty() { Ok(Value::Null) } else { right(document, patch) }
    }),
    ("takes a patch of nulls for a clear", "emptied", MERGE, |call| {
        let (document, patch) = call.objects()?;
        if patch.values().all(Value::is_null) { Ok(json!({})) } else { right(document, patch) }
    }),
    ("leaves null where the last key goes", "emptied", MERGE, |call| {
        let (document, patch) = call.objects()?;
        let merged = right(document, patch)?;
        if merged == json!({}) && !patch.is_empty() { Ok(Value::Null) } else { Ok(merged) }
    }),
    ("keeps the last key", "emptied", MERGE, |call| {
        let (document, patch) = call.objects()?;
        let merged = right(document, patch)?;
        if merged == json!({}) && !patch.is_empty() { Ok(json!(document)) } else { Ok(merged) }
    }),
    ("takes null as patch for no change", "reject", MERGE, |call| {
        let (document, patch) = call.pair();
        if patch.is_null() { Ok(document.clone()) } else { call.merged() }
    }),
    ("takes null as patch for a clear", "reject", MERGE, |call| {
        let (_, patch) = call.pair();
        if patch.is_null() { Ok(json!({})) } else { call.merged() }
    }),
    ("takes false as patch for no change", "reject", MERGE, |call| {
        let (document, patch) = call.pair();
        if *patch == json!(false) { Ok(document.clone()) } else { call.merged() }
    }),
    ("lets a scalar replace the document (RFC 7396)", "reject", MERGE, |call| {
        let (_, patch) = call.pair();
        if patch.is_object() { call.merged() } else { Ok(patch.clone()) }
    }),
    ("parses text as a patch", "reject", MERGE, |call| {
        let (document, patch) = call.pair();
        let parsed = patch.as_str().and_then(|text| serde_json::from_str(text).ok());
        merge(document, parsed.as_ref().unwrap_or(patch)).map_err(drop)
    }),
    ("takes an empty array for `{}`", "reject", MERGE, |call| {
        let (_, patch) = call.pair();
        if *patch == json!([]) { Ok(json!({})) } else { call.merged() }
    }),
    ("applies an array of patches", "reject", MERGE, |call| {
        let (document, patch) = call.pair();
        let patches =
            patch.as_array().filter(|patches| !patches.is_empty()).map_or(std::slice::from_ref(patch), Vec::as_slice);
        patches.iter().try_fold(document.clone(), |document, patch| merge(&document, patch).map_err(drop))
    }),
    ("takes null as document for an empty one", "reject", MERGE, |call| {
        let (document, patch) = call.pair();
        let empty = json!({});
        merge(if document.is_null() { &empty } else { document }, patch).map_err(drop)
    }),
    ("takes any document that is no object for an empty one (RFC 7396)", "reject", MERGE, |call| {
        let (document, patch) = call.pair();
        let empty = json!({});
        merge(if document.is_object() { document } else { &empty }, patch).map_err(drop)
    }),
    ("lets `{}` clear anything", "reject", MERGE, |call| {
        let (_, patch) = call.pair();
        if *patch == json!({}) { Ok(json!({})) } else { call.merged() }
    }),
    ("joins arrays at the root", "reject", MERGE, |call| match call.pair() {
        (Value::Array(document), Value::Array(patch)) => Ok(json!([&document[..], &patch[..]].concat())),
        _ => call.merged(),
    }),
    ("purges stored nulls", "stored-null", MERGE, |call| {
        after(call, |merged, _, _| merged.retain(|_, value| !value.is_null()))
    }),
    ("marks what it deletes by null, and purges stored nulls with many deletions", "stored-null", MERGE, |call| {
        after(call, |merged, _, patch| {
            if patch.values().filter(|value| value.is_null()).count() > 4 {
                merged.retain(|_, value| !value.is_null());
            }
        })
    }),
    ("takes a stored null for a deleted key that stays deleted", "stored-null", MERGE, |call| {
        per_key(call, |old, new| if old == Some(&Value::Null) { Value::Null } else { new.clone() })
    }),
    ("cannot delete a stored null", "stored-null", MERGE, |call| {
        after(call, |merged, document, patch| {
            let nulls = document.iter().filter(|(key, old)| old.is_null() && patch.get(*key) == Some(&Value::Null));
            merged.extend(nulls.map(owned));
        })
    }),
    ("folds the case of keys", "exact-keys", MERGE, |call| renamed(call, str::to_lowercase)),
    ("trims keys", "exact-keys", MERGE, |call| renamed(call, |key| key.trim().to_owned())),
    ("composes letters in keys (NFC)", "exact-keys", MERGE, |call| {
        renamed(call, |key| key.replace("e\u{301}", "\u{e9}"))
    }),
    ("reads leading zeros as numbers", "exact-keys", MERGE, |call| {
        renamed(call, |key| key.parse::<u32>().map_or(key.to_owned(), |index| index.to_string()))
    }),
    ("ends keys at U+0000", "exact-keys", MERGE, |call| {
        renamed(call, |key| key.split('\0').next().unwrap_or_default().to_owned())
    }),
    ("drops control characters from keys", "exact-keys", MERGE, |call| {
        renamed(call, |key| key.replace(char::is_control, ""))
    }),
    ("drops characters beyond the basic plane", "exact-keys", MERGE, |call| {
        renamed(call, |key| key.chars().map(|c| if c > '\u{ffff}' { '\u{fffd}' } else { c }).collect())
    }),
    ("sets by dotted path", "exact-keys", MERGE, |call| by_path(call, '.', |value| !value.is_null())),
    ("deletes by dotted path", "exact-keys", MERGE, |call| by_path(call, '.', Value::is_null)),
    ("reads keys as JSON Pointers", "exact-keys", MERGE, |call| by_path(call, '/', |_| true)),
    ("ignores the empty key", "exact-keys", MERGE, |call| in_part(call, |_, key, _| !key.is_empty())),
    ("cannot delete the empty key", "exact-keys", MERGE, |call| {
        after(call, |merged, document, patch| {
            if patch.get("") == Some(&Value::Null) {
                merged.extend(document.get("").map(|old| (String::new(), old.clone())));
            }
        })
    }),
    ("clears where the empty key is alone and is dropped", "exact-keys", MERGE, |call| {
        let (document, patch) = call.objects()?;
        right(document, &patch.iter().filter(|(key, _)| !key.is_empty()).map(owned).collect())
    }),
    ("drops keys that its language reserves", "exact-keys", MERGE, |call| {
        in_part(call, |_, key, _| !["__proto__", "constructor", "hasOwnProperty"].contains(&key))
    }),
    ("takes keys with a dollar for operators", "exact-keys", MERGE, |call| {
        in_part(call, |_, key, _| !key.starts_with('$'))
    }),
    ("reads digits as indices from one", "exact-keys", MERGE, |call| {
        let before =
            |key: &str| key.parse::<usize>().map_or(key.to_owned(), |index| index.saturating_sub(1).to_string());
        let (document, patch) = call.objects()?;
        right(document, &patch.iter().map(|(key, value)| (before(key), value.clone())).collect())
    }),
];

fn right(document: &Object, patch: &Object) -> Reply {
    merge(&json!(document), &json!(patch)).map_err(drop)
}

/// Applies a part of the patch. An empty part changes nothing.
fn in_part(call: &Call<'_>, part: fn(&Object, &str, &Value) -> bool) -> Reply {
    let (document, patch) = call.objects()?;
    let left: Object = patch.iter().filter(|(key, value)| part(document, key, value)).map(owned).collect();
    if left.is_empty() && !patch.is_empty() { Ok(json!(document)) } else { right(document, &left) }
}

/// Changes the right result.
fn after(call: &Call<'_>, mistake: fn(&mut Object, &Object, &Object)) -> Reply {
    let (document, patch) = call.objects()?;
    let mut merged = right(document, patch)?;
    mistake(merged.as_object_mut().ok_or(())?, document, patch);
    Ok(merged)
}

/// Changes the new value of a key, given its old and its new one. Null removes the key.
fn per_key(call: &Call<'_>, take: fn(Option<&Value>, &Value) -> Value) -> Reply {
    let (document, patch) = call.objects()?;
    let taken = patch
        .iter()
        .map(|(key, new)| (key.clone(), if new.is_null() { Value::Null } else { take(document.get(key), new) }));
    right(document, &taken.collect())
}

/// Changes the keys of document and patch.
fn renamed(call: &Call<'_>, rename: fn(&str) -> String) -> Reply {
    let (document, patch) = call.objects()?;
    let [document, patch] =
        [document, patch].map(|side| side.iter().map(|(key, value)| (rename(key), value.clone())).collect::<Object>());
    right(&document, &patch)
}

/// Treats a key of two parts as a path, if the value matches.
fn by_path(call: &Call<'_>, separator: char, those: fn(&Value) -> bool) -> Reply {
    let (stored, sent) = call.objects()?;
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
