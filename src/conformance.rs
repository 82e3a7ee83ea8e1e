//! The rules as data, with their cases, and the check of an implementation against them.
//!
//! The vectors are the file `tests/vectors.json` of this package, also in [`VECTORS`], for use in any language.
//! `tests/vectors.schema.json` describes it. They stand on several levels, each with its rules, its cases and its check:
//!
//! | level | rules | a case | check |
//! |---|---|---|---|
//! | one metadata object and one patch | [`rules`] | [`Case`] | [`check`] |
//! | a whole [resource](crate::resource) and the body of a request | [`resource_rules`] | [`ResourceCase`] | [`check_resource`] |
//! | the [limits](crate::limits) on a stored resource | [`limit_rules`] | [`LimitCase`] | [`check_limits`] |
//! | a [three-way reconcile](crate::Patch::reconcile) | [`reconcile_rules`] | [`ReconcileCase`] | [`check_reconcile`] |
//! | a guard on a patch, such as [`Patch::deny_wipe`](crate::Patch::deny_wipe) | [`guard_rules`] | [`Case`] | [`check_guards`] |

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Number, Value};

use crate::excerpt::Excerpt;
pub use crate::implementation::{Implementation, Reference, Refusal, merge_only};

/// The text of `tests/vectors.json`.
pub const VECTORS: &str = include_str!("../tests/vectors.json");

/// One rule of the specification, with cases of its level.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rule<C = Case> {
    /// A stable slug, such as `delete-missing`.
    pub id: String,
    /// What the rule says.
    pub statement: String,
    /// How it is known.
    pub basis: Basis,
    /// Where it is said or was seen, or why it was decided so.
    pub reason: String,
    /// Inputs, each with what the rule wants of it.
    pub cases: Vec<C>,
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
        rule_of(&self.id)
    }
}

/// One resource and the body of one request, with what becomes of them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ResourceCase {
    /// The rule's slug and the case's: `cleared-form/app-metadata`. Never changes once published.
    pub id: String,
    /// What the case shows.
    pub description: String,
    /// What kind of resource it is: the name of one of [`resource::ALL`](crate::resource::ALL).
    pub resource: String,
    /// What is stored. None if the request is a create.
    pub stored: Option<Value>,
    /// What the client sends.
    pub body: Value,
    /// What is stored then.
    pub expected: Outcome,
}

/// One stored resource, with the limits that it breaks.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LimitCase {
    /// The limit's slug and the case's: `too-many-keys/eleven`. Never changes once published.
    pub id: String,
    /// What the case shows.
    pub description: String,
    /// What kind of resource it is: the name of one of [`resource::ALL`](crate::resource::ALL).
    pub resource: String,
    /// What is stored.
    pub stored: Value,
    /// A list, in any order, of `{"path": JSON Pointer, "limit": slug, "strength": "refused" or "warned"}`.
    pub expected: Outcome,
}

/// What was applied, what is wanted and what is stored, with what is to be done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReconcileCase {
    /// The rule's slug and the case's: `reconcile-conflict/drift`. Never changes once published.
    pub id: String,
    /// What the case shows.
    pub description: String,
    /// What was applied before.
    pub base: Value,
    /// What is wanted.
    pub mine: Value,
    /// What is stored.
    pub theirs: Value,
    /// `{"bodies": [BODY], "conflicts": {KEY: {"base": B, "mine": M, "theirs": T}}}`, as
    /// [`Reconciliation`](crate::Reconciliation) serializes.
    pub expected: Outcome,
}

