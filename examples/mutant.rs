//! A wrong implementation of `tests/mutants.rs` behind the adapter protocol, to show that the runner finds it:
//!
//! ```text
//! $ cargo run --example conformance -- cargo run -q --example mutant -- 'stores null'
//! ```
//!
//! Without a name, it lists them all, each behind the rule that it breaks.

use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::mutants::MUTANTS;

#[allow(dead_code, unused_imports)] // what only its tests use
#[path = "../tests/mutants.rs"]
mod mutants;

fn main() -> ExitCode {
    let name = env::args().nth(1);
    let Some((_, _, merge)) = MUTANTS.iter().find(|mutant| Some(mutant.0) == name.as_deref()) else {
        let list: Vec<_> = MUTANTS.iter().map(|(name, rule, _)| format!("{rule}: {name}")).collect();
        println!("{}", list.join("\n"));
        return if name.is_none() { ExitCode::SUCCESS } else { ExitCode::from(2) };
    };
    for line in io::stdin().lock().lines() {
        let request: Value = line.ok().and_then(|line| serde_json::from_str(&line).ok()).unwrap_or_default();
        let seq = &request["seq"];
        let reply = match (request["op"].as_str(), merge(&request["target"], &request["patch"])) {
            (Some("merge"), Ok(merged)) => json!({"seq": seq, "result": merged}),
            (Some("merge"), Err(())) => json!({"seq": seq, "rejected": "by a mistake or by the rules"}),
            _ => json!({"seq": seq, "unsupported": true}),
        };
        if writeln!(io::stdout(), "{reply}").is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}
