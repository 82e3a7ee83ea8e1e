//! Wrong implementations of whole requests and of limits, as they are met in practice: the vectors alone catch each, under the rule
//! that it breaks; and each case of the vectors catches one of them.

use super::{owned, strip_nulls};
use metadata_merge::conformance::{Implementation, Reference};
use metadata_merge::merge;
use metadata_merge::resource::{Cleared, Field, Mode, Resource};
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;
pub type Update = fn(&Resource, Option<&Value>, &Value) -> Result<Value, ()>;
pub type Limits = fn(&str, &Value) -> Result<Vec<Value>, ()>;

/// A wrong create and update with a name for its mistake, and a rule under which it must be caught.
pub const MUTANTS: &[(&str, &str, Update)] = &[
    ("takes an absent field for a clear", "omit", |resource, stored, body| {
        with_fields(resource, stored, body, |field, body| body.get(field).cloned().or(Some(json!({}))))
    }),
    ("takes an empty body for a clear of everything", "omit", |resource, stored, body| {
        if *body == json!({}) && stored.is_some() { Ok(json!({})) } else { right(resource, stored, body) }
    }),
    ("drops metadata where the body has none", "omit", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, _, body| {
            updated.retain(|key, _| body.contains_key(key) || !is_field(resource, key));
        })
    }),
    ("drops metadata that is empty", "omit", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, _, body| {
            updated.retain(|key, value| body.contains_key(key) || !is_field(resource, key) || *value != json!({}));
        })
    }),
    ("makes fields that nobody sent", "omit", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, _, body| {
            for field in resource.fields.iter().filter(|field| !body.contains_key(field.name)) {
                updated.entry(field.name).or_insert_with(|| json!({}));
            }
        })
    }),
    ("merges only into what is stored", "absent", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, _| {
            updated.retain(|key, _| stored.is_empty() || !is_field(resource, key) || stored.contains_key(key));
        })
    }),
    ("refuses to merge into nothing", "absent", |resource, stored, body| {
        let missing = |field: &Field| {
            body.get(field.name).is_some() && stored.is_some_and(|stored| stored.get(field.name).is_none())
        };
        if resource.fields.iter().any(|field| field.mode == Mode::Merge && missing(field)) {
            Err(())
        } else {
            right(resource, stored, body)
        }
    }),
    ("stores the first body as it is", "absent", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, body| {
            for field in merged(resource).filter(|field| !stored.is_empty() && !stored.contains_key(field.name)) {
                updated.extend(body.get_key_value(field.name).filter(|(_, sent)| **sent != json!({})).map(owned));
            }
        })
    }),
    ("strips nested nulls from the first body", "absent", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, body| {
            for field in
                merged(resource).filter(|field| !stored.contains_key(field.name) && body.contains_key(field.name))
            {
                updated
                    .get_mut(field.name)
                    .into_iter()
                    .filter_map(Value::as_object_mut)
                    .flatten()
                    .for_each(|(_, value)| strip_nulls(value));
            }
        })
    }),
    ("leaves nothing where removals meet nothing", "absent", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, body| {
            updated.retain(|key, value| {
                !is_field(resource, key)
                    || stored.contains_key(key)
                    || *value != json!({})
                    || body.get(key).is_none_or(|sent| *sent == json!({}))
            });
        })
    }),
    ("clears every field where one is cleared", "independent", |resource, stored, body| {
        let clears = resource.fields.iter().any(|field| body.get(field.name) == Some(&json!({})));
        with_fields(
            resource,
            stored,
            body,
            |field, body| if clears { Some(json!({})) } else { body.get(field).cloned() },
        )
    }),
    ("applies one field a request", "independent", |resource, stored, body| {
        let first = resource.fields.iter().find(|field| body.get(field.name).is_some()).map(|field| field.name);
        with_fields(resource, stored, body, |field, body| {
            body.get(field).filter(|_| stored.is_none() || Some(field) == first).cloned()
        })
    }),
    ("merges both fields with both patches", "independent", |resource, stored, body| {
        let all: Object =
            resource.fields.iter().filter_map(|field| body.get(field.name)?.as_object()).flatten().map(owned).collect();
        let several = resource.fields.iter().filter(|field| body.get(field.name).is_some()).count() > 1;
        let wrong = several && stored.is_some() && !all.is_empty();
        with_fields(resource, stored, body, |field, body| {
            body.get(field).map(|sent| if wrong && sent.is_object() { json!(all) } else { sent.clone() })
        })
    }),
    ("removes a key from every field", "independent", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, _, body| {
            let removed: Vec<String> = merged(resource)
                .filter_map(|field| body.get(field.name)?.as_object())
                .flatten()
                .filter(|(_, value)| value.is_null())
                .map(|(key, _)| key.clone())
                .collect();
            for field in merged(resource).filter(|field| !body.contains_key(field.name)) {
                let stored = updated.get_mut(field.name).and_then(Value::as_object_mut);
                stored.into_iter().for_each(|document| document.retain(|key, _| !removed.contains(key)));
            }
        })
    }),
    ("leaves every cleared field as `{}`", "cleared-form", |resource, stored, body| {
        described(resource, stored, body, |field| Field {
            cleared: if field.mode == Mode::Merge { Cleared::Empty } else { field.cleared },
            ..field
        })
    }),
    ("drops every cleared field", "cleared-form", |resource, stored, body| {
        described(resource, stored, body, |field| Field { cleared: Cleared::Absent, ..field })
    }),
    ("drops a cleared user_metadata alone", "cleared-form", |resource, stored, body| {
        described(resource, stored, body, |field| {
            if field.name == "user_metadata" { Field { cleared: Cleared::Absent, ..field } } else { field }
        })
    }),
    ("drops a cleared client_metadata alone", "cleared-form", |resource, stored, body| {
        described(resource, stored, body, |field| {
            if field.name == "client_metadata" { Field { cleared: Cleared::Absent, ..field } } else { field }
        })
    }),
    ("clears to null", "cleared-form", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, body| {
            for field in merged(resource).filter(|field| !stored.is_empty() && body.get(field.name) == Some(&json!({})))
            {
                updated.insert(field.name.to_owned(), Value::Null);
            }
        })
    }),
    ("takes `{}` for no change where nothing is stored", "cleared-form", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, body| {
            updated.retain(|key, _| {
                !is_field(resource, key)
                    || stored.is_empty()
                    || stored.contains_key(key)
                    || body.get(key) != Some(&json!({}))
            });
        })
    }),
    ("takes `{}` on `{}` for no change", "cleared-form", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, body| {
            let unchanged = |key: &str| stored.get(key) == Some(&json!({})) && body.get(key) == Some(&json!({}));
            updated.extend(
                merged(resource).filter(|field| unchanged(field.name)).map(|field| (field.name.to_owned(), json!({}))),
            );
        })
    }),
    ("takes an emptied field for a cleared one", "cleared-form", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, _, body| {
            updated.retain(|key, value| {
                !is_field(resource, key) || !body.contains_key(key) || *value != json!({}) || key != "app_metadata"
            });
        })
    }),
    ("drops every emptied field", "cleared-form", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, body| {
            let emptied = |key: &str| stored.contains_key(key) && body.get(key).is_some_and(|sent| *sent != json!({}));
            updated.retain(|key, value| !is_field(resource, key) || !emptied(key) || *value != json!({}));
        })
    }),
    ("stores a create's body as it is", "create", |resource, stored, body| match stored {
        Some(_) => right(resource, stored, body),
        None => right(resource, stored, body).map(|_| body.clone()),
    }),
    ("does not look at a create's body", "create", |resource, stored, body| match stored {
        Some(_) => right(resource, stored, body),
        None => Ok(body.clone()),
    }),
    ("forgets a create's metadata", "create", |resource, stored, body| match stored {
        Some(_) => right(resource, stored, body),
        None => after(resource, stored, body, |resource, created, _, _| {
            created.retain(|key, _| !is_field(resource, key) || resource.fields[0].mode == Mode::Replace)
        }),
    }),
    ("makes every field at create", "create", |resource, stored, body| match stored {
        Some(_) => right(resource, stored, body),
        None => after(resource, stored, body, |resource, created, _, _| {
            for field in merged(resource) {
                created.entry(field.name).or_insert_with(|| json!({}));
            }
        }),
    }),
    ("refuses an empty create", "create", |resource, stored, body| {
        if stored.is_none() && *body == json!({}) { Err(()) } else { right(resource, stored, body) }
    }),
    ("strips nulls from a create at any depth", "create", |resource, stored, body| match stored {
        Some(_) => right(resource, stored, body),
        None => after(resource, stored, body, |resource, created, _, _| {
            merged(resource).for_each(|field| created.get_mut(field.name).into_iter().for_each(strip_nulls));
        }),
    }),
    ("creates attributes alone", "create", |resource, stored, body| {
        let body =
            if stored.is_none() { json!({"email": body.get("email"), "name": body.get("name")}) } else { body.clone() };
        right(resource, stored, &body)
    }),
    ("does not update attributes", "attribute", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, body| {
            updated.extend(
                stored.iter().filter(|(key, _)| body.contains_key(*key) && !is_field(resource, key)).map(owned),
            );
        })
    }),
    ("adds no new attributes", "attribute", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, _| {
            updated.retain(|key, _| is_field(resource, key) || stored.is_empty() || stored.contains_key(key));
        })
    }),
    ("drops the attributes that are not sent", "attribute", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, _, body| {
            updated.retain(|key, _| is_field(resource, key) || body.contains_key(key))
        })
    }),
    ("merges attributes too", "attribute", |resource, stored, body| {
        per_attribute(resource, stored, body, |_, old, new| match (old, new) {
            (Some(old @ Value::Object(_)), Value::Object(_)) => merge(old, new).ok(),
            _ => Some(new.clone()),
        })
    }),
    ("merges attributes as `{...old, ...new}`", "attribute", |resource, stored, body| {
        per_attribute(resource, stored, body, |_, old, new| match (old, new) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                Some(Value::Object(old.iter().chain(new).map(owned).collect()))
            }
            _ => Some(new.clone()),
        })
    }),
    ("joins arrays", "attribute", |resource, stored, body| {
        per_attribute(resource, stored, body, |_, old, new| match (old, new) {
            (Some(Value::Array(old)), Value::Array(new)) => Some(json!([&old[..], &new[..]].concat())),
            _ => Some(new.clone()),
        })
    }),
    ("deletes an attribute by null", "attribute", |resource, stored, body| {
        per_attribute(
            resource,
            stored,
            body,
            |_, old, new| if old.is_some() && new.is_null() { None } else { Some(new.clone()) },
        )
    }),
    ("drops null attributes", "attribute", |resource, stored, body| {
        per_attribute(resource, stored, body, |_, _, new| Some(new.clone()).filter(|new| !new.is_null()))
    }),
    ("merges whatever is called metadata", "attribute", |resource, stored, body| {
        per_attribute(resource, stored, body, |key, old, new| match new {
            Value::Object(_) if key.ends_with("metadata") => merge(old.unwrap_or(&json!({})), new).ok(),
            _ => Some(new.clone()),
        })
    }),
    ("takes other spellings for the field", "attribute", |resource, stored, body| {
        let body = body.as_object().ok_or(())?;
        let known = |key: &str| {
            let spelt = key.to_lowercase().replace('_', "");
            resource
                .fields
                .iter()
                .find(|field| field.name.replace('_', "") == spelt)
                .map_or(key.to_owned(), |field| field.name.to_owned())
        };
        right(resource, stored, &body.iter().map(|(key, value)| (known(key), value.clone())).collect())
    }),
    ("applies fields or attributes, not both", "attribute", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, stored, body| {
            if !stored.is_empty() && body.keys().any(|key| is_field(resource, key)) {
                updated.extend(stored.iter().filter(|(key, _)| !is_field(resource, key)).map(owned));
            }
        })
    }),
    ("applies the half of a rejected body that it can", "atomic", half),
    ("applies half of a rejected body, unless a field is null", "atomic", |resource, stored, body| {
        if has_null_field(resource, body) { right(resource, stored, body) } else { half(resource, stored, body) }
    }),
    ("takes any falsy field for a clear", "atomic", |resource, stored, body| {
        with_fields(resource, stored, body, |field, body| {
            body.get(field).map(|sent| if [json!(false), json!([])].contains(sent) { json!({}) } else { sent.clone() })
        })
    }),
    ("parses text as a field", "atomic", |resource, stored, body| {
        with_fields(resource, stored, body, |field, body| {
            let sent = body.get(field)?;
            sent.as_str().and_then(|text| serde_json::from_str(text).ok()).or(Some(sent.clone()))
        })
    }),
    ("replaces by anything", "atomic", |resource, stored, body| {
        after_if(
            resource,
            stored,
            body,
            |field, sent| field.mode == Mode::Replace && !sent.is_object() && !sent.is_null(),
            |field, sent, updated| {
                updated.insert(field.name.to_owned(), sent.clone());
            },
        )
    }),
    ("takes a null body for an empty one", "atomic", |resource, stored, body| {
        if body.is_null() { right(resource, stored, &json!({})) } else { right(resource, stored, body) }
    }),
    ("applies an array of bodies", "atomic", |resource, stored, body| match body {
        Value::Array(bodies) => bodies
            .iter()
            .try_fold(stored.cloned().unwrap_or(json!({})), |stored, body| right(resource, Some(&stored), body)),
        _ => right(resource, stored, body),
    }),
    ("takes a stored field that is no object for an empty one", "atomic", |resource, stored, body| {
        let usable = |(key, value): &(&String, &Value)| {
            !is_field(resource, key) || value.is_object() || body.get(*key).is_none()
        };
        let stored = stored.map(|stored| {
            stored
                .as_object()
                .map_or(stored.clone(), |stored| json!(stored.iter().filter(usable).map(owned).collect::<Object>()))
        });
        right(resource, stored.as_ref(), body)
    }),
    ("takes a stored null for an empty document", "atomic", |resource, stored, body| {
        let usable =
            |(key, value): &(&String, &Value)| !is_field(resource, key) || !value.is_null() || body.get(*key).is_none();
        let stored = stored.map(|stored| {
            stored
                .as_object()
                .map_or(stored.clone(), |stored| json!(stored.iter().filter(usable).map(owned).collect::<Object>()))
        });
        right(resource, stored.as_ref(), body)
    }),
    ("judges stored fields that nobody touches", "atomic", |resource, stored, body| {
        let wrong = |field: &Field| {
            stored
                .and_then(|stored| stored.get(field.name))
                .is_some_and(|value| !value.is_object() && field.mode == Mode::Merge)
        };
        if resource.fields.iter().any(wrong) { Err(()) } else { right(resource, stored, body) }
    }),
    ("takes anything stored for a resource", "atomic", |resource, stored, body| {
        right(resource, stored.filter(|stored| stored.is_object()), body)
    }),
    ("takes null for nothing stored", "atomic", |resource, stored, body| {
        right(resource, stored.filter(|stored| !stored.is_null()), body)
    }),
    ("takes null for a clear", "field-null", |resource, stored, body| {
        with_fields(resource, stored, body, |field, body| {
            body.get(field).map(|sent| if sent.is_null() { json!({}) } else { sent.clone() })
        })
    }),
    ("takes null for no change", "field-null", |resource, stored, body| {
        with_fields(resource, stored, body, |field, body| {
            body.get(field).filter(|sent| !sent.is_null() || resource.name == "organization").cloned()
        })
    }),
    ("takes null for a clear of app_metadata alone", "field-null", |resource, stored, body| {
        with_fields(resource, stored, body, |field, body| {
            body.get(field).map(|sent| if sent.is_null() && field == "app_metadata" { json!({}) } else { sent.clone() })
        })
    }),
    ("stores null", "field-null", |resource, stored, body| {
        after_if(
            resource,
            stored,
            body,
            |field, sent| field.mode == Mode::Merge && sent.is_null(),
            |field, _, updated| {
                updated.insert(field.name.to_owned(), Value::Null);
            },
        )
    }),
    ("merges what should be replaced", "replace", |resource, stored, body| {
        described(resource, stored, body, |field| Field { mode: Mode::Merge, ..field })
    }),
    ("replaces what should be merged", "cleared-form", |resource, stored, body| {
        described(resource, stored, body, |field| Field { mode: Mode::Replace, ..field })
    }),
    ("strips nulls from what it replaces", "replace", |resource, stored, body| {
        replaced(resource, stored, body, |_, sent| match sent {
            Value::Object(members) if !members.is_empty() => {
                Some(Value::Object(members.iter().filter(|(_, value)| !value.is_null()).map(owned).collect()))
            }
            other => Some(other.clone()),
        })
    }),
    ("merges what should be replaced, nulls as data", "replace", |resource, stored, body| {
        replaced(resource, stored, body, |stored, sent| match (stored, sent) {
            (Some(Value::Object(old)), Value::Object(new)) if !new.is_empty() => {
                Some(Value::Object(old.iter().chain(new).map(owned).collect()))
            }
            (_, sent) => Some(sent.clone()),
        })
    }),
    ("replaces only what is stored", "replace", |resource, stored, body| {
        replaced(
            resource,
            stored,
            body,
            |old, sent| if stored.is_some() && old.is_none() { None } else { Some(sent.clone()) },
        )
    }),
    ("leaves what it replaces as `{}` or null", "replace", |resource, stored, body| {
        after(resource, stored, body, |resource, updated, _, body| {
            for field in resource.fields.iter().filter(|field| field.mode == Mode::Replace) {
                updated.extend(body.get_key_value(field.name).map(owned));
            }
        })
    }),
    ("refuses null for what it replaces", "replace", |resource, stored, body| {
        let null = |field: &Field| field.mode == Mode::Replace && body.get(field.name) == Some(&Value::Null);
        if resource.fields.iter().any(null) { Err(()) } else { right(resource, stored, body) }
    }),
    ("replaces only objects", "replace", |resource, stored, body| {
        let other =
            |field: &Field| stored.and_then(|stored| stored.get(field.name)).is_some_and(|old| !old.is_object());
        if resource.fields.iter().any(|field| field.mode == Mode::Replace && other(field)) {
            Err(())
        } else {
            right(resource, stored, body)
        }
    }),
    ("takes an empty object for no change of what it replaces", "replace", |resource, stored, body| {
        replaced(resource, stored, body, |_, sent| Some(sent.clone()).filter(|sent| *sent != json!({})))
    }),
];

