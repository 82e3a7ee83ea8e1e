//! A law, its counterexample, and the comparison of its two sides.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::calls::Calls;
use crate::conformance::{Implementation, Refusal};
use crate::equality::json_eq;
use crate::error::Error;
use crate::excerpt::Excerpt;

/// A law that an implementation can break.
#[derive(Debug)]
#[non_exhaustive]
pub struct Law {
    /// A stable name, such as `Idempotence`.
    pub name: &'static str,
    /// The law in a sentence. `p`, `q` and `r` are bodies; `a`, `b` and `c` are documents.
    pub statement: &'static str,
    /// The operations that it is about. The law is tested if any of them is offered.
    pub operations: &'static [&'static str],
    /// The number of documents that it takes.
    pub documents: usize,
    /// The numbers of bodies that it takes.
    pub patches: RangeInclusive<usize>,
    /// Whether it also holds for documents and bodies that are not objects.
    pub(super) any_json: bool,
    pub(super) holds: fn(&mut Calls<'_>, &[Value], &[Value]) -> Verdict,
}

/// Nothing, or the two sides that differ.
pub(super) type Verdict = Result<(), Differ>;

/// The two sides of a broken law.
pub(super) struct Differ {
    pub(super) actual: Result<Value, Refusal>,
    pub(super) expected: Result<Value, Refusal>,
}

impl Law {
    /// Tests the law on a sample. Surplus documents and bodies are ignored, except that a law of
    /// any number of bodies takes as many as there are.
    ///
    /// ```
    /// use metadata_merge::conformance::Reference;
    /// use metadata_merge::laws;
    /// use serde_json::json;
    ///
    /// let law = laws::all().find(|law| law.name == "Undo").unwrap();
    /// assert_eq!(law.check(&mut Reference, &[json!({"a": 1})], &[json!({"a": null, "b": 2})]), Ok(()));
    /// ```
    ///
    /// # Errors
    ///
    /// The counterexample, if the law is broken. A sample that is too small breaks no law.
    ///
    /// # Complexity
    ///
    /// A fixed number of operations of the implementation and of this crate.
    pub fn check(
        &'static self,
        implementation: &mut dyn Implementation,
        documents: &[Value],
        patches: &[Value],
    ) -> Result<(), Counterexample> {
        let count = patches.len().min(*self.patches.end());
        let (Some(documents), Some(patches), true) =
            (documents.get(..self.documents), patches.get(..count), self.patches.contains(&count))
        else {
            return Ok(());
        };
        if !self.any_json && !documents.iter().chain(patches).all(Value::is_object) {
            return Ok(());
        }
        (self.holds)(&mut Calls(implementation), documents, patches).map_err(|Differ { actual, expected }| {
            Counterexample { law: self, documents: documents.to_vec(), patches: patches.to_vec(), actual, expected }
        })
    }
}

/// A sample on which an implementation breaks a law, with the two sides that should be the same.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// The broken law.
    pub law: &'static Law,
    /// The documents of the sample, as many as the law takes.
    pub documents: Vec<Value>,
    /// The bodies of the sample.
    pub patches: Vec<Value>,
    /// The side of the implementation.
    pub actual: Result<Value, Refusal>,
    /// The side that the law demands.
    pub expected: Result<Value, Refusal>,
}

impl PartialEq for Counterexample {
    fn eq(&self, other: &Counterexample) -> bool {
        (self.law.name, &self.documents, &self.patches) == (other.law.name, &other.documents, &other.patches)
            && (&self.actual, &self.expected) == (&other.actual, &other.expected)
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "broken law {}: {}", self.law.name, self.law.statement)?;
        let named =
            ["a", "b", "c"].into_iter().zip(&self.documents).chain(["p", "q", "r"].into_iter().zip(&self.patches));
        for (name, value) in named {
            writeln!(f, "  {name:<8}  {}", Excerpt::long(value))?;
        }
        writeln!(f, "  expected  {}", Side(&self.expected))?;
        write!(f, "  actual    {}", Side(&self.actual))
    }
}

struct Side<'a>(&'a Result<Value, Refusal>);

impl fmt::Display for Side<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ok(value) => Excerpt::long(value).fmt(f),
            Err(Refusal::Rejected(why)) if why.is_empty() => f.write_str("rejected"),
            Err(Refusal::Rejected(why)) => write!(f, "rejected: {}", Excerpt::long(&why.as_str().into())),
            Err(Refusal::Unsupported) => f.write_str("unsupported"),
        }
    }
}

impl core::error::Error for Counterexample {}

pub(super) fn merge(document: &Value, patch: &Value) -> Result<Value, Refusal> {
    Ok(crate::merge::merge(document, patch)?)
}

/// Returns `document` after all `bodies`.
pub(super) fn effect(document: &Value, bodies: &[Value]) -> Result<Value, Refusal> {
    bodies.iter().try_fold(document.clone(), |document, body| merge(&document, body))
}

pub(super) fn is_empty(body: &Value) -> bool {
    body.as_object().is_some_and(Map::is_empty)
}

/// Returns `after`, if bodies can make it of `before`.
pub(super) fn unless_new_root_null(before: &Value, after: &Value) -> Result<Value, Refusal> {
    match members(after).find(|(key, value)| value.is_null() && before.get(key) != Some(&Value::Null)) {
        Some((key, _)) => Err(Error::RootNull { key: key.to_owned() }.into()),
        None => Ok(after.clone()),
    }
}

/// Returns the root members of an object; none of anything else.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// Compares two sides. They agree if they are the same JSON, if both are rejected, or if an
/// operation is unsupported.
pub(super) fn compare(actual: Result<Value, Refusal>, expected: Result<Value, Refusal>) -> Verdict {
    match (&actual, &expected) {
        (Err(Refusal::Unsupported), _) | (_, Err(Refusal::Unsupported)) => Ok(()),
        (Err(Refusal::Rejected(_)), Err(Refusal::Rejected(_))) => Ok(()),
        (Ok(actual), Ok(expected)) if json_eq(actual, expected) => Ok(()),
        _ => Err(Differ { actual, expected }),
    }
}
