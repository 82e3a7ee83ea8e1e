//! Wrong reconciles and guards, as they are met in practice: the vectors alone catch each, under the rule that it breaks; and each
//! case of the vectors catches one of them.

use super::{falsy, objects, owned};
use metadata_merge::conformance::{Implementation, Reference};
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;
pub type Reconcile = fn(&Value, &Value, &Value) -> Result<Value, ()>;
pub type Guard = fn(&str, &Value, &Value) -> Result<Value, ()>;

/// A wrong reconcile with a name for its mistake, and a rule under which it must be caught.
pub const RECONCILES: &[(&str, &str, Reconcile)] = &[
    ("sends what is wanted, and forgets what is not", "reconcile", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| if side.mine.is_none() { Todo::Nothing } else { right_key(side) })
    }),
    ("takes no first run", "reconcile", |base, mine, theirs| {
        if *base == json!({}) && *theirs == json!({}) { answer(vec![], json!({})) } else { right(base, mine, theirs) }
    }),
    ("empties by {}", "reconcile", |base, mine, theirs| {
        after(base, mine, theirs, |answer| {
            let body = answer["bodies"][0].as_object();
            if body.is_some_and(|body| body.len() > 1 && body.values().all(Value::is_null)) {
                answer["bodies"] = json!([{}]);
            }
        })
    }),
    ("sends the changed members of an object alone", "reconcile", |base, mine, theirs| {
        after(base, mine, theirs, |answer| {
            let body = answer["bodies"].get_mut(0).and_then(Value::as_object_mut);
            for member in body.into_iter().flat_map(Object::values_mut) {
                if let Value::Object(members) = member {
                    members.clear();
                }
            }
        })
    }),
    ("does not set what is falsy", "reconcile", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match right_key(side) {
            Todo::Set if side.mine.is_some_and(falsy) => Todo::Nothing,
            todo => todo,
        })
    }),
    ("takes stored values for defaults", "reconcile", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match right_key(side) {
            Todo::Set if side.mine.is_some() && side.theirs.is_some() => Todo::Nothing,
            todo => todo,
        })
    }),
    ("takes a known null for none", "reconcile", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match side.base {
            Some(Value::Null) if side.mine != side.theirs => right_key(Side { base: None, ..side }),
            _ => right_key(side),
        })
    }),
    ("sets the first key alone", "reconcile", |base, mine, theirs| {
        after(base, mine, theirs, |answer| {
            if let Some(Value::Object(body)) = answer["bodies"].get_mut(0) {
                let first = body.iter().take(1).map(owned).collect();
                *body = first;
            }
        })
    }),
    ("removes what it does not know of", "reconcile-foreign", |base, mine, theirs| {
        three(base, mine, theirs)?;
        answer(Reference.diff(theirs, mine).map_err(drop)?, json!({}))
    }),
    ("takes all that is stored for its own at first", "reconcile-foreign", |base, mine, theirs| {
        if *base == json!({}) && *mine != json!({}) { right(theirs, mine, theirs) } else { right(base, mine, theirs) }
    }),
    ("takes all that is stored for its own where it owns nothing", "reconcile-foreign", |base, mine, theirs| {
        if base == mine && *mine == json!({}) { right(theirs, mine, theirs) } else { right(base, mine, theirs) }
    }),
    ("takes all that is stored for its own where it wants nothing", "reconcile-foreign", |base, mine, theirs| {
        if *mine == json!({}) && *base != json!({}) { right(theirs, mine, theirs) } else { right(base, mine, theirs) }
    }),
    ("purges the nulls of others", "reconcile-foreign", |base, mine, theirs| {
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
    ("says by {} that there is nothing to do", "reconcile-agreed", |base, mine, theirs| {
        after(base, mine, theirs, |answer| {
            if answer["bodies"] == json!([]) {
                answer["bodies"] = json!([{}]);
            }
        })
    }),
    ("sends all that is wanted", "reconcile-agreed", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match right_key(side) {
            Todo::Nothing if side.mine.is_some_and(|mine| !mine.is_null()) => Todo::Set,
            todo => todo,
        })
    }),
    ("quarrels about what is done already", "reconcile-agreed", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| {
            let changed = side.theirs != side.base && side.mine.is_some_and(|mine| !mine.is_null());
            if changed { Todo::Conflict } else { right_key(side) }
        })
    }),
    ("removes again what is gone", "reconcile-agreed", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match side.mine.or(side.theirs) {
            None => Todo::Set,
            Some(_) => right_key(side),
        })
    }),
    ("quarrels about what is gone", "reconcile-agreed", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match side.mine.or(side.theirs) {
            None => Todo::Conflict,
            Some(_) => right_key(side),
        })
    }),
    ("compares texts", "reconcile-agreed", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| {
            // As texts, objects of several members differ by their order; that each is stored in another is the worst case.
            let several = side.mine.and_then(Value::as_object).is_some_and(|members| members.len() > 1);
            if several && side.mine == side.theirs { Todo::Conflict } else { right_key(side) }
        })
    }),
    ("refuses any null that is wanted", "reconcile-agreed", |base, mine, theirs| {
        let null = mine.as_object().is_some_and(|mine| mine.values().any(Value::is_null));
        if null { Err(()) } else { right(base, mine, theirs) }
    }),
    ("writes over what others changed (by a last-applied copy)", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match right_key(side) {
            Todo::Conflict => Todo::Set,
            todo => todo,
        })
    }),
    ("keeps what others alone changed (diff3)", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| if side.base == side.mine { Todo::Nothing } else { right_key(side) })
    }),
    ("does not see that others removed", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match (right_key(side), side.theirs) {
            (Todo::Conflict, None) => Todo::Set,
            (todo, _) => todo,
        })
    }),
    ("removes what others changed", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match (right_key(side), side.mine) {
            (Todo::Conflict, None) => Todo::Set,
            (todo, _) => todo,
        })
    }),
    ("gives up what it no longer wants and others changed", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match (right_key(side), side.mine) {
            (Todo::Conflict, None) => Todo::Nothing,
            (todo, _) => todo,
        })
    }),
    ("lets the last one add", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match (right_key(side), side.base) {
            (Todo::Conflict, None) => Todo::Set,
            (todo, _) => todo,
        })
    }),
    ("stops everything for a conflict", "reconcile-conflict", |base, mine, theirs| {
        after(base, mine, theirs, |answer| {
            if answer["conflicts"] != json!({}) {
                answer["bodies"] = json!([]);
            }
        })
    }),
    ("refuses a conflict", "reconcile-conflict", |base, mine, theirs| {
        let answer = right(base, mine, theirs)?;
        if answer["conflicts"] == json!({}) { Ok(answer) } else { Err(()) }
    }),
    ("merges changes of different members", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| {
            let objects = [side.base, side.mine, side.theirs].iter().all(|held| held.is_some_and(Value::is_object));
            if objects && right_key(side) == Todo::Conflict { Todo::Set } else { right_key(side) }
        })
    }),
    ("takes a stored null for absence", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match side.theirs {
            Some(Value::Null) => right_key(Side { theirs: None, ..side }),
            _ => right_key(side),
        })
    }),
    ("takes a known null for absence", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| match (side.base, side.theirs) {
            (Some(Value::Null), None) => right_key(Side { base: None, ..side }),
            _ => right_key(side),
        })
    }),
    ("does not tell one falsy value from another", "reconcile-conflict", |base, mine, theirs| {
        per_key(base, mine, theirs, |side| {
            let falsy = [side.base, side.mine, side.theirs].iter().all(|held| held.is_some_and(falsy));
            if falsy { Todo::Nothing } else { right_key(side) }
        })
    }),
    ("tells the keys of conflicts alone", "reconcile-conflict", |base, mine, theirs| {
        after(base, mine, theirs, |answer| {
            answer["conflicts"].as_object_mut().into_iter().flatten().for_each(|(_, sides)| *sides = json!({}));
        })
    }),
    ("tells null where a document does not hold the key", "reconcile-conflict", |base, mine, theirs| {
        after(base, mine, theirs, |answer| {
            for sides in answer["conflicts"].as_object_mut().into_iter().flat_map(Object::values_mut) {
                for side in ["base", "mine", "theirs"] {
                    sides[side] = sides.get(side).cloned().unwrap_or_default();
                }
            }
        })
    }),
    ("takes null as base for an empty one", "reconcile-reject", |base, mine, theirs| {
        right(&empty_if(base.is_null(), base), mine, theirs)
    }),
    ("takes null as what is wanted for nothing", "reconcile-reject", |base, mine, theirs| {
        right(base, &empty_if(mine.is_null(), mine), theirs)
    }),
    ("takes what is no object for nothing wanted", "reconcile-reject", |base, mine, theirs| {
        right(base, &empty_if(!mine.is_object(), mine), theirs)
    }),
    ("takes null as what is stored for nothing", "reconcile-reject", |base, mine, theirs| {
        right(base, mine, &empty_if(theirs.is_null(), theirs))
    }),
    ("takes an empty array for an empty object", "reconcile-reject", |base, mine, theirs| {
        right(base, mine, &empty_if(*theirs == json!([]), theirs))
    }),
    ("removes where null is wanted", "reconcile-reject", |base, mine, theirs| {
        let [_, wanted, stored] = three(base, mine, theirs)?;
        let null = |(key, value): &(&String, &Value)| value.is_null() && stored.get(*key) != Some(value);
        right(base, &wanted.iter().filter(|member| !null(member)).map(owned).collect(), theirs)
    }),
    ("insists on a null", "reconcile-reject", |base, mine, theirs| {
        let [known, wanted, stored] = three(base, mine, theirs)?;
        let null = |(key, value): &(&String, &Value)| {
            value.is_null() && known.get(*key) == Some(value) && stored.contains_key(*key)
        };
        right(base, &wanted.iter().filter(|member| !null(member)).map(owned).collect(), theirs)
    }),
];

