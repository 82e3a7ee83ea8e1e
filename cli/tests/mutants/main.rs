//! Wrong implementations. The vectors alone catch each one, under the rule that it breaks.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use metadata_merge::conformance::{Implementation, Reference, Refusal, check_rules, rules};
use serde_json::{Map, Value};

use self::call::{Call, Row};

mod algebra;
mod call;
mod damage;
mod document;
mod guards;
mod kinds;
mod limits;
mod ordered;
mod reconcile;
mod reconcile_resource;
mod resource;
mod runner;
mod text;

const TABLE: &[&[Row]] = &[
    document::ROWS,
    damage::ROWS,
    text::ROWS,
    resource::ROWS,
    limits::ROWS,
    algebra::ROWS,
    reconcile::ROWS,
    reconcile_resource::ROWS,
    guards::ROWS,
];

fn rows() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().copied().flatten()
}

/// A wrong implementation. Operations that its row does not name are right.
struct Mutant(&'static Row);

impl Implementation for Mutant {
    fn call(&mut self, op: &str, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let (_, _, operations, wrong) = self.0;
        if operations.contains(&op) {
            wrong(&Call { op, arguments }).map_err(|()| Refusal::Rejected(String::new()))
        } else {
            Reference.call(op, arguments)
        }
    }
}

/// The verdicts on all mutants, without samples.
static VERDICTS: LazyLock<Vec<Verdict>> = LazyLock::new(judge_all);

struct Verdict {
    name: &'static str,
    rule: &'static str,
    broken: Vec<String>,
    failed: Vec<String>,
}

fn judge_all() -> Vec<Verdict> {
    let all = rules();
    let judged = rows().map(|row| {
        // The other operations would pass.
        let mut tested = all.clone();
        tested.iter_mut().for_each(|rule| rule.cases.retain(|case| row.2.contains(&case.op.as_str())));
        let report = check_rules(tested, |case| Mutant(row).call(&case.op, &case.arguments));
        Verdict {
            name: row.0,
            rule: row.1,
            broken: report.broken_rules().map(str::to_owned).collect(),
            failed: report.failures().iter().map(|failure| failure.case.id.clone()).collect(),
        }
    });
    judged.collect()
}

#[test]
fn what_breaks_which_rule() {
    let rows: Vec<String> =
        VERDICTS.iter().map(|found| format!("{}: {}", found.name, found.broken.join(", "))).collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn every_mutant_is_caught_under_its_rule() {
    let passing = VERDICTS.iter().filter(|found| !found.broken.iter().any(|broken| broken == found.rule));
    let passing: Vec<String> =
        passing.map(|found| format!("«{}» passes {}, and breaks {:?}", found.name, found.rule, found.broken)).collect();
    assert_eq!(passing, [""; 0]);
}

/// A mutant that breaks many rules proves little about each.
#[test]
fn every_rule_has_a_mutant_that_is_right_elsewhere() {
    let narrow = VERDICTS.iter().filter(|found| found.broken.len() == 1);
    let narrow: BTreeSet<&String> = narrow.flat_map(|found| &found.broken).collect();
    let missing: Vec<String> = rules().into_iter().map(|rule| rule.id).filter(|id| !narrow.contains(id)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_case_catches_a_mutant() {
    let caught: BTreeSet<&String> = VERDICTS.iter().flat_map(|found| &found.failed).collect();
    let cases = rules().into_iter().flat_map(|rule| rule.cases).map(|case| case.id);
    let idle: Vec<String> = cases.filter(|id| !caught.contains(id)).collect();
    assert_eq!(idle, [""; 0]);
}