/// What the cases of all levels have in common.
pub trait AnyCase {
    /// The rule's slug and the case's.
    fn id(&self) -> &str;
    /// What the case shows.
    fn description(&self) -> &str;
    /// What is put in, by name.
    fn inputs(&self) -> Vec<(&'static str, Value)>;
    /// What must come out.
    fn expected(&self) -> &Outcome;
}

impl AnyCase for Case {
    fn id(&self) -> &str {
        &self.id
    }
    fn description(&self) -> &str {
        &self.description
    }
    fn inputs(&self) -> Vec<(&'static str, Value)> {
        vec![("document", self.document.clone()), ("patch", self.patch.clone())]
    }
    fn expected(&self) -> &Outcome {
        &self.expected
    }
}

impl AnyCase for ResourceCase {
    fn id(&self) -> &str {
        &self.id
    }
    fn description(&self) -> &str {
        &self.description
    }
    fn inputs(&self) -> Vec<(&'static str, Value)> {
        let resource = ("resource", Value::String(self.resource.clone()));
        let stored = self.stored.clone().map(|stored| ("stored", stored));
        [resource].into_iter().chain(stored).chain([("body", self.body.clone())]).collect()
    }
    fn expected(&self) -> &Outcome {
        &self.expected
    }
}

impl AnyCase for LimitCase {
    fn id(&self) -> &str {
        &self.id
    }
    fn description(&self) -> &str {
        &self.description
    }
    fn inputs(&self) -> Vec<(&'static str, Value)> {
        vec![("resource", Value::String(self.resource.clone())), ("stored", self.stored.clone())]
    }
    fn expected(&self) -> &Outcome {
        &self.expected
    }
}

impl AnyCase for ReconcileCase {
    fn id(&self) -> &str {
        &self.id
    }
    fn description(&self) -> &str {
        &self.description
    }
    fn inputs(&self) -> Vec<(&'static str, Value)> {
        vec![("base", self.base.clone()), ("mine", self.mine.clone()), ("theirs", self.theirs.clone())]
    }
    fn expected(&self) -> &Outcome {
        &self.expected
    }
}

fn rule_of(id: &str) -> &str {
    id.split('/').next().unwrap_or_default()
}

/// What becomes of the input of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The document, the resource, the list of violations or whatever else the level is about is this.
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

/// The rules of one metadata object and one patch, each with its cases, from [`VECTORS`].
///
/// ```
/// use metadata_merge::conformance::rules;
///
/// let clear = rules().into_iter().find(|rule| rule.id == "clear").unwrap();
/// assert_eq!(clear.statement, "The empty object `{}` as patch removes every key.");
/// ```
#[must_use]
pub fn rules() -> Vec<Rule> {
    read("rules", "document", read_case)
}

/// The rules of a whole resource and the body of a request, each with its cases, from [`VECTORS`].
///
/// ```
/// use metadata_merge::conformance::resource_rules;
///
/// assert!(resource_rules().iter().any(|rule| rule.id == "atomic"));
/// ```
#[must_use]
pub fn resource_rules() -> Vec<Rule<ResourceCase>> {
    read("rules", "body", |case, id, description, expected| {
        let (resource, body) = (text(case, "resource")?, case.get("body")?.clone());
        Some(ResourceCase { id, description, resource, stored: case.get("stored").cloned(), body, expected })
    })
}

/// The limits on a stored resource, each with its cases, from [`VECTORS`].
///
/// ```
/// use metadata_merge::conformance::limit_rules;
///
/// assert!(limit_rules().iter().any(|rule| rule.id == "reserved-name"));
/// ```
#[must_use]
pub fn limit_rules() -> Vec<Rule<LimitCase>> {
    read("limits", "stored", |case, id, description, expected| {
        let (resource, stored) = (text(case, "resource")?, case.get("stored")?.clone());
        Some(LimitCase { id, description, resource, stored, expected })
    })
}

/// The rules of a three-way reconcile, each with its cases, from [`VECTORS`].
///
/// ```
/// use metadata_merge::conformance::reconcile_rules;
///
/// assert!(reconcile_rules().iter().any(|rule| rule.id == "reconcile-conflict"));
/// ```
#[must_use]
pub fn reconcile_rules() -> Vec<Rule<ReconcileCase>> {
    read("tools", "theirs", |case, id, description, expected| {
        let [base, mine, theirs] = [case.get("base")?, case.get("mine")?, case.get("theirs")?].map(Value::clone);
        Some(ReconcileCase { id, description, base, mine, theirs, expected })
    })
}

/// The rules of the guards, each with its cases, from [`VECTORS`]: a document, a patch, and the document then, unless the guard
/// refuses the patch.
///
/// ```
/// use metadata_merge::conformance::guard_rules;
///
/// assert!(guard_rules().iter().map(|rule| rule.id.as_str()).eq(["deny-removals", "deny-wipe"]));
/// ```
#[must_use]
pub fn guard_rules() -> Vec<Rule> {
    read("tools", "document", read_case)
}

fn read_case(case: &Value, id: String, description: String, expected: Outcome) -> Option<Case> {
    let (document, patch) = (case.get("document")?.clone(), case.get("patch")?.clone());
    Some(Case { id, description, document, patch, expected })
}

type ReadCase<C> = fn(&Value, String, String, Outcome) -> Option<C>;

/// The rules in one section of [`VECTORS`] whose cases have this input.
fn read<C>(section: &str, input: &str, case: ReadCase<C>) -> Vec<Rule<C>> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap_or_default();
    let of_level = |rule: &&Value| rule["cases"][0].get(input).is_some();
    let rules = vectors[section].as_array().into_iter().flatten().filter(of_level);
    rules.map(|value| rule(value, case)).collect::<Option<_>>().expect("tests/vectors.json is of its schema")
}