/// Wrong limits with a name for their mistake, and a limit under which they must be caught.
pub const LIMITS: &[(&str, &str, Limits)] = &[
    ("allows nine keys", "too-many-keys", |name, stored| {
        at(name, stored, "client_metadata", |keys| keys.len() > 9, "too-many-keys")
    }),
    ("allows any number of keys", "too-many-keys", |name, stored| without(name, stored, "too-many-keys")),
    ("counts a user's keys", "too-many-keys", |name, stored| {
        at(name, stored, "user_metadata", |keys| keys.len() > 10, "too-many-keys")
    }),
    ("allows keys of 254 bytes", "key-too-long", |name, stored| {
        each(name, stored, "client_metadata", |key, _| key.len() > 254, "key-too-long")
    }),
    ("allows keys of any length", "key-too-long", |name, stored| without(name, stored, "key-too-long")),
    ("limits a user's keys", "key-too-long", |name, stored| {
        each(name, stored, "app_metadata", |key, _| key.len() > 255, "key-too-long")
    }),
    ("allows letters and digits alone", "key-characters", |name, stored| {
        each(
            name,
            stored,
            "client_metadata",
            |key, _| !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '#' || c == '\n'),
            "key-characters",
        )
    }),
    ("refuses the empty key", "key-characters", |name, stored| {
        each(name, stored, "client_metadata", |key, _| key.is_empty(), "key-characters")
    }),
    ("allows the letters of any language", "key-characters", |name, stored| {
        select(name, stored, |violation| {
            violation["limit"] != "key-characters" || violation["path"].as_str().is_some_and(str::is_ascii)
        })
    }),
    ("allows any character in a client's keys", "key-characters", |name, stored| {
        select(name, stored, |violation| {
            violation["limit"] != "key-characters"
                || !violation["path"].as_str().is_some_and(|path| path.starts_with("/client"))
        })
    }),
    ("allows dots", "key-characters", |name, stored| {
        select(name, stored, |violation| {
            violation["limit"] != "key-characters" || !violation["path"].as_str().is_some_and(|path| path.contains('.'))
        })
    }),
    ("takes a user's keys for a client's", "key-characters", |name, stored| {
        each(
            name,
            stored,
            "user_metadata",
            |key, _| !key.chars().all(|c| c.is_ascii_alphanumeric() || ".$".contains(c)),
            "key-characters",
        )
    }),
    ("looks below the root", "key-characters", |name, stored| {
        let nested = |_: &str, value: &Value| {
            value.as_object().is_some_and(|members| members.keys().any(|key| key.contains(['.', '$'])))
        };
        each(name, stored, "user_metadata", nested, "key-characters")
    }),
    ("looks at the characters of values", "key-characters", |name, stored| {
        each(
            name,
            stored,
            "client_metadata",
            |_, value| value.as_str().is_some_and(|value| value.contains(['.', '$'])),
            "key-characters",
        )
    }),
    ("does not escape pointers", "key-characters", |name, stored| {
        let violations = Reference.limits(name, stored).map_err(drop)?.into_iter().map(|mut violation| {
            violation["path"] =
                violation["path"].as_str().map(|path| path.replace("~1", "/").replace("~0", "~")).into();
            violation
        });
        Ok(violations.collect())
    }),
    ("looks at the names of attributes", "key-characters", |name, stored| {
        let mut violations = Reference.limits(name, stored).map_err(drop)?;
        let dotted = stored.as_object().ok_or(())?.keys().filter(|key| key.contains('.'));
        violations.extend(
            dotted.map(|key| json!({"path": format!("/{key}"), "limit": "key-characters", "strength": "refused"})),
        );
        Ok(violations)
    }),
    ("stops at the first violation of a key", "key-characters", |name, stored| {
        let mut violations = Reference.limits(name, stored).map_err(drop)?;
        violations.dedup_by_key(|violation| violation["limit"].clone());
        Ok(violations)
    }),
    ("allows any value", "value-type", |name, stored| without(name, stored, "value-type")),
    ("allows null", "value-type", |name, stored| {
        select(name, stored, |violation| {
            violation["limit"] != "value-type" || violation["path"] != "/client_metadata/c"
        })
    }),
    ("wants a value that is not empty", "value-type", |name, stored| {
        each(name, stored, "client_metadata", |_, value| *value == json!(""), "value-type")
    }),
    ("wants strings of a user", "value-type", |name, stored| {
        each(name, stored, "user_metadata", |key, value| key == "b" && !value.is_string(), "value-type")
    }),
    ("counts bytes", "value-too-long", |name, stored| {
        let long =
            |_: &str, value: &Value| value.as_str().is_some_and(|text| text.len() > 255 && text.chars().count() <= 255);
        each(name, stored, "client_metadata", long, "value-too-long")
    }),
    ("counts UTF-16 units", "value-too-long", |name, stored| {
        let long = |_: &str, value: &Value| {
            value.as_str().is_some_and(|text| text.encode_utf16().count() > 255 && text.chars().count() <= 255)
        };
        each(name, stored, "client_metadata", long, "value-too-long")
    }),
    ("allows values of any length", "value-too-long", |name, stored| without(name, stored, "value-too-long")),
    ("stops at the first violation", "value-too-long", |name, stored| {
        Ok(Reference.limits(name, stored).map_err(drop)?.into_iter().take(1).collect())
    }),
    ("takes the limits of a sign-up for all", "value-too-long", |name, stored| {
        each(
            name,
            stored,
            "user_metadata",
            |_, value| value.as_str().is_some_and(|text| text.len() > 500),
            "value-too-long",
        )
    }),
    ("reserves no names", "reserved-name", |name, stored| without(name, stored, "reserved-name")),
    ("reserves some of the names", "reserved-name", |name, stored| {
        select(name, stored, |violation| {
            violation["limit"] != "reserved-name" || violation["path"].as_str() < Some("/app_metadata/f")
        })
    }),
    ("reserves names in any case", "reserved-name", |name, stored| {
        each(name, stored, "app_metadata", |key, _| key == "Email", "reserved-name")
    }),
    ("reserves names everywhere", "reserved-name", |name, stored| {
        each(name, stored, "user_metadata", |key, _| key == "email", "reserved-name")
    }),
    ("knows no profile that is too large", "profile-too-large", |name, stored| {
        without(name, stored, "profile-too-large")
    }),
    ("takes 10 KB for 10,000 bytes", "profile-too-large", |name, stored| whole(name, stored, "user", 10_000)),
    ("limits the size of everything", "profile-too-large", |name, stored| whole(name, stored, "client", 10_240)),
    ("refuses a profile that is too large", "profile-too-large", |name, stored| {
        let violations = Reference.limits(name, stored).map_err(drop)?.into_iter().map(|mut violation| {
            violation["strength"] = json!("refused");
            violation
        });
        Ok(violations.collect())
    }),
    ("limits the keys of every field", "profile-too-large", |name, stored| {
        at(name, stored, "domain_metadata", |keys| keys.len() > 10, "too-many-keys")
    }),
    ("limits the keys of an organization", "profile-too-large", |name, stored| {
        at(name, stored, "metadata", |keys| keys.len() > 10, "too-many-keys")
    }),
    ("finds nothing in what it cannot judge", "profile-too-large", |name, stored| {
        Ok(Reference.limits(name, stored).unwrap_or_default())
    }),
];