/// A wrong guard with a name for its mistake, and a rule under which it must be caught.
pub const GUARDS: &[(&str, &str, Guard)] = &[
    ("denies nothing", "deny-removals", |guard, document, patch| match guard {
        "deny-removals" => Reference.merge(document, patch).map_err(drop),
        _ => guarded(guard, document, patch),
    }),
    ("denies every change", "deny-removals", |guard, document, patch| {
        removals(guard, document, patch, |document, patch| {
            patch.iter().all(|(key, new)| document.get(key) == Some(new))
        })
    }),
    ("denies by nulls alone, and so lets a clear pass", "deny-removals", |guard, document, patch| {
        removals(guard, document, patch, |document, patch| {
            patch.iter().all(|(key, new)| !new.is_null() || !document.contains_key(key))
        })
    }),
    ("denies every null and every clear", "deny-removals", |guard, document, patch| {
        removals(guard, document, patch, |_, patch| !patch.is_empty() && !patch.values().any(Value::is_null))
    }),
    ("denies by falsy values", "deny-removals", |guard, document, patch| {
        removals(guard, document, patch, |document, patch| {
            let goes = |(key, new): (&String, &Value)| falsy(new) && document.contains_key(key);
            (!patch.is_empty() || document.is_empty()) && !patch.iter().any(goes)
        })
    }),
    ("lets falsy values go", "deny-removals", |guard, document, patch| {
        removals(guard, document, patch, |document, patch| {
            let goes =
                |(key, new): (&String, &Value)| new.is_null() && document.get(key).is_some_and(|old| !falsy(old));
            (!patch.is_empty() || document.is_empty()) && !patch.iter().any(goes)
        })
    }),
    ("lets stored nulls go", "deny-removals", |guard, document, patch| {
        removals(guard, document, patch, |document, patch| {
            let goes =
                |(key, new): (&String, &Value)| new.is_null() && document.get(key).is_some_and(|old| !old.is_null());
            (!patch.is_empty() || document.is_empty()) && !patch.iter().any(goes)
        })
    }),
    ("denies that members go", "deny-removals", |guard, document, patch| {
        let (stored, sent) = objects(document, patch)?;
        let loses = |(key, new): (&String, &Value)| match (stored.get(key), new) {
            (Some(Value::Object(old)), Value::Object(new)) => old.keys().any(|key| !new.contains_key(key)),
            _ => false,
        };
        if guard == "deny-removals" && sent.iter().any(loses) { Err(()) } else { guarded(guard, document, patch) }
    }),
    ("applies what it may, and leaves the removals out", "deny-removals", |guard, document, patch| {
        let (stored, sent) = objects(document, patch)?;
        match guarded(guard, document, patch) {
            Err(()) if guard == "deny-removals" => {
                let sets: Object = sent.iter().filter(|(_, new)| !new.is_null()).map(owned).collect();
                if sets.is_empty() { Err(()) } else { Reference.merge(&json!(stored), &json!(sets)).map_err(drop) }
            }
            done => done,
        }
    }),
    ("takes null for a patch that is refused by nobody", "deny-removals", |guard, document, patch| {
        match guard == "deny-removals" && patch.is_null() {
            true => Ok(document.clone()),
            false => guarded(guard, document, patch),
        }
    }),
    ("denies {} alone", "deny-wipe", |guard, document, patch| {
        wipe(guard, document, patch, |document, patch| document.is_empty() || !patch.is_empty())
    }),
    ("lets {} pass, since that is meant", "deny-wipe", |guard, document, patch| {
        match guard == "deny-wipe" && *patch == json!({}) {
            true => Reference.merge(document, patch).map_err(drop),
            false => guarded(guard, document, patch),
        }
    }),
    ("denies {} to what is empty", "deny-wipe", |guard, document, patch| {
        if guard == "deny-wipe" && *patch == json!({}) { Err(()) } else { guarded(guard, document, patch) }
    }),
    ("denies every result that is empty", "deny-wipe", |guard, document, patch| {
        let done = guarded(guard, document, patch)?;
        if guard == "deny-wipe" && done == json!({}) && *patch != json!({}) { Err(()) } else { Ok(done) }
    }),
    ("counts removals", "deny-wipe", |guard, document, patch| {
        wipe(guard, document, patch, |document, patch| {
            let removals = patch.values().filter(|new| new.is_null()).count();
            document.is_empty() || (removals != document.len() && !patch.is_empty())
        })
    }),
    ("counts removals and lets more pass", "deny-wipe", |guard, document, patch| {
        let (stored, sent) = objects(document, patch)?;
        let more = sent.len() > stored.len() && !stored.is_empty() && sent.values().all(Value::is_null);
        match guard == "deny-wipe" && more {
            true => Reference.merge(document, patch).map_err(drop),
            false => guarded(guard, document, patch),
        }
    }),
    ("denies every removal", "deny-wipe", |guard, document, patch| match guard {
        "deny-wipe" => Reference.deny_removals(document, patch).map_err(drop),
        _ => guarded(guard, document, patch),
    }),
    ("counts no stored nulls", "deny-wipe", |guard, document, patch| {
        let (stored, _) = objects(document, patch)?;
        let merged = guarded(guard, document, patch)?;
        let none = |object: &Object| object.values().all(Value::is_null);
        let wiped = guard == "deny-wipe" && !none(stored) && merged.as_object().is_some_and(none);
        if wiped { Err(()) } else { Ok(merged) }
    }),
    ("lets a document of nulls go", "deny-wipe", |guard, document, patch| {
        let (stored, _) = objects(document, patch)?;
        match guard == "deny-wipe" && stored.values().all(Value::is_null) {
            true => Reference.merge(document, patch).map_err(drop),
            false => guarded(guard, document, patch),
        }
    }),
    ("takes falsy values for nothing left", "deny-wipe", |guard, document, patch| {
        let (stored, _) = objects(document, patch)?;
        let merged = guarded(guard, document, patch)?;
        let left = merged.as_object().is_some_and(|merged| !merged.is_empty() && merged.values().all(falsy));
        if guard == "deny-wipe" && !stored.is_empty() && left { Err(()) } else { Ok(merged) }
    }),
    ("takes null for an empty document", "deny-wipe", |guard, document, patch| {
        let null = guard == "deny-wipe" && document.is_null();
        guarded(guard, &empty_if(null, document), patch)
    }),
];

