//! The verdict, as text and as JSON.

use std::fmt;

use metadata_merge::conformance::{OPERATIONS, Report};
use metadata_merge::laws::Law;
use serde_json::{Value, json};

use super::example::Example;
use super::sampled_laws;
use super::samples::Samples;

const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// Explains the words after each rule.
const LEGEND: &str =
    "(documented: stated by Auth0; observed: recorded from the live service; decided: by this project)";

/// A broken rule, with the smallest input that breaks it.
pub(super) struct Broken {
    pub(super) rule: String,
    /// Another broken rule that explains the failed cases.
    pub(super) because_of: Option<String>,
    pub(super) example: Example,
}

/// The number of cases that were left out, for each need.
#[derive(Clone, Copy, Default)]
pub(super) struct LeftOut {
    pub(super) exact_numbers: usize,
    pub(super) nul: usize,
}

/// The result of a check.
pub struct Verdict {
    pub(super) offers: Vec<&'static str>,
    pub(super) samples: Samples,
    pub(super) report: Report,
    pub(super) left_out: LeftOut,
    /// In the order of the vectors.
    pub(super) rules: Vec<Broken>,
    pub(super) laws: Vec<(&'static Law, Example)>,
    /// Operations with answers that differ from those of this crate, or repeat a key.
    pub(super) operations: Vec<(&'static str, Example)>,
    /// Operations and laws with a wrong answer that was right when it was repeated.
    pub(super) unstable: Vec<(String, Example)>,
    pub(super) first: Option<u64>,
}

impl Verdict {
    /// Returns whether nothing is broken.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.report.conforms() && self.broken().is_empty()
    }

    /// Returns the number of the first sample with a wrong answer.
    #[must_use]
    pub fn first_wrong_sample(&self) -> Option<u64> {
        self.first
    }

    /// Returns the names of the broken rules and laws, of the operations with other wrong answers,
    /// and of the unstable ones after their verdict.
    #[must_use]
    pub fn broken(&self) -> Vec<String> {
        let rules = self.rules.iter().map(|broken| format!("rule {}", broken.rule));
        let laws = self.laws.iter().map(|(law, _)| format!("law {}", law.name));
        let operations = self.operations.iter().map(|(op, _)| format!("operation {op}"));
        let unstable = self.unstable.iter().map(|(name, example)| format!("{}: {name}", verdict(example)));
        rules.chain(laws).chain(operations).chain(unstable).collect()
    }

    /// Returns the report as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let rules = self.report.rules().iter().map(|rule| {
            let failed: Vec<&str> = self.report.failures_of(&rule.id).map(|failure| failure.case.id.as_str()).collect();
            let broken = self.rules.iter().find(|broken| broken.rule == rule.id);
            let tested = rule.cases.len() - self.report.skipped_of(rule);
            json!({
                "id": rule.id,
                "holds": (tested > 0 || broken.is_some()).then_some(broken.is_none()),
                "cases": tested,
                "failed": failed,
                "because_of": broken.and_then(|broken| broken.because_of.as_ref()),
                "smallest": broken.map(|broken| broken.example.to_json()),
            })
        });
        let laws = sampled_laws().filter(|_| self.samples.count > 0).map(|law| {
            let example = self.laws.iter().find(|(broken, _)| broken.name == law.name).map(|(_, example)| example);
            json!({
                "law": law.name,
                "statement": law.statement,
                "holds": self.tests(law).then_some(example.is_none()),
                "smallest": example.map(Example::to_json),
            })
        });
        let operations = self.offers.iter().map(|op| {
            let example = self.operations.iter().find(|(broken, _)| broken == op).map(|(_, example)| example);
            json!({"op": op, "holds": self.holds(op), "smallest": example.map(Example::to_json)})
        });
        let unstable = self
            .unstable
            .iter()
            .map(|(name, example)| json!({"name": name, "verdict": verdict(example), "smallest": example.to_json()}));
        json!({
            "conforms": self.conforms(),
            "broken": self.broken(),
            "release": RELEASE,
            "offers": self.offers,
            "samples": self.samples.count,
            "seed": self.samples.seed,
            "exact_numbers": self.samples.profile.has_exact_numbers(),
            "nul": self.samples.profile.has_nul(),
            "left_out": {"exact-numbers": self.left_out.exact_numbers, "nul": self.left_out.nul},
            "rules": rules.collect::<Vec<_>>(),
            "laws": laws.collect::<Vec<_>>(),
            "operations": operations.collect::<Vec<_>>(),
            "unstable": unstable.collect::<Vec<_>>(),
        })
    }

    fn tests(&self, law: &Law) -> bool {
        law.operations.iter().any(|op| self.offers.contains(op))
    }

    /// Returns whether no answer to an operation was wrong.
    fn holds(&self, op: &str) -> bool {
        let of_rules = self.rules.iter().map(|broken| &broken.example);
        let of_operations = self.operations.iter().map(|(_, example)| example);
        let others = of_operations.chain(self.unstable.iter().map(|(_, example)| example));
        of_rules.chain(others).all(|example| example.op != op)
    }

    fn write_samples(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Samples { count, seed, profile, .. } = self.samples;
        let exact = if profile.has_exact_numbers() { " --exact-numbers" } else { "" };
        let nul = if profile.has_nul() { "" } else { " --no-nul" };
        let samples = if count == 1 { "sample" } else { "samples" };
        let each = "for each operation and law";
        writeln!(f, "\n{count} generated {samples} {each}, --seed {seed}{exact}{nul}, release {RELEASE}")?;
        for law in sampled_laws().filter(|law| self.tests(law)) {
            match self.laws.iter().find(|(broken, _)| broken.name == law.name) {
                None => writeln!(f, "ok      law {}: {}", law.name, law.statement)?,
                Some((_, example)) => writeln!(f, "BROKEN  law {}: {}{example}", law.name, law.statement)?,
            }
        }
        for op in self.offers.iter().filter(|op| self.holds(op)) {
            writeln!(f, "ok      operation {op}: answers as metadata-merge does")?;
        }
        Ok(())
    }
}

/// Returns the verdict, which is the first part of a note.
fn verdict(unstable: &Example) -> &'static str {
    unstable.note.and_then(|note| note.split(':').next()).unwrap_or("unstable")
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{LEGEND}", self.report)?;
        for (count, option) in
            [(self.left_out.exact_numbers, "without --exact-numbers"), (self.left_out.nul, "by --no-nul")]
        {
            if count > 0 {
                writeln!(f, "left out {option}: {count} {}", if count == 1 { "case" } else { "cases" })?;
            }
        }
        let missing: Vec<&str> = OPERATIONS.iter().copied().filter(|op| !self.offers.contains(op)).collect();
        if !missing.is_empty() {
            writeln!(f, "not offered: {}", missing.join(", "))?;
        }
        if self.samples.count > 0 {
            self.write_samples(f)?;
        }
        for (op, example) in &self.operations {
            writeln!(f, "BROKEN  operation {op}{example}")?;
        }
        for (name, example) in &self.unstable {
            writeln!(f, "BROKEN  {name}, {}{example}", verdict(example))?;
        }
        if !self.rules.is_empty() {
            writeln!(f, "\nthe smallest input for each broken rule")?;
        }
        for Broken { rule, because_of, example } in &self.rules {
            let because_of = because_of.as_ref().map(|other| format!(" (fails with {other})")).unwrap_or_default();
            writeln!(f, "    {rule}{because_of}{example}")?;
        }
        match self.broken() {
            broken if broken.is_empty() => write!(f, "\nconforms"),
            broken => write!(f, "\nBROKEN: {}", broken.join(", ")),
        }
    }
}
