//! A wrong implementation of this crate's own tests behind the adapter protocol, to show that the runner finds it:
//!
//! ```text
//! $ cargo run --example conformance -- cargo run -q --example mutant -- 'stores null'
//! ```
//!
//! Without a name, it lists them all, each behind the rule that it breaks.

use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use metadata_merge::merge;
use metadata_merge::resource;
use serde_json::{Value, json};

use crate::mutants::MUTANTS;
use crate::resource_mutants::{LIMITS, MUTANTS as UPDATES};

#[allow(dead_code, unused_imports)] // what only its tests use
#[path = "../tests/mutants.rs"]
mod mutants;
#[allow(dead_code, unused_imports)] // likewise
#[path = "../tests/resource_mutants.rs"]
mod resource_mutants;

fn main() -> ExitCode {
    let Some(wanted) = env::args().nth(1) else {
        let merges = MUTANTS.iter().map(|(name, rule, _)| (name, rule));
        let updates = UPDATES.iter().map(|(name, rule, _)| (name, rule));
        let limits = LIMITS.iter().map(|(name, rule, _)| (name, rule));
        merges.chain(updates).chain(limits).for_each(|(name, rule)| println!("{rule}: {name}"));
        return ExitCode::SUCCESS;
    };
    let wrong_merge = MUTANTS.iter().find(|mutant| mutant.0 == wanted);
    let wrong_update = UPDATES.iter().find(|mutant| mutant.0 == wanted);
    let wrong_limits = LIMITS.iter().find(|mutant| mutant.0 == wanted);
    if wrong_merge.is_none() && wrong_update.is_none() && wrong_limits.is_none() {
        eprintln!("no such mutant: {wanted}");
        return ExitCode::from(2);
    }
    for line in io::stdin().lock().lines() {
        let request: Value = line.ok().and_then(|line| serde_json::from_str(&line).ok()).unwrap_or_default();
        let argument = |name: &str| &request[name];
        let name = argument("resource").as_str().unwrap_or_default();
        let known = || resource::ALL.into_iter().find(|resource| resource.name == name).ok_or(());
        let answer = match (argument("op").as_str(), wrong_merge, wrong_update, wrong_limits) {
            (Some("merge"), Some((_, _, merge)), _, _) => Some(merge(argument("target"), argument("patch"))),
            (Some("merge"), None, _, _) => Some(merge(argument("target"), argument("patch")).map_err(drop)),
            (Some("create"), _, Some((_, _, update)), _) => {
                Some(known().and_then(|resource| update(&resource, None, argument("body"))))
            }
            (Some("update"), _, Some((_, _, update)), _) => {
                Some(known().and_then(|resource| update(&resource, Some(argument("stored")), argument("body"))))
            }
            (Some("limits"), _, _, Some((_, _, limits))) => Some(limits(name, argument("stored")).map(Value::Array)),
            _ => None,
        };
        let seq = argument("seq");
        let reply = match answer {
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