/// The value, or an empty object instead of one of those.
fn empty_if(those: bool, value: &Value) -> Value {
    if those { json!({}) } else { value.clone() }
}

/// What a root key of mine is, in each of the three.
#[derive(Clone, Copy)]
struct Side<'a> {
    base: Option<&'a Value>,
    mine: Option<&'a Value>,
    theirs: Option<&'a Value>,
}

/// What is to be done about a root key of mine.
#[derive(Clone, Copy, PartialEq)]
enum Todo {
    Nothing,
    /// It takes what mine holds: a value, or absence.
    Set,
    Conflict,
}

fn right_key(side: Side) -> Todo {
    match side {
        _ if side.theirs == side.mine => Todo::Nothing,
        _ if side.theirs == side.base => Todo::Set,
        _ => Todo::Conflict,
    }
}

/// A reconcile that does this about each key of mine. What is refused, and what the three hold, is as it should be.
fn per_key(base: &Value, mine: &Value, theirs: &Value, todo: fn(Side) -> Todo) -> Result<Value, ()> {
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

fn answer(bodies: Vec<Value>, conflicts: Value) -> Result<Value, ()> {
    Ok(json!({"bodies": bodies, "conflicts": conflicts}))
}

fn three<'a>(base: &'a Value, mine: &'a Value, theirs: &'a Value) -> Result<[&'a Object; 3], ()> {
    Ok([base.as_object().ok_or(())?, mine.as_object().ok_or(())?, theirs.as_object().ok_or(())?])
}

