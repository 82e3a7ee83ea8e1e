//! The algebra of patches, as functions that say which law an implementation breaks, and by what.
//!
//! [`check`] holds any [`Implementation`] to all of them for one sample of two documents and three bodies; it is made to be
//! called with generated samples, from a property test or a fuzz target. Laws of operations that the implementation does
//! not offer are passed over. A law is about the *effect* of bodies: what they do to a document is computed by this crate's
//! [`merge`](crate::merge()), the definition, save where the law is about merging itself.
//!
//! ```
//! use metadata_merge::conformance::{Reference, merge_only};
//! use metadata_merge::laws::{self, Law};
//! use serde_json::json;
//!
//! let documents = [&json!({"a": 1, "b": 1}), &json!({"b": {"c": null}})];
//! let patches = [&json!({"a": null}), &json!({}), &json!({"a": 2, "b": 3})];
//! assert_eq!(laws::check(&mut Reference, documents, patches), Ok(()));
//!
//! let mut strips_nulls = merge_only(|document, patch| {
//!     let mut patch = patch.clone();
//!     patch.as_object_mut().ok_or("not an object")?.retain(|_, value| !value.is_null());
//!     metadata_merge::merge(document, &patch).map_err(|_| "not an object")
//! });
//! let broken = laws::check(&mut strips_nulls, documents, patches).unwrap_err();
//! assert_eq!(broken.law, Law::Definition);
//! ```
//!
//! Each law is a function too, for a sample of its own. It runs a fixed number of operations, the implementation's and this
//! crate's, and compares what comes of them:
//!
//! ```
//! use metadata_merge::conformance::Reference;
//! use metadata_merge::laws;
//! use serde_json::json;
//!
//! let (document, body) = (json!({"a": 1}), json!({"a": null, "b": 2}));
//! assert_eq!(laws::undo(&mut Reference, &document, &body), Ok(()));
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt;

use serde_json::{Map, Value, json};

use crate::conformance::{Implementation, Refusal, same};
use crate::excerpt::{Excerpt, Quoted};

mod three_way;

pub use three_way::{conflicts, converge, insist, reconcile, undisturbed};

/// A law that an implementation may break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Law {
    /// See [`definition`].
    Definition,
    /// See [`retry`].
    Retry,
    /// See [`band`].
    Band,
    /// See [`action`].
    Action,
    /// See [`shortest`].
    Shortest,
    /// See [`associative`].
    Associative,
    /// See [`identity`].
    Identity,
    /// See [`absorbing`].
    Absorbing,
    /// See [`no_wipe`].
    NoWipe,
    /// See [`round_trip`].
    RoundTrip,
    /// See [`smallest`].
    Smallest,
    /// See [`undo`].
    Undo,
    /// See [`commutation`].
    Commutation,
    /// See [`changes`].
    Changes,
    /// See [`reconcile`].
    Reconcile,
    /// See [`conflicts`].
    Conflicts,
    /// See [`insist`].
    Insist,
    /// See [`undisturbed`].
    Undisturbed,
    /// See [`converge`].
    Converge,
    /// See [`deny_removals`].
    DenyRemovals,
    /// See [`deny_wipe`].
    DenyWipe,
}

impl Law {
    /// All laws, in the order in which [`check`] tries them.
    pub const ALL: [Law; 21] = [
        Law::Definition,
        Law::Retry,
        Law::Band,
        Law::Action,
        Law::Shortest,
        Law::Associative,
        Law::Identity,
        Law::Absorbing,
        Law::NoWipe,
        Law::RoundTrip,
        Law::Smallest,
        Law::Undo,
        Law::Commutation,
        Law::Changes,
        Law::Reconcile,
        Law::Conflicts,
        Law::Insist,
        Law::Undisturbed,
        Law::Converge,
        Law::DenyRemovals,
        Law::DenyWipe,
    ];

