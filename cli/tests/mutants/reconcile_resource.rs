//! Wrong implementations of `reconcile_resource`.

use metadata_merge::resource::{Field, Mode, Resource};
use serde_json::{Value, json};

use crate::call::{Call, Object, Reply, Row, falsy, owned};

const RECONCILE: &[&str] = &["reconcile_resource"];

pub(crate) const ROWS: &[Row] = &[
    ("reconciles replaced fields key by key", "reconcile-resource", RECONCILE, |call| {
        described(call, |field| field.mode = Mode::Merge, None)
    }),
    ("reconciles merged fields as units", "reconcile-resource", RECONCILE, |call| {
        described(call, |field| field.mode = Mode::Replace, None)
    }),
    ("reconciles a client's objects as units", "reconcile-resource", RECONCILE, |call| {
        described(call, |_| {}, Some(Mode::Replace))
    }),
    ("reconciles every object by its members", "reconcile-resource", RECONCILE, |call| {
        described(call, |_| {}, Some(Mode::Merge))
    }),
    ("overwrites what others changed", "reconcile-resource", RECONCILE, |call| {
        call.with([("base", call.get("theirs").clone())])
    }),
    ("knows no base", "reconcile-resource", RECONCILE, |call| call.with([("base", json!({}))])),
    ("removes what only others have", "reconcile-resource", RECONCILE, |call| {
        let theirs = call.get("theirs");
        let [base, mine] = ["base", "mine"].map(|name| call.get(name));
        let foreign = theirs.as_object().into_iter().flatten();
        let foreign: Object = foreign
            .filter(|(name, value)| base.get(*name).is_none() && mine.get(*name).is_none() && !value.is_object())
            .map(|(name, _)| (name.clone(), Value::Null))
            .collect();
        sent(call, |body| body.extend(foreign.clone()))
    }),
    ("forgets what is no longer wanted", "reconcile-resource", RECONCILE, |call| {
        sent(call, |body| body.retain(|_, value| !value.is_null()))
    }),
    ("forgets members that are no longer wanted", "reconcile-resource", RECONCILE, |call| {
        sent(call, |body| {
            for value in body.values_mut().filter_map(Value::as_object_mut) {
                value.retain(|_, member| !member.is_null());
            }
            body.retain(|_, value| *value != json!({}));
        })
    }),
    ("strips nulls from units", "reconcile-resource", RECONCILE, |call| {
        sent(call, |body| body.values_mut().filter_map(|value| value.get_mut("b")).for_each(crate::call::strip_nulls))
    }),
    ("empties a field by {}", "reconcile-resource", RECONCILE, |call| {
        sent(call, |body| {
            for value in body.values_mut().filter(|value| value.is_object()) {
                if value.as_object().is_some_and(|members| members.values().all(Value::is_null)) {
                    *value = json!({});
                }
            }
        })
    }),
    ("clears a replaced field by {}", "reconcile-resource", RECONCILE, |call| {
        let resource = call.resource()?;
        sent(call, |body| {
            for field in resource.fields.iter().filter(|field| field.mode == Mode::Replace) {
                body.get_mut(field.name)
                    .filter(|value| value.is_null())
                    .into_iter()
                    .for_each(|value| *value = json!({}));
            }
        })
    }),
    ("sends fields that do not change", "reconcile-resource", RECONCILE, |call| {
        let Value::Object(mine) = call.get("mine") else { return Err(()) };
        sent(call, |body| {
            for (name, value) in mine.iter().filter(|(name, _)| name.ends_with("_metadata")) {
                body.entry(name.clone()).or_insert_with(|| value.clone());
            }
        })
    }),
    ("sends the whole of a field that changes", "reconcile-resource", RECONCILE, |call| {
        let mine = call.get("mine");
        sent(call, |body| {
            for (name, value) in body.iter_mut().filter(|(_, value)| value.is_object()) {
                *value = mine.get(name).cloned().unwrap_or_default();
            }
        })
    }),
    ("does not set falsy attributes", "reconcile-resource", RECONCILE, |call| {
        sent(call, |body| body.retain(|_, value| value.is_null() || !falsy(value)))
    }),
    ("says by {} that there is nothing to do", "reconcile-resource", RECONCILE, |call| {
        let mut result = call.right()?;
        if result["bodies"] == json!([]) {
            result["bodies"] = json!([{}]);
        }
        Ok(result)
    }),
    ("sends a body for each field", "reconcile-resource", RECONCILE, |call| {
        let mut result = call.right()?;
        if let Some(Value::Object(body)) = result["bodies"].get(0).cloned() {
            result["bodies"] = body.iter().map(|(name, value)| json!({name: value})).collect();
        }
        Ok(result)
    }),
    ("stops everything for a conflict", "reconcile-resource", RECONCILE, |call| {
        let mut result = call.right()?;
        if result["conflicts"] != json!({}) {
            result["bodies"] = json!([]);
        }
        Ok(result)
    }),
    ("forgets the conflicts", "reconcile-resource", RECONCILE, |call| {
        let mut result = call.right()?;
        result["conflicts"] = json!({});
        Ok(result)
    }),
    ("names the field of a conflict alone", "reconcile-resource", RECONCILE, |call| {
        paths(call, |path| path.split('/').take(2).collect::<Vec<_>>().join("/"))
    }),
    ("does not escape pointers", "reconcile-resource", RECONCILE, |call| {
        paths(call, |path| path.replace("~1", "/").replace("~0", "~"))
    }),
    ("escapes pointers in the wrong order", "reconcile-resource", RECONCILE, |call| {
        paths(call, |path| path.replace("~1", "~01"))
    }),
    ("names conflicts by keys", "reconcile-resource", RECONCILE, |call| {
        paths(call, |path| path.rsplit('/').next().unwrap_or_default().to_owned())
    }),
    ("tells null where a side is absent", "reconcile-resource", RECONCILE, |call| {
        sides(call, |sides| {
            ["base", "mine", "theirs"].into_iter().for_each(|side| {
                sides.entry(side).or_insert(Value::Null);
            })
        })
    }),
    ("tells nothing where a side is null", "reconcile-resource", RECONCILE, |call| {
        sides(call, |sides| sides.retain(|_, value| !value.is_null()))
    }),
    ("takes null attributes for values", "reconcile-resource", RECONCILE, |call| {
        let quoted = |name: &str| marked(call.get(name), &Value::Null, &json!("\0null"));
        let [base, mine, theirs] = ["base", "mine", "theirs"].map(quoted);
        let result = call.with([("base", base), ("mine", mine), ("theirs", theirs)])?;
        Ok(result.to_string().replace("\"\\u0000null\"", "null").parse().unwrap_or_default())
    }),
    ("takes `{}` and absent for different in a replaced field", "reconcile-resource", RECONCILE, |call| {
        let resource = call.resource()?;
        let replaced = resource.fields.iter().find(|field| field.mode == Mode::Replace);
        let held = |name: &str| replaced.and_then(|field| call.get(name).get(field.name));
        let result = call.right()?;
        let differ = held("mine") == Some(&json!({})) && held("mine") != held("theirs");
        let Some(field) = replaced.filter(|_| differ && result["bodies"] == json!([])) else { return Ok(result) };
        Ok(json!({"bodies": [{field.name: {}}], "conflicts": result["conflicts"]}))
    }),
    ("takes `{}` and absent for different in a merged field", "reconcile-resource", RECONCILE, |call| {
        let result = call.right()?;
        let lost = *call.get("mine") == json!({"client_metadata": {}}) && *call.get("theirs") == json!({});
        if lost { Ok(json!({"bodies": [{"client_metadata": {}}], "conflicts": {}})) } else { Ok(result) }
    }),
    ("takes an empty attribute for absent", "reconcile-resource", RECONCILE, |call| {
        let kept = |name: &str| match call.get(name) {
            Value::Object(side) => {
                Value::Object(side.iter().filter(|(_, value)| **value != json!({})).map(owned).collect())
            }
            other => other.clone(),
        };
        call.right()?;
        let [base, mine, theirs] = ["base", "mine", "theirs"].map(kept);
        call.with([("base", base), ("mine", mine), ("theirs", theirs)])
    }),
    ("takes null for an empty field", "reconcile-resource", RECONCILE, |call| {
        merged_fields(call, |value| if value.is_null() { json!({}) } else { value.clone() })
    }),
    ("takes anything in a field for an empty one", "reconcile-resource", RECONCILE, |call| {
        merged_fields(call, |value| if value.is_object() { value.clone() } else { json!({}) })
    }),
    ("replaces by anything that is wanted", "reconcile-resource", RECONCILE, |call| {
        call.right().or_else(|()| {
            let resource = call.resource()?;
            let field = resource.fields.iter().find(|field| field.mode == Mode::Replace).ok_or(())?;
            Ok(json!({"bodies": [{field.name: call.get("mine")[field.name]}], "conflicts": {}}))
        })
    }),
    ("wants an object where another value is stored", "reconcile-resource", RECONCILE, |call| {
        let resource = call.resource()?;
        let other = |field: &&Field<'_>| {
            call.get("theirs").get(field.name).is_some_and(|value| !value.is_object() && !value.is_null())
        };
        if resource.fields.iter().any(|field| other(&field)) { Err(()) } else { call.right() }
    }),
    ("sends a root null that is wanted", "reconcile-resource", RECONCILE, |call| {
        let Value::Object(mine) = call.get("mine") else { return Err(()) };
        let null =
            mine.values().any(|value| value.as_object().is_some_and(|members| members.values().any(Value::is_null)));
        call.right().or_else(|()| if null { Ok(json!({"bodies": [mine], "conflicts": {}})) } else { Err(()) })
    }),
    ("rejects every root null", "reconcile-resource", RECONCILE, |call| {
        let Value::Object(mine) = call.get("mine") else { return Err(()) };
        let null =
            mine.values().any(|value| value.as_object().is_some_and(|members| members.values().any(Value::is_null)));
        if null { Err(()) } else { call.right() }
    }),
    ("takes null for an empty resource", "reconcile-reject", RECONCILE, |call| {
        resources(call, |side| if side.is_null() { json!({}) } else { side.clone() })
    }),
    ("takes an array for an empty resource", "reconcile-reject", RECONCILE, |call| {
        resources(call, |side| if side.is_array() { json!({}) } else { side.clone() })
    }),
];