fn is_field(resource: &Resource, key: &str) -> bool {
    resource.fields.iter().any(|field| field.name == key)
}

fn merged<'a>(resource: &Resource<'a>) -> impl Iterator<Item = &'a Field<'a>> {
    resource.fields.iter().filter(|field| field.mode == Mode::Merge)
}

/// What the rules say.
fn right(resource: &Resource, stored: Option<&Value>, body: &Value) -> Result<Value, ()> {
    resource.update(stored.unwrap_or(&json!({})), body).map_err(drop)
}

/// What the rules say of a resource with another table.
fn described(
    resource: &Resource,
    stored: Option<&Value>,
    body: &Value,
    field: fn(Field) -> Field,
) -> Result<Value, ()> {
    let fields: Vec<Field> = resource.fields.iter().copied().map(field).collect();
    right(&Resource { name: resource.name, fields: &fields }, stored, body)
}

/// The right result, and then a mistake.
fn after(
    resource: &Resource,
    stored: Option<&Value>,
    body: &Value,
    mistake: impl Fn(&Resource, &mut Object, &Object, &Object),
) -> Result<Value, ()> {
    let mut updated = right(resource, stored, body)?;
    let (nothing, body) = (Object::new(), body.as_object().ok_or(())?);
    let stored = stored.and_then(Value::as_object).unwrap_or(&nothing);
    mistake(resource, updated.as_object_mut().ok_or(())?, stored, body);
    Ok(updated)
}

