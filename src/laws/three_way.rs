//! The laws of a three-way reconcile.

use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::{Broken, Law, compare, effect, members, unless_new_root_null};
use crate::conformance::{Implementation, Refusal};

/// [`Law::Reconcile`]: the patch names the root keys of mine that `theirs` holds as `base` does and not as `mine` does, and
/// no others.
///
/// # Errors
///
/// The law, if it is broken.
pub fn reconcile(
    implementation: &mut impl Implementation,
    base: &Value,
    mine: &Value,
    theirs: &Value,
) -> Result<(), Broken> {
    let actual = implementation.reconcile(base, mine, theirs).map(|answer| answer["bodies"].clone());
    compare(Law::Reconcile, actual, wanted(base, mine, theirs).map(|answer| answer["bodies"].clone()))
}

/// [`Law::Conflicts`]: the conflicts are the root keys of mine that `theirs` holds neither as `base` nor as `mine` does, with
/// all three.
///
/// # Errors
///
/// The law, if it is broken.
pub fn conflicts(
    implementation: &mut impl Implementation,
    base: &Value,
    mine: &Value,
    theirs: &Value,
) -> Result<(), Broken> {
    let actual = implementation.reconcile(base, mine, theirs).map(|answer| answer["conflicts"].clone());
    compare(Law::Conflicts, actual, wanted(base, mine, theirs).map(|answer| answer["conflicts"].clone()))
}

/// [`Law::Insist`]: the patch, and what the conflicts say is mine, make every key of mine as I want it, and leave every other
/// as it is.
///
/// # Errors
///
/// The law, if it is broken.
pub fn insist(
    implementation: &mut impl Implementation,
    base: &Value,
    mine: &Value,
    theirs: &Value,
) -> Result<(), Broken> {
    let actual = implementation.reconcile(base, mine, theirs).and_then(|answer| insisted(&answer, theirs));
    let foreign = members(theirs).filter(|(key, _)| base.get(key).is_none() && mine.get(key).is_none());
    let all = foreign.chain(members(mine)).map(|(key, value)| (key.clone(), value.clone())).collect();
    compare(Law::Insist, actual, unless_new_root_null(theirs, mine).map(|_| all))
}

/// [`Law::Undisturbed`]: if nobody else wrote, there is no conflict, and the patch is the implementation's own diff.
///
/// # Errors
///
/// The law, if it is broken.
pub fn undisturbed(implementation: &mut impl Implementation, base: &Value, mine: &Value) -> Result<(), Broken> {
    let actual = implementation.reconcile(base, mine, base);
    let diff = implementation.diff(base, mine);
    compare(Law::Undisturbed, actual, diff.map(|bodies| json!({"bodies": bodies, "conflicts": {}})))
}

/// [`Law::Converge`]: once I insisted, and remember `mine` as the next base, there is nothing left to do.
///
/// # Errors
///
/// The law, if it is broken.
pub fn converge(
    implementation: &mut impl Implementation,
    base: &Value,
    mine: &Value,
    theirs: &Value,
) -> Result<(), Broken> {
    let insisted = implementation.reconcile(base, mine, theirs).and_then(|answer| insisted(&answer, theirs));
    match insisted {
        Ok(stored) => {
            let again = implementation.reconcile(mine, mine, &stored);
            compare(Law::Converge, again, Ok(json!({"bodies": [], "conflicts": {}})))
        }
        Err(_) => Ok(()), // whether it is right, other laws say
    }
}

/// The law said key by key, in the form that [`Reconciliation`](crate::Reconciliation) serializes to.
fn wanted(base: &Value, mine: &Value, theirs: &Value) -> Result<Value, Refusal> {
    unless_new_root_null(theirs, mine)?;
    let (mut body, mut conflicts) = (Map::new(), Map::new());
    for key in members(base).chain(members(mine)).map(|(key, _)| key) {
        let holders = [("base", base), ("mine", mine), ("theirs", theirs)];
        let sides: Map<_, _> =
            holders.into_iter().filter_map(|(name, side)| Some((name.into(), side.get(key)?.clone()))).collect();
        if sides.get("theirs") == sides.get("mine") {
            continue;
        }
        if sides.get("theirs") == sides.get("base") {
            body.insert(key.clone(), mine.get(key).cloned().unwrap_or_default());
        } else {
            conflicts.insert(key.clone(), sides.into());
        }
    }
    let bodies = if body.is_empty() { Vec::new() } else { [body].into() };
    Ok(json!({"bodies": bodies, "conflicts": conflicts}))
}

/// `theirs` after the bodies of an answer, and after what its conflicts say is mine.
fn insisted(answer: &Value, theirs: &Value) -> Result<Value, Refusal> {
    let conflicts = members(&answer["conflicts"]);
    let mine: Map<_, _> =
        conflicts.map(|(key, sides)| (key.clone(), sides.get("mine").cloned().unwrap_or_default())).collect();
    let bodies = answer["bodies"].as_array().into_iter().flatten().cloned();
    let insistence = (!mine.is_empty()).then_some(Value::Object(mine));
    effect(theirs, &bodies.chain(insistence).collect::<Vec<_>>())
}
