//! A program behind the adapter protocol.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use super::line::{self, Style};
use super::reply::{BANNER, parse, shown};
use super::subject::Answer;
use crate::output::{escaped, tell};

/// As the protocol says.
const LONGEST_REPLY: usize = 64 << 20;
/// Some buffers are no longer than this.
const LONG: usize = 4_000;
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
        // A program that prints without end waits, and fills no memory.
        let (reader, replies) = mpsc::sync_channel(1);
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

    /// Starts the same program once more. Its next line has the number of the last one here, so that
    /// the same request is the same line.
    pub(super) fn fresh(&self) -> Result<Process, String> {
        let mut fresh = Process::start(&self.command, self.timeout)?;
        fresh.seq = self.seq.saturating_sub(1);
        Ok(fresh)
    }

    /// Sends a request, and returns the answer or how the program broke the protocol.
    pub(super) fn ask(&mut self, op: &str, members: &str, style: Style) -> Result<Answer, String> {
        self.seq += 1;
        let request = line::request(self.seq, op, members, style);
        let reply = self.exchange(&request).and_then(|line| parse(&line, op, self.seq));
        reply.map_err(|why| {
            // Standard error often has the reason, and stands before this message then.
            let _ = self.complaints.recv_timeout(Duration::from_millis(200));
            let long = request.len() > LONG;
            let hint = if long { format!(" (the request line has {} bytes)", request.len()) } else { String::new() };
            format!("{why}{hint}\n  request  {}", escaped(&request))
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
fn read(stdout: impl Read, replies: &SyncSender<Result<Vec<u8>, String>>) {
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
