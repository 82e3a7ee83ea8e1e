//! The rules as data, with cases, and the check of an implementation against them.
//!
//! The *vectors* are the rules with their cases: the files of `tests/vectors/`, also in
//! [`VECTORS`]. A case is a request of the adapter protocol (`adapters/PROTOCOL.md`) and its
//! expected reply, so the vectors serve any language. [`check`] runs all cases against an
//! [`Implementation`].
//!
//! ```
//! use metadata_merge::conformance::{check, merge_only};
//!
//! // You can check `merge` alone. Cases of other operations are then skipped.
//! check(&mut merge_only(metadata_merge::merge)).assert_conforms();
//!
//! let report = check(&mut merge_only(|_, patch| Ok::<_, ()>(patch.clone())));
//! assert!(report.broken_rules().any(|rule| rule == "keep"));
//! ```
//!
//! `metadata-merge check` (in the repository) checks a program in any language.

use alloc::vec::Vec;

use serde_json::Value;

mod compare;
mod implementation;
mod reference;
mod report;
mod vectors;

pub use self::compare::agree;
pub use self::implementation::{Implementation, OPERATIONS, Refusal, merge_only};
pub use self::reference::Reference;
pub use self::report::{Failure, Report};
pub use self::vectors::{Basis, Case, Needs, Outcome, Rule, VECTORS, rules};

/// Runs all cases against `implementation`, except those that need exact integers or U+0000
/// ([`Needs`]).
///
/// Cases of unsupported operations are skipped. To choose the cases, or to log each one, call
/// [`check_rules`].
///
/// # Complexity
///
/// O(n) calls, where n is the number of cases.
pub fn check(implementation: &mut impl Implementation) -> Report {
    let mut rules = rules();
    for rule in &mut rules {
        rule.cases.retain(|case| case.needs.is_none());
    }
    check_rules(rules, |case| implementation.call(&case.op, &case.arguments))
}

/// Runs all cases of `rules` through `call`.
///
/// ```
/// use metadata_merge::conformance::{Implementation, Reference, check_rules, rules};
///
/// // This crate also passes the cases that need exact numbers or U+0000.
/// check_rules(rules(), |case| Reference.call(&case.op, &case.arguments))
///     .assert_conforms();
/// ```
pub fn check_rules(rules: Vec<Rule>, mut call: impl FnMut(&Case) -> Result<Value, Refusal>) -> Report {
    let (mut failures, mut skipped) = (Vec::new(), Vec::new());
    for case in rules.iter().flat_map(|rule| &rule.cases) {
        let actual = match call(case) {
            Ok(result) => Outcome::Result(result),
            Err(Refusal::Rejected(_)) => Outcome::Rejected,
            Err(Refusal::Unsupported) => {
                skipped.push(case.id.clone());
                continue;
            }
        };
        if !case.accepts(&actual) {
            failures.push(Failure { case: case.clone(), actual });
        }
    }
    Report::new(rules, failures, skipped)
}