/// A mistake in what the body says of a field, or that it says nothing.
fn with_fields(
    resource: &Resource,
    stored: Option<&Value>,
    body: &Value,
    sent: impl Fn(&str, &Object) -> Option<Value>,
) -> Result<Value, ()> {
    let Value::Object(body) = body else { return right(resource, stored, body) };
    let fields = resource.fields.iter().filter_map(|field| Some((field.name.to_owned(), sent(field.name, body)?)));
    let attributes = body.iter().filter(|(key, _)| !is_field(resource, key)).map(owned);
    right(resource, stored, &attributes.chain(fields).collect())
}

/// A mistake in what an attribute takes, given its name, its old and its new value.
fn per_attribute(
    resource: &Resource,
    stored: Option<&Value>,
    body: &Value,
    take: fn(&str, Option<&Value>, &Value) -> Option<Value>,
) -> Result<Value, ()> {
    after(resource, stored, body, |resource, updated, stored, body| {
        for (key, new) in body.iter().filter(|(key, _)| !is_field(resource, key)) {
            updated.remove(key);
            updated.extend(take(key, stored.get(key), new).map(|taken| (key.clone(), taken)));
        }
    })
}

/// A mistake in what the body says of a field that is replaced, given what is stored.
fn replaced(
    resource: &Resource,
    stored: Option<&Value>,
    body: &Value,
    sent: impl Fn(Option<&Value>, &Value) -> Option<Value>,
) -> Result<Value, ()> {
    with_fields(resource, stored, body, |field, body| {
        match resource.fields.iter().find(|other| other.name == field)?.mode {
            Mode::Merge => body.get(field).cloned(),
            Mode::Replace => sent(stored.and_then(|stored| stored.get(field)), body.get(field)?),
        }
    })
}

