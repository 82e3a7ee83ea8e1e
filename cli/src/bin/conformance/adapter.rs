//! The program under test, spoken to line by line, as an [`Implementation`].
//!
//! What breaks the protocol itself (no reply, no JSON, another's `seq`) is no answer that a rule could judge: it is kept in
//! [`Adapter::broken`], and from then on the adapter is not asked again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use metadata_merge::JsonType;
use metadata_merge::conformance::{Implementation, Outcome, Refusal};
use serde_json::{Map, Value, json};

use metadata_merge_runner::protocol;

/// No request here is longer than a few kilobytes, so no reply has reason to be.
const LONGEST_REPLY: usize = 1 << 20;

pub(crate) struct Adapter {
    link: Link,
    seq: u64,
    timeout: Duration,
    /// The operations that it does not call unsupported.
    pub(crate) offers: BTreeSet<&'static str>,
    /// The case that it is asked about, for the message when it breaks there.
    pub(crate) case: String,
    /// How it broke the protocol.
    pub(crate) broken: Option<String>,
}

enum Link {
    /// This crate, behind the code of `examples/adapter.rs`.
    ThisCrate,
    Program {
        child: Child,
        requests: Option<Sender<Vec<u8>>>,
        replies: Receiver<Result<Vec<u8>, String>>,
    },
}

