//! The result of a check, as data and as text.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::vectors::{Case, Outcome, Rule};
use crate::excerpt::Excerpt;

/// The result of a check. `Display` lists each rule with its failures.
///
/// ```
/// use metadata_merge::conformance::{check, merge_only};
/// use metadata_merge::merge;
/// use serde_json::json;
///
/// // Takes `{}` for no change.
/// let report = check(&mut merge_only(|document, patch| {
///     if *patch == json!({}) && document.is_object() {
///         Ok(document.clone())
///     } else {
///         merge(document, patch)
///     }
/// }));
/// assert!(!report.conforms());
/// assert!(report.broken_rules().eq(["clear"]));
/// assert!(report.failures().iter().all(|failure| failure.case.rule() == "clear"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Report {
    rules: Vec<Rule>,
    failures: Vec<Failure>,
    skipped: BTreeSet<String>,
}

/// A case whose outcome is not the expected one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The case.
    pub case: Case,
    /// The outcome of the implementation.
    pub actual: Outcome,
}

impl Report {
    pub(super) fn new(rules: Vec<Rule>, failures: Vec<Failure>, skipped: Vec<String>) -> Report {
        Report { rules, failures, skipped: skipped.into_iter().collect() }
    }

    /// Returns whether no case failed.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.failures.is_empty()
    }

    /// Returns the failures, in the order of the vectors.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Returns all rules that were passed in, with their cases.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Returns the failures of one rule.
    pub fn failures_of(&self, rule: &str) -> impl Iterator<Item = &Failure> {
        self.failures.iter().filter(move |failure| failure.case.rule() == rule)
    }

    /// Returns the ids of the rules that have a failure, in the order of the vectors.
    pub fn broken_rules(&self) -> impl Iterator<Item = &str> {
        let ids = self.rules.iter().map(|rule| rule.id.as_str());
        ids.filter(|id| self.failures_of(id).next().is_some())
    }

    /// Returns the number of cases of a rule that were skipped, because the implementation does not
    /// offer their operation.
    #[must_use]
    pub fn skipped_of(&self, rule: &Rule) -> usize {
        rule.cases.iter().filter(|case| self.skipped.contains(&case.id)).count()
    }

    /// Asserts that no case failed. Use it in tests.
    ///
    /// # Panics
    ///
    /// If a case failed. The message is the report.
    #[track_caller]
    pub fn assert_conforms(&self) {
        assert!(self.conforms(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut checked, mut broken, mut run) = (0, 0, 0);
        for rule in &self.rules {
            let all = rule.cases.len() - self.skipped_of(rule);
            if all == 0 {
                continue;
            }
            let failures: Vec<_> = self.failures_of(&rule.id).collect();
            (checked, run) = (checked + 1, run + all);
            if failures.is_empty() {
                writeln!(f, "ok      {} ({}): {all} of {all} cases", rule.id, rule.basis())?;
                continue;
            }
            broken += 1;
            writeln!(f, "BROKEN  {} ({}): {} of {all} cases", rule.id, rule.basis(), all - failures.len())?;
            writeln!(f, "        {}", rule.statement)?;
            failures.iter().try_for_each(|failure| failure.fmt(f))?;
        }
        let passed = run - self.failures.len();
        write!(f, "{} of {checked} rules hold, {passed} of {run} cases pass", checked - broken)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { case, actual } = self;
        writeln!(f, "    {}: {}", case.id, case.description)?;
        writeln!(f, "        {:<8}  {}", "op", case.op)?;
        for (name, argument) in &case.arguments {
            writeln!(f, "        {name:<8}  {}", Excerpt::long(argument))?;
        }
        writeln!(f, "        expected  {}", case.outcome)?;
        writeln!(f, "        found     {actual}")
    }
}