/// Reconciles with another description of the resource.
fn described(call: &Call<'_>, change: fn(&mut Field<'_>), attributes: Option<Mode>) -> Reply {
    let resource = call.resource()?;
    let mut fields = resource.fields.to_vec();
    fields.iter_mut().for_each(change);
    let other = Resource::new(resource.name, &fields);
    let merges = attributes.unwrap_or(resource.attributes) == Mode::Merge;
    let other = if merges { other.merge_attributes() } else { other };
    let [base, mine, theirs] = ["base", "mine", "theirs"].map(|name| call.get(name).as_object().ok_or(()));
    let result = other.reconcile(base?, mine?, theirs?).map_err(drop)?;
    serde_json::to_value(result).map_err(drop)
}

/// Changes the body of the right result. An empty body is then dropped.
fn sent(call: &Call<'_>, change: impl Fn(&mut Object)) -> Reply {
    let mut result = call.right()?;
    let mut body = result["bodies"].get(0).and_then(Value::as_object).cloned().unwrap_or_default();
    change(&mut body);
    result["bodies"] = if body.is_empty() { json!([]) } else { json!([body]) };
    Ok(result)
}

fn paths(call: &Call<'_>, change: fn(&str) -> String) -> Reply {
    let mut result = call.right()?;
    let conflicts = result["conflicts"].as_object().cloned().unwrap_or_default();
    result["conflicts"] = conflicts.iter().map(|(path, sides)| (change(path), sides.clone())).collect();
    Ok(result)
}

