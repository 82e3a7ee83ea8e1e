//! The examples as programs: what they print, and what they say of bad input.

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs, process, thread};

use insta::assert_snapshot;
use program::example;
use serde_json::{Value, json};

mod program;

struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(mut command: Command, input: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a program");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // Written aside, since a reply may fill its pipe before the input ends; a program that reads none of it is no failure.
    let feeder = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("output");
    feeder.join().expect("fed");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
    Ran { status: output.status.code(), stdout, stderr }
}

fn patch(arguments: &[&dyn AsRef<OsStr>], input: &str) -> Ran {
    let mut command = Command::new(example("patch"));
    command.args(arguments.iter().map(|argument| argument.as_ref()));
    run(command, input.as_bytes())
}

/// A folder of files, which is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = env::temp_dir().join(format!("metadata-merge-{name}-{}", process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

#[test]
fn the_story_of_a_user_and_a_client() {
    let ran = patch(&[], "");
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    // It prints members as serde_json's map has them, and there are two of those.
    let sorted = json!({"b": 0, "a": 0}).as_object().is_some_and(|object| object.keys().eq(["a", "b"]));
    insta::with_settings!({snapshot_suffix => if sorted { "sorted" } else { "in_order" }}, {
        assert_snapshot!(ran.stdout);
    });
}

#[test]
fn a_merge_prints_the_document_and_tells_the_changes() {
    let folder = Folder::new("merge");
    let document = folder.file("document.json", r#"{"mycolor": "red", "myflavor": "grape"}"#);
    let body = r#"{"mycolor": null, "mysize": "L"}"#;
    let ran = patch(&[&document, &folder.file("patch.json", body)], "");
    let merged = json!({"myflavor": "grape", "mysize": "L"});
    assert_eq!((ran.status, ran.stdout.parse::<Value>().ok()), (Some(0), Some(merged.clone())));
    assert_eq!(ran.stderr, "- \"mycolor\": \"red\"\n+ \"mysize\": \"L\"\n1 added, 0 replaced, 1 removed\n");
    let piped = patch(&[&document, &"-"], body);
    assert_eq!((piped.stdout, piped.stderr), (ran.stdout, ran.stderr));
    // What it prints can be patched again, and stays as it stands.
    let printed = folder.file("printed.json", "{\n  \"a\": 1.50\n}\n");
    assert_eq!(patch(&[&printed, &"-"], r#"{"b": null}"#).stdout, "{\n  \"a\": 1.50\n}\n");
    assert_eq!(fs::read_to_string(&document).expect("there"), r#"{"mycolor": "red", "myflavor": "grape"}"#);
}

#[test]
fn a_diff_prints_the_smallest_body_or_none() {
    let folder = Folder::new("diff");
    let [before, after, null] =
        [("before", r#"{"a": 1, "b": 2}"#), ("after", r#"{"b": 2}"#), ("null", r#"{"c": null}"#)]
            .map(|(name, text)| folder.file(name, text));
    let ran = patch(&[&"--diff", &before, &after], "");
    assert_eq!((ran.status, ran.stdout.parse::<Value>().ok()), (Some(0), Some(json!({"a": null}))));
    let ran = patch(&[&"--diff", &before, &before], "");
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", "no change\n"));
    let ran = patch(&[&"--diff", &before, &null], "");
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""));
    assert_eq!(ran.stderr, "patch: no patch sets the root key \"c\" to null, since null in a patch deletes its key\n");
}

#[test]
fn bad_input_gets_one_line_and_exit_status_2() {
    let folder = Folder::new("bad");
    let good = folder.file("good.json", "{}");
    let cases: [(&[&dyn AsRef<OsStr>], &str, &str); 8] = [
        (&[&good, &"-"], "[1]", "patch: standard input: must be a JSON object, but is an array\n"),
        (&[&"-", &good], "null", "patch: standard input: must be a JSON object, but is null\n"),
        (&[&good, &"-"], "{\"a\": 1,\n}", "patch: standard input: not JSON: trailing comma at line 2 column 1\n"),
        (&[&good, &"-"], "", "patch: standard input: not JSON: EOF while parsing a value at line 1 column 0\n"),
        (&[&"-", &"-"], "{}", "patch: only one of the two can be standard input\n"),
        (&[&good], "", "patch: wrong arguments: try --help\n"),
        (&[&"--dif", &good, &good], "", "patch: wrong arguments: try --help\n"),
        (&[&good, &"--force"], "", "patch: wrong arguments: try --help\n"),
    ];
    for (arguments, input, wanted) in cases {
        let ran = patch(arguments, input);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(2), "", wanted));
    }
    let ran = patch(&[&good, &folder.0.join("missing.json")], "");
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.lines().count()), (Some(2), "", 1));
    assert!(ran.stderr.contains("missing.json"), "{}", ran.stderr);
}