fn right(base: &Value, mine: &Value, theirs: &Value) -> Result<Value, ()> {
    Reference.reconcile(base, mine, theirs).map_err(drop)
}

/// The right answer, and then a mistake.
fn after(base: &Value, mine: &Value, theirs: &Value, mistake: fn(&mut Value)) -> Result<Value, ()> {
    let mut answer = right(base, mine, theirs)?;
    mistake(&mut answer);
    Ok(answer)
}

fn guarded(guard: &str, document: &Value, patch: &Value) -> Result<Value, ()> {
    match guard {
        "deny-removals" => Reference.deny_removals(document, patch).map_err(drop),
        "deny-wipe" => Reference.deny_wipe(document, patch).map_err(drop),
        _ => Err(()),
    }
}

/// A guard against removals that lets these pass.
fn removals(guard: &str, document: &Value, patch: &Value, pass: fn(&Object, &Object) -> bool) -> Result<Value, ()> {
    passing("deny-removals", guard, document, patch, pass)
}

/// A guard against a wipe that lets these pass.
fn wipe(guard: &str, document: &Value, patch: &Value, pass: fn(&Object, &Object) -> bool) -> Result<Value, ()> {
    passing("deny-wipe", guard, document, patch, pass)
}

fn passing(
    wrong: &str,
    guard: &str,
    document: &Value,
    patch: &Value,
    pass: fn(&Object, &Object) -> bool,
) -> Result<Value, ()> {
    if guard != wrong {
        return guarded(guard, document, patch);
    }
    let (stored, sent) = objects(document, patch)?;
    if pass(stored, sent) { Reference.merge(document, patch).map_err(drop) } else { Err(()) }
}