    /// The law in a sentence, `p`, `q` and `r` being bodies and `a`, `b` and `c` documents.
    #[must_use]
    pub fn statement(self) -> &'static str {
        match self {
            Law::Definition => "merge does what the definition does",
            Law::Retry => "p, then p again, is p",
            Law::Band => "p, then q, then p again, is q, then p",
            Law::Action => "the composition of patches does what they do one after the other",
            Law::Shortest => "a composition has as few bodies as can be: none, one, or `{}` and the sets",
            Law::Associative => "(p, then q), then r is p, then (q, then r)",
            Law::Identity => "no patches compose to no body; p alone composes to p",
            Law::Absorbing => "p, then `{}`, is `{}`",
            Law::NoWipe => {
                "what is made of patches that do not clear never holds `{}`, nor does a diff, an undo or a reconcile"
            }
            Law::RoundTrip => "diff(a, b) turns a into b, and is refused if b holds a root null that a does not",
            Law::Smallest => {
                "diff(a, b) names only root keys in which a and b differ, and is no body if there are none"
            }
            Law::Undo => "undo(p, a) after p brings a back, and is refused if p changes a root null of a",
            Law::Commutation => "p and q commute exactly when either order gives the same",
            Law::Changes => "the changes are the root keys in which a document differs before and after",
            Law::Reconcile => {
                "reconcile(a, b, c) names the root keys of a and b that c holds as a does but not as b does, and is \
                 refused if b holds a root null that c does not"
            }
            Law::Conflicts => "its conflicts are the root keys of a and b that c holds neither as a does nor as b does",
            Law::Insist => {
                "with b for its conflicts too, it gives c each root key of a and b as b has it, and keeps the others"
            }
            Law::Undisturbed => "reconcile(a, b, a) is diff(a, b), without conflicts",
            Law::Converge => "reconcile(b, b, c) is nothing, for a c that was made so",
            Law::DenyRemovals => {
                "a merge that must not remove is the merge, refused exactly if a root key of a would go"
            }
            Law::DenyWipe => {
                "a merge that must not wipe is the merge, refused exactly if it would empty an a that is not"
            }
        }
    }
}

/// A law that an implementation breaks, with the two sides that should be the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// Which law.
    pub law: Law,
    /// What the implementation makes of the sample.
    pub actual: Result<Value, Refusal>,
    /// What the law wants.
    pub wanted: Result<Value, Refusal>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: &Result<Value, Refusal>| match side {
            Ok(value) => format!("{}", Excerpt::long(value)),
            Err(Refusal::Rejected(why)) if why.is_empty() => String::from("rejected"),
            Err(Refusal::Rejected(why)) => format!("rejected: {why}"),
            Err(Refusal::Unsupported) => String::from("unsupported"),
        };
        writeln!(f, "broken law: {}", self.law.statement())?;
        writeln!(f, "  wanted  {}", side(&self.wanted))?;
        write!(f, "  actual  {}", side(&self.actual))
    }
}

impl core::error::Error for Broken {}

/// Holds an implementation to every law, for one sample.
///
/// Values that are no objects are welcome: the implementation must reject them, and the laws that speak of objects are passed
/// over.
///
/// # Errors
///
/// The first law that is broken, in the order of [`Law::ALL`].
///
/// # Complexity
///
/// A fixed number of operations of either side.
pub fn check(
    implementation: &mut impl Implementation,
    documents: [&Value; 2],
    patches: [&Value; 3],
) -> Result<(), Broken> {
    let [a, b] = documents;
    let [p, q, r] = patches;
    definition(implementation, a, p)?;
    if documents.iter().chain(&patches).any(|value| !value.is_object()) {
        return Ok(());
    }
    retry(implementation, a, p)?;
    band(implementation, a, p, q)?;
    let list = patches.map(Value::clone);
    for length in 0..=list.len() {
        action(implementation, a, &list[..length])?;
    }
    for length in 0..=list.len() {
        shortest(implementation, &list[..length])?;
    }
    associative(implementation, a, p, q, r)?;
    identity(implementation, a, p)?;
    absorbing(implementation, p)?;
    no_wipe(implementation, [a, b], &list)?;
    round_trip(implementation, a, b)?;
    smallest(implementation, a, b)?;
    smallest(implementation, a, a)?;
    undo(implementation, a, p)?;
    commutation(implementation, a, p, q)?;
    changes(implementation, a, p)?;
    let Ok(c) = merge(a, p) else { return Ok(()) };
    reconcile(implementation, a, b, &c)?;
    conflicts(implementation, a, b, &c)?;
    insist(implementation, a, b, &c)?;
    undisturbed(implementation, a, b)?;
    converge(implementation, a, b, &c)?;
    deny_removals(implementation, a, p)?;
    deny_wipe(implementation, a, p)
}

