//! Wrong implementations of `create` and `update`.

use metadata_merge::resource::{Cleared, Field, Mode, Resource};
use metadata_merge::{merge, object};
use serde_json::{Value, json};

use crate::call::{Call, Object, Reply, Row, UPDATE, falsy, owned, strip_nulls};

const CREATE: &[&str] = &["create"];

pub(crate) const ROWS: &[Row] = &[
    ("takes an absent field for a clear", "omit", UPDATE, |call| {
        with_fields(call, |field, body| body.get(field).cloned().or(Some(json!({}))))
    }),
    ("takes an empty body for a clear of everything", "omit", UPDATE, |call| {
        let (_, stored, body) = call.parts()?;
        if *body == json!({}) && stored.is_some() { Ok(json!({})) } else { call.right() }
    }),
    ("drops metadata where the body has none", "omit", UPDATE, |call| {
        after(call, |resource, updated, _, body| {
            updated.retain(|key, _| body.contains_key(key) || !is_field(resource, key));
        })
    }),
    ("drops metadata that is empty", "omit", UPDATE, |call| {
        after(call, |resource, updated, _, body| {
            updated.retain(|key, value| body.contains_key(key) || !is_field(resource, key) || *value != json!({}));
        })
    }),
    ("makes fields that nobody sent", "omit", UPDATE, |call| {
        after(call, |resource, updated, _, body| {
            for field in resource.fields.iter().filter(|field| !body.contains_key(field.name)) {
                updated.entry(field.name).or_insert_with(|| json!({}));
            }
        })
    }),
    ("merges only into what is stored", "absent", UPDATE, |call| {
        after(call, |resource, updated, stored, _| {
            updated.retain(|key, _| stored.is_empty() || !is_field(resource, key) || stored.contains_key(key));
        })
    }),
    ("refuses to merge into nothing", "absent", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        let missing = |field: &Field| {
            body.get(field.name).is_some() && stored.is_some_and(|stored| stored.get(field.name).is_none())
        };
        if resource.fields.iter().any(|field| field.mode == Mode::Merge && missing(field)) {
            Err(())
        } else {
            call.right()
        }
    }),
    ("stores the first body as it is", "absent", UPDATE, |call| {
        after(call, |resource, updated, stored, body| {
            for field in merged(resource).filter(|field| !stored.is_empty() && !stored.contains_key(field.name)) {
                updated.extend(body.get_key_value(field.name).filter(|(_, sent)| **sent != json!({})).map(owned));
            }
        })
    }),
    ("strips nested nulls from the first body", "absent", UPDATE, |call| {
        after(call, |resource, updated, stored, body| {
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
    ("leaves nothing where removals meet nothing", "absent", UPDATE, |call| {
        after(call, |resource, updated, stored, body| {
            updated.retain(|key, value| {
                !is_field(resource, key)
                    || stored.contains_key(key)
                    || *value != json!({})
                    || body.get(key).is_none_or(|sent| *sent == json!({}))
            });
        })
    }),
    ("clears every field where one is cleared", "independent", UPDATE, |call| {
        let (resource, _, body) = call.parts()?;
        let clears = resource.fields.iter().any(|field| body.get(field.name) == Some(&json!({})));
        with_fields(call, |field, body| if clears { Some(json!({})) } else { body.get(field).cloned() })
    }),
    ("applies one field a request", "independent", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        let first = resource.fields.iter().find(|field| body.get(field.name).is_some()).map(|field| field.name);
        with_fields(call, |field, body| body.get(field).filter(|_| stored.is_none() || Some(field) == first).cloned())
    }),
    ("merges both fields with both patches", "independent", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        let all: Object =
            resource.fields.iter().filter_map(|field| body.get(field.name)?.as_object()).flatten().map(owned).collect();
        let several = resource.fields.iter().filter(|field| body.get(field.name).is_some()).count() > 1;
        let wrong = several && stored.is_some() && !all.is_empty();
        with_fields(call, |field, body| {
            body.get(field).map(|sent| if wrong && sent.is_object() { json!(all) } else { sent.clone() })
        })
    }),
    ("removes a key from every field", "independent", UPDATE, |call| {
        after(call, |resource, updated, _, body| {
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
    ("leaves every cleared field as `{}`", "cleared-form", UPDATE, |call| {
        described(call, |mut field| {
            if field.mode == Mode::Merge {
                field.cleared = Cleared::Empty;
            }
            field
        })
    }),
    ("drops every cleared field", "cleared-form", UPDATE, |call| {
        described(call, |mut field| {
            field.cleared = Cleared::Absent;
            field
        })
    }),
    ("drops a cleared user_metadata alone", "cleared-form", UPDATE, |call| {
        described(call, |mut field| {
            if field.name == "user_metadata" {
                field.cleared = Cleared::Absent;
            }
            field
        })
    }),
    ("drops a cleared client_metadata alone", "cleared-form", UPDATE, |call| {
        described(call, |mut field| {
            if field.name == "client_metadata" {
                field.cleared = Cleared::Absent;
            }
            field
        })
    }),
    ("clears to null", "cleared-form", UPDATE, |call| {
        after(call, |resource, updated, stored, body| {
            for field in merged(resource).filter(|field| !stored.is_empty() && body.get(field.name) == Some(&json!({})))
            {
                updated.insert(field.name.to_owned(), Value::Null);
            }
        })
    }),
    ("takes `{}` for no change where nothing is stored", "cleared-form", UPDATE, |call| {
        after(call, |resource, updated, stored, body| {
            updated.retain(|key, _| {
                !is_field(resource, key)
                    || stored.is_empty()
                    || stored.contains_key(key)
                    || body.get(key) != Some(&json!({}))
            });
        })
    }),
    ("takes `{}` on `{}` for no change", "cleared-form", UPDATE, |call| {
        after(call, |resource, updated, stored, body| {
            let unchanged = |key: &str| stored.get(key) == Some(&json!({})) && body.get(key) == Some(&json!({}));
            updated.extend(
                merged(resource).filter(|field| unchanged(field.name)).map(|field| (field.name.to_owned(), json!({}))),
            );
        })
    }),
    ("takes an emptied field for a cleared one", "cleared-form", UPDATE, |call| {
        after(call, |resource, updated, _, body| {
            updated.retain(|key, value| {
                !is_field(resource, key) || !body.contains_key(key) || *value != json!({}) || key != "app_metadata"
            });
        })
    }),
    ("drops every emptied field", "cleared-form", UPDATE, |call| {
        after(call, |resource, updated, stored, body| {
            let emptied = |key: &str| stored.contains_key(key) && body.get(key).is_some_and(|sent| *sent != json!({}));
            updated.retain(|key, value| !is_field(resource, key) || !emptied(key) || *value != json!({}));
        })
    }),
    ("stores a create's body as it is", "create", CREATE, |call| call.right().map(|_| call.get("body").clone())),
    ("does not look at a create's body", "create", CREATE, |call| Ok(call.get("body").clone())),
    ("forgets a create's metadata", "create", CREATE, |call| {
        after(call, |resource, created, _, _| {
            created.retain(|key, _| !is_field(resource, key) || resource.fields[0].mode == Mode::Replace)
        })
    }),
    ("makes every field at create", "create", CREATE, |call| {
        after(call, |resource, created, _, _| {
            for field in merged(resource) {
                created.entry(field.name).or_insert_with(|| json!({}));
            }
        })
    }),
    (
        "refuses an empty create",
        "create",
        CREATE,
        |call| {
            if *call.get("body") == json!({}) { Err(()) } else { call.right() }
        },
    ),
    ("strips nulls from a create at any depth", "create", CREATE, |call| {
        after(call, |resource, created, _, _| {
            merged(resource).for_each(|field| created.get_mut(field.name).into_iter().for_each(strip_nulls));
        })
    }),
    ("creates attributes alone", "create", CREATE, |call| {
        let body = call.get("body");
        call.with([("body", json!({"email": body.get("email"), "name": body.get("name")}))])
    }),
    ("does not update attributes", "attribute", UPDATE, |call| {
        after(call, |resource, updated, stored, body| {
            updated.extend(
                stored.iter().filter(|(key, _)| body.contains_key(*key) && !is_field(resource, key)).map(owned),
            );
        })
    }),
    ("adds no new attributes", "attribute", UPDATE, |call| {
        after(call, |resource, updated, stored, _| {
            updated.retain(|key, _| is_field(resource, key) || stored.is_empty() || stored.contains_key(key));
        })
    }),
    ("drops the attributes that are not sent", "attribute", UPDATE, |call| {
        after(call, |resource, updated, _, body| {
            updated.retain(|key, _| is_field(resource, key) || body.contains_key(key))
        })
    }),
    ("joins arrays", "attribute", UPDATE, |call| {
        per_attribute(call, |_, old, new, right| match (old, new) {
            (Some(Value::Array(old)), Value::Array(new)) => Some(json!([&old[..], &new[..]].concat())),
            _ => right,
        })
    }),
    ("stores null attributes", "attribute-null", UPDATE, |call| {
        per_attribute(call, |_, _, new, right| if new.is_null() { Some(Value::Null) } else { right })
    }),
    ("takes a null attribute for no change", "attribute-null", UPDATE, |call| {
        per_attribute(call, |_, old, new, right| if new.is_null() { old.cloned() } else { right })
    }),
    ("rejects to remove an attribute that is not stored", "attribute-null", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        let missing = |key: &String| stored.is_some_and(|stored| stored.get(key).is_none());
        let nulls = body.as_object().into_iter().flatten().filter(|(_, value)| value.is_null());
        if nulls.map(|(key, _)| key).any(|key| !is_field(resource, key) && missing(key)) {
            Err(())
        } else {
            call.right()
        }
    }),
    ("rejects null attributes", "attribute-null", UPDATE, |call| {
        let (resource, _, body) = call.parts()?;
        let mut members = body.as_object().into_iter().flatten();
        if members.any(|(key, value)| value.is_null() && !is_field(resource, key)) { Err(()) } else { call.right() }
    }),
    ("clears an object attribute by null", "attribute-null", UPDATE, |call| {
        per_attribute(call, |_, old, new, right| match old {
            Some(Value::Object(_)) if new.is_null() => Some(json!({})),
            _ => right,
        })
    }),
    ("removes no falsy attributes", "attribute-null", UPDATE, |call| {
        per_attribute(
            call,
            |_, old, new, right| if new.is_null() { old.filter(|old| falsy(old)).cloned() } else { right },
        )
    }),
    ("purges null attributes that are stored", "stored-null", UPDATE, |call| {
        after(call, |resource, updated, _, _| updated.retain(|key, value| is_field(resource, key) || !value.is_null()))
    }),
    ("replaces a client's objects", "attribute-object", UPDATE, |call| {
        per_attribute(call, |_, _, new, right| if new.is_object() { Some(new.clone()) } else { right })
    }),
    ("merges the objects of all resources", "attribute-object", UPDATE, |call| {
        per_attribute(call, |_, old, new, right| match (old, new) {
            (Some(Value::Object(_)), Value::Object(_)) => merge(old.unwrap_or(&Value::Null), new).ok(),
            _ => right,
        })
    }),
    ("merges attributes as `{...old, ...new}`", "attribute-object", UPDATE, |call| {
        per_attribute(call, |_, old, new, right| match (old, new) {
            (Some(Value::Object(old)), Value::Object(new)) => Some(old.iter().chain(new).map(owned).collect()),
            _ => right,
        })
    }),
    ("merges a client's objects deep", "attribute-object", UPDATE, |call| {
        if call.resource()?.name != "client" {
            return call.right();
        }
        per_attribute(call, |_, old, new, right| match (old, new) {
            (Some(Value::Object(_)), Value::Object(_)) => {
                let mut deep = old.cloned().unwrap_or_default();
                json_patch::merge(&mut deep, new);
                Some(deep)
            }
            _ => right,
        })
    }),
    ("removes an object that is emptied", "attribute-object", UPDATE, |call| {
        per_attribute(call, |_, _, _, right| right.filter(|right| *right != json!({})))
    }),
    ("stores the nulls of a first object", "attribute-object", UPDATE, |call| {
        per_attribute(
            call,
            |_, old, new, right| if old.is_none() && new.is_object() { Some(new.clone()) } else { right },
        )
    }),
    ("strips nulls from objects at any depth", "attribute-object", UPDATE, |call| {
        per_attribute(call, |_, _, new, right| {
            let mut right = right?;
            if new.is_object() {
                strip_nulls(&mut right);
            }
            Some(right)
        })
    }),
    ("takes `{}` for no change of an object", "attribute-object", UPDATE, |call| {
        per_attribute(call, |_, old, new, right| if *new == json!({}) && old.is_some() { old.cloned() } else { right })
    }),
    ("rejects an object where another value is stored", "attribute-object", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        let other = |(key, new): (&String, &Value)| {
            let old = stored.and_then(|stored| stored.get(key));
            !is_field(resource, key) && new.is_object() && old.is_some_and(|old| !old.is_object())
        };
        if body.as_object().into_iter().flatten().any(other) { Err(()) } else { call.right() }
    }),
    ("keeps an object where another value is sent", "attribute-object", UPDATE, |call| {
        per_attribute(call, |_, old, new, right| match old {
            Some(Value::Object(_)) if !new.is_object() && !new.is_null() => old.cloned(),
            _ => right,
        })
    }),
    ("applies attributes before it rejects a field", "attribute-object", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        call.right().or_else(|()| {
            let attributes =
                body.as_object().ok_or(())?.iter().filter(|(key, value)| !is_field(resource, key) && value.is_object());
            let attributes: Object = attributes.map(owned).collect();
            if attributes.is_empty() { Err(()) } else { right(resource, stored, &attributes.into()) }
        })
    }),
    ("takes other spellings for the field", "attribute-object", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
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
    ("applies fields or attributes, not both", "attribute", UPDATE, |call| {
        after(call, |resource, updated, stored, body| {
            if !stored.is_empty() && body.keys().any(|key| is_field(resource, key)) {
                updated.extend(stored.iter().filter(|(key, _)| !is_field(resource, key)).map(owned));
            }
        })
    }),
    ("applies the half of a rejected body that it can", "atomic", UPDATE, half),
    ("applies half of a rejected body, unless a field is null", "atomic", UPDATE, |call| {
        let (resource, _, body) = call.parts()?;
        if has_null_field(resource, body) { call.right() } else { half(call) }
    }),
    ("takes any falsy field for a clear", "atomic", UPDATE, |call| {
        with_fields(call, |field, body| {
            body.get(field).map(|sent| if [json!(false), json!([])].contains(sent) { json!({}) } else { sent.clone() })
        })
    }),
    ("parses text as a field", "atomic", UPDATE, |call| {
        with_fields(call, |field, body| {
            let sent = body.get(field)?;
            sent.as_str().and_then(|text| serde_json::from_str(text).ok()).or(Some(sent.clone()))
        })
    }),
    ("replaces by anything", "atomic", UPDATE, |call| {
        after_if(
            call,
            |field, sent| field.mode == Mode::Replace && !sent.is_object() && !sent.is_null(),
            |field, sent, updated| {
                updated.insert(field.name.to_owned(), sent.clone());
            },
        )
    }),
    ("takes a null body for an empty one", "atomic", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        if body.is_null() { right(resource, stored, &json!({})) } else { call.right() }
    }),
    ("applies an array of bodies", "atomic", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        let Value::Array(bodies) = body else { return call.right() };
        let stored = stored.cloned().unwrap_or(json!({}));
        bodies.iter().try_fold(stored, |stored, body| right(resource, Some(&stored), body))
    }),
    ("takes a stored field that is no object for an empty one", "atomic", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
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
    ("takes a stored null for an empty document", "atomic", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        let usable =
            |(key, value): &(&String, &Value)| !is_field(resource, key) || !value.is_null() || body.get(*key).is_none();
        let stored = stored.map(|stored| {
            stored
                .as_object()
                .map_or(stored.clone(), |stored| json!(stored.iter().filter(usable).map(owned).collect::<Object>()))
        });
        right(resource, stored.as_ref(), body)
    }),
    ("judges stored fields that nobody touches", "atomic", UPDATE, |call| {
        let (resource, stored, _) = call.parts()?;
        let wrong = |field: &Field| {
            stored
                .and_then(|stored| stored.get(field.name))
                .is_some_and(|value| !value.is_object() && field.mode == Mode::Merge)
        };
        if resource.fields.iter().any(wrong) { Err(()) } else { call.right() }
    }),
    ("takes anything stored for a resource", "atomic", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        right(resource, stored.filter(|stored| stored.is_object()), body)
    }),
    ("takes null for nothing stored", "atomic", UPDATE, |call| {
        let (resource, stored, body) = call.parts()?;
        right(resource, stored.filter(|stored| !stored.is_null()), body)
    }),
    ("takes null for a clear", "field-null", UPDATE, |call| {
        with_fields(call, |field, body| {
            body.get(field).map(|sent| if sent.is_null() { json!({}) } else { sent.clone() })
        })
    }),
    ("takes null for no change", "field-null", UPDATE, |call| {
        let (resource, _, _) = call.parts()?;
        with_fields(call, |field, body| {
            body.get(field).filter(|sent| !sent.is_null() || resource.name == "organization").cloned()
        })
    }),
    ("takes null for a clear of app_metadata alone", "field-null", UPDATE, |call| {
        with_fields(call, |field, body| {
            body.get(field).map(|sent| if sent.is_null() && field == "app_metadata" { json!({}) } else { sent.clone() })
        })
    }),
    ("stores null", "field-null", UPDATE, |call| {
        after_if(
            call,
            |field, sent| field.mode == Mode::Merge && sent.is_null(),
            |field, _, updated| {
                updated.insert(field.name.to_owned(), Value::Null);
            },
        )
    }),
    ("merges what should be replaced", "replace", UPDATE, |call| {
        described(call, |mut field| {
            field.mode = Mode::Merge;
            field
        })
    }),
    ("replaces what should be merged", "cleared-form", UPDATE, |call| {
        described(call, |mut field| {
            field.mode = Mode::Replace;
            field
        })
    }),
    ("strips nulls from what it replaces", "replace", UPDATE, |call| {
        replaced(call, |_, sent| match sent {
            Value::Object(members) if !members.is_empty() => {
                Some(Value::Object(members.iter().filter(|(_, value)| !value.is_null()).map(owned).collect()))
            }
            other => Some(other.clone()),
        })
    }),
    ("merges what should be replaced, nulls as data", "replace", UPDATE, |call| {
        replaced(call, |stored, sent| match (stored, sent) {
            (Some(Value::Object(old)), Value::Object(new)) if !new.is_empty() => {
                Some(Value::Object(old.iter().chain(new).map(owned).collect()))
            }
            (_, sent) => Some(sent.clone()),
        })
    }),
    ("replaces only what is stored", "replace", UPDATE, |call| {
        let (_, stored, _) = call.parts()?;
        replaced(call, |old, sent| if stored.is_some() && old.is_none() { None } else { Some(sent.clone()) })
    }),
    ("leaves what it replaces as `{}` or null", "replace", UPDATE, |call| {
        after(call, |resource, updated, _, body| {
            for field in resource.fields.iter().filter(|field| field.mode == Mode::Replace) {
                updated.extend(body.get_key_value(field.name).map(owned));
            }
        })
    }),
    ("refuses null for what it replaces", "replace", UPDATE, |call| {
        let (resource, _, body) = call.parts()?;
        let null = |field: &Field| field.mode == Mode::Replace && body.get(field.name) == Some(&Value::Null);
        if resource.fields.iter().any(null) { Err(()) } else { call.right() }
    }),
    ("replaces only objects", "replace", UPDATE, |call| {
        let (resource, stored, _) = call.parts()?;
        let other =
            |field: &Field| stored.and_then(|stored| stored.get(field.name)).is_some_and(|old| !old.is_object());
        if resource.fields.iter().any(|field| field.mode == Mode::Replace && other(field)) {
            Err(())
        } else {
            call.right()
        }
    }),
    ("takes an empty object for no change of what it replaces", "replace", UPDATE, |call| {
        replaced(call, |_, sent| Some(sent.clone()).filter(|sent| *sent != json!({})))
    }),
];