/// Every operation of the protocol, with a request that its implementation answers.
pub(crate) fn operations() -> [(&'static str, Value); 13] {
    [
        ("merge", json!({"target": {}, "patch": {}})),
        ("text", json!({"target": "{}", "patch": "{}"})),
        ("compose", json!({"patches": []})),
        ("diff", json!({"before": {}, "after": {}})),
        ("undo", json!({"document": {}, "patch": {}})),
        ("commute", json!({"first": {}, "second": {}})),
        ("changes", json!({"target": {}, "patch": {}})),
        ("reconcile", json!({"base": {}, "mine": {}, "theirs": {}})),
        ("deny_removals", json!({"target": {}, "patch": {}})),
        ("deny_wipe", json!({"target": {}, "patch": {}})),
        ("create", json!({"resource": "user", "body": {}})),
        ("update", json!({"resource": "user", "stored": {}, "body": {}})),
        ("limits", json!({"resource": "user", "stored": {}})),
    ]
}

impl Adapter {
    /// Starts the program, or this crate if there is none, and finds out what it offers.
    pub(crate) fn start(command: &[OsString], timeout: Duration) -> Result<Adapter, String> {
        let link = match command {
            [] => Link::ThisCrate,
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                let child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
                let mut child = child.map_err(|error| format!("cannot start {program:?}: {error}"))?;
                let (requests, queue) = mpsc::channel();
                let (reader, replies) = mpsc::channel();
                let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
                // Threads, since either pipe may block for as long as the program likes.
                thread::spawn(move || stdin.map(|stdin| write(&queue, stdin)));
                thread::spawn(move || stdout.map(|stdout| read(stdout, &reader)));
                Link::Program { child, requests: Some(requests), replies }
            }
        };
        let mut adapter = Adapter { link, seq: 0, timeout, offers: BTreeSet::new(), case: String::new(), broken: None };
        for (op, arguments) in operations() {
            adapter.case = format!("the question whether it offers {op}");
            adapter.offers.insert(op);
            if adapter.ask_anyway(op, arguments)? == Err(Refusal::Unsupported) {
                adapter.offers.remove(op);
            }
        }
        Ok(adapter)
    }

    pub(crate) fn offers_all(&self, operations: &[&str]) -> bool {
        operations.iter().all(|op| self.offers.contains(op))
    }

    pub(crate) fn ask(&mut self, op: &'static str, arguments: Value) -> Result<Value, Refusal> {
        if self.broken.is_some() || !self.offers.contains(op) {
            return Err(Refusal::Unsupported);
        }
        let mut answer = self.ask_anyway(op, arguments);
        if answer == Ok(Err(Refusal::Unsupported)) {
            answer = Err(format!("the adapter says that {op} is unsupported, but offered it before, on {}", self.case));
        }
        answer.unwrap_or_else(|why| {
            self.broken = Some(why);
            Err(Refusal::Unsupported)
        })
    }

    /// The answer, or how the protocol was broken.
    fn ask_anyway(&mut self, op: &str, arguments: Value) -> Result<Result<Value, Refusal>, String> {
        self.seq += 1;
        let mut request = json!({"seq": self.seq, "op": op});
        for (name, argument) in arguments.as_object().into_iter().flatten() {
            request[name] = argument.clone();
        }
        let reply = self.exchange(request.to_string()).and_then(|line| answer(&line, op, self.seq));
        reply.map_err(|why| format!("the adapter {why}, on {}\n  request  {}", self.case, Outcome::Document(request)))
    }

    fn exchange(&mut self, request: String) -> Result<Vec<u8>, String> {
        let Link::Program { child, requests, replies } = &mut self.link else {
            return Ok(protocol::reply(request.as_bytes()).to_string().into_bytes());
        };
        match replies.try_recv() {
            Ok(early) => return Err(format!("printed a line before it was asked: {}", shown(&early?))),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
        }
        if let Some(requests) = requests {
            // If the program does not read, it does not reply either.
            let _ = requests.send((request + "\n").into_bytes());
        }
        match replies.recv_timeout(self.timeout) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("hangs: there is no reply within {} seconds", self.timeout.as_secs_f64()))
            }
            Err(RecvTimeoutError::Disconnected) => Err(match ended(child, self.timeout) {
                Some(status) => format!("died ({status})"),
                None => "closed its standard output".to_owned(),
            }),
        }
    }

    /// Ends the input, upon which the program has to exit 0 without another word.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        let Link::Program { child, requests, replies } = &mut self.link else { return Ok(()) };
        *requests = None;
        let hangs = || {
            format!("the adapter does not end within {} seconds at the end of its input", self.timeout.as_secs_f64())
        };
        match replies.recv_timeout(self.timeout) {
            Ok(line) => Err(format!("the adapter printed a line more than it was asked for: {}", shown(&line?))),
            Err(RecvTimeoutError::Timeout) => Err(hangs()),
            Err(RecvTimeoutError::Disconnected) => match ended(child, self.timeout) {
                Some(status) if status.success() => Ok(()),
                Some(status) => Err(format!("the adapter does not exit 0 at the end of its input ({status})")),
                None => Err(hangs()),
            },
        }
    }

    fn list(&mut self, op: &'static str, arguments: Value) -> Result<Vec<Value>, Refusal> {
        match self.ask(op, arguments)? {
            Value::Array(list) => Ok(list),
            other => self.mistyped(op, "a list", &other),
        }
    }

    /// A result of the wrong type is no answer.
    fn mistyped<T>(&mut self, op: &str, wanted: &str, found: &Value) -> Result<T, Refusal> {
        let found = JsonType::of(found);
        self.broken = Some(format!("the result of {op} must be {wanted}, but is {found}, on {}", self.case));
        Err(Refusal::Unsupported)
    }
}

