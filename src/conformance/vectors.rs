//! The vectors: the rules, each with its cases.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};

use super::compare::agree;
use crate::excerpt::Excerpt;

/// The files of `tests/vectors/`: the name and the text of each.
pub const VECTORS: &[(&str, &str)] = &[
    ("document.json", include_str!("../../tests/vectors/document.json")),
    ("values.json", include_str!("../../tests/vectors/values.json")),
    ("resource.json", include_str!("../../tests/vectors/resource.json")),
    ("limits.json", include_str!("../../tests/vectors/limits.json")),
    ("algebra.json", include_str!("../../tests/vectors/algebra.json")),
    ("reconcile.json", include_str!("../../tests/vectors/reconcile.json")),
    ("guards.json", include_str!("../../tests/vectors/guards.json")),
];

/// One rule of the specification, with its cases.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// A stable id, such as `delete-missing`.
    pub id: String,
    /// The rule in a sentence or two.
    pub statement: String,
    /// The source of the rule. For a decided rule, also the reason.
    pub source: String,
    /// The cases.
    pub cases: Vec<Case>,
}

impl Rule {
    /// Returns the weakest basis among the cases of the rule.
    #[must_use]
    pub fn basis(&self) -> Basis {
        self.cases.iter().map(|case| case.basis).max().unwrap_or(Basis::Decided)
    }
}

/// The evidence for a rule or a case, from the strongest to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Auth0's documentation states it.
    Documented,
    /// A recording of the live service shows it.
    Observed,
    /// This crate decided it.
    Decided,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Basis::Documented => "documented",
            Basis::Observed => "observed",
            Basis::Decided => "decided",
        })
    }
}

/// One request of the adapter protocol, with its reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Case {
    /// The id of the rule, a slash, and a name: `delete-missing/unknown-key`.
    pub id: String,
    /// The purpose of the case, in a sentence.
    pub description: String,
    /// The evidence.
    pub basis: Basis,
    /// The operation, one of [`OPERATIONS`](super::OPERATIONS).
    pub op: String,
    /// The arguments of the operation.
    pub arguments: Map<String, Value>,
    /// The reply.
    pub outcome: Outcome,
    /// A capability that the case needs.
    pub needs: Option<Needs>,
}

impl Case {
    /// Returns the id of the rule that the case belongs to.
    #[must_use]
    pub fn rule(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// Returns whether an outcome is the expected one, as [`agree`] compares results.
    #[must_use]
    pub fn accepts(&self, actual: &Outcome) -> bool {
        match (&self.outcome, actual) {
            (Outcome::Result(expected), Outcome::Result(actual)) => agree(&self.op, &self.arguments, expected, actual),
            (Outcome::Rejected, Outcome::Rejected) => true,
            _ => false,
        }
    }
}

/// A capability that not every language or store has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Needs {
    /// Integers of up to 64 bits, and `-0`, are kept exactly.
    ExactNumbers,
    /// Strings may hold U+0000.
    Nul,
}

/// The reply to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The result of the operation.
    Result(Value),
    /// The rules reject the arguments, and nothing changes.
    Rejected,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Result(result) => write!(f, "{}", Excerpt::long(result)),
            Outcome::Rejected => f.write_str("rejected"),
        }
    }
}

/// Parses the rules, each with its cases, from [`VECTORS`].
///
/// ```
/// use metadata_merge::conformance::{Basis, rules};
///
/// let clear = rules().into_iter().find(|rule| rule.id == "clear").unwrap();
/// assert!(clear.cases.iter().all(|case| case.op == "merge"));
/// ```
///
/// # Complexity
///
/// O(n), where n is the size of [`VECTORS`], about 400 KB.
#[must_use]
pub fn rules() -> Vec<Rule> {
    let read = |(_, text): &(&str, &str)| {
        let file: Value = serde_json::from_str(text).ok()?;
        file["rules"].as_array()?.iter().map(rule).collect::<Option<Vec<_>>>()
    };
    let files: Option<Vec<_>> = VECTORS.iter().map(read).collect();
    files.expect("the vectors follow their schema").concat()
}

fn rule(data: &Value) -> Option<Rule> {
    let cases = data["cases"].as_array()?.iter().map(case).collect::<Option<_>>()?;
    Some(Rule { id: text(data, "id")?, statement: text(data, "statement")?, source: text(data, "source")?, cases })
}

fn case(data: &Value) -> Option<Case> {
    let mut arguments = data.as_object()?.clone();
    for name in ["id", "description", "basis", "op", "result", "rejected", "needs"] {
        arguments.remove(name);
    }
    Some(Case {
        id: text(data, "id")?,
        description: text(data, "description")?,
        basis: match data["basis"].as_str()? {
            "documented" => Basis::Documented,
            "observed" => Basis::Observed,
            "decided" => Basis::Decided,
            _ => return None,
        },
        op: text(data, "op")?,
        arguments,
        outcome: match (data.get("result"), data.get("rejected")) {
            (Some(result), None) => Outcome::Result(result.clone()),
            (None, Some(Value::Bool(true))) => Outcome::Rejected,
            _ => return None,
        },
        needs: match data.get("needs").map(Value::as_str) {
            None => None,
            Some(Some("exact-numbers")) => Some(Needs::ExactNumbers),
            Some(Some("nul")) => Some(Needs::Nul),
            Some(_) => return None,
        },
    })
}

fn text(data: &Value, name: &str) -> Option<String> {
    data.get(name)?.as_str().map(ToString::to_string)
}
