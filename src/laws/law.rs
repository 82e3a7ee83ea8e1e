//! A law, its counterexample, and the comparison of results.

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
    /// The law in a sentence. `p`, `q` and `r` are patches; documents have their
    /// [names](Law::document_names).
    pub statement: &'static str,
    /// The operations that the law tests.
    pub operations: &'static [&'static str],
    /// The number of documents.
    pub documents: usize,
    /// The range of the number of patches.
    pub patches: RangeInclusive<usize>,
    /// Whether the law also holds for values that are not objects.
    pub(super) any_json: bool,
    pub(super) holds: fn(&mut Calls<'_>, &[Value], &[Value]) -> Verdict,
}

pub(super) type Verdict = Result<(), Differ>;

/// The results that differ.
pub(super) struct Differ {
    pub(super) actual: Result<Value, Refusal>,
    pub(super) expected: Result<Value, Refusal>,
}

impl Law {
    /// Tests the law on the first [`documents`](Law::documents), and on as many patches as it
    /// allows.
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
    /// O(1) calls of the implementation.
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

    /// Returns the names of the documents in the statement: `a` and `b`, or `base`, `mine` and
    /// `theirs`.
    #[must_use]
    pub fn document_names(&self) -> &'static [&'static str] {
        if self.documents == 3 { &["base", "mine", "theirs"] } else { &["a", "b"] }
    }
}

/// A sample on which an implementation breaks a law, with the result and the expected one.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// The broken law.
    pub law: &'static Law,
    /// The documents of the sample, as many as the law takes.
    pub documents: Vec<Value>,
    /// The patches of the sample.
    pub patches: Vec<Value>,
    /// The result of the implementation.
    pub actual: Result<Value, Refusal>,
    /// The result that the law requires.
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
        let documents = self.law.document_names().iter().zip(&self.documents);
        for (name, value) in documents.chain(["p", "q", "r"].iter().zip(&self.patches)) {
            writeln!(f, "  {name:<8}  {}", Excerpt::long(value))?;
        }
        writeln!(f, "  expected  {}", Side(&self.expected))?;
        write!(f, "  found     {}", Side(&self.actual))
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

/// Returns `after`, or an error if no patch turns `before` into it.
pub(super) fn unless_new_root_null(before: &Value, after: &Value) -> Result<Value, Refusal> {
    match members(after).find(|(key, value)| value.is_null() && before.get(key) != Some(&Value::Null)) {
        Some((key, _)) => Err(Error::RootNull { key: key.to_owned() }.into()),
        None => Ok(after.clone()),
    }
}

/// Returns the root members of an object, or nothing for any other value.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// Compares two results. They agree if they are equal, if both are rejected, or if an operation is
/// unsupported.
pub(super) fn compare(actual: Result<Value, Refusal>, expected: Result<Value, Refusal>) -> Verdict {
    match (&actual, &expected) {
        (Err(Refusal::Unsupported), _) | (_, Err(Refusal::Unsupported)) => Ok(()),
        (Err(Refusal::Rejected(_)), Err(Refusal::Rejected(_))) => Ok(()),
        (Ok(actual), Ok(expected)) if json_eq(actual, expected) => Ok(()),
        _ => Err(Differ { actual, expected }),
    }
}
