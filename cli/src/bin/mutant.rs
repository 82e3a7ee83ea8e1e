//! A wrong implementation behind the adapter protocol, to show that the runner finds it:
//!
//! ```text
//! $ cargo run --bin conformance -- cargo run -q --bin mutant -- 'stores null'
//! ```
//!
//! Without a name, it lists them all, each behind the rule that it breaks.

use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use metadata_merge::merge;
use metadata_merge::resource;
use metadata_merge_runner::mutants::{self, Mutant};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let Some(name) = env::args().nth(1) else {
        mutants::all().iter().for_each(|(name, rule, _)| println!("{rule}: {name}"));
        return ExitCode::SUCCESS;
    };
    // A mistake may be made at several levels.
    let wrong: Vec<Mutant> =
        mutants::all().into_iter().filter(|mutant| mutant.0 == name).map(|mutant| mutant.2).collect();
    if wrong.is_empty() {
        eprintln!("no such mutant: {name}");
        return ExitCode::from(2);
    }
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

/// None to what is not offered: whatever is not wrong, but for a merge.
fn answer(wrong: &[Mutant], request: &Value) -> Option<Result<Value, ()>> {
    let argument = |name: &str| &request[name];
    let op = argument("op").as_str()?;
    let name = argument("resource").as_str().unwrap_or_default();
    let known = || resource::ALL.into_iter().find(|resource| resource.name == name).ok_or(());
    let answer = wrong.iter().find_map(|mutant| {
        Some(match (op, *mutant) {
            ("merge", Mutant::Merge(merge)) => merge(argument("target"), argument("patch")),
            ("create", Mutant::Update(update)) => known().and_then(|kind| update(&kind, None, argument("body"))),
            ("update", Mutant::Update(update)) => {
                known().and_then(|kind| update(&kind, Some(argument("stored")), argument("body")))
            }
            ("limits", Mutant::Limits(limits)) => limits(name, argument("stored")).map(Value::Array),
            ("reconcile", Mutant::Reconcile(reconcile)) => {
                reconcile(argument("base"), argument("mine"), argument("theirs"))
            }
            ("deny_removals", Mutant::Guard(guard)) => guard("deny-removals", argument("target"), argument("patch")),
            ("deny_wipe", Mutant::Guard(guard)) => guard("deny-wipe", argument("target"), argument("patch")),
            _ => return None,
        })
    });
    answer.or_else(|| (op == "merge").then(|| merge(argument("target"), argument("patch")).map_err(drop)))
}
