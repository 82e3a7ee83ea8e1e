//! The implementation under test.

use std::collections::BTreeSet;

use metadata_merge::conformance::{Implementation, OPERATIONS, Refusal};
use metadata_merge::laws::Profile;
use serde_json::{Map, Value};

use super::line::{self, Style};
use super::process::Process;
use super::reply::{Answer, parse};
use super::samples::{Source, draft, request};

/// A request with its answer.
pub(super) struct Call {
    pub(super) op: String,
    pub(super) arguments: Map<String, Value>,
    pub(super) answer: Answer,
}

/// The most requests for the smallest input of a wrong answer. It bounds the time, because a
/// program may be slow and its answers erratic.
const TRIES: usize = 1_500;

/// An adapter as a function: it takes a request line and returns the reply line.
pub type Adapter = Box<dyn FnMut(&str) -> String>;

enum Peer<'a> {
    InProcess(&'a mut dyn Implementation),
    Lines { start: &'a dyn Fn() -> Adapter, adapter: Adapter, seq: u64 },
    Process(Process),
}

/// An implementation with the operations that it offers.
///
/// The first breach of the protocol is kept as the fault, and no request is sent after it.
pub struct Subject<'a> {
    peer: Peer<'a>,
    pub(super) offers: BTreeSet<&'static str>,
    /// The case of the next requests, for the message of a fault.
    pub(super) case: String,
    fault: Option<String>,
    /// Whether the last reply repeats a key.
    pub(super) repeats: bool,
    /// The most requests for the smallest input of a wrong answer.
    pub(super) tries: usize,
    /// The style of the next requests.
    pub(super) style: Style,
    /// The text of the next request's arguments, if they are a case.
    pub(super) written: Option<&'static str>,
    /// The calls with their answers, if they are recorded.
    pub(super) calls: Option<Vec<Call>>,
}

impl<'a> Subject<'a> {
    /// Tests an implementation in this process.
    pub fn in_process(implementation: &'a mut dyn Implementation) -> Subject<'a> {
        let mut subject = Subject::new(Peer::InProcess(implementation));
        subject.ask_for_offers();
        subject
    }

    /// Tests an adapter in this process. `start` returns a fresh one.
    pub fn of_lines(start: &'a dyn Fn() -> Adapter) -> Subject<'a> {
        let mut subject = Subject::new(Peer::Lines { start, adapter: start(), seq: 0 });
        subject.ask_for_offers();
        subject
    }

    pub(super) fn behind(process: Process) -> Result<Subject<'a>, String> {
        let mut subject = Subject::new(Peer::Process(process));
        subject.ask_for_offers();
        match subject.fault.take() {
            Some(why) => Err(why),
            None => Ok(subject),
        }
    }

    fn new(peer: Peer<'a>) -> Subject<'a> {
        let offers = OPERATIONS.iter().copied().collect();
        Subject {
            peer,
            offers,
            case: String::new(),
            fault: None,
            repeats: false,
            style: Style::Plain,
            tries: TRIES,
            written: None,
            calls: None,
        }
    }

    fn ask_for_offers(&mut self) {
        for op in OPERATIONS {
            self.case = format!("first request of {op}");
            let arguments = request(op, &draft(op, &mut Source::new(0, Profile::new())));
            if let Ok(Answer { reply: Err(Refusal::Unsupported), .. }) = self.ask(op, &arguments, None) {
                self.offers.remove(op);
            }
        }
    }

    pub(super) fn offers_any(&self, operations: &[&str]) -> bool {
        operations.iter().any(|op| self.offers.contains(op))
    }

    /// Starts the program again, unless it is in this process.
    pub(super) fn fresh(&self) -> Option<Subject<'a>> {
        let peer = match &self.peer {
            Peer::InProcess(_) => return None,
            Peer::Lines { start, seq, .. } => {
                Peer::Lines { start: *start, adapter: start(), seq: seq.saturating_sub(1) }
            }
            Peer::Process(process) => Peer::Process(process.fresh().ok()?),
        };
        let mut fresh = Subject::new(peer);
        fresh.offers.clone_from(&self.offers);
        fresh.style = self.style;
        fresh.tries = self.tries;
        Some(fresh)
    }

    pub(super) fn is_broken(&self) -> bool {
        self.fault.is_some()
    }

    /// Ends the program. Returns its fault, if there is one.
    pub(super) fn finish(self) -> Result<(), String> {
        match (self.fault, self.peer) {
            (Some(why), _) => Err(why),
            (None, Peer::InProcess(_) | Peer::Lines { .. }) => Ok(()),
            (None, Peer::Process(process)) => process.finish(),
        }
    }

    fn ask(&mut self, op: &str, arguments: &Map<String, Value>, verbatim: Option<&str>) -> Result<Answer, ()> {
        if self.fault.is_some() {
            return Err(());
        }
        let style = self.style;
        let written = || verbatim.map_or_else(|| line::members(arguments, style), str::to_owned);
        let answer = match &mut self.peer {
            Peer::InProcess(implementation) => Ok(Answer { reply: implementation.call(op, arguments), repeats: false }),
            Peer::Lines { adapter, seq, .. } => {
                *seq += 1;
                parse(adapter(&line::request(*seq, op, &written(), style)).as_bytes(), *seq)
            }
            Peer::Process(process) => process.ask(op, &written(), style),
        };
        answer.map_err(|why| {
            let (first, rest) = why.split_once('\n').unwrap_or((&why, ""));
            self.fault = Some(format!("{first}\n  during    {}\n{rest}", self.case));
        })
    }
}

impl Implementation for Subject<'_> {
    fn call(&mut self, op: &str, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        self.repeats = false;
        let written = self.written.take();
        if !self.offers.contains(op) {
            return Err(Refusal::Unsupported);
        }
        let Ok(answer) = self.ask(op, arguments, written) else { return Err(Refusal::Unsupported) };
        self.repeats = answer.repeats;
        if let Some(calls) = &mut self.calls {
            calls.push(Call { op: op.to_owned(), arguments: arguments.clone(), answer: answer.clone() });
        }
        if answer.reply == Err(Refusal::Unsupported) {
            let case = &self.case;
            self.fault = Some(format!(
                "the adapter replied \"unsupported\" to {op}, but answered it before\n  during    {case}"
            ));
        }
        answer.reply
    }
}