/// [`Law::Definition`]: merge does what the definition does, rejections included.
///
/// # Errors
///
/// The law, if it is broken.
pub fn definition(implementation: &mut impl Implementation, a: &Value, p: &Value) -> Result<(), Broken> {
    compare(Law::Definition, implementation.merge(a, p), merge(a, p))
}

/// [`Law::Retry`]: the implementation's merge with `p` twice gives what it gives with `p` once.
///
/// # Errors
///
/// The law, if it is broken.
pub fn retry(implementation: &mut impl Implementation, a: &Value, p: &Value) -> Result<(), Broken> {
    let once = implementation.merge(a, p);
    let twice = once.clone().and_then(|once| implementation.merge(&once, p));
    compare(Law::Retry, twice, once)
}

/// [`Law::Band`]: the implementation's merge with `p`, `q` and `p` again gives what it gives with `q` and `p`.
///
/// # Errors
///
/// The law, if it is broken.
pub fn band(implementation: &mut impl Implementation, a: &Value, p: &Value, q: &Value) -> Result<(), Broken> {
    let mut all = |patches: &[&Value]| {
        patches.iter().try_fold(a.clone(), |document, patch| implementation.merge(&document, patch))
    };
    let (actual, wanted) = (all(&[p, q, p]), all(&[q, p]));
    compare(Law::Band, actual, wanted)
}

/// [`Law::Action`]: the composition of `patches` does to `a` what they do one after the other.
///
/// # Errors
///
/// The law, if it is broken.
pub fn action(implementation: &mut impl Implementation, a: &Value, patches: &[Value]) -> Result<(), Broken> {
    let actual = implementation.compose(patches).and_then(|bodies| effect(a, &bodies));
    compare(Law::Action, actual, effect(a, patches))
}

/// [`Law::Shortest`]: the composition of `patches` has as few bodies as can be.
///
/// # Errors
///
/// The law, if it is broken.
pub fn shortest(implementation: &mut impl Implementation, patches: &[Value]) -> Result<(), Broken> {
    // Without a clear, one body says it all. Otherwise `{}` comes first, and a second body is needed if anything is left.
    let clears = patches.iter().any(is_empty);
    let something_left = clears && effect(&json!({}), patches) != Ok(json!({}));
    let wanted = if patches.is_empty() { 0 } else { 1 + usize::from(something_left) };
    let actual = implementation.compose(patches).map(|bodies| json!(bodies.len()));
    compare(Law::Shortest, actual, Ok(json!(wanted)))
}

/// [`Law::Associative`]: it does not matter which two of three bodies are composed first.
///
/// # Errors
///
/// The law, if it is broken.
pub fn associative(
    implementation: &mut impl Implementation,
    a: &Value,
    p: &Value,
    q: &Value,
    r: &Value,
) -> Result<(), Broken> {
    let [p, q, r] = [p, q, r].map(Value::clone);
    let first = implementation.compose(&[p.clone(), q.clone()]);
    let first = first.and_then(|bodies| implementation.compose(&[bodies, vec![r.clone()]].concat()));
    let last = implementation.compose(&[q, r]);
    let last = last.and_then(|bodies| implementation.compose(&[vec![p], bodies].concat()));
    let [actual, wanted] = [first, last].map(|bodies| bodies.and_then(|bodies| effect(a, &bodies)));
    compare(Law::Associative, actual, wanted)
}

/// [`Law::Identity`]: nothing composes to no body, and `p` alone does what `p` does.
///
/// # Errors
///
/// The law, if it is broken.
pub fn identity(implementation: &mut impl Implementation, a: &Value, p: &Value) -> Result<(), Broken> {
    compare(Law::Identity, implementation.compose(&[]).map(Value::Array), Ok(json!([])))?;
    let alone = implementation.compose(core::slice::from_ref(p)).and_then(|bodies| effect(a, &bodies));
    compare(Law::Identity, alone, merge(a, p))
}