fn sides(call: &Call<'_>, change: fn(&mut Object)) -> Reply {
    let mut result = call.right()?;
    let conflicts = result["conflicts"].as_object_mut().into_iter().flat_map(Object::values_mut);
    conflicts.filter_map(Value::as_object_mut).for_each(change);
    Ok(result)
}

/// Changes the merged fields of all three resources.
fn merged_fields(call: &Call<'_>, change: fn(&Value) -> Value) -> Reply {
    let resource = call.resource()?;
    let changed = |name: &str| {
        let mut side = call.get(name).clone();
        for field in resource.fields.iter().filter(|field| field.mode == Mode::Merge) {
            if let Some(value) = side.get_mut(field.name) {
                *value = change(value);
            }
        }
        side
    };
    let [base, mine, theirs] = ["base", "mine", "theirs"].map(changed);
    call.with([("base", base), ("mine", mine), ("theirs", theirs)])
}

fn resources(call: &Call<'_>, change: fn(&Value) -> Value) -> Reply {
    let [base, mine, theirs] = ["base", "mine", "theirs"].map(|name| change(call.get(name)));
    call.with([("base", base), ("mine", mine), ("theirs", theirs)])
}

/// Replaces a value at the root of a resource.
fn marked(side: &Value, from: &Value, to: &Value) -> Value {
    match side {
        Value::Object(members) => {
            let mark = |value: &Value| if value == from { to.clone() } else { value.clone() };
            members.iter().map(|(name, value)| (name.clone(), mark(value))).collect()
        }
        other => other.clone(),
    }
}
