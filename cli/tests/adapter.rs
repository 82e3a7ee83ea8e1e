//! `adapter`: this crate behind the protocol, with good requests and bad ones.

use common::run;
use serde_json::{Value, json};

mod common;

#[test]
fn each_line_is_answered_in_order_also_after_a_bad_one() {
    let not_a_request = "not a request: expected an integer seq and a string op";
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
        ("[]", json!({"seq": null, "rejected": "not a request: expected an object"})),
        (r#"{"seq": "3", "op": "merge"}"#, json!({"seq": null, "rejected": not_a_request})),
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
        (
            r#"{"seq""#,
            json!({"seq": null, "rejected": "not a line of JSON: EOF while parsing an object at line 1 column 6"}),
        ),
    ];
    // The last line has no end.
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