fn rule<C>(rule: &Value, case: ReadCase<C>) -> Option<Rule<C>> {
    let read_case = |value: &Value| {
        let expected = match (value.get("expected"), value.get("rejected")) {
            (Some(document), None) => Outcome::Document(document.clone()),
            (None, Some(Value::Bool(true))) => Outcome::Rejected,
            _ => return None,
        };
        case(value, text(value, "id")?, text(value, "description")?, expected)
    };
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
        cases: rule["cases"].as_array()?.iter().map(read_case).collect::<Option<_>>()?,
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
    judge(rules(), |case| implementation(&case.document, &case.patch), same)
}

/// Runs `implementation` over every case of the resource rules. It is given the resource's name, what is stored, or none for
/// a create, and the body. Whatever its error is, it counts as a rejection.
///
/// ```
/// use metadata_merge::{conformance, resource};
/// use serde_json::{Value, json};
///
/// let create_or_update = |name: &str, stored: Option<&Value>, body: &Value| {
///     let resource = resource::ALL.into_iter().find(|resource| resource.name == name).unwrap();
///     resource.update(stored.unwrap_or(&json!({})), body)
/// };
/// conformance::check_resource(create_or_update).assert_conforms();
/// ```
pub fn check_resource<E>(
    mut implementation: impl FnMut(&str, Option<&Value>, &Value) -> Result<Value, E>,
) -> Report<ResourceCase> {
    judge(resource_rules(), |case| implementation(&case.resource, case.stored.as_ref(), &case.body), same)
}

/// Runs `implementation` over every case of the limits. It is given the resource's name and what is stored, and answers with
/// a list in the form that [`LimitCase`] has; the order of the list is free. Whatever its error is, it counts as a rejection.
///
/// ```
/// use metadata_merge::conformance::{self, Implementation, Reference};
/// use serde_json::Value;
///
/// conformance::check_limits(|name, stored| Reference.limits(name, stored).map(Value::Array)).assert_conforms();
/// ```
pub fn check_limits<E>(mut implementation: impl FnMut(&str, &Value) -> Result<Value, E>) -> Report<LimitCase> {
    let in_order = |list: &Value| {
        let mut texts: Vec<String> = list.as_array().into_iter().flatten().map(ToString::to_string).collect();
        texts.sort();
        texts
    };
    let same = |expected: &Value, actual: &Value| actual.is_array() && in_order(expected) == in_order(actual);
    judge(limit_rules(), |case| implementation(&case.resource, &case.stored), same)
}

/// Runs `implementation` over every case of the reconcile rules. It is given what was applied, what is wanted and what is
/// stored, and answers in the form that [`ReconcileCase`] has. Whatever its error is, it counts as a rejection.
///
/// ```
/// use metadata_merge::conformance::{self, Implementation, Reference};
///
/// conformance::check_reconcile(|base, mine, theirs| Reference.reconcile(base, mine, theirs)).assert_conforms();
/// ```
pub fn check_reconcile<E>(
    mut implementation: impl FnMut(&Value, &Value, &Value) -> Result<Value, E>,
) -> Report<ReconcileCase> {
    judge(reconcile_rules(), |case| implementation(&case.base, &case.mine, &case.theirs), same)
}

