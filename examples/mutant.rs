//! A wrong implementation of this crate's own tests behind the adapter protocol, to show that the runner finds it:
//!
//! ```text
//! $ cargo run --example conformance -- cargo run -q --example mutant -- 'stores null'
//! ```
//!
//! Without a name, it lists them all, each behind the rule that it breaks.

#![allow(clippy::duplicate_mod)] // what the tests share stands in each of them

use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use metadata_merge::merge;
use metadata_merge::resource;
use serde_json::{Value, json};

use crate::mutants::MUTANTS;
use crate::resource_mutants::{LIMITS, MUTANTS as UPDATES};
use crate::tool_mutants::{GUARDS, RECONCILES};

#[allow(dead_code, unused_imports)] // what only its tests use
#[path = "../tests/mutants.rs"]
mod mutants;
#[allow(dead_code, unused_imports)] // likewise
#[path = "../tests/resource_mutants.rs"]
mod resource_mutants;
#[allow(dead_code, unused_imports)] // likewise
#[path = "../tests/tool_mutants.rs"]
mod tool_mutants;

fn main() -> ExitCode {
    let Some(wanted) = env::args().nth(1) else {
        list(MUTANTS);
        list(UPDATES);
        list(LIMITS);
        list(RECONCILES);
        list(GUARDS);
        return ExitCode::SUCCESS;
    };
    let Some(wrong) = wrong(&wanted) else {
        eprintln!("no such mutant: {wanted}");
        return ExitCode::from(2);
    };
    for line in io::stdin().lock().lines() {
        let request: Value = line.ok().and_then(|line| serde_json::from_str(&line).ok()).unwrap_or_default();
        let seq = &request["seq"];
        let reply = match answer(&wrong, &request) {
            Some(Ok(result)) => json!({"seq": seq, "result": result}),
            Some(Err(())) => json!({"seq": seq, "rejected": "by a mistake or by the rules"}),
            None => json!({"seq": seq, "unsupported": true}),
        };
        if writeln!(io::stdout(), "{reply}").is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}

fn list<T>(mutants: &[(&str, &str, T)]) {
    mutants.iter().for_each(|(name, rule, _)| println!("{rule}: {name}"));
}

/// The operations that are wrong: those that have a mutant of the name.
struct Wrong {
    merge: Option<mutants::Merge>,
    update: Option<resource_mutants::Update>,
    limits: Option<resource_mutants::Limits>,
    reconcile: Option<tool_mutants::Reconcile>,
    guard: Option<tool_mutants::Guard>,
}

fn wrong(name: &str) -> Option<Wrong> {
    fn of<T: Copy>(all: &[(&str, &str, T)], name: &str) -> Option<T> {
        all.iter().find(|mutant| mutant.0 == name).map(|mutant| mutant.2)
    }
    let wrong = Wrong {
        merge: of(MUTANTS, name),
        update: of(UPDATES, name),
        limits: of(LIMITS, name),
        reconcile: of(RECONCILES, name),
        guard: of(GUARDS, name),
    };
    let none = matches!(wrong, Wrong { merge: None, update: None, limits: None, reconcile: None, guard: None });
    (!none).then_some(wrong)
}

/// None to what is not offered: whatever is not wrong, but for a merge.
fn answer(wrong: &Wrong, request: &Value) -> Option<Result<Value, ()>> {
    let argument = |name: &str| &request[name];
    let name = argument("resource").as_str().unwrap_or_default();
    let known = || resource::ALL.into_iter().find(|resource| resource.name == name).ok_or(());
    Some(match argument("op").as_str()? {
        "merge" => match wrong.merge {
            Some(merge) => merge(argument("target"), argument("patch")),
            None => merge(argument("target"), argument("patch")).map_err(drop),
        },
        "create" => {
            let update = wrong.update?;
            known().and_then(|resource| update(&resource, None, argument("body")))
        }
        "update" => {
            let update = wrong.update?;
            known().and_then(|resource| update(&resource, Some(argument("stored")), argument("body")))
        }
        "limits" => wrong.limits?(name, argument("stored")).map(Value::Array),
        "reconcile" => wrong.reconcile?(argument("base"), argument("mine"), argument("theirs")),
        "deny_removals" => wrong.guard?("deny-removals", argument("target"), argument("patch")),
        "deny_wipe" => wrong.guard?("deny-wipe", argument("target"), argument("patch")),
        _ => return None,
    })
}
