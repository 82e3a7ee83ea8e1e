//! Judges an implementation in any language that stands behind the adapter protocol (`examples/adapter.rs`). See `--help`.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metadata_merge::conformance::{self, Implementation, Outcome, Report, rules};
use serde_json::{Value, json};

use crate::adapter::{Adapter, operations};
use crate::generated::{Findings, properties};
use crate::levels::{Level, ids, levels};
use crate::mistake::{Mistake, mistake, size};

mod adapter;
mod breach;
mod generated;
mod levels;
mod mistake;
mod resource;
mod shrink;
mod text;

const HELP: &str = "\
Usage: conformance [OPTIONS] [COMMAND…]

Starts COMMAND as an adapter, puts all vectors of what it offers to it and generated samples, and reports which rules and laws
it breaks, each with a smallest input that shows it. Without COMMAND, this crate itself is judged.

  --random N         as many generated samples: the rules, and the laws of each operation that the adapter offers
  --seed S           which samples (a number; it is printed)
  --timeout SECONDS  how long a reply may take (10)
  --json             the report for machines
  --help             this text

Exit status: 0 if every rule and law holds, 1 if one is broken, 2 if that cannot be said: the adapter does not start, hangs,
dies, or does not speak the protocol. What it writes to standard error is passed on.";

struct Options {
    random: u64,
    seed: u64,
    timeout: Duration,
    json: bool,
    command: Vec<OsString>,
}

fn main() -> ExitCode {
    let options = match options(env::args_os().skip(1).collect()) {
        Ok(Some(options)) => options,
        Ok(None) => return print(HELP, ExitCode::SUCCESS),
        Err(why) => return fail(&format!("{why}: try --help")),
    };
    match judge(&options) {
        Ok(verdict) => {
            let code = if verdict.conforms() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
            let text = if options.json { verdict.json(&options).to_string() } else { verdict.text(&options) };
            print(&text, code)
        }
        Err(why) => {
            if options.json {
                print(&json!({"conforms": false, "error": why}).to_string(), ExitCode::SUCCESS);
            }
            fail(&why)
        }
    }
}

/// None where only help is asked for.
fn options(arguments: Vec<OsString>) -> Result<Option<Options>, String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = now.as_secs() ^ u64::from(now.subsec_nanos());
    let mut options = Options { random: 0, seed, timeout: Duration::from_secs(10), json: false, command: Vec::new() };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let value = arguments.next().and_then(|value| value.into_string().ok());
            value.ok_or_else(|| format!("{argument:?} needs a value"))
        };
        let wrong = |value: &str| format!("{value:?} is no value of {argument:?}");
        match argument.to_str() {
            Some("--help" | "-h") => return Ok(None),
            Some("--random") => options.random = value().and_then(|value| value.parse().map_err(|_| wrong(&value)))?,
            Some("--seed") => options.seed = value().and_then(|value| value.parse().map_err(|_| wrong(&value)))?,
            Some("--timeout") => {
                let value = value()?;
                let seconds = value.parse().ok().filter(|seconds| *seconds > 0.0);
                let timeout = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                options.timeout = timeout.ok_or_else(|| wrong(&value))?;
            }
            Some("--json") => options.json = true,
            Some("--") => options.command.extend(&mut arguments),
            Some(option) if option.starts_with('-') => return Err(format!("unknown option {option:?}")),
            _ => {
                options.command.push(argument);
                options.command.extend(&mut arguments);
            }
        }
    }
    Ok(Some(options))
}

struct Verdict {
    offers: Vec<&'static str>,
    report: Report,
    levels: Vec<Level>,
    /// A smallest input for each broken rule, in the order of the rules.
    mistakes: Vec<Mistake>,
    findings: Findings,
}

/// The verdict, or why there is none.
fn judge(options: &Options) -> Result<Verdict, String> {
    let mut adapter = Adapter::start(&options.command, options.timeout)?;
    if !adapter.offers.contains("merge") {
        return Err("the adapter does not offer merge, so there is nothing to judge".to_owned());
    }
    let mut next = ids(rules());
    let report = conformance::check(|document, patch| {
        adapter.case = next();
        adapter.merge(document, patch)
    });
    let levels = levels(&mut adapter);
    let terminal = io::stderr().is_terminal();
    let findings = generated::run(&mut adapter, options.random, options.seed, |done| {
        if terminal && done % 1_000 == 0 {
            let _ = write!(io::stderr(), "\r{done} of {} samples", options.random);
        }
    });
    if terminal && options.random > 0 {
        let _ = write!(io::stderr(), "\r\u{1b}[K");
    }
    let mistakes = mistakes(&mut adapter, &report, &findings);
    let offers = adapter.offers.iter().copied().collect();
    if let Some(why) = adapter.broken.take() {
        return Err(why);
    }
    adapter.finish()?;
    Ok(Verdict { offers, report, levels, mistakes, findings })
}

