//! `metadata-merge check`: an implementation against the vectors, and against generated samples.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;

use metadata_merge::conformance::{
    Case, Implementation, OPERATIONS, Reference, Refusal, Report, Rule, check_rules, rules,
};
use metadata_merge::laws::{self, Law};
use serde_json::{Value, json};

use self::example::{Example, Side};
use self::mistake::{Mistake, mistake};
use self::process::Process;
use self::report::Broken;
pub use self::report::Verdict;
use self::samples::{Random, draft, is_valid, names, of_laws};
use self::shrink::{Freedom, NOT_DETERMINISTIC, note, smallest};
pub use self::subject::Subject;
use crate::output::print;

mod example;
mod mistake;
mod process;
mod report;
mod samples;
mod shrink;
mod subject;

/// The options of the command.
pub struct Options {
    /// The number of samples.
    pub random: u64,
    /// The seed of the samples.
    pub seed: u64,
    /// How long a reply may take.
    pub timeout: Duration,
    /// Whether the report is JSON.
    pub format: Format,
    /// The adapter and its arguments; none for this crate itself.
    pub command: Vec<OsString>,
}

/// The form of the report.
#[derive(Clone, Copy, PartialEq)]
pub enum Format {
    /// Lines for people.
    Text,
    /// One line of JSON.
    Json,
}

/// Checks an implementation, and prints the report.
///
/// # Errors
///
/// The reason why there is no verdict: the adapter does not start, hangs, dies or breaks the
/// protocol.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let verdict = if options.command.is_empty() {
        judge(Subject::in_process(&mut Reference), options.random, options.seed)
    } else {
        let process = Process::start(&options.command, options.timeout);
        process.and_then(Subject::behind).and_then(|subject| judge(subject, options.random, options.seed))
    };
    match (verdict, options.format) {
        (Ok(verdict), format) => {
            print(&if format == Format::Json { verdict.to_json().to_string() } else { verdict.to_string() })?;
            Ok(if verdict.conforms() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        (Err(why), Format::Json) => {
            print(&json!({"conforms": false, "error": why}).to_string())?;
            Err(why)
        }
        (Err(why), Format::Text) => Err(why),
    }
}

/// Checks an implementation by the vectors and by samples.
///
/// # Errors
///
/// How the protocol was broken, or that `merge` is not offered.
pub fn judge(mut subject: Subject<'_>, samples: u64, seed: u64) -> Result<Verdict, String> {
    if !subject.offers.contains("merge") {
        return Err("the adapter does not offer merge, so there is nothing to check".to_owned());
    }
    let mut findings = Findings::default();
    let report = check_rules(vectors(&subject), |case| {
        subject.case.clone_from(&case.id);
        let found = subject.call(&case.op, &case.arguments);
        if subject.repeats {
            findings.repeated(case, found.clone());
        }
        findings.answers.insert(case.id.clone(), found.clone());
        found
    });
    findings.sample(&mut subject, samples, seed);
    let rules = findings.rules(&mut subject, &report);
    let offers = subject.offers.iter().copied().collect();
    subject.finish()?;
    let Findings { laws, operations, .. } = findings;
    Ok(Verdict { offers, samples, seed, report, rules, laws, operations })
}

/// The vectors, which are parsed once.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(rules);

/// Returns the rules with the cases that the implementation can be expected to pass.
fn vectors(subject: &Subject<'_>) -> Vec<Rule> {
    let mut rules = RULES.clone();
    for rule in &mut rules {
        rule.cases.retain(|case| case.needs.is_none() || subject.is_in_process());
    }
    rules
}

/// Returns the laws, without that of the definition: a wrong merge is told under its rule.
fn sampled_laws() -> impl Iterator<Item = &'static Law> {
    laws::all().filter(|law| law.name != "Definition")
}