impl Drop for Adapter {
    fn drop(&mut self) {
        if let Link::Program { child, .. } = &mut self.link {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Implementation for Adapter {
    fn merge(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        self.ask("merge", json!({"target": target, "patch": patch}))
    }

    fn compose(&mut self, patches: &[Value]) -> Result<Vec<Value>, Refusal> {
        self.list("compose", json!({"patches": patches}))
    }

    fn diff(&mut self, before: &Value, after: &Value) -> Result<Vec<Value>, Refusal> {
        self.list("diff", json!({"before": before, "after": after}))
    }

    fn undo(&mut self, document: &Value, patch: &Value) -> Result<Vec<Value>, Refusal> {
        self.list("undo", json!({"document": document, "patch": patch}))
    }

    fn commute(&mut self, first: &Value, second: &Value) -> Result<bool, Refusal> {
        match self.ask("commute", json!({"first": first, "second": second}))? {
            Value::Bool(commute) => Ok(commute),
            other => self.mistyped("commute", "true or false", &other),
        }
    }

    fn changes(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        self.ask("changes", json!({"target": target, "patch": patch}))
    }

    fn reconcile(&mut self, base: &Value, mine: &Value, theirs: &Value) -> Result<Value, Refusal> {
        self.ask("reconcile", json!({"base": base, "mine": mine, "theirs": theirs}))
    }

    fn deny_removals(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        self.ask("deny_removals", json!({"target": target, "patch": patch}))
    }

    fn deny_wipe(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        self.ask("deny_wipe", json!({"target": target, "patch": patch}))
    }

    fn create(&mut self, resource: &str, body: &Value) -> Result<Value, Refusal> {
        self.ask("create", json!({"resource": resource, "body": body}))
    }

    fn update(&mut self, resource: &str, stored: &Value, body: &Value) -> Result<Value, Refusal> {
        self.ask("update", json!({"resource": resource, "stored": stored, "body": body}))
    }

    fn limits(&mut self, resource: &str, stored: &Value) -> Result<Vec<Value>, Refusal> {
        self.list("limits", json!({"resource": resource, "stored": stored}))
    }
}

fn write(requests: &Receiver<Vec<u8>>, mut stdin: ChildStdin) {
    for request in requests {
        if stdin.write_all(&request).and_then(|()| stdin.flush()).is_err() {
            return; // the program is gone, which its replies will show
        }
    }
}

/// Sends each line, and hangs up at the end of the output.
fn read(stdout: ChildStdout, replies: &Sender<Result<Vec<u8>, String>>) {
    let mut output = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let read = output.by_ref().take(LONGEST_REPLY as u64).read_until(b'\n', &mut line);
        let line = match read {
            Ok(0) => return,
            Ok(LONGEST_REPLY) if !line.ends_with(b"\n") => {
                Err(format!("prints a line of more than {LONGEST_REPLY} bytes: {}", shown(&line)))
            }
            Ok(_) => Ok(line),
            Err(error) => Err(format!("cannot be read from: {error}")),
        };
        let last = line.is_err();
        if replies.send(line).is_err() || last {
            return;
        }
    }
}

/// How the child ended, if it does so in time.
fn ended(child: &mut Child, timeout: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if start.elapsed() < timeout => thread::sleep(Duration::from_millis(1)),
            Ok(None) | Err(io::Error { .. }) => return None,
        }
    }
}

fn answer(line: &[u8], op: &str, seq: u64) -> Result<Result<Value, Refusal>, String> {
    let babbles = |why: &str| format!("does not reply by the protocol: {why}: {}", shown(line));
    let mut reply: Map<String, Value> = match serde_json::from_slice(line) {
        Ok(Value::Object(reply)) => reply,
        Ok(other) => return Err(babbles(&format!("{} is no object", JsonType::of(&other)))),
        Err(_) => return Err(babbles("this is not a line of JSON")),
    };
    match reply.remove("seq") {
        Some(found) if found == json!(seq) => {}
        Some(found) => return Err(babbles(&format!("the seq must be {seq}, but is {}", Outcome::Document(found)))),
        None => return Err(babbles("there is no seq")),
    }
    let members: Vec<(String, Value)> = reply.into_iter().collect();
    match <[(String, Value); 1]>::try_from(members) {
        Ok([(name, result)]) if name == "result" => Ok(Ok(result)),
        Ok([(name, Value::String(why))]) if name == "rejected" => Ok(Err(Refusal::Rejected(why))),
        Ok([(name, Value::Bool(true))]) if name == "unsupported" => Ok(Err(Refusal::Unsupported)),
        _ => Err(babbles(&format!(
            "beside seq, a reply to {op} holds one of \"result\", \"rejected\": WHY and \"unsupported\": true"
        ))),
    }
}

/// A line on a terminal.
fn shown(line: &[u8]) -> String {
    const LONGEST: usize = 200;
    let text = String::from_utf8_lossy(&line[..line.len().min(4 * LONGEST)]);
    let text = text.trim_end_matches('\n');
    let cut = if text.chars().count() > LONGEST || line.len() > 4 * LONGEST { "…" } else { "" };
    text.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect::<String>() + cut
}
