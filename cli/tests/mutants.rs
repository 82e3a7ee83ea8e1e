//! The vectors alone catch each mutant, under the rule that it breaks; and each case of the vectors catches one of them.

use std::collections::BTreeSet;

use metadata_merge::conformance::{AnyCase, Rule, guard_rules, limit_rules, reconcile_rules, resource_rules, rules};
use metadata_merge_runner::mutants;

struct Verdict {
    name: &'static str,
    rule: &'static str,
    broken: Vec<String>,
    failed: Vec<String>,
}

fn verdicts() -> Vec<Verdict> {
    let judged = mutants::all().into_iter().map(|(name, rule, mutant)| {
        let (broken, failed) = mutant.judge();
        Verdict { name, rule, broken, failed }
    });
    judged.collect()
}

/// The ids of all rules and of all cases.
fn vectors() -> (Vec<String>, Vec<String>) {
    fn add<C: AnyCase>(level: Vec<Rule<C>>, (ids, cases): &mut (Vec<String>, Vec<String>)) {
        for rule in level {
            cases.extend(rule.cases.iter().map(|case| case.id().to_owned()));
            ids.push(rule.id);
        }
    }
    let mut all = (Vec::new(), Vec::new());
    add(rules(), &mut all);
    add(resource_rules(), &mut all);
    add(limit_rules(), &mut all);
    add(reconcile_rules(), &mut all);
    add(guard_rules(), &mut all);
    all
}

#[test]
fn what_breaks_which_rule() {
    let rows: Vec<String> =
        verdicts().iter().map(|found| format!("{}: {}", found.name, found.broken.join(", "))).collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn every_mutant_is_caught_under_its_rule() {
    for Verdict { name, rule, broken, .. } in verdicts() {
        assert!(broken.iter().any(|broken| broken == rule), "«{name}» passes {rule}, and breaks {broken:?}");
    }
}

/// A mutant that breaks everything would prove little about one rule.
#[test]
fn every_rule_has_a_mutant_that_is_right_elsewhere() {
    let narrow: BTreeSet<String> =
        verdicts().into_iter().filter(|found| found.broken.len() == 1).flat_map(|found| found.broken).collect();
    let missing: Vec<String> = vectors().0.into_iter().filter(|rule| !narrow.contains(rule)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_case_catches_a_mutant() {
    let caught: BTreeSet<String> = verdicts().into_iter().flat_map(|found| found.failed).collect();
    let idle: Vec<String> = vectors().1.into_iter().filter(|case| !caught.contains(case)).collect();
    assert_eq!(idle, [""; 0]);
}
