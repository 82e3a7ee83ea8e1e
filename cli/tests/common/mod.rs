//! Runs the program.

#![allow(dead_code, reason = "not every test uses everything")]

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs, process, thread};

/// The path of the program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_metadata-merge");

/// The outcome of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the program with an input.
pub(crate) fn run<A: AsRef<OsStr>>(arguments: &[A], input: impl AsRef<[u8]>) -> Ran {
    let mut command = Command::new(PROGRAM);
    command.args(arguments);
    run_command(command, input)
}

/// Runs a command with an input.
pub(crate) fn run_command(mut command: Command, input: impl AsRef<[u8]>) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.as_ref().to_vec();
    // A thread writes the input, because the output may fill its pipe first. The program may also
    // read nothing.
    let feeder = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("output");
    feeder.join().expect("fed");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
    Ran { status: output.status.code(), stdout, stderr }
}

/// A folder that is removed at the end of the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let path = env::temp_dir().join(format!("metadata-merge-{name}-{}", process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    /// Runs a shell command in this folder, in which `metadata-merge` is the program.
    pub(crate) fn shell(&self, line: &str, input: impl AsRef<[u8]>) -> Ran {
        let mut command = Command::new("sh");
        command.args(["-c", &line.replace("metadata-merge ", &format!("{PROGRAM} "))]).current_dir(&self.0);
        run_command(command, input)
    }

    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