/// [`Law::Absorbing`]: what stands before a clear is lost.
///
/// # Errors
///
/// The law, if it is broken.
pub fn absorbing(implementation: &mut impl Implementation, p: &Value) -> Result<(), Broken> {
    compare(Law::Absorbing, implementation.compose(&[p.clone(), json!({})]).map(Value::Array), Ok(json!([{}])))
}

/// [`Law::NoWipe`]: `{}` is in a composition only if it is among the `patches`, and never in a diff, an undo or a reconcile.
///
/// # Errors
///
/// The law, if it is broken.
pub fn no_wipe(
    implementation: &mut impl Implementation,
    documents: [&Value; 2],
    patches: &[Value],
) -> Result<(), Broken> {
    let [a, b] = documents;
    let wipes = |bodies: Result<Vec<Value>, Refusal>| match bodies {
        Ok(bodies) => Ok(json!(bodies.iter().any(is_empty))),
        // A refusal holds no `{}`; whether it is right, other laws say.
        Err(_) => Ok(json!(false)),
    };
    for body in patches {
        compare(Law::NoWipe, wipes(implementation.undo(a, body)), Ok(json!(false)))?;
    }
    compare(Law::NoWipe, wipes(implementation.diff(a, b)), Ok(json!(false)))?;
    compare(Law::NoWipe, wipes(implementation.diff(a, &json!({}))), Ok(json!(false)))?;
    for [mine, theirs] in [[a, a], [b, a], [&json!({}), a], [a, b]] {
        let bodies = implementation.reconcile(a, mine, theirs).map(|answer| answer["bodies"].clone());
        let bodies = bodies.map(|bodies| bodies.as_array().cloned().unwrap_or_default());
        compare(Law::NoWipe, wipes(bodies), Ok(json!(false)))?;
    }
    match implementation.compose(patches) {
        Err(_) => Ok(()),
        composed => compare(Law::NoWipe, wipes(composed), Ok(json!(patches.iter().any(is_empty)))),
    }
}

/// [`Law::RoundTrip`]: the diff of two documents turns the one into the other, unless that takes a root null.
///
/// # Errors
///
/// The law, if it is broken.
pub fn round_trip(implementation: &mut impl Implementation, a: &Value, b: &Value) -> Result<(), Broken> {
    let actual = implementation.diff(a, b).and_then(|bodies| effect(a, &bodies));
    compare(Law::RoundTrip, actual, unless_new_root_null(a, b))
}

/// [`Law::Smallest`]: the diff of two documents names exactly the root keys in which they differ.
///
/// # Errors
///
/// The law, if it is broken.
pub fn smallest(implementation: &mut impl Implementation, a: &Value, b: &Value) -> Result<(), Broken> {
    let keys = |value: &Value| value.as_object().map_or(0, Map::len);
    let differ = difference(a, b);
    let differ = keys(&differ["added"]) + keys(&differ["replaced"]) + keys(&differ["removed"]);
    match implementation.diff(a, b) {
        Ok(bodies) => {
            let wanted: &[usize] = if differ == 0 { &[] } else { &[differ] };
            let actual: Vec<usize> = bodies.iter().map(keys).collect();
            compare(Law::Smallest, Ok(json!(actual)), Ok(json!(wanted)))
        }
        Err(_) => Ok(()),
    }
}

/// [`Law::Undo`]: the undo of `p` on `a` brings `a` back, unless that takes a root null.
///
/// # Errors
///
/// The law, if it is broken.
pub fn undo(implementation: &mut impl Implementation, a: &Value, p: &Value) -> Result<(), Broken> {
    let after = merge(a, p);
    let wanted = after.clone().and_then(|after| unless_new_root_null(&after, a));
    let actual = implementation.undo(a, p).and_then(|bodies| effect(&after?, &bodies));
    compare(Law::Undo, actual, wanted)
}

