//! An adapter in a process of its own.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use super::line::{self, Style};
use super::reply::{Answer, parse, shown};
use crate::output::{escaped, tell};

/// The most bytes of a reply, by the protocol.
const LONGEST_REPLY: usize = 64 << 20;
/// A fault names the length of a longer request, because some buffers end there.
const LONG: usize = 4_000;
/// A longer line of standard error is split, so that it cannot fill the memory.
const LONGEST_COMPLAINT: u64 = 1 << 16;

/// A running adapter.
pub(super) struct Process {
    command: Vec<OsString>,
    timeout: Duration,
    child: Child,
    requests: Option<Sender<Vec<u8>>>,
    replies: Receiver<Result<Vec<u8>, String>>,
    /// Closed at the end of standard error.
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
        // The bound stops a program that prints without end.
        let (reader, replies) = mpsc::sync_channel(1);
        let (printer, complaints) = mpsc::channel::<()>();
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // Each pipe has a thread, because the program may block it.
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

    /// Starts the same program again. Its first request has the `seq` of the last one here, so that
    /// a repeated request is the same line.
    pub(super) fn fresh(&self) -> Result<Process, String> {
        let mut fresh = Process::start(&self.command, self.timeout)?;
        fresh.seq = self.seq.saturating_sub(1);
        Ok(fresh)
    }

    /// Sends a request, and returns the answer or the fault.
    pub(super) fn ask(&mut self, op: &str, members: &str, style: Style) -> Result<Answer, String> {
        self.seq += 1;
        let request = line::request(self.seq, op, members, style);
        let reply = self.exchange(&request).and_then(|line| parse(&line, self.seq));
        reply.map_err(|why| {
            // Standard error often has the cause, so it is printed first.
            let _ = self.complaints.recv_timeout(Duration::from_millis(200));
            let long = request.len() > LONG;
            let length = if long { format!("({} bytes) ", request.len()) } else { String::new() };
            format!("{why}\n  request   {length}{}", escaped(&request))
        })
    }

    fn exchange(&mut self, request: &str) -> Result<Vec<u8>, String> {
        match self.replies.try_recv() {
            Ok(early) => {
                return Err(unrequested(&early?));
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
        }
        if let Some(requests) = &self.requests {
            // If this fails, there is no reply either.
            let _ = requests.send(format!("{request}\n").into_bytes());
        }
        match self.replies.recv_timeout(self.timeout) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => Err(format!(
                "no reply within {} s: flush standard output after each reply, or raise --timeout",
                self.timeout.as_secs_f64()
            )),
            Err(RecvTimeoutError::Disconnected) => Err(match ended(&mut self.child, self.timeout) {
                Some(status) => format!("the adapter ended before its reply ({status})"),
                None => "the adapter closed its standard output before its reply".to_owned(),
            }),
        }
    }

    /// Ends the input. The program must then exit with 0 and print nothing.
    pub(super) fn finish(mut self) -> Result<(), String> {
        self.requests = None;
        let hangs = format!("the adapter did not exit within {} s of the end of its input", self.timeout.as_secs_f64());
        match self.replies.recv_timeout(self.timeout) {
            Ok(line) => Err(unrequested(&line?)),
            Err(RecvTimeoutError::Timeout) => Err(hangs),
            Err(RecvTimeoutError::Disconnected) => match ended(&mut self.child, self.timeout) {
                Some(status) if status.success() => Ok(()),
                Some(status) => Err(format!("the adapter must exit with status 0 at the end of its input ({status})")),
                None => Err(hangs),
            },
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // These fail if the program has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unrequested(line: &[u8]) -> String {
    format!("unexpected output without a request: write logs to standard error\n  output    {}", shown(line))
}

fn write(requests: &Receiver<Vec<u8>>, mut stdin: ChildStdin) {
    for request in requests {
        if stdin.write_all(&request).and_then(|()| stdin.flush()).is_err() {
            return; // the missing reply shows that the program has ended
        }
    }
}

/// Sends each line, and closes the channel at the end of the output.
fn read(stdout: impl Read, replies: &SyncSender<Result<Vec<u8>, String>>) {
    let mut output = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let read = output.by_ref().take(LONGEST_REPLY as u64).read_until(b'\n', &mut line);
        let line = match read {
            Ok(0) => return,
            Ok(LONGEST_REPLY) if !line.ends_with(b"\n") => {
                let reply = shown(&line);
                Err(format!("invalid reply: expected at most {LONGEST_REPLY} bytes, found more\n  reply     {reply}"))
            }
            Ok(_) => Ok(line),
            Err(error) => Err(format!("cannot read from the adapter: {error}")),
        };
        let last = line.is_err();
        if replies.send(line).is_err() || last {
            return;
        }
    }
}

/// Copies the standard error of the program, escaped for a terminal.
fn pass_on(stderr: impl Read) {
    let mut output = BufReader::new(stderr);
    let mut line = Vec::new();
    while output.by_ref().take(LONGEST_COMPLAINT).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        tell(&escaped(text.trim_end_matches(['\n', '\r'])));
        line.clear();
    }
}

/// Returns the exit status, if the child ends in time.
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
