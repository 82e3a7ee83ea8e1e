//! The wrong answers to the vectors and the samples.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};

use metadata_merge::conformance::{Case, Implementation, OPERATIONS, Outcome, Reference, Refusal, Report, Rule, agree};
use metadata_merge::laws::Law;
use serde_json::{Map, Value};

use super::example::{Example, Side, sent};
use super::line::{self, Style};
use super::mistake::{Mistake, mistake};
use super::report::Broken;
use super::sampled_laws;
use super::samples::{Samples, Source, Until, draft, names, of_laws, request};
use super::shrink::{Content, Freedom, STALE, UNSTABLE, smallest};
use super::subject::Subject;

/// After this many wrong answers that repeat in a fresh process, the others are not repeated.
const ENOUGH: usize = 8;
/// The most earlier requests that are kept to be repeated.
const REMEMBERED: usize = 256;

/// The wrong answers.
#[derive(Default)]
pub(super) struct Findings {
    /// The answer to each case.
    answers: BTreeMap<String, Side>,
    /// The number of cases with a wrong answer in a fresh process too.
    stable: usize,
    /// Requests that got the right answer.
    earlier: Vec<Asked>,
    /// Wrong merges, at most one for each rule.
    mistakes: Vec<Mistake>,
    pub(super) laws: Vec<(&'static Law, Example)>,
    pub(super) operations: Vec<(&'static str, Example)>,
    /// Wrong answers that were right when repeated, at most one for each operation or law.
    pub(super) unstable: Vec<(String, Example)>,
    /// The number of the first sample with a wrong answer.
    pub(super) first: Option<u64>,
}

#[derive(Clone)]
struct Asked {
    op: &'static str,
    arguments: Map<String, Value>,
    style: Style,
    written: Option<&'static str>,
}

impl Asked {
    fn ask(&self, subject: &mut Subject<'_>) -> Side {
        subject.style = self.style;
        subject.written = self.written;
        subject.call(self.op, &self.arguments)
    }

    fn expected(&self) -> Side {
        Reference.call(self.op, &self.arguments)
    }

    fn accepts(&self, found: &Side) -> bool {
        match (self.expected(), found) {
            (_, Err(Refusal::Unsupported)) | (Err(_), Err(_)) => true,
            (Ok(expected), Ok(found)) => agree(self.op, &self.arguments, &expected, found),
            _ => false,
        }
    }

    fn example(&self, found: Side, repeats: bool, note: Option<&'static str>) -> Example {
        let sent = sent(&self.arguments, self.style, self.written);
        Example { sent, note, ..Example::new(self.op, &self.arguments, self.expected(), found, repeats) }
    }
}

impl Findings {
    pub(super) fn is_wrong(&self) -> bool {
        self.count() > 0
    }

    fn count(&self) -> usize {
        self.mistakes.len() + self.laws.len() + self.operations.len() + self.unstable.len()
    }

    /// Sends a case as it is written, and returns the answer. A wrong answer breaks a rule only if
    /// it repeats, here and in a fresh process.
    pub(super) fn answer(&mut self, subject: &mut Subject<'_>, case: &Case) -> Side {
        subject.case.clone_from(&case.id);
        let Some(op) = OPERATIONS.iter().copied().find(|op| *op == case.op) else { return Err(Refusal::Unsupported) };
        let asked =
            Asked { op, arguments: case.arguments.clone(), style: Style::Plain, written: line::of_case(&case.id) };
        let found = asked.ask(subject);
        let repeats = subject.repeats;
        let answer = match self.retried(subject, case, &asked, &found) {
            Some((note, right)) => {
                self.add_unstable(op, asked.example(found, repeats, Some(note)));
                right
            }
            None if repeats => {
                self.repeated(asked.example(found.clone(), true, None), op);
                found
            }
            None => {
                if accepts(case, &found) {
                    self.remember(asked);
                }
                found
            }
        };
        self.answers.insert(case.id.clone(), answer.clone());
        answer
    }

    /// Repeats a case with a wrong answer. Returns a note and the right answer, if there is one.
    fn retried(
        &mut self,
        subject: &mut Subject<'_>,
        case: &Case,
        asked: &Asked,
        found: &Side,
    ) -> Option<(&'static str, Side)> {
        if accepts(case, found) || subject.is_broken() || self.stable >= ENOUGH {
            return None;
        }
        let again = asked.ask(subject);
        if accepts(case, &again) {
            return Some((UNSTABLE, again));
        }
        let right = subject.fresh().map(|mut fresh| asked.ask(&mut fresh)).filter(|answer| accepts(case, answer));
        if right.is_none() {
            self.stable += 1;
        }
        right.filter(|answer| *answer != Err(Refusal::Unsupported)).map(|answer| (STALE, answer))
    }

    fn add_unstable(&mut self, op: &str, example: Example) {
        let name = format!("operation {op}");
        match self.unstable.iter_mut().find(|(known, _)| *known == name) {
            None => self.unstable.push((name, example)),
            Some((_, known)) if example.size() < known.size() => *known = example,
            Some(_) => {}
        }
    }

    /// Keeps the smallest case of an operation whose reply repeats a key.
    fn repeated(&mut self, example: Example, op: &'static str) {
        match self.operations.iter_mut().find(|(known, _)| *known == op) {
            None => self.operations.push((op, example)),
            Some((_, known)) if example.size() < known.size() => *known = example,
            Some(_) => {}
        }
    }

    fn remember(&mut self, asked: Asked) {
        if self.earlier.len() < REMEMBERED {
            self.earlier.push(asked);
        }
    }

    /// Repeats an earlier request that got the right answer.
    fn try_again(&mut self, subject: &mut Subject<'_>, source: &mut Source) {
        if self.earlier.is_empty() {
            return;
        }
        let number = source.random.below(self.earlier.len());
        let asked = self.earlier[number].clone();
        if self.is_unstable(asked.op) {
            return;
        }
        let found = asked.ask(subject);
        if asked.accepts(&found) || subject.is_broken() {
            return;
        }
        let again = asked.ask(subject);
        let fresh = subject.fresh().map(|mut fresh| asked.ask(&mut fresh));
        let depends = !asked.accepts(&again) && fresh.is_some_and(|found| asked.accepts(&found));
        self.add_unstable(asked.op, asked.example(found, false, Some(if depends { STALE } else { UNSTABLE })));
    }

    /// Sends the samples. Stops at a fault.
    pub(super) fn sample(&mut self, subject: &mut Subject<'_>, samples: &Samples) {
        let mut source = Source::new(samples.seed, samples.profile);
        let terminal = io::stderr().is_terminal();
        let before = self.count();
        for number in 0..samples.count {
            if terminal && number % 1_000 == 0 {
                let _ = write!(io::stderr(), "\r{number} of {} samples\r", samples.count);
            }
            subject.case = format!("sample {} of seed {}", number + 1, samples.seed);
            self.try_sample(subject, &mut source);
            if self.first.is_none() && self.count() > before {
                self.first = Some(number + 1);
            }
            if subject.is_broken() || self.first.is_some() && samples.until == Until::Wrong {
                break;
            }
        }
        if terminal && samples.count > 0 {
            let _ = write!(io::stderr(), "\u{1b}[K");
        }
    }

    fn try_sample(&mut self, subject: &mut Subject<'_>, source: &mut Source) {
        let offered: Vec<&'static str> = subject.offers.iter().copied().collect();
        for op in offered {
            let draft = draft(op, source);
            let style = Style::Varied(source.random.next());
            subject.style = style;
            match op {
                "merge" => self.try_merge(subject, &draft),
                _ => self.try_operation(subject, op, &draft),
            }
            let known_wrong = self.operations.iter().any(|(known, _)| *known == op) || self.is_unstable(op);
            if !known_wrong && (op != "merge" || self.mistakes.is_empty()) {
                let asked = Asked { op, arguments: request(op, &draft), style, written: None };
                if self.earlier.len() < REMEMBERED {
                    self.earlier.push(asked);
                } else if source.random.one_in(4) {
                    let place = source.random.below(REMEMBERED);
                    self.earlier[place] = asked;
                }
            }
        }
        let sample = of_laws(source);
        subject.style = Style::Varied(source.random.next());
        let varied = subject.style;
        for law in sampled_laws() {
            subject.style = varied;
            self.try_law(subject, law, &sample, source.random.below(8));
        }
        self.try_again(subject, source);
        self.try_again(subject, source);
    }

    fn is_unstable(&self, op: &str) -> bool {
        self.unstable.iter().any(|(known, _)| known.strip_prefix("operation ") == Some(op))
    }

    fn try_merge(&mut self, subject: &mut Subject<'_>, draft: &[Value]) {
        if self.is_unstable("merge") {
            return;
        }
        match mistake(subject, draft) {
            Some(found) if self.mistakes.iter().all(|known| known.rule != found.rule) => {
                let found = smallest_mistake(subject, &found, Names::Short).unwrap_or_else(|| {
                    // The answer is right when repeated.
                    let example = Example { note: Some(UNSTABLE), ..found.example.clone() };
                    Mistake { example, rule: found.rule }
                });
                match found.example.note {
                    Some(_) => self.add_unstable("merge", found.example),
                    None => self.mistakes.push(found),
                }
            }
            Some(_) => {}
            None if subject.repeats => self.try_operation(subject, "merge", draft),
            None => {}
        }
    }

    fn try_operation(&mut self, subject: &mut Subject<'_>, op: &'static str, draft: &[Value]) {
        if self.operations.iter().any(|(known, _)| *known == op) || self.is_unstable(op) {
            return;
        }
        let documents_alone = !["text", "create", "update", "limits", "reconcile_resource"].contains(&op);
        let content = if op == "text" { Content::Text } else { Content::Json };
        let freedom = Freedom { least: names(op).len(), rename: documents_alone, content };
        let example =
            smallest(subject, draft.to_vec(), freedom, |subject, draft| Example::of_operation(subject, op, draft));
        match example {
            Some(example) if example.note.is_some() => self.add_unstable(op, example),
            example => self.operations.extend(example.map(|example| (op, example))),
        }
    }

    /// Tests a law. `number` selects the number of bodies, if the law allows several.
    fn try_law(&mut self, subject: &mut Subject<'_>, law: &'static Law, sample: &[Value], number: usize) {
        let known = self.laws.iter().any(|(known, _)| known.name == law.name);
        // A law cannot judge unstable answers.
        if known || law.operations.iter().any(|op| self.is_unstable(op)) || !subject.offers_any(law.operations) {
            return;
        }
        let (least, most) = law.patches.clone().into_inner();
        let count = least + number % (most - least + 1);
        let sample = [&sample[..law.documents], &sample[3..3 + count]].concat();
        let freedom = Freedom { least: law.documents + least, rename: true, content: Content::Json };
        let example = smallest(subject, sample, freedom, |subject, sample| Example::of_law(subject, law, sample));
        match example {
            Some(example) if example.note.is_some() => {
                let name = format!("law {}", law.name);
                if self.unstable.iter().all(|(known, _)| *known != name) {
                    self.unstable.push((name, example));
                }
            }
            example => self.laws.extend(example.map(|example| (law, example))),
        }
    }

    /// Returns the smallest input for each broken rule.
    pub(super) fn rules(&self, subject: &mut Subject<'_>, report: &Report) -> Vec<Broken> {
        let mut failed: Vec<(&str, Mistake)> = Vec::new();
        for failure in report.failures().iter().filter(|failure| failure.case.op == "merge") {
            subject.case = format!("{}, repeated", failure.case.id);
            subject.style = Style::Plain;
            subject.written = line::of_case(&failure.case.id);
            let sample = ["target", "patch"].map(|name| failure.case.arguments.get(name).cloned().unwrap_or_default());
            failed.extend(mistake(subject, &sample).map(|found| (failure.case.rule(), found)));
        }
        let of_its_rule = failed.iter().filter(|(rule, found)| *rule == found.rule).map(|(rule, _)| *rule);
        let blamed: Vec<&str> = of_its_rule.chain(self.mistakes.iter().map(|found| found.rule.as_str())).collect();
        let mut broken = Vec::new();
        for rule in report.rules() {
            subject.case = format!("the search for a smaller case of {}", rule.id);
            let cases = failed.iter().filter(|(of, _)| *of == rule.id).map(|(_, found)| found);
            subject.style = Style::Plain;
            let of_cases = of_cases(subject, &rule.id, cases, &blamed);
            let of_samples = self.mistakes.iter().find(|found| found.rule == rule.id).map(|found| Broken {
                rule: rule.id.clone(),
                because_of: None,
                example: found.example.clone(),
            });
            let by_size = |broken: &Broken| (broken.because_of.is_some(), broken.example.size());
            let smallest = of_cases.into_iter().chain(of_samples).min_by_key(by_size);
            broken.extend(smallest.or_else(|| self.of_failures(rule, report)));
        }
        broken
    }

    /// Returns the smallest failing case of a rule without shrinking it. It is of another operation
    /// than `merge`, or fails only as it is written.
    fn of_failures(&self, rule: &Rule, report: &Report) -> Option<Broken> {
        let failures = report.failures_of(&rule.id).map(|failure| {
            let Case { id, op, arguments, .. } = &failure.case;
            let found = self.answers.get(id).cloned().unwrap_or(Err(Refusal::Unsupported));
            let sent = sent(arguments, Style::Plain, line::of_case(id));
            Example { sent, ..Example::new(op, arguments, Reference.call(op, arguments), found, false) }
        });
        let example = failures.min_by_key(Example::size)?;
        Some(Broken { rule: rule.id.clone(), because_of: None, example })
    }
}

/// Returns whether an answer is right or unsupported.
fn accepts(case: &Case, found: &Side) -> bool {
    match found {
        Ok(result) => case.accepts(&Outcome::Result(result.clone())),
        Err(Refusal::Rejected(_)) => case.accepts(&Outcome::Rejected),
        Err(Refusal::Unsupported) => true,
    }
}

/// Returns the best example of a broken rule: a smallest case that breaks it, or else one that
/// breaks a rule not blamed yet. Otherwise the cases fail because of another rule.
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
    // Another rule may depend on the names of the keys.
    let names = if found.rule == rule { Names::Short } else { Names::Kept };
    let smallest = smallest_mistake(subject, &found, names);
    Some(Broken { rule, because_of: None, example: smallest.unwrap_or(found).example })
}

#[derive(PartialEq)]
enum Names {
    Short,
    Kept,
}

/// Returns the smallest mistake that breaks the same rule, if the mistake repeats.
fn smallest_mistake(subject: &mut Subject<'_>, found: &Mistake, names: Names) -> Option<Mistake> {
    let sample = found.example.inputs.iter().map(|(_, value)| value.clone()).collect();
    let freedom = Freedom { least: 2, rename: names == Names::Short, content: Content::Json };
    let example = smallest(subject, sample, freedom, |subject, sample| {
        mistake(subject, sample).filter(|other| other.rule == found.rule).map(|other| other.example)
    })?;
    Some(Mistake { example, rule: found.rule.clone() })
}
