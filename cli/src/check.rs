//! `metadata-merge check`: tests an implementation with the vectors and with generated samples.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;

use metadata_merge::conformance::{Needs, Reference, Rule, check_rules, rules};
use metadata_merge::laws::{self, Law, Profile};
use serde_json::json;

use self::findings::Findings;
use self::process::Process;
use self::report::LeftOut;
pub use self::report::Verdict;
pub use self::samples::{Samples, Until};
pub use self::subject::{Adapter, Subject};
use crate::output::print;

mod coarse;
mod edges;
mod example;
mod findings;
mod line;
mod mistake;
mod process;
mod random;
mod reply;
mod report;
mod samples;
mod shrink;
mod subject;
mod texts;
mod values;

/// The options of the command.
pub struct Options {
    /// The generated requests.
    pub samples: Samples,
    /// The longest time to wait for a reply.
    pub timeout: Duration,
    /// The format of the report.
    pub format: Format,
    /// The adapter and its arguments. If empty, this crate is tested.
    pub command: Vec<OsString>,
}

/// The format of the report.
#[derive(Clone, Copy, PartialEq)]
pub enum Format {
    /// Plain text.
    Text,
    /// One line of JSON.
    Json,
}

/// Tests an implementation, and prints the report.
///
/// # Errors
///
/// The fault: the adapter does not start, hangs, exits or breaks the protocol.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let verdict = if options.command.is_empty() {
        judge(Subject::in_process(&mut Reference), &options.samples)
    } else {
        let process = Process::start(&options.command, options.timeout);
        process.and_then(Subject::behind).and_then(|subject| judge(subject, &options.samples))
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

/// Tests an implementation with the vectors and with samples.
///
/// # Errors
///
/// A breach of the protocol, or an implementation without `merge`.
pub fn judge(mut subject: Subject<'_>, samples: &Samples) -> Result<Verdict, String> {
    if !subject.offers.contains("merge") {
        return Err("the adapter must offer merge, but replied \"unsupported\"".to_owned());
    }
    if samples.until == Until::Wrong {
        subject.tries = 0;
    }
    let mut findings = Findings::default();
    let (vectors, left_out) = vectors(samples.profile);
    let report = check_rules(vectors, |case| findings.answer(&mut subject, case));
    if samples.until == Until::End || report.conforms() && !findings.is_wrong() {
        findings.sample(&mut subject, samples);
    }
    let rules = findings.rules(&mut subject, &report);
    let offers = subject.offers.iter().copied().collect();
    subject.finish()?;
    let Findings { laws, operations, unstable, first, .. } = findings;
    Ok(Verdict { offers, samples: *samples, report, left_out, rules, laws, operations, unstable, first })
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(rules);

/// Returns the rules with the cases that the profile allows, and the number of the others.
fn vectors(profile: Profile) -> (Vec<Rule>, LeftOut) {
    let (mut rules, mut left_out) = (RULES.clone(), LeftOut::default());
    for rule in &mut rules {
        rule.cases.retain(|case| {
            let (kept, count) = match case.needs {
                None => return true,
                Some(Needs::ExactNumbers) => (profile.has_exact_numbers(), &mut left_out.exact_numbers),
                Some(Needs::Nul) => (profile.has_nul(), &mut left_out.nul),
                Some(_) => return false,
            };
            *count += usize::from(!kept);
            kept
        });
    }
    (rules, left_out)
}

/// Returns the laws without the definition of `merge`, because a wrong merge is reported under its
/// rule.
fn sampled_laws() -> impl Iterator<Item = &'static Law> {
    laws::all().filter(|law| law.name != "Definition")
}
