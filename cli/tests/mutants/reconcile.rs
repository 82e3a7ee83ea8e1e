//! Wrong implementations of `reconcile`.

use metadata_merge::conformance::{Implementation, Reference};
use metadata_merge::{Patch, json_eq};
use serde_json::{Value, json};

use crate::call::{Call, Object, Reply, Row, falsy, owned};

const RECONCILE: &[&str] = &["reconcile"];

pub(crate) const ROWS: &[Row] = &[
    ("sends what is wanted, and forgets what is not", "reconcile", RECONCILE, |call| {
        per_key(call, |side| if side.mine.is_none() { Todo::Nothing } else { right_key(side) })
    }),
    ("takes no first run", "reconcile", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        if *base == json!({}) && *theirs == json!({}) { answer(vec![], json!({})) } else { right(base, mine, theirs) }
    }),
    ("empties by {}", "reconcile", RECONCILE, |call| {
        after(call, |answer| {
            let body = answer["bodies"][0].as_object();
            if body.is_some_and(|body| body.len() > 1 && body.values().all(Value::is_null)) {
                answer["bodies"] = json!([{}]);
            }
        })
    }),
    ("sends the changed members of an object alone", "reconcile", RECONCILE, |call| {
        after(call, |answer| {
            let body = answer["bodies"].get_mut(0).and_then(Value::as_object_mut);
            for member in body.into_iter().flat_map(Object::values_mut) {
                if let Value::Object(members) = member {
                    members.clear();
                }
            }
        })
    }),
    ("does not set what is falsy", "reconcile", RECONCILE, |call| {
        per_key(call, |side| match right_key(side) {
            Todo::Set if side.mine.is_some_and(falsy) => Todo::Nothing,
            todo => todo,
        })
    }),
    ("takes stored values for defaults", "reconcile", RECONCILE, |call| {
        per_key(call, |side| match right_key(side) {
            Todo::Set if side.mine.is_some() && side.theirs.is_some() => Todo::Nothing,
            todo => todo,
        })
    }),
    ("takes a known null for none", "reconcile", RECONCILE, |call| {
        per_key(call, |side| match side.base {
            Some(Value::Null) if side.mine != side.theirs => right_key(Side { base: None, ..side }),
            _ => right_key(side),
        })
    }),
    ("sets the first key alone", "reconcile", RECONCILE, |call| {
        after(call, |answer| {
            if let Some(Value::Object(body)) = answer["bodies"].get_mut(0) {
                let first = body.iter().take(1).map(owned).collect();
                *body = first;
            }
        })
    }),
    ("removes what it does not know of", "reconcile-foreign", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        three(base, mine, theirs)?;
        let (Value::Object(mine), Value::Object(theirs)) = (mine, theirs) else { return Err(()) };
        let diff = Patch::diff(theirs, mine).map_err(drop)?;
        answer(diff.bodies().map(Value::Object).collect(), json!({}))
    }),
    ("takes all that is stored for its own at first", "reconcile-foreign", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        if *base == json!({}) && *mine != json!({}) { right(theirs, mine, theirs) } else { right(base, mine, theirs) }
    }),
    ("takes all that is stored for its own where it owns nothing", "reconcile-foreign", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        if base == mine && *mine == json!({}) { right(theirs, mine, theirs) } else { right(base, mine, theirs) }
    }),
    ("takes all that is stored for its own where it wants nothing", "reconcile-foreign", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        if *mine == json!({}) && *base != json!({}) { right(theirs, mine, theirs) } else { right(base, mine, theirs) }
    }),
    ("purges the nulls of others", "reconcile-foreign", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        let purged = theirs
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, value)| value.is_null() && base.get(key).is_none() && mine.get(key).is_none());
        let purged: Vec<String> = purged.map(|(key, _)| key.clone()).collect();
        let mut answer = right(base, mine, theirs)?;
        if !purged.is_empty() && answer["bodies"] == json!([]) {
            answer["bodies"] = json!([purged.into_iter().map(|key| (key, Value::Null)).collect::<Object>()]);
        }
        Ok(answer)
    }),
    ("says by {} that there is nothing to do", "reconcile-agreed", RECONCILE, |call| {
        after(call, |answer| {
            if answer["bodies"] == json!([]) {
                answer["bodies"] = json!([{}]);
            }
        })
    }),
    ("sends all that is wanted", "reconcile-agreed", RECONCILE, |call| {
        per_key(call, |side| match right_key(side) {
            Todo::Nothing if side.mine.is_some_and(|mine| !mine.is_null()) => Todo::Set,
            todo => todo,
        })
    }),
    ("quarrels about what is done already", "reconcile-agreed", RECONCILE, |call| {
        per_key(call, |side| {
            let changed = side.theirs != side.base && side.mine.is_some_and(|mine| !mine.is_null());
            if changed { Todo::Conflict } else { right_key(side) }
        })
    }),
    ("removes again what is gone", "reconcile-agreed", RECONCILE, |call| {
        per_key(call, |side| match side.mine.or(side.theirs) {
            None => Todo::Set,
            Some(_) => right_key(side),
        })
    }),
    ("quarrels about what is gone", "reconcile-agreed", RECONCILE, |call| {
        per_key(call, |side| match side.mine.or(side.theirs) {
            None => Todo::Conflict,
            Some(_) => right_key(side),
        })
    }),
    ("compares texts", "reconcile-agreed", RECONCILE, |call| {
        per_key(call, |side| {
            // As texts, objects of several members differ by their order; that each is stored in
            // another is the worst case.
            let several = side.mine.and_then(Value::as_object).is_some_and(|members| members.len() > 1);
            if several && side.mine == side.theirs { Todo::Conflict } else { right_key(side) }
        })
    }),
    ("refuses any null that is wanted", "reconcile-agreed", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        let null = mine.as_object().is_some_and(|mine| mine.values().any(Value::is_null));
        if null { Err(()) } else { right(base, mine, theirs) }
    }),
    ("writes over what others changed (by a last-applied copy)", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| match right_key(side) {
            Todo::Conflict => Todo::Set,
            todo => todo,
        })
    }),
    ("keeps what others alone changed (diff3)", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| if side.base == side.mine { Todo::Nothing } else { right_key(side) })
    }),
    ("does not see that others removed", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| match (right_key(side), side.theirs) {
            (Todo::Conflict, None) => Todo::Set,
            (todo, _) => todo,
        })
    }),
    ("removes what others changed", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| match (right_key(side), side.mine) {
            (Todo::Conflict, None) => Todo::Set,
            (todo, _) => todo,
        })
    }),
    ("gives up what it no longer wants and others changed", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| match (right_key(side), side.mine) {
            (Todo::Conflict, None) => Todo::Nothing,
            (todo, _) => todo,
        })
    }),
    ("lets the last one add", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| match (right_key(side), side.base) {
            (Todo::Conflict, None) => Todo::Set,
            (todo, _) => todo,
        })
    }),
    ("stops everything for a conflict", "reconcile-conflict", RECONCILE, |call| {
        after(call, |answer| {
            if answer["conflicts"] != json!({}) {
                answer["bodies"] = json!([]);
            }
        })
    }),
    ("refuses a conflict", "reconcile-conflict", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        let answer = right(base, mine, theirs)?;
        if answer["conflicts"] == json!({}) { Ok(answer) } else { Err(()) }
    }),
    ("merges changes of different members", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| {
            let objects = [side.base, side.mine, side.theirs].iter().all(|held| held.is_some_and(Value::is_object));
            if objects && right_key(side) == Todo::Conflict { Todo::Set } else { right_key(side) }
        })
    }),
    ("takes a stored null for absence", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| match side.theirs {
            Some(Value::Null) => right_key(Side { theirs: None, ..side }),
            _ => right_key(side),
        })
    }),
    ("takes a known null for absence", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| match (side.base, side.theirs) {
            (Some(Value::Null), None) => right_key(Side { base: None, ..side }),
            _ => right_key(side),
        })
    }),
    ("does not tell one falsy value from another", "reconcile-conflict", RECONCILE, |call| {
        per_key(call, |side| {
            let falsy = [side.base, side.mine, side.theirs].iter().all(|held| held.is_some_and(falsy));
            if falsy { Todo::Nothing } else { right_key(side) }
        })
    }),
    ("tells the keys of conflicts alone", "reconcile-conflict", RECONCILE, |call| {
        after(call, |answer| {
            answer["conflicts"].as_object_mut().into_iter().flatten().for_each(|(_, sides)| *sides = json!({}));
        })
    }),
    ("tells null where a document does not hold the key", "reconcile-conflict", RECONCILE, |call| {
        after(call, |answer| {
            for sides in answer["conflicts"].as_object_mut().into_iter().flat_map(Object::values_mut) {
                for side in ["base", "mine", "theirs"] {
                    sides[side] = sides.get(side).cloned().unwrap_or_default();
                }
            }
        })
    }),
    ("takes null as base for an empty one", "reconcile-reject", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        right(&empty_if(base.is_null(), base), mine, theirs)
    }),
    ("takes null as what is wanted for nothing", "reconcile-reject", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        right(base, &empty_if(mine.is_null(), mine), theirs)
    }),
    ("takes what is no object for nothing wanted", "reconcile-reject", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        right(base, &empty_if(!mine.is_object(), mine), theirs)
    }),
    ("takes null as what is stored for nothing", "reconcile-reject", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        right(base, mine, &empty_if(theirs.is_null(), theirs))
    }),
    ("takes an empty array for an empty object", "reconcile-reject", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        right(base, mine, &empty_if(*theirs == json!([]), theirs))
    }),
    ("removes where null is wanted", "reconcile-reject", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        let [_, wanted, stored] = three(base, mine, theirs)?;
        let null = |(key, value): &(&String, &Value)| value.is_null() && stored.get(*key) != Some(value);
        right(base, &wanted.iter().filter(|member| !null(member)).map(owned).collect(), theirs)
    }),
    ("insists on a null", "reconcile-reject", RECONCILE, |call| {
        let (base, mine, theirs) = call.three();
        let [known, wanted, stored] = three(base, mine, theirs)?;
        let null = |(key, value): &(&String, &Value)| {
            value.is_null() && known.get(*key) == Some(value) && stored.contains_key(*key)
        };
        right(base, &wanted.iter().filter(|member| !null(member)).map(owned).collect(), theirs)
    }),
];

