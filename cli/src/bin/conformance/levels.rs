//! The vectors of all levels but the first, that of one document and one patch; of each level as far as the adapter offers what it is
//! about.

use metadata_merge::conformance::{
    self, AnyCase, Failure, Implementation, Report, Rule, guard_rules, limit_rules, reconcile_rules, resource_rules,
};
use serde_json::{Map, Value, json};

use crate::adapter::Adapter;
use crate::outcome;

/// What came of one level.
pub(crate) struct Level {
    title: &'static str,
    /// The report's text, and whether it says that all is well. None of what the adapter does not offer.
    report: Option<(String, bool)>,
    /// For `--json`.
    pub(crate) rules: Vec<Value>,
}

impl Level {
    fn new<C: AnyCase>(title: &'static str, rules: Vec<Rule<C>>, report: Option<Report<C>>) -> Level {
        let judged = judged(rules, report.as_ref()).collect();
        Level { title, report: report.map(|report| (report.to_string(), report.conforms())), rules: judged }
    }

    pub(crate) fn conforms(&self) -> bool {
        self.report.as_ref().is_none_or(|(_, conforms)| *conforms)
    }

    pub(crate) fn text(&self) -> Option<String> {
        self.report.as_ref().map(|(text, _)| format!("\n{}\n{text}", self.title))
    }
}

/// The ids of all cases, one by one.
pub(crate) fn ids<C: AnyCase>(rules: Vec<Rule<C>>) -> impl FnMut() -> String {
    let mut cases = rules.into_iter().flat_map(|rule| rule.cases);
    move || cases.next().map(|case| case.id().to_owned()).unwrap_or_default()
}

pub(crate) fn levels(adapter: &mut Adapter) -> Vec<Level> {
    let mut next = ids(resource_rules());
    let resources = adapter.offers_all(&["create", "update"]).then(|| {
        conformance::check_resource(|resource, stored, body| {
            adapter.case = next();
            match stored {
                None => adapter.create(resource, body),
                Some(stored) => adapter.update(resource, stored, body),
            }
        })
    });
    let mut next = ids(limit_rules());
    let limits = adapter.offers_all(&["limits"]).then(|| {
        conformance::check_limits(|resource, stored| {
            adapter.case = next();
            adapter.limits(resource, stored).map(Value::Array)
        })
    });
    let mut next = ids(reconcile_rules());
    let reconciles = adapter.offers_all(&["reconcile"]).then(|| {
        conformance::check_reconcile(|base, mine, theirs| {
            adapter.case = next();
            adapter.reconcile(base, mine, theirs)
        })
    });
    let mut next = ids(guard_rules());
    let guards = adapter.offers_all(&["deny_removals", "deny_wipe"]).then(|| {
        conformance::check_guards(|guard, document, patch| {
            adapter.case = next();
            match guard {
                "deny-removals" => adapter.deny_removals(document, patch),
                _ => adapter.deny_wipe(document, patch),
            }
        })
    });
    vec![
        Level::new("whole resources", resource_rules(), resources),
        Level::new("limits", limit_rules(), limits),
        Level::new("reconciles", reconcile_rules(), reconciles),
        Level::new("guards", guard_rules(), guards),
    ]
}

/// The rules for `--json`: none of them holds or breaks without a report.
fn judged<C: AnyCase>(rules: Vec<Rule<C>>, report: Option<&Report<C>>) -> impl Iterator<Item = Value> {
    let size =
        |failure: &&Failure<C>| failure.case.inputs().iter().map(|(_, input)| input.to_string().len()).sum::<usize>();
    rules.into_iter().map(move |rule| {
        let failures = report.into_iter().flat_map(Report::failures);
        let failures: Vec<_> =
            failures.filter(|failure| rule.cases.iter().any(|case| case.id() == failure.case.id())).collect();
        let smallest = failures.iter().copied().min_by_key(size).map(|failure| {
            let mut smallest: Map<String, Value> =
                failure.case.inputs().into_iter().map(|(name, input)| (name.to_owned(), input)).collect();
            smallest.insert("wanted".to_owned(), outcome(failure.case.expected()));
            smallest.insert("actual".to_owned(), outcome(&failure.actual));
            smallest
        });
        json!({
            "id": rule.id,
            "holds": report.map(|_| failures.is_empty()),
            "cases": rule.cases.len(),
            "failed": failures.iter().map(|failure| failure.case.id()).collect::<Vec<_>>(),
            "because_of": null,
            "smallest": smallest,
        })
    })
}
