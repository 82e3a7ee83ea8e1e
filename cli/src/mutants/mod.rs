//! Wrong implementations, as they are met in practice: each with a name for its mistake, and a rule under which it must be caught.

use metadata_merge::conformance::{self, AnyCase, Report};
use metadata_merge::resource;
use serde_json::{Map, Value, json};

pub mod document;
pub mod resource_level;
pub mod tools;

type Object = Map<String, Value>;

/// What is wrong: one operation, or create and update together.
#[derive(Clone, Copy)]
pub enum Mutant {
    Merge(document::Merge),
    Update(resource_level::Update),
    Limits(resource_level::Limits),
    Reconcile(tools::Reconcile),
    Guard(tools::Guard),
}

/// All of them: name, rule, and what is wrong.
pub fn all() -> Vec<(&'static str, &'static str, Mutant)> {
    let mut all = Vec::new();
    all.extend(document::MUTANTS.iter().map(|(name, rule, wrong)| (*name, *rule, Mutant::Merge(*wrong))));
    all.extend(resource_level::MUTANTS.iter().map(|(name, rule, wrong)| (*name, *rule, Mutant::Update(*wrong))));
    all.extend(resource_level::LIMITS.iter().map(|(name, rule, wrong)| (*name, *rule, Mutant::Limits(*wrong))));
    all.extend(tools::RECONCILES.iter().map(|(name, rule, wrong)| (*name, *rule, Mutant::Reconcile(*wrong))));
    all.extend(tools::GUARDS.iter().map(|(name, rule, wrong)| (*name, *rule, Mutant::Guard(*wrong))));
    all
}

impl Mutant {
    /// The rules that it breaks and the cases that it fails, by the vectors of its level.
    pub fn judge(self) -> (Vec<String>, Vec<String>) {
        match self {
            Mutant::Merge(wrong) => verdict(conformance::check(wrong)),
            Mutant::Update(wrong) => verdict(conformance::check_resource(|name, stored, body| {
                let resource = resource::ALL.into_iter().find(|resource| resource.name == name).ok_or(())?;
                wrong(&resource, stored, body)
            })),
            Mutant::Limits(wrong) => {
                verdict(conformance::check_limits(|name, stored| wrong(name, stored).map(Value::Array)))
            }
            Mutant::Reconcile(wrong) => verdict(conformance::check_reconcile(wrong)),
            Mutant::Guard(wrong) => verdict(conformance::check_guards(wrong)),
        }
    }
}

fn verdict<C: AnyCase>(report: Report<C>) -> (Vec<String>, Vec<String>) {
    let failed = report.failures().iter().map(|failure| failure.case.id().to_owned()).collect();
    (report.broken_rules().map(str::to_owned).collect(), failed)
}

pub(super) fn objects<'a>(document: &'a Value, patch: &'a Value) -> Result<(&'a Object, &'a Object), ()> {
    document.as_object().zip(patch.as_object()).ok_or(())
}

pub(super) fn owned((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

pub(super) fn falsy(value: &Value) -> bool {
    [json!(null), json!(false), json!(0), json!(""), json!([]), json!({})].contains(value)
}

pub(super) fn strip_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(strip_nulls);
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(strip_nulls);
        }
        _ => {}
    }
}