fn is_field(resource: &Resource, key: &str) -> bool {
    resource.fields.iter().any(|field| field.name == key)
}

fn merged<'a>(resource: &Resource<'a>) -> impl Iterator<Item = &'a Field<'a>> {
    resource.fields.iter().filter(|field| field.mode == Mode::Merge)
}

fn right(resource: &Resource, stored: Option<&Value>, body: &Value) -> Reply {
    let nothing = json!({});
    let stored = object(stored.unwrap_or(&nothing)).map_err(drop)?;
    Ok(Value::Object(resource.update(stored, body.clone()).map_err(drop)?))
}

/// Updates with another description of the resource.
fn described(call: &Call<'_>, field: fn(Field) -> Field) -> Reply {
    let (resource, stored, body) = call.parts()?;
    let fields: Vec<Field> = resource.fields.iter().copied().map(field).collect();
    let other = Resource::new(resource.name, &fields);
    let other = if resource.attributes == Mode::Merge { other.merge_attributes() } else { other };
    right(&other, stored, body)
}

/// Changes the right result.
fn after(call: &Call<'_>, mistake: impl Fn(&Resource, &mut Object, &Object, &Object)) -> Reply {
    let (resource, stored, body) = call.parts()?;
    let mut updated = call.right()?;
    let (nothing, body) = (Object::new(), body.as_object().ok_or(())?);
    let stored = stored.and_then(Value::as_object).unwrap_or(&nothing);
    mistake(resource, updated.as_object_mut().ok_or(())?, stored, body);
    Ok(updated)
}