/// What the rules say of the body without some of its fields, and then a mistake for each of those.
fn after_if(
    resource: &Resource,
    stored: Option<&Value>,
    body: &Value,
    those: fn(&Field, &Value) -> bool,
    mistake: fn(&Field, &Value, &mut Object),
) -> Result<Value, ()> {
    let those: Vec<&Field> =
        resource.fields.iter().filter(|field| body.get(field.name).is_some_and(|sent| those(field, sent))).collect();
    let mut updated = with_fields(resource, stored, body, |field, body| {
        if those.iter().any(|other| other.name == field) { None } else { body.get(field).cloned() }
    })?;
    for field in those {
        mistake(field, &body[field.name], updated.as_object_mut().ok_or(())?);
    }
    Ok(updated)
}

/// Applies whatever can be applied by itself.
fn half(resource: &Resource, stored: Option<&Value>, body: &Value) -> Result<Value, ()> {
    with_fields(resource, stored, body, |field, body| {
        let sent = body.get(field)?;
        right(resource, stored, &json!({field: sent})).is_ok().then(|| sent.clone())
    })
}

fn has_null_field(resource: &Resource, body: &Value) -> bool {
    resource.fields.iter().any(|field| body.get(field.name) == Some(&Value::Null))
}

/// The right violations, but for some.
fn select(name: &str, stored: &Value, those: fn(&Value) -> bool) -> Result<Vec<Value>, ()> {
    let mut violations = Reference.limits(name, stored).map_err(drop)?;
    violations.retain(those);
    Ok(violations)
}

