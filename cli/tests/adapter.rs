//! The command `adapter` with valid and invalid requests.

use common::run;
use serde_json::{Value, json};

mod common;

#[test]
fn each_line_is_answered_even_after_an_invalid_one() {
    let invalid = |why: &str| json!({"seq": null, "rejected": format!("invalid request: {why}")});
    let exchanges = [
        (
            r#"{"seq": 1, "op": "merge", "target": {"a": 1}, "patch": {"b": null, "c": 2}}"#,
            json!({"seq": 1, "result": {"a": 1, "c": 2}}),
        ),
        (
            r#"{"seq": 2, "op": "merge", "target": null, "patch": {}}"#,
            json!({"seq": 2, "rejected": "the document must be a JSON object, but is null"}),
        ),
        ("not JSON", invalid("not JSON at column 2: expected the rest of `true`, `false` or `null`, found a letter")),
        ("", invalid("expected a JSON object, found an empty line")),
        (" \t\r", invalid("expected a JSON object, found an empty line")),
        ("{}\x0c", invalid("not JSON at column 3: expected the end of the text, found a control character")),
        ("[]", invalid("expected a JSON object, found an array")),
        (r#"{"seq": "3", "op": "merge"}"#, invalid("expected an integer seq, found a string")),
        (r#"{"seq": 1.5, "op": "merge"}"#, invalid("expected an integer seq, found another number")),
        (r#"{"op": "merge"}"#, invalid("expected an integer seq, found no seq")),
        (r#"{"seq": 3, "op": null}"#, invalid("expected a string op, found null")),
        (r#"{"seq": 3}"#, invalid("expected a string op, found no op")),
        (r#"{"seq": 4, "op": "merge", "target": {}}"#, json!({"seq": 4, "rejected": "merge needs the argument patch"})),
        (r#"{"seq": 5, "op": "fly"}"#, json!({"seq": 5, "unsupported": true})),
        (
            r#"{"seq": 6, "op": "compose", "patches": [{"a": 1}, {}, {"b": 2, "c": null}]}"#,
            json!({"seq": 6, "result": [{}, {"b": 2}]}),
        ),
        (
            r#"{"seq": 7, "op": "reconcile", "base": {"a": 1, "b": 1}, "mine": {"a": 2}, "theirs": {"a": 3, "b": 1}}"#,
            json!({"seq": 7, "result": {
                "bodies": [{"b": null}], "conflicts": {"a": {"base": 1, "mine": 2, "theirs": 3}},
            }}),
        ),
        (r#"{"seq""#, invalid("not JSON at column 7: expected `:`, found the end of the text")),
    ];
    // The last line has no line feed.
    let ran = run(&["adapter"], exchanges.clone().map(|(request, _)| request).join("\n"));
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    let replies: Vec<Value> = ran.stdout.lines().map(|line| line.parse().expect("JSON")).collect();
    assert_eq!(replies, exchanges.map(|(_, reply)| reply));
}

#[test]
fn bytes_that_are_not_text_are_answered() {
    let ran = run(&["adapter"], b"\xff\xfe\n\n{\"seq\": 1, \"op\": \"fly\"}\n");
    assert_eq!((ran.status, ran.stdout.lines().count()), (Some(0), 3));
    assert!(ran.stdout.ends_with("{\"seq\":1,\"unsupported\":true}\n"), "{}", ran.stdout);
}