/// [`Law::Commutation`]: two bodies commute exactly when either order gives the same. (One document tells: if
/// either clears, neither order looks at the document; otherwise both name the same keys, and leave the others alone.)
///
/// # Errors
///
/// The law, if it is broken.
pub fn commutation(implementation: &mut impl Implementation, a: &Value, p: &Value, q: &Value) -> Result<(), Broken> {
    let [p_then_q, q_then_p] = [[p, q], [q, p]].map(|order| effect(a, &order.map(Value::clone)));
    let wanted = Ok(json!(p_then_q == q_then_p));
    compare(Law::Commutation, implementation.commute(p, q).map(Value::Bool), wanted.clone())?;
    compare(Law::Commutation, implementation.commute(q, p).map(Value::Bool), wanted)
}

/// [`Law::Changes`]: the changes of `p` on `a` are the root keys in which `a` differs before and after.
///
/// # Errors
///
/// The law, if it is broken.
pub fn changes(implementation: &mut impl Implementation, a: &Value, p: &Value) -> Result<(), Broken> {
    compare(Law::Changes, implementation.changes(a, p), merge(a, p).map(|after| difference(a, &after)))
}

/// [`Law::DenyRemovals`]: the merge of a guard is the merge, and is refused exactly if a root key of `a` would be gone.
///
/// # Errors
///
/// The law, if it is broken.
pub fn deny_removals(implementation: &mut impl Implementation, a: &Value, p: &Value) -> Result<(), Broken> {
    let wanted = merge(a, p).and_then(|after| {
        let removed = members(a).find(|(key, _)| after.get(key).is_none());
        removed.map_or(Ok(after.clone()), |(key, _)| Err(Refusal::Rejected(format!("{} goes", Quoted(key)))))
    });
    compare(Law::DenyRemovals, implementation.deny_removals(a, p), wanted)
}

/// [`Law::DenyWipe`]: the merge of a guard is the merge, and is refused exactly if it would leave nothing of something.
///
/// # Errors
///
/// The law, if it is broken.
pub fn deny_wipe(implementation: &mut impl Implementation, a: &Value, p: &Value) -> Result<(), Broken> {
    let wanted = merge(a, p).and_then(|after| match is_empty(&after) && !is_empty(a) {
        true => Err(Refusal::Rejected(String::from("nothing is left"))),
        false => Ok(after),
    });
    compare(Law::DenyWipe, implementation.deny_wipe(a, p), wanted)
}

fn merge(document: &Value, patch: &Value) -> Result<Value, Refusal> {
    Ok(crate::merge(document, patch)?)
}

/// `document` after all `bodies`.
fn effect(document: &Value, bodies: &[Value]) -> Result<Value, Refusal> {
    bodies.iter().try_fold(document.clone(), |document, body| merge(&document, body))
}

fn is_empty(body: &Value) -> bool {
    body.as_object().is_some_and(Map::is_empty)
}

/// `after`, if bodies can make it of `before`.
fn unless_new_root_null(before: &Value, after: &Value) -> Result<Value, Refusal> {
    match members(after).find(|(key, value)| value.is_null() && before.get(key) != Some(&Value::Null)) {
        Some((key, _)) => Err(crate::Error::RootNull { key: key.clone() }.into()),
        None => Ok(after.clone()),
    }
}

/// The root keys in which two documents differ, as [`Changes`](crate::Changes) has them.
fn difference(before: &Value, after: &Value) -> Value {
    let mut difference = json!({"added": {}, "replaced": {}, "removed": {}});
    for (key, new) in members(after) {
        match before.get(key) {
            None => difference["added"][key] = new.clone(),
            Some(old) if old == new => {}
            Some(old) => difference["replaced"][key] = json!({"old": old, "new": new}),
        }
    }
    for (key, old) in members(before) {
        if after.get(key).is_none() {
            difference["removed"][key] = old.clone();
        }
    }
    difference
}

/// The root members of an object; none of anything else.
fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Whether both sides are the same as JSON, or both are rejected, or there is nothing to judge.
fn compare(law: Law, actual: Result<Value, Refusal>, wanted: Result<Value, Refusal>) -> Result<(), Broken> {
    match (&actual, &wanted) {
        (Err(Refusal::Unsupported), _) | (_, Err(Refusal::Unsupported)) => Ok(()),
        (Err(Refusal::Rejected(_)), Err(Refusal::Rejected(_))) => Ok(()),
        (Ok(actual), Ok(wanted)) if same(actual, wanted) => Ok(()),
        _ => Err(Broken { law, actual, wanted }),
    }
}