/// What the samples show.
#[derive(Default)]
struct Findings {
    /// The answer to each case.
    answers: BTreeMap<String, Side>,
    /// Wrong merges, at most one for each rule.
    mistakes: Vec<Mistake>,
    laws: Vec<(&'static Law, Example)>,
    operations: Vec<(&'static str, Example)>,
}

impl Findings {
    /// Keeps the smallest case of an operation whose reply repeats a key.
    fn repeated(&mut self, case: &Case, found: Side) {
        let Some(op) = OPERATIONS.iter().find(|op| **op == case.op) else { return };
        let expected = Reference.call(op, &case.arguments);
        let example = Example::new(op, &case.arguments, expected, found, true);
        match self.operations.iter_mut().find(|(known, _)| known == op) {
            None => self.operations.push((op, example)),
            Some((_, known)) if example.size() < known.size() => *known = example,
            Some(_) => {}
        }
    }

    /// Tries samples until one breaks the protocol.
    fn sample(&mut self, subject: &mut Subject<'_>, samples: u64, seed: u64) {
        let mut random = Random::new(seed);
        let terminal = io::stderr().is_terminal();
        for number in 0..samples {
            if terminal && number % 1_000 == 0 {
                let _ = write!(io::stderr(), "\r{number} of {samples} samples\r");
            }
            subject.case = format!("sample {} of seed {seed}", number + 1);
            let offered: Vec<&'static str> = subject.offers.iter().copied().collect();
            for op in offered {
                let draft = draft(op, &mut random);
                match op {
                    "merge" => self.try_merge(subject, draft),
                    _ => self.try_operation(subject, op, draft),
                }
            }
            let sample = of_laws(&mut random);
            for law in sampled_laws() {
                self.try_law(subject, law, &sample, random.below(8));
            }
            if subject.is_broken() {
                break;
            }
        }
        if terminal && samples > 0 {
            let _ = write!(io::stderr(), "\u{1b}[K");
        }
    }

    fn try_merge(&mut self, subject: &mut Subject<'_>, draft: Vec<Value>) {
        match mistake(subject, &draft) {
            Some(found) if self.mistakes.iter().all(|known| known.rule != found.rule) => {
                self.mistakes.push(smallest_mistake(subject, found, Names::Short));
            }
            Some(_) => {}
            None => self.try_operation(subject, "merge", draft), // the reply may repeat a key
        }
    }

    fn try_operation(&mut self, subject: &mut Subject<'_>, op: &'static str, draft: Vec<Value>) {
        if self.operations.iter().any(|(known, _)| *known == op) {
            return;
        }
        let documents_alone = !["text", "create", "update", "limits", "reconcile_resource"].contains(&op);
        let freedom = Freedom { least: names(op).len(), rename: documents_alone };
        let example = smallest(subject, draft, freedom, |subject, draft| {
            is_valid(op, draft).then(|| Example::of_operation(subject, op, draft)).flatten()
        });
        self.operations.extend(example.map(|example| (op, example)));
    }

    /// A law of any number of bodies gets one more each time.
    fn try_law(&mut self, subject: &mut Subject<'_>, law: &'static Law, sample: &[Value], number: usize) {
        let known = self.laws.iter().any(|(known, _)| known.name == law.name);
        if known || !subject.offers_any(law.operations) {
            return;
        }
        let (least, most) = law.patches.clone().into_inner();
        let count = least + number % (most - least + 1);
        let sample = [&sample[..law.documents], &sample[3..3 + count]].concat();
        let freedom = Freedom { least: law.documents + least, rename: true };
        let example = smallest(subject, sample, freedom, |subject, sample| Example::of_law(subject, law, sample));
        self.laws.extend(example.map(|example| (law, example)));
    }

    /// Returns the smallest input for each broken rule.
    fn rules(&self, subject: &mut Subject<'_>, report: &Report) -> Vec<Broken> {
        let mut failed: Vec<(&str, Mistake)> = Vec::new();
        for failure in report.failures().iter().filter(|failure| failure.case.op == "merge") {
            subject.case = format!("{}, once more", failure.case.id);
            let sample = ["target", "patch"].map(|name| failure.case.arguments.get(name).cloned().unwrap_or_default());
            failed.extend(mistake(subject, &sample).map(|found| (failure.case.rule(), found)));
        }
        let of_its_rule = failed.iter().filter(|(rule, found)| *rule == found.rule).map(|(rule, _)| *rule);
        let blamed: Vec<&str> = of_its_rule.chain(self.mistakes.iter().map(|found| found.rule.as_str())).collect();
        let mut broken = Vec::new();
        for rule in report.rules() {
            subject.case = format!("a smaller case of {}", rule.id);
            let cases = failed.iter().filter(|(of, _)| *of == rule.id).map(|(_, found)| found);
            let of_cases = of_cases(subject, &rule.id, cases, &blamed);
            let of_samples = self.mistakes.iter().find(|found| found.rule == rule.id).map(|found| Broken {
                rule: rule.id.clone(),
                because_of: None,
                example: found.example.clone(),
            });
            let by_size = |broken: &Broken| (broken.because_of.is_some(), broken.example.size());
            let smallest = of_cases.into_iter().chain(of_samples).min_by_key(by_size);
            broken.extend(smallest.or_else(|| self.of_failures(subject, rule, report)));
        }
        broken
    }

    /// Returns the smallest failing case of a rule as it is: of another operation than `merge`, or
    /// one that passes when it is asked again.
    fn of_failures(&self, subject: &mut Subject<'_>, rule: &Rule, report: &Report) -> Option<Broken> {
        let failures = report.failures_of(&rule.id).map(|failure| {
            let Case { id, op, arguments, .. } = &failure.case;
            let found = self.answers.get(id).cloned().unwrap_or(Err(Refusal::Unsupported));
            Example::new(op, arguments, Reference.call(op, arguments), found, false)
        });
        let mut example = failures.min_by_key(Example::size)?;
        let draft: Vec<Value> = example.inputs.iter().map(|(_, value)| value.clone()).collect();
        example.note = note(subject, |subject| Example::of_operation(subject, &example.op, &draft).is_some());
        Some(Broken { rule: rule.id.clone(), because_of: None, example })
    }
}

/// Returns the case of one rule that tells most: a smallest one that breaks that rule, or else one
/// that breaks a rule that is not blamed already. If there is neither, the cases fail because of
/// another rule.
fn of_cases<'m>(
    subject: &mut Subject<'_>,
    rule: &str,
    cases: impl Iterator<Item = &'m Mistake>,
    blamed: &[&str],
) -> Option<Broken> {
    let elsewhere = |found: &Mistake| found.rule != rule && blamed.contains(&found.rule.as_str());
    let rank = |found: &&Mistake| (found.rule != rule, elsewhere(found), found.example.size());
    let found = cases.min_by_key(rank)?.clone();
    let rule = rule.to_owned();
    if elsewhere(&found) {
        return Some(Broken { rule, because_of: Some(found.rule), example: found.example });
    }
    // A key may be what the other rule is about.
    let names = if found.rule == rule { Names::Short } else { Names::Kept };
    Some(Broken { rule, because_of: None, example: smallest_mistake(subject, found, names).example })
}

#[derive(PartialEq)]
enum Names {
    Short,
    Kept,
}

/// Returns the smallest mistake that breaks the same rule.
fn smallest_mistake(subject: &mut Subject<'_>, found: Mistake, names: Names) -> Mistake {
    let sample = found.example.inputs.iter().map(|(_, value)| value.clone()).collect();
    let freedom = Freedom { least: 2, rename: names == Names::Short };
    let example = smallest(subject, sample, freedom, |subject, sample| {
        mistake(subject, sample).filter(|other| other.rule == found.rule).map(|other| other.example)
    });
    let unstable = || Example { note: Some(NOT_DETERMINISTIC), ..found.example.clone() };
    Mistake { example: example.unwrap_or_else(unstable), rule: found.rule }
}
