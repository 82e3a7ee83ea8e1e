//! An input with a wrong answer.

use std::fmt;

use metadata_merge::conformance::{Implementation, Outcome, Reference, Refusal, agree};
use metadata_merge::laws::{Counterexample, Law};
use serde_json::{Map, Value, json};

use super::line::{self, Style};
use super::samples::{names, request};
use super::subject::{Call, Subject};
use crate::output::escaped;

/// The answer to a request, or a side of a law.
pub(super) type Side = Result<Value, Refusal>;

/// An input with a wrong answer.
#[derive(Clone, Debug)]
pub(super) struct Example {
    /// The operation; empty for a law.
    pub(super) op: String,
    pub(super) inputs: Vec<(String, Value)>,
    pub(super) expected: Side,
    pub(super) found: Side,
    /// Whether the reply repeats a key.
    pub(super) repeats: bool,
    /// The requests of a law, with their answers.
    pub(super) calls: Vec<String>,
    /// The text of the arguments, if a plain line would differ.
    pub(super) sent: Option<String>,
    /// A remark about the answer.
    pub(super) note: Option<&'static str>,
}

impl Example {
    /// Sends one request, and compares the answer with that of this crate.
    pub(super) fn of_operation(subject: &mut Subject<'_>, op: &str, draft: &[Value]) -> Option<Example> {
        let arguments = request(op, draft);
        let (style, verbatim) = (subject.style, subject.written);
        let found = subject.call(op, &arguments);
        let expected = Reference.call(op, &arguments);
        let right = match (&expected, &found) {
            (_, Err(Refusal::Unsupported)) | (Err(_), Err(_)) => true,
            (Ok(expected), Ok(found)) => agree(op, &arguments, expected, found),
            _ => false,
        };
        (!right || subject.repeats).then(|| Example {
            sent: sent(&arguments, style, verbatim),
            ..Example::new(op, &arguments, expected, found, subject.repeats)
        })
    }

    pub(super) fn new(op: &str, arguments: &Map<String, Value>, expected: Side, found: Side, repeats: bool) -> Example {
        let known = names(op).iter().filter_map(|name| Some(((*name).to_owned(), arguments.get(*name)?.clone())));
        let (op, inputs) = (op.to_owned(), known.collect());
        Example { op, inputs, expected, found, repeats, calls: Vec::new(), sent: None, note: None }
    }

    /// Tests a law on documents and bodies, and records the requests.
    pub(super) fn of_law(subject: &mut Subject<'_>, law: &'static Law, sample: &[Value]) -> Option<Example> {
        let (documents, patches) = sample.split_at_checked(law.documents)?;
        subject.calls = Some(Vec::new());
        let checked = law.check(subject, documents, patches);
        let calls = subject.calls.take().unwrap_or_default();
        let Counterexample { documents, patches, actual, expected, .. } = checked.err()?;
        let documents = law.document_names().iter().zip(documents);
        let inputs = documents.chain(["p", "q", "r"].iter().zip(patches));
        Some(Example {
            op: String::new(),
            inputs: inputs.map(|(name, value)| ((*name).to_owned(), value)).collect(),
            expected,
            found: actual,
            repeats: false,
            calls: calls.iter().map(written).collect(),
            sent: None,
            note: None,
        })
    }

    /// Returns whether another example fails in the same way.
    pub(super) fn is_like(&self, other: &Example) -> bool {
        (self.expected.is_ok(), self.found.is_ok(), self.repeats)
            == (other.expected.is_ok(), other.found.is_ok(), other.repeats)
    }

    /// Returns the total length of the inputs.
    pub(super) fn size(&self) -> usize {
        self.inputs.iter().map(|(_, value)| value.to_string().len()).sum()
    }

    pub(super) fn to_json(&self) -> Value {
        let mut object: Map<String, Value> = self.inputs.iter().cloned().collect();
        object.insert("expected".to_owned(), reply(&self.expected));
        object.insert("found".to_owned(), reply(&self.found));
        for (name, text) in [("op", Some(self.op.as_str()).filter(|op| !op.is_empty())), ("note", self.remark())] {
            object.extend(text.map(|text| (name.to_owned(), json!(text))));
        }
        object.extend(self.sent.iter().map(|sent| ("sent".to_owned(), json!(sent))));
        if !self.calls.is_empty() {
            object.insert("calls".to_owned(), json!(self.calls));
        }
        Value::Object(object)
    }

    fn remark(&self) -> Option<&'static str> {
        self.note.or(self.repeats.then_some("the reply repeats a key"))
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = (!self.op.is_empty()).then(|| ("op", self.op.clone()));
        let inputs = self.inputs.iter().map(|(name, value)| (name.as_str(), shown(value)));
        let sides = [("expected", side(&self.expected)), ("found", side(&self.found))];
        let calls = self.calls.iter().map(|call| ("request", call.clone()));
        let note = self.remark().map(|note| ("note", note.to_owned()));
        let sent = self.sent.iter().map(|sent| ("as sent", escaped(sent)));
        for (name, text) in op.into_iter().chain(inputs).chain(sent).chain(sides).chain(calls).chain(note) {
            write!(f, "\n        {name:<8}  {text}")?;
        }
        Ok(())
    }
}

/// Returns the text of the arguments, if a plain line would differ.
pub(super) fn sent(arguments: &Map<String, Value>, style: Style, verbatim: Option<&str>) -> Option<String> {
    let sent = verbatim.map_or_else(|| line::members(arguments, style), str::to_owned);
    (sent != line::members(arguments, Style::Plain)).then_some(sent)
}

fn written(Call { op, arguments, answer }: &Call) -> String {
    let arguments = names(op).iter().filter_map(|name| Some(format!("{name} {}", shown(arguments.get(*name)?))));
    format!("{op} {} → {}", arguments.collect::<Vec<_>>().join(", "), side(&answer.reply))
}

fn shown(value: &Value) -> String {
    Outcome::Result(value.clone()).to_string()
}

fn side(side: &Side) -> String {
    match side {
        Ok(value) => shown(value),
        Err(Refusal::Rejected(why)) if why.is_empty() => "rejected".to_owned(),
        Err(Refusal::Rejected(why)) => format!("rejected: {}", escaped(why)),
        Err(Refusal::Unsupported) => "unsupported".to_owned(),
    }
}

fn reply(side: &Side) -> Value {
    match side {
        Ok(value) => json!({"result": value}),
        Err(Refusal::Rejected(why)) => json!({"rejected": why}),
        Err(Refusal::Unsupported) => json!({"unsupported": true}),
    }
}