/// Runs `implementation` over every case of the guards. It is given the guard's slug, a document and a patch, and answers with
/// the document then. Whatever its error is, it counts as a rejection.
///
/// ```
/// use metadata_merge::conformance::{self, Implementation, Reference};
///
/// conformance::check_guards(|guard, document, patch| match guard {
///     "deny-removals" => Reference.deny_removals(document, patch),
///     _ => Reference.deny_wipe(document, patch),
/// })
/// .assert_conforms();
/// ```
pub fn check_guards<E>(mut implementation: impl FnMut(&str, &Value, &Value) -> Result<Value, E>) -> Report {
    judge(guard_rules(), |case| implementation(case.rule(), &case.document, &case.patch), same)
}

fn judge<C: AnyCase + Clone, E>(
    rules: Vec<Rule<C>>,
    mut run: impl FnMut(&C) -> Result<Value, E>,
    same: impl Fn(&Value, &Value) -> bool,
) -> Report<C> {
    let mut failures = Vec::new();
    for case in rules.iter().flat_map(|rule| &rule.cases) {
        let actual = match run(case) {
            Ok(document) => Outcome::Document(document),
            Err(_) => Outcome::Rejected,
        };
        let conforms = match (case.expected(), &actual) {
            (Outcome::Document(expected), Outcome::Document(actual)) => same(expected, actual),
            (expected, actual) => expected == actual,
        };
        if !conforms {
            failures.push(Failure { case: case.clone(), actual });
        }
    }
    Report { rules, failures }
}

/// What a check found. Its text lists the rules, and each failure under its rule.
///
/// ```
/// use metadata_merge::{conformance, merge};
/// use serde_json::json;
///
/// // Takes `{}` for no change.
/// let report = conformance::check(|document, patch| {
///     if *patch == json!({}) && document.is_object() { Ok(document.clone()) } else { merge(document, patch) }
/// });
/// assert!(!report.conforms());
/// assert!(report.broken_rules().eq(["clear"]));
/// assert!(report.failures().iter().all(|failure| failure.case.rule() == "clear"));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Report<C = Case> {
    rules: Vec<Rule<C>>,
    failures: Vec<Failure<C>>,
}

/// A case that came out otherwise.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Failure<C = Case> {
    /// The case.
    pub case: C,
    /// What the implementation made of it.
    pub actual: Outcome,
}

impl<C: AnyCase> Report<C> {
    /// Whether every case came out as it should.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.failures.is_empty()
    }

    /// The cases that did not come out as they should, in the order of the vectors.
    #[must_use]
    pub fn failures(&self) -> &[Failure<C>] {
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

    fn failures_of(&self, rule: &Rule<C>) -> impl Iterator<Item = &Failure<C>> {
        self.failures.iter().filter(|failure| rule_of(failure.case.id()) == rule.id)
    }
}

impl<C: AnyCase> fmt::Display for Report<C> {
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
                writeln!(f, "    {}: {}", case.id(), case.description())?;
                for (name, input) in case.inputs() {
                    writeln!(f, "        {name:<8}  {}", Excerpt::long(&input))?;
                }
                writeln!(f, "        expected  {}", case.expected())?;
                writeln!(f, "        actual    {actual}")?;
            }
        }
        let (rules, cases) = (self.rules.len(), self.rules.iter().map(|rule| rule.cases.len()).sum::<usize>());
        let (broken, failed) = (self.broken_rules().count(), self.failures.len());
        write!(f, "{} of {rules} rules hold, {} of {cases} cases pass", rules - broken, cases - failed)
    }
}

/// Whether two values are the same JSON, as all results are compared here: members in any order, and numbers by value (integers of
/// up to 128 bits exactly, all others as doubles).
///
/// ```
/// use metadata_merge::conformance::same;
/// use serde_json::json;
///
/// assert!(same(&json!({"a": 1, "b": []}), &json!({"b": [], "a": 1.0})));
/// assert!(!same(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992.0))); // an id that went through a double
/// ```
///
/// # Complexity
///
/// A look at each value, and a look-up for each key. It recurses as deep as the values are nested.
#[must_use]
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => match (integer(a), integer(b)) {
            (None, None) => a == b || a.as_f64().is_some_and(|a| Some(a) == b.as_f64()),
            (a, b) => a == b,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => left == right,
    }
}

/// The value of a number that is one, however it is written: 1 and 1.0 are.
fn integer(number: &Number) -> Option<i128> {
    number.as_i128().or_else(|| {
        let double = number.as_f64()?;
        let integer = double as i128;
        (integer as f64 == double).then_some(integer)
    })
}