fn without(name: &str, stored: &Value, limit: &str) -> Result<Vec<Value>, ()> {
    let mut violations = Reference.limits(name, stored).map_err(drop)?;
    violations.retain(|violation| violation["limit"] != limit);
    Ok(violations)
}

/// The right violations, and one more of a field if it has such keys.
fn at(name: &str, stored: &Value, field: &str, wrong: fn(&Object) -> bool, limit: &str) -> Result<Vec<Value>, ()> {
    let mut violations = Reference.limits(name, stored).map_err(drop)?;
    let violation = json!({"path": format!("/{field}"), "limit": limit, "strength": "refused"});
    if stored[field].as_object().is_some_and(wrong) && !violations.contains(&violation) {
        violations.push(violation);
    }
    Ok(violations)
}

/// The right violations, and one more of each such key of a field.
fn each(
    name: &str,
    stored: &Value,
    field: &str,
    wrong: fn(&str, &Value) -> bool,
    limit: &str,
) -> Result<Vec<Value>, ()> {
    let mut violations = Reference.limits(name, stored).map_err(drop)?;
    for (key, _) in stored[field].as_object().into_iter().flatten().filter(|(key, value)| wrong(key, value)) {
        let violation = json!({"path": format!("/{field}/{key}"), "limit": limit, "strength": "refused"});
        if !violations.contains(&violation) {
            violations.push(violation);
        }
    }
    Ok(violations)
}

/// The right violations, and a warning if a resource of this name has more bytes.
fn whole(name: &str, stored: &Value, resource: &str, bytes: usize) -> Result<Vec<Value>, ()> {
    let mut violations = without(name, stored, "profile-too-large")?;
    if name == resource && stored.to_string().len() > bytes {
        violations.push(json!({"path": "", "limit": "profile-too-large", "strength": "warned"}));
    }
    Ok(violations)
}
