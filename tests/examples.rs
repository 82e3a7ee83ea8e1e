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

#[test]
fn the_adapter_answers_each_line_in_order_and_goes_on_after_a_bad_one() {
    let exchanges = [
        (
            r#"{"seq": 1, "op": "merge", "target": {"a": 1}, "patch": {"b": null, "c": 2}}"#,
            json!({"seq": 1, "result": {"a": 1, "c": 2}}),
        ),
        (
            r#"{"seq": 2, "op": "merge", "target": null, "patch": {}}"#,
            json!({"seq": 2, "rejected": "the document must be a JSON object, but is null"}),
        ),
        ("not JSON", json!({"seq": null, "rejected": "not a line of JSON: expected ident at line 1 column 2"})),
        ("[]", json!({"seq": null, "rejected": "not a request: an object with an integer seq and a string op"})),
        (
            r#"{"seq": "3", "op": "merge"}"#,
            json!({"seq": null, "rejected": "not a request: an object with an integer seq and a string op"}),
        ),
        (r#"{"seq": 4, "op": "merge", "target": {}}"#, json!({"seq": 4, "rejected": "merge needs the argument patch"})),
        (r#"{"seq": 5, "op": "fly"}"#, json!({"seq": 5, "unsupported": true})),
        (
            r#"{"seq": 6, "op": "compose", "patches": [{"a": 1}, {}, {"b": 2, "c": null}]}"#,
            json!({"seq": 6, "result": [{}, {"b": 2}]}),
        ),
        (
            r#"{"seq": 7, "op": "compose", "patches": {}}"#,
            json!({"seq": 7, "rejected": "patches must be an array, but is an object"}),
        ),
        (r#"{"seq": 8, "op": "diff", "before": {"a": 1}, "after": {}}"#, json!({"seq": 8, "result": [{"a": null}]})),
        (r#"{"seq": 9, "op": "undo", "document": {"a": 1}, "patch": {}}"#, json!({"seq": 9, "result": [{"a": 1}]})),
        (r#"{"seq": 10, "op": "commute", "first": {"a": 1}, "second": {"a": 2}}"#, json!({"seq": 10, "result": false})),
        (
            r#"{"seq": 11, "op": "changes", "target": {"a": 1, "b": 1}, "patch": {"a": 2, "b": null, "c": 3}}"#,
            json!({"seq": 11, "result": {"added": {"c": 3}, "replaced": {"a": {"old": 1, "new": 2}}, "removed": {"b": 1}}}),
        ),
        (r#"{"seq": 12, "op": "merge", "target": {"z": 1}, "patch": {}}"#, json!({"seq": 12, "result": {}})),
        (
            r#"{"seq": 13, "op": "reconcile", "base": {"a": 1, "b": 1}, "mine": {"a": 2}, "theirs": {"a": 3, "b": 1}}"#,
            json!({"seq": 13, "result": {"bodies": [{"b": null}], "conflicts": {"a": {"base": 1, "mine": 2, "theirs": 3}}}}),
        ),
        (
            r#"{"seq": 14, "op": "deny_removals", "target": {"a": 1}, "patch": {"a": null}}"#,
            json!({"seq": 14, "rejected": "the patch must not remove a stored root key, but removes \"a\""}),
        ),
        (
            r#"{"seq": 15, "op": "deny_wipe", "target": {"a": 1, "b": 1}, "patch": {"a": null}}"#,
            json!({"seq": 15, "result": {"b": 1}}),
        ),
        (
            r#"{"seq""#,
            json!({"seq": null, "rejected": "not a line of JSON: EOF while parsing an object at line 1 column 6"}),
        ),
    ];
    // The last line has no end.
    let ran =
        run(Command::new(example("adapter")), exchanges.clone().map(|(request, _)| request).join("\n").as_bytes());
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    let replies: Vec<Value> = ran.stdout.lines().map(|line| line.parse().expect("JSON")).collect();
    assert_eq!(replies, exchanges.map(|(_, reply)| reply));
}

#[test]
fn the_adapter_answers_bytes_that_are_no_text() {
    let ran = run(Command::new(example("adapter")), b"\xff\xfe\n\n{\"seq\": 1, \"op\": \"fly\"}\n");
    assert_eq!((ran.status, ran.stdout.lines().count()), (Some(0), 3));
    assert!(ran.stdout.ends_with("{\"seq\":1,\"unsupported\":true}\n"), "{}", ran.stdout);
}
