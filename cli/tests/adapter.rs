//! This crate behind the protocol: what it answers, to good requests and to bad ones.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::{Value, json};

struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(input: &[u8]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adapter"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a program");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // Written aside, since a reply may fill its pipe before the input ends.
    let feeder = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("output");
    feeder.join().expect("fed");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
    Ran { status: output.status.code(), stdout, stderr }
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
    let ran = run(exchanges.clone().map(|(request, _)| request).join("\n").as_bytes());
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    let replies: Vec<Value> = ran.stdout.lines().map(|line| line.parse().expect("JSON")).collect();
    assert_eq!(replies, exchanges.map(|(_, reply)| reply));
}

#[test]
fn the_adapter_answers_bytes_that_are_no_text() {
    let ran = run(b"\xff\xfe\n\n{\"seq\": 1, \"op\": \"fly\"}\n");
    assert_eq!((ran.status, ran.stdout.lines().count()), (Some(0), 3));
    assert!(ran.stdout.ends_with("{\"seq\":1,\"unsupported\":true}\n"), "{}", ran.stdout);
}
