//! The rules as data, with their cases, and the check of an implementation against them.
//!
//! The vectors are the file `tests/vectors.json` of this package, also in [`VECTORS`], for use in any language.
//! `tests/vectors.schema.json` describes it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde_json::Value;

use crate::excerpt::Excerpt;
pub use crate::implementation::{Implementation, Reference, Refusal, merge_only};

/// The text of `tests/vectors.json`.
pub const VECTORS: &str = include_str!("../tests/vectors.json");

/// One rule of the specification.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// A stable slug, such as `delete-missing`.
    pub id: String,
    /// What the rule says.
    pub statement: String,
    /// How it is known.
    pub basis: Basis,
    /// Where it is said or was seen, or why it was decided so.
    pub reason: String,
    /// Inputs, each with what the rule wants of it.
    pub cases: Vec<Case>,
}

/// How a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The service's published page says so.
    Documented,
    /// The live service was recorded doing it.
    Observed,
    /// Neither says; it is this crate's choice.
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

/// One document and one patch, with what becomes of them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Case {
    /// The rule's slug and the case's: `delete-missing/unknown-key`. Never changes once published.
    pub id: String,
    /// What the case shows.
    pub description: String,
    /// What is stored.
    pub document: Value,
    /// What the client sends.
    pub patch: Value,
    /// What is stored then.
    pub expected: Outcome,
}

impl Case {
    /// The slug of the rule that the case belongs to.
    #[must_use]
    pub fn rule(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// What becomes of a document and a patch.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The document is this.
    Document(Value),
    /// The input is refused, and nothing changes.
    Rejected,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Document(document) => write!(f, "{}", Excerpt::long(document)),
            Outcome::Rejected => f.write_str("rejected"),
        }
    }
}

/// The rules, each with its cases, from [`VECTORS`].
///
/// ```
/// use metadata_merge::conformance::rules;
///
/// let clear = rules().into_iter().find(|rule| rule.id == "clear").unwrap();
/// assert_eq!(clear.statement, "The empty object `{}` as patch removes every key.");
/// ```
#[must_use]
pub fn rules() -> Vec<Rule> {
    read(VECTORS).expect("tests/vectors.json is of its schema")
}

/// Reads a file of the form of `tests/vectors.json`; none if it is not of it.
fn read(vectors: &str) -> Option<Vec<Rule>> {
    let vectors: Value = serde_json::from_str(vectors).ok()?;
    vectors["rules"].as_array()?.iter().map(rule).collect()
}

fn rule(rule: &Value) -> Option<Rule> {
    Some(Rule {
        id: text(rule, "id")?,
        statement: text(rule, "statement")?,
        basis: match rule["basis"].as_str()? {
            "documented" => Basis::Documented,
            "observed" => Basis::Observed,
            "decided" => Basis::Decided,
            _ => return None,
        },
        reason: text(rule, "reason")?,
        cases: rule["cases"].as_array()?.iter().map(case).collect::<Option<_>>()?,
    })
}

fn case(case: &Value) -> Option<Case> {
    Some(Case {
        id: text(case, "id")?,
        description: text(case, "description")?,
        document: case.get("document")?.clone(),
        patch: case.get("patch")?.clone(),
        expected: match (case.get("expected"), case.get("rejected")) {
            (Some(document), None) => Outcome::Document(document.clone()),
            (None, Some(Value::Bool(true))) => Outcome::Rejected,
            _ => return None,
        },
    })
}

fn text(object: &Value, key: &str) -> Option<String> {
    object.get(key)?.as_str().map(ToString::to_string)
}

/// Runs `implementation`, which is given a document and a patch, over every case. Whatever its error is, it counts as a
/// rejection.
///
/// ```
/// use metadata_merge::{conformance, merge};
///
/// conformance::check(merge).assert_conforms();
///
/// let wrong = conformance::check(|_, patch| Ok::<_, ()>(patch.clone()));
/// assert!(wrong.broken_rules().any(|rule| rule == "keep"));
/// ```
pub fn check<E>(mut implementation: impl FnMut(&Value, &Value) -> Result<Value, E>) -> Report {
    let mut failures = Vec::new();
    let rules = rules();
    for case in rules.iter().flat_map(|rule| &rule.cases) {
        let actual = match implementation(&case.document, &case.patch) {
            Ok(document) => Outcome::Document(document),
            Err(_) => Outcome::Rejected,
        };
        let conforms = match (&case.expected, &actual) {
            (Outcome::Document(expected), Outcome::Document(actual)) => same(expected, actual),
            (expected, actual) => expected == actual,
        };
        if !conforms {
            failures.push(Failure { case: case.clone(), actual });
        }
    }
    Report { rules, failures }
}

/// What [`check`] found. Its text lists the rules, and each failure under its rule.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Report {
    rules: Vec<Rule>,
    failures: Vec<Failure>,
}

/// A case that came out otherwise.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Failure {
    /// The case.
    pub case: Case,
    /// What the implementation made of it.
    pub actual: Outcome,
}

impl Report {
    /// Whether every case came out as it should.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.failures.is_empty()
    }

    /// The cases that did not come out as they should, in the order of the vectors.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The slugs of the rules that have a failure, in the order of the vectors.
    pub fn broken_rules(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(|rule| self.failures_of(rule).next().is_some()).map(|rule| rule.id.as_str())
    }

    /// For use in a test.
    ///
    /// # Panics
    ///
    /// With the whole report, unless the implementation [`conforms`](Report::conforms).
    #[track_caller]
    pub fn assert_conforms(&self) {
        assert!(self.conforms(), "{self}");
    }

    fn failures_of(&self, rule: &Rule) -> impl Iterator<Item = &Failure> {
        self.failures.iter().filter(|failure| failure.case.rule() == rule.id)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for rule in &self.rules {
            let failures: Vec<_> = self.failures_of(rule).collect();
            let all = rule.cases.len();
            if failures.is_empty() {
                writeln!(f, "ok      {} ({}): {all} of {all} cases", rule.id, rule.basis)?;
                continue;
            }
            let passed = all - failures.len();
            writeln!(f, "BROKEN  {} ({}): {passed} of {all} cases", rule.id, rule.basis)?;
            writeln!(f, "        {}", rule.statement)?;
            for Failure { case, actual } in failures {
                writeln!(f, "    {}: {}", case.id, case.description)?;
                writeln!(f, "        document  {}", Excerpt::long(&case.document))?;
                writeln!(f, "        patch     {}", Excerpt::long(&case.patch))?;
                writeln!(f, "        expected  {}", case.expected)?;
                writeln!(f, "        actual    {actual}")?;
            }
        }
        let (rules, cases) = (self.rules.len(), self.rules.iter().map(|rule| rule.cases.len()).sum::<usize>());
        let (broken, failed) = (self.broken_rules().count(), self.failures.len());
        write!(f, "{} of {rules} rules hold, {} of {cases} cases pass", rules - broken, cases - failed)
    }
}

/// Whether two values are the same JSON, as all results are compared here: members in any order, numbers by value.
///
/// ```
/// use metadata_merge::conformance::same;
/// use serde_json::json;
///
/// assert!(same(&json!({"a": 1, "b": []}), &json!({"b": [], "a": 1.0})));
/// ```
#[must_use]
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64().is_some_and(|a| Some(a) == b.as_f64()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => left == right,
    }
}