/// Returns an empty object instead of a matching value.
fn empty_if(those: bool, value: &Value) -> Value {
    if those { json!({}) } else { value.clone() }
}

/// The values of a root key.
#[derive(Clone, Copy)]
struct Side<'a> {
    base: Option<&'a Value>,
    mine: Option<&'a Value>,
    theirs: Option<&'a Value>,
}

/// The treatment of a root key.
#[derive(Clone, Copy, PartialEq)]
enum Todo {
    Nothing,
    /// It takes the value of `mine`, or is removed.
    Set,
    Conflict,
}

fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    one.zip(other).map_or(one == other, |(one, other)| json_eq(one, other))
}

fn right_key(side: Side) -> Todo {
    match side {
        _ if same(side.theirs, side.mine) => Todo::Nothing,
        _ if same(side.theirs, side.base) => Todo::Set,
        _ => Todo::Conflict,
    }
}

/// Treats each root key as the function says. Rejections are right.
fn per_key(call: &Call<'_>, todo: fn(Side) -> Todo) -> Reply {
    let (base, mine, theirs) = call.three();
    right(base, mine, theirs)?;
    let [base, mine, theirs] = three(base, mine, theirs)?;
    let (mut body, mut conflicts) = (Object::new(), Object::new());
    for key in base.keys().chain(mine.keys()) {
        let side = Side { base: base.get(key), mine: mine.get(key), theirs: theirs.get(key) };
        match todo(side) {
            Todo::Nothing => {}
            Todo::Set => drop(body.insert(key.clone(), side.mine.cloned().unwrap_or_default())),
            Todo::Conflict => {
                let sides = [("base", side.base), ("mine", side.mine), ("theirs", side.theirs)];
                let sides: Object =
                    sides.into_iter().filter_map(|(name, held)| Some((name.to_owned(), held?.clone()))).collect();
                conflicts.insert(key.clone(), sides.into());
            }
        }
    }
    answer(if body.is_empty() { vec![] } else { vec![body.into()] }, conflicts.into())
}

fn answer(bodies: Vec<Value>, conflicts: Value) -> Reply {
    Ok(json!({"bodies": bodies, "conflicts": conflicts}))
}

fn three<'a>(base: &'a Value, mine: &'a Value, theirs: &'a Value) -> Result<[&'a Object; 3], ()> {
    Ok([base.as_object().ok_or(())?, mine.as_object().ok_or(())?, theirs.as_object().ok_or(())?])
}

fn right(base: &Value, mine: &Value, theirs: &Value) -> Reply {
    let arguments = json!({"base": base, "mine": mine, "theirs": theirs});
    Reference.call("reconcile", arguments.as_object().ok_or(())?).map_err(drop)
}

/// Changes the right result.
fn after(call: &Call<'_>, mistake: fn(&mut Value)) -> Reply {
    let (base, mine, theirs) = call.three();
    let mut answer = right(base, mine, theirs)?;
    mistake(&mut answer);
    Ok(answer)
}
