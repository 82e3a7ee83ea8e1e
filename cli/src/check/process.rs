//! A program behind the adapter protocol.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use metadata_merge::JsonType;
use metadata_merge::conformance::Refusal;
use serde_json::{Map, Value, json};

use super::subject::Answer;
use crate::output::{escaped, tell};

/// As the protocol says.
const LONGEST_REPLY: usize = 64 << 20;
/// A line of standard error is cut here, so that it cannot fill the memory.
const LONGEST_COMPLAINT: u64 = 1 << 16;

/// A running adapter.
pub(super) struct Process {
    command: Vec<OsString>,
    timeout: Duration,
    child: Child,
    requests: Option<Sender<Vec<u8>>>,
    replies: Receiver<Result<Vec<u8>, String>>,
    /// Closed when the whole standard error is printed.
    complaints: Receiver<()>,
    seq: u64,
}

impl Process {
    pub(super) fn start(command: &[OsString], timeout: Duration) -> Result<Process, String> {
        let [program, arguments @ ..] = command else { return Err("there is no command".to_owned()) };
        let mut child = Command::new(program);
        child.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().map_err(|error| format!("cannot start {program:?}: {error}"))?;
        let (requests, queue) = mpsc::channel();
        let (reader, replies) = mpsc::channel();
        let (printer, complaints) = mpsc::channel::<()>();
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // Each pipe has a thread, because the program may block it for any time.
        thread::spawn(move || stdin.map(|stdin| write(&queue, stdin)));
        thread::spawn(move || stdout.map(|stdout| read(stdout, &reader)));
        thread::spawn(move || {
            if let Some(stderr) = stderr {
                pass_on(stderr);
            }
            drop(printer);
        });
        Ok(Process { command: command.to_vec(), timeout, child, requests: Some(requests), replies, complaints, seq: 0 })
    }

    /// Starts the same program once more.
    pub(super) fn fresh(&self) -> Result<Process, String> {
        Process::start(&self.command, self.timeout)
    }

    /// Sends a request, and returns the answer or how the program broke the protocol.
    pub(super) fn ask(&mut self, op: &str, arguments: &Map<String, Value>) -> Result<Answer, String> {
        self.seq += 1;
        let mut request = json!({"seq": self.seq, "op": op});
        for (name, argument) in arguments {
            request[name] = argument.clone();
        }
        let request = request.to_string();
        let reply = self.exchange(&request).and_then(|line| answer(&line, op, self.seq));
        reply.map_err(|why| {
            // Standard error often has the reason, and stands before this message then.
            let _ = self.complaints.recv_timeout(Duration::from_millis(200));
            format!("{why}\n  request  {}", escaped(&request))
        })
    }

    fn exchange(&mut self, request: &str) -> Result<Vec<u8>, String> {
        match self.replies.try_recv() {
            Ok(early) => {
                let early = shown(&early?);
                return Err(format!("prints a line that is not the reply to a request: {early}{BANNER}"));
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
        }
        if let Some(requests) = &self.requests {
            // A program that does not read does not reply either.
            let _ = requests.send(format!("{request}\n").into_bytes());
        }
        let seconds = self.timeout.as_secs_f64();
        match self.replies.recv_timeout(self.timeout) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => Err(format!(
                "hangs: no reply within {seconds} seconds (does it flush after each reply? --timeout S waits longer)"
            )),
            Err(RecvTimeoutError::Disconnected) => Err(match ended(&mut self.child, self.timeout) {
                Some(status) => format!("died ({status})"),
                None => "closed its standard output".to_owned(),
            }),
        }
    }

    /// Ends the input. The program has to exit with 0 and without another line.
    pub(super) fn finish(mut self) -> Result<(), String> {
        self.requests = None;
        let seconds = self.timeout.as_secs_f64();
        let hangs = format!("does not end within {seconds} seconds after the end of its input");
        match self.replies.recv_timeout(self.timeout) {
            Ok(line) => Err(format!("prints a line that is not the reply to a request: {}{BANNER}", shown(&line?))),
            Err(RecvTimeoutError::Timeout) => Err(hangs),
            Err(RecvTimeoutError::Disconnected) => match ended(&mut self.child, self.timeout) {
                Some(status) if status.success() => Ok(()),
                Some(status) => Err(format!("does not exit with 0 at the end of its input ({status})")),
                None => Err(hangs),
            },
        }
    }
}

const BANNER: &str = " (nothing but replies may go to standard output)";

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(requests: &Receiver<Vec<u8>>, mut stdin: ChildStdin) {
    for request in requests {
        if stdin.write_all(&request).and_then(|()| stdin.flush()).is_err() {
            return; // the program is gone, and its replies will show it
        }
    }
}

/// Sends each line. The channel is closed at the end of the output.
fn read(stdout: impl Read, replies: &Sender<Result<Vec<u8>, String>>) {
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

/// Prints what the program writes to standard error, with nothing in it that a terminal would obey.
fn pass_on(stderr: impl Read) {
    let mut output = BufReader::new(stderr);
    let mut line = Vec::new();
    while output.by_ref().take(LONGEST_COMPLAINT).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        tell(&escaped(text.trim_end_matches(['\n', '\r'])));
        line.clear();
    }
}

/// Returns how the child ended, if it does in time.
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

fn answer(line: &[u8], op: &str, seq: u64) -> Result<Answer, String> {
    let fault = |why: &str| format!("does not reply by the protocol: {why}: {}", shown(line));
    let value: Value = serde_json::from_slice(line).map_err(|_| fault("this is not a line of JSON") + BANNER)?;
    // A parser keeps one member of each key; a text has a colon for each member that is written.
    let repeats = colons(line) > members(&value);
    let Value::Object(mut reply) = value else {
        return Err(fault(&format!("expected an object, found {}", JsonType::of(&value))));
    };
    match reply.remove("seq") {
        Some(found) if found == json!(seq) => {}
        Some(found) => return Err(fault(&format!("expected the seq {seq}, found {}", escaped(&found.to_string())))),
        None => return Err(fault("there is no seq")),
    }
    let mut rest = reply.into_iter();
    let reply = match (rest.next(), rest.next()) {
        (Some((name, result)), None) if name == "result" => Ok(result),
        (Some((name, Value::String(why))), None) if name == "rejected" => Err(Refusal::Rejected(why)),
        (Some((name, Value::Bool(true))), None) if name == "unsupported" => Err(Refusal::Unsupported),
        _ => {
            return Err(fault(&format!(
                "besides seq, a reply to {op} has exactly one of \"result\", \"rejected\": WHY \
                 and \"unsupported\": true"
            )));
        }
    };
    Ok(Answer { reply, repeats })
}

/// Counts the colons outside strings.
fn colons(json: &[u8]) -> usize {
    let (mut count, mut quoted, mut escaped) = (0, false, false);
    for byte in json {
        count += usize::from(!quoted && *byte == b':');
        quoted ^= *byte == b'"' && !escaped;
        escaped = quoted && *byte == b'\\' && !escaped;
    }
    count
}

/// Counts the members of all objects in a value.
fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// Returns the beginning of a line, safe to print.
fn shown(line: &[u8]) -> String {
    const LONGEST: usize = 200;
    let cut = if line.len() > LONGEST { "…" } else { "" };
    let text = String::from_utf8_lossy(&line[..line.len().min(LONGEST)]);
    escaped(text.trim_end_matches(['\n', '\r'])) + cut
}