/// A smallest input for each broken rule.
fn mistakes(adapter: &mut Adapter, report: &Report, findings: &Findings) -> Vec<Mistake> {
    let mut failed = Vec::new();
    for failure in report.failures() {
        adapter.case = format!("{}, once more", failure.case.id);
        let found = mistake(adapter, &failure.case.document, &failure.case.patch);
        failed.extend(found.map(|found| (failure.case.rule().to_owned(), found)));
    }
    let of_its_rule = failed.iter().filter(|(rule, found)| *rule == found.rule).map(|(rule, _)| rule);
    let broken: Vec<String> = of_its_rule.chain(findings.mistakes.keys()).cloned().collect();
    let mut mistakes = Vec::new();
    for rule in rules() {
        adapter.case = format!("a smaller case of {}", rule.id);
        let cases: Vec<_> = failed.iter().filter(|(of, _)| *of == rule.id).map(|(_, found)| found.clone()).collect();
        let of_cases = generated::of_cases(adapter, &rule.id, &cases, &broken);
        let all = of_cases.into_iter().chain(findings.mistakes.get(&rule.id).cloned());
        mistakes.extend(all.min_by_key(|found| (found.because_of.is_some(), size(found))));
    }
    mistakes
}

impl Verdict {
    fn conforms(&self) -> bool {
        let vectors = self.report.conforms() && self.levels.iter().all(Level::conforms);
        vectors && self.mistakes.is_empty() && self.findings.failures.is_empty()
    }

    fn text(&self, options: &Options) -> String {
        let mut lines = vec![self.report.to_string()];
        lines.extend(self.levels.iter().filter_map(Level::text));
        let missing: Vec<_> =
            operations().into_iter().map(|(op, _)| op).filter(|op| !self.offers.contains(op)).collect();
        if !missing.is_empty() {
            lines.push(format!("not offered: {}", missing.join(", ")));
        }
        if options.random > 0 {
            lines.push(format!("\n{} generated samples, --seed {}", options.random, options.seed));
            for property in properties() {
                let Some(failure) = self.findings.failures.get(&property.name) else {
                    let offered = property.operations.iter().any(|op| self.offers.contains(op));
                    let mark = if offered { "ok     " } else { "-      " };
                    lines.push(format!("{mark} {}", property.statement));
                    continue;
                };
                lines.push(format!("BROKEN  {}", property.statement));
                let [documents, patches] = property.names();
                let sample = documents.iter().zip(&failure.documents).chain(patches.iter().zip(&failure.patches));
                lines.extend(
                    sample.map(|(name, value)| format!("        {name:<8}  {}", Outcome::Document(value.clone()))),
                );
                lines.push(format!("        wanted    {}", failure.breach.wanted));
                lines.push(format!("        actual    {}", failure.breach.actual));
            }
        }
        if !self.mistakes.is_empty() {
            lines.push("\na smallest input for each broken rule".to_owned());
        }
        for Mistake { rule, because_of, document, patch, wanted, actual } in &self.mistakes {
            let (document, patch) = (Outcome::Document(document.clone()), Outcome::Document(patch.clone()));
            let because_of = because_of.as_ref().map(|other| format!(" (it fails with {other})")).unwrap_or_default();
            lines.push(format!(
                "    {rule}: {document} patched with {patch} must be {wanted}, but is {actual}{because_of}"
            ));
        }
        lines.join("\n")
    }

    fn json(&self, options: &Options) -> Value {
        let rules = rules().into_iter().map(|rule| {
            let failures = self.report.failures().iter().filter(|failure| failure.case.rule() == rule.id);
            let failed: Vec<_> = failures.map(|failure| failure.case.id.as_str()).collect();
            let mistake = self.mistakes.iter().find(|found| found.rule == rule.id);
            let because_of = mistake.and_then(|found| found.because_of.as_ref());
            let smallest = mistake.map(|found| {
                json!({
                    "document": found.document,
                    "patch": found.patch,
                    "wanted": outcome(&found.wanted),
                    "actual": outcome(&found.actual),
                })
            });
            json!({
                "id": rule.id,
                "holds": smallest.is_none(),
                "cases": rule.cases.len(),
                "failed": failed,
                "because_of": because_of,
                "smallest": smallest,
            })
        });
        let laws = properties().into_iter().filter(|_| options.random > 0).map(|property| {
            let offered = property.operations.iter().any(|op| self.offers.contains(op));
            let failure = self.findings.failures.get(&property.name);
            json!({
                "law": property.name,
                "statement": property.statement,
                "holds": offered.then_some(failure.is_none()),
                "smallest": failure.map(|failure| json!({
                    "documents": failure.documents,
                    "patches": failure.patches,
                    "wanted": failure.breach.wanted,
                    "actual": failure.breach.actual,
                })),
            })
        });
        let rules = rules.chain(self.levels.iter().flat_map(|level| &level.rules).cloned());
        json!({
            "conforms": self.conforms(),
            "offers": self.offers,
            "samples": options.random,
            "seed": options.seed,
            "rules": rules.collect::<Vec<_>>(),
            "laws": laws.collect::<Vec<_>>(),
        })
    }
}

fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Document(document) => json!({"document": document}),
        Outcome::Rejected => json!({"rejected": true}),
    }
}

/// To standard output; that nobody reads to its end is no error.
fn print(text: &str, code: ExitCode) -> ExitCode {
    let mut output = io::stdout().lock();
    match writeln!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(&format!("standard output: {error}")),
        _ => code,
    }
}

/// To standard error; if it is closed, the code says it alone.
fn fail(why: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "conformance: {why}");
    ExitCode::from(2)
}