/// Changes the body's value of each field.
fn with_fields(call: &Call<'_>, sent: impl Fn(&str, &Object) -> Option<Value>) -> Reply {
    let (resource, stored, body) = call.parts()?;
    let Value::Object(body) = body else { return call.right() };
    let fields = resource.fields.iter().filter_map(|field| Some((field.name.to_owned(), sent(field.name, body)?)));
    let attributes = body.iter().filter(|(key, _)| !is_field(resource, key)).map(owned);
    right(resource, stored, &attributes.chain(fields).collect())
}

/// Changes the new value of an attribute, given its name and its stored, sent and right values.
fn per_attribute(call: &Call<'_>, take: fn(&str, Option<&Value>, &Value, Option<Value>) -> Option<Value>) -> Reply {
    after(call, |resource, updated, stored, body| {
        for (key, new) in body.iter().filter(|(key, _)| !is_field(resource, key)) {
            let right = updated.remove(key);
            updated.extend(take(key, stored.get(key), new, right).map(|taken| (key.clone(), taken)));
        }
    })
}

/// Changes the body's value of a replaced field, given the stored value.
fn replaced(call: &Call<'_>, sent: impl Fn(Option<&Value>, &Value) -> Option<Value>) -> Reply {
    let (resource, stored, _) = call.parts()?;
    with_fields(call, |field, body| match resource.fields.iter().find(|other| other.name == field)?.mode {
        Mode::Merge => body.get(field).cloned(),
        Mode::Replace => sent(stored.and_then(|stored| stored.get(field)), body.get(field)?),
    })
}

/// Applies the body without some of its fields, and then changes each of those.
fn after_if(call: &Call<'_>, those: fn(&Field, &Value) -> bool, mistake: fn(&Field, &Value, &mut Object)) -> Reply {
    let (resource, _, body) = call.parts()?;
    let those: Vec<&Field> =
        resource.fields.iter().filter(|field| body.get(field.name).is_some_and(|sent| those(field, sent))).collect();
    let mut updated =
        with_fields(
            call,
            |field, body| {
                if those.iter().any(|other| other.name == field) { None } else { body.get(field).cloned() }
            },
        )?;
    for field in those {
        mistake(field, &body[field.name], updated.as_object_mut().ok_or(())?);
    }
    Ok(updated)
}

/// Applies each member that can be applied alone.
fn half(call: &Call<'_>) -> Reply {
    let (resource, stored, _) = call.parts()?;
    with_fields(call, |field, body| {
        let sent = body.get(field)?;
        right(resource, stored, &json!({field: sent})).is_ok().then(|| sent.clone())
    })
}

fn has_null_field(resource: &Resource, body: &Value) -> bool {
    resource.fields.iter().any(|field| body.get(field.name) == Some(&Value::Null))
}
