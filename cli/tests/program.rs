//! The commands on documents: output, exit status, help and errors.

use std::fs;

use common::{Folder, PROGRAM, Ran, run};
use insta::assert_snapshot;
use metadata_merge::conformance::{Case, rules};
use serde_json::{Map, Value, json};

mod common;

fn value(text: &str) -> Option<Value> {
    text.parse().ok()
}

#[track_caller]
fn rejected(ran: &Ran, expected: &str) {
    assert_eq!(
        (ran.status, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(2), "", format!("metadata-merge: {expected}\n").as_str())
    );
}

#[test]
fn the_walkthrough_tells_the_story_of_the_page() {
    let ran = run::<&str>(&[], "");
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    // Members are in the order of serde_json's map, which depends on a feature.
    let sorted = json!({"b": 0, "a": 0}).as_object().is_some_and(|object| object.keys().eq(["a", "b"]));
    insta::with_settings!({snapshot_suffix => if sorted { "sorted" } else { "in_order" }}, {
        assert_snapshot!(ran.stdout);
    });
}

#[test]
fn the_help_of_each_command() {
    let mut texts = vec![run(&["--help"], "").stdout];
    for command in ["patch", "diff", "reconcile", "check", "adapter", "vectors"] {
        let ran = run(&[command, "--help"], "");
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
        texts.push(format!("$ metadata-merge {command} --help\n{}", ran.stdout));
    }
    assert_snapshot!(texts.join("\n"));
    assert_eq!(run(&["help", "patch"], "").stdout, run(&["patch", "--help"], "").stdout);
    assert_eq!(run(&["--version"], "").stdout, format!("metadata-merge {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_example_of_each_help_works() {
    let folder = Folder::new("examples");
    let user = r#"{"user_metadata": {"a": 1}}"#;
    for name in ["user", "body", "before", "after", "applied", "wanted", "stored"] {
        folder.file(&format!("{name}.json"), user);
    }
    for command in [&[][..], &["patch"], &["diff"], &["reconcile"], &["check"], &["adapter"], &["vectors"]] {
        let help = run(&[command, &["--help"]].concat(), "").stdout;
        let example = help.lines().find_map(|line| line.strip_prefix("Example: ")).expect(&help);
        assert!(example.contains(command.first().unwrap_or(&"metadata-merge")), "{example}");
        let ran = folder.shell(example, "");
        assert_eq!(ran.status, Some(0), "{example}: {}", ran.stderr);
    }
}

#[test]
fn patch_prints_the_document_and_the_changes() {
    let folder = Folder::new("patch");
    let document = folder.file("document.json", "{\"mycolor\": \"red\",\n \"level\": 1.50}\n");
    let body = r#"{"mycolor": null, "mysize": "L"}"#;
    let ran = run(&["patch", &document, &folder.file("patch.json", body)], "");
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "{\n \"level\": 1.50, \"mysize\": \"L\"}\n"));
    assert_eq!(ran.stderr, "- \"mycolor\": \"red\"\n+ \"mysize\": \"L\"\n1 added, 0 replaced, 1 removed\n");
    for arguments in [&["patch", &document, "-"][..], &["patch", "--", &document, "-"]] {
        let piped = run(arguments, body);
        assert_eq!((&piped.stdout, &piped.stderr), (&ran.stdout, &ran.stderr));
    }
    let dry = run(&["patch", "--dry-run", &document, "-"], body);
    assert_eq!((dry.status, dry.stdout, dry.stderr.as_str()), (Some(0), ran.stderr, ""));
    // The program writes no files.
    assert_eq!(fs::read_to_string(&document).expect("there"), "{\"mycolor\": \"red\",\n \"level\": 1.50}\n");
}

#[test]
fn patch_prints_changes_as_json_and_masks_values() {
    let folder = Folder::new("mask");
    let document = folder.file("document.json", r#"{"token": "old secret", "a": {"token": "deep secret", "b": 1}}"#);
    let body = r#"{"token": "new secret", "a": {"token": "other secret", "b": 1}}"#;
    for format in [&[][..], &["--json"]] {
        let ran = run(&[&["patch", "--dry-run", "--mask", "token", &document, "-"], format].concat(), body);
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        assert!(ran.stdout.contains("*** (changed)") && !ran.stdout.contains("secret"), "{}", ran.stdout);
    }
    let ran = run(&["patch", "--json", &document, "-"], r#"{"token": null}"#);
    let changes = json!({"added": {}, "replaced": {}, "removed": {"token": "old secret"}});
    assert_eq!(value(&ran.stderr), Some(changes));
    assert_eq!(value(&ran.stdout), Some(json!({"a": {"token": "deep secret", "b": 1}})));
}

#[test]
fn patch_of_a_resource_follows_its_table() {
    let folder = Folder::new("resource");
    let user =
        folder.file("user.json", r#"{"name": "Jane", "user_metadata": {"a": 1, "b": 2.0}, "app_metadata": {"c": 1}}"#);
    let body = r#"{"user_metadata": {"a": null}, "app_metadata": {}}"#;
    let ran = run(&["patch", "--resource", "user", &user, "-"], body);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert_eq!(value(&ran.stdout), Some(json!({"name": "Jane", "user_metadata": {"b": 2.0}})));
    assert!(ran.stderr.contains("\"user_metadata\"\n    - \"a\": 1\n"), "{}", ran.stderr);
    let ran = run(&["patch", "--resource", "user", &user, "-"], r#"{"user_metadata": null}"#);
    rejected(&ran, "standard input: the field \"user_metadata\" must be a JSON object, but is null");
    let ran = run(
        &["patch", "--resource", "user", "--dry-run", "--mask", "a", &user, "-"],
        r#"{"user_metadata": {"a": 98765}}"#,
    );
    assert!(ran.stdout.contains("\"a\": \"***\"") && !ran.stdout.contains("98765"), "{}", ran.stdout);
    let other = folder.file("other.json", r#"{"user_metadata": []}"#);
    let ran = run(&["patch", "--resource", "user", &other, "-"], r#"{"user_metadata": {}}"#);
    rejected(&ran, &format!("{other}: the stored field \"user_metadata\" must be a JSON object, but is an array"));
}

#[test]
fn patch_reports_new_violations_of_limits() {
    let folder = Folder::new("limits");
    let client = folder.file("client.json", r#"{"client_metadata": {"größe": "1"}}"#);
    let limits = ["patch", "--resource", "client", "--limits", &client, "-"];
    let ran = run(&limits, r#"{"client_metadata": {"farbe": "rot"}}"#);
    assert_eq!(ran.status, Some(0), "what was broken before is not new: {}", ran.stderr);
    let ran = run(&limits, r#"{"client_metadata": {"farbe": 2}}"#);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""));
    // Nothing changes, so no changes are listed.
    let told = "refused: \"/client_metadata/farbe\": expected a string, found a number (value-type)\n";
    assert_eq!(ran.stderr, told);
    let dry = run(&[&limits[..], &["--dry-run"]].concat(), r#"{"client_metadata": {"farbe": 2}}"#);
    assert_eq!((dry.status, dry.stdout.as_str(), dry.stderr), (Some(1), "", ran.stderr));
    let user = folder.file("user.json", "{}");
    let large = format!(r#"{{"user_metadata": {{"notes": "{}"}}}}"#, "x".repeat(11_000));
    let ran = run(&["patch", "--resource", "user", "--limits", &user, "-"], large);
    assert_eq!((ran.status, ran.stdout.len() > 11_000), (Some(0), true));
    assert!(
        ran.stderr.contains("\nwarned: the resource: expected at most 10240 bytes as compact JSON, found 11"),
        "{}",
        ran.stderr
    );
    let ran = run(&["patch", "--limits", &user, "-"], "{}");
    rejected(&ran, "--limits needs --resource <NAME> (try --help)");
}

#[test]
fn limits_as_json_are_one_object_with_the_changes() {
    let folder = Folder::new("limits-json");
    let client = folder.file("client.json", "{}");
    let limits = ["patch", "--resource", "client", "--limits", "--json", &client, "-"];
    let refused = run(&limits, r#"{"client_metadata": {"a": 2}}"#);
    let told = value(&refused.stderr).expect("one value");
    assert_eq!((refused.status, refused.stdout.as_str(), &told["changes"]), (Some(1), "", &Value::Null));
    assert_eq!((&told["violations"][0]["limit"], &told["violations"][1]), (&json!("value-type"), &Value::Null));
    let dry = run(&[&limits[..], &["--dry-run"]].concat(), r#"{"client_metadata": {"a": 2}}"#);
    assert_eq!((dry.status, value(&dry.stdout), dry.stderr.as_str()), (Some(1), Some(told), ""));
    let done = run(&limits, r#"{"client_metadata": {"a": "2"}}"#);
    let told = value(&done.stderr).expect("one value");
    assert_eq!((done.status, &told["violations"]), (Some(0), &json!([])));
    assert_eq!(told["changes"]["fields"]["client_metadata"]["added"], json!({"a": "2"}));
    // Warnings are also JSON.
    let ran = run(&["patch", "--json", &client, "-"], r#"{"a": 12345678901234567890123}"#);
    assert!(ran.stderr.lines().all(|line| value(line).is_some_and(|line| line.is_object())), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
}

#[test]
fn a_change_of_only_the_text_is_reported() {
    let folder = Folder::new("rewritten");
    let document = folder.file("document.json", "{\"a\": 1, \"b\": 100}\n");
    let told = "no value changes, but the text does (for example, 1 may become 1.0)\n";
    let ran = run(&["patch", &document, "-"], r#"{"b": 1e2}"#);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("{\"a\": 1, \"b\": 1e2}\n", told));
    let ran = run(&["patch", "--dry-run", &document, "-"], r#"{"a": 1.0}"#);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), told));
    let ran = run(&["patch", "--dry-run", &document, "-"], r#"{"a": 1, "c": null}"#);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "no change\n"));
}

#[test]
fn diff_prints_the_smallest_body_or_nothing() {
    let folder = Folder::new("diff");
    let before = folder.file("before.json", r#"{"a": 1, "b": 2}"#);
    let ran = run(&["diff", &before, "-"], r#"{"b": 2.0}"#);
    assert_eq!((ran.status, value(&ran.stdout), ran.stderr.as_str()), (Some(0), Some(json!({"a": null})), ""));
    let ran = run(&["diff", &before, &before], "");
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
    let ran = run(&["diff", &before, "-"], r#"{"c": null}"#);
    let null = "cannot set the root key \"c\" to null: a null in a patch deletes its key";
    rejected(&ran, &format!("standard input: {null}"));
    let after = folder.file("after.json", r#"{"client_metadata": {"c": null}}"#);
    let ran = run(&["diff", "--resource", "client", "-", &after], "{}");
    rejected(&ran, &format!("{after}: {null}"));
    let ran = run(&["diff", "--resource", "client", "-", &after], r#"{"client_metadata": 1}"#);
    rejected(&ran, "standard input: the field \"client_metadata\" must be a JSON object, but is a number");
    let before = folder.file("organization.json", r#"{"name": "org", "metadata": {"a": "1", "b": "1"}}"#);
    let ran = run(&["diff", "--resource", "organization", &before, "-"], r#"{"metadata": {"a": "2"}}"#);
    assert_eq!((ran.status, value(&ran.stdout)), (Some(0), Some(json!({"name": null, "metadata": {"a": "2"}}))));
}

#[test]
fn reconcile_prints_the_body_and_the_conflicts() {
    let folder = Folder::new("reconcile");
    let base = folder.file("base.json", r#"{"plan": "free", "beta": true}"#);
    let mine = folder.file("mine.json", r#"{"plan": "gold"}"#);
    let theirs = r#"{"plan": "full", "beta": true, "foreign": 1}"#;
    let ran = run(&["reconcile", &base, &mine, "-"], theirs);
    assert_eq!((ran.status, value(&ran.stdout)), (Some(1), Some(json!({"beta": null}))));
    assert_eq!(ran.stderr, "conflict: \"plan\": is \"full\", was \"free\", should be \"gold\"\n");
    let ran = run(&["reconcile", "--force", &base, &mine, "-"], theirs);
    assert_eq!((ran.status, value(&ran.stdout)), (Some(0), Some(json!({"beta": null, "plan": "gold"}))));
    assert!(ran.stderr.starts_with("overwritten: \"plan\""), "{}", ran.stderr);
    let ran = run(&["reconcile", &base, &mine, &mine], "");
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn reconcile_prints_conflicts_as_json_and_masks_values() {
    let folder = Folder::new("reconcile-json");
    let base = folder.file("base.json", r#"{"plan": "old secret", "a": {"plan": 1}, "beta": true}"#);
    let mine = folder.file("mine.json", r#"{"plan": "my secret", "a": {"b": 2}}"#);
    let theirs = r#"{"plan": "their secret", "a": {"b": 3}, "beta": true}"#;
    let arguments = ["reconcile", "--mask", "plan", &base, &mine, "-"];
    let ran = run(&arguments, theirs);
    assert_eq!((ran.status, value(&ran.stdout)), (Some(1), Some(json!({"beta": null}))));
    let conflict = "conflict: \"plan\": is \"***\", was \"*** (changed)\", should be \"*** (changed)\"\n";
    assert!(ran.stderr.contains(conflict) && !ran.stderr.contains("secret"), "{}", ran.stderr);
    let nested = "conflict: \"a\": is {\"b\": 3}, was {\"plan\": \"***\"}, should be {\"b\": 2}\n    ~ \"b\": 3 -> 2\n";
    assert_eq!(ran.stderr.replacen(conflict, "", 1), nested);
    let ran = run(&[&arguments[..], &["--json"]].concat(), theirs);
    let told = value(&ran.stderr).expect("one value");
    assert_eq!((ran.status, &told["conflicts"]["plan"]["theirs"]), (Some(1), &json!("***")));
    assert_eq!(told["conflicts"]["a"], json!({"base": {"plan": "***"}, "mine": {"b": 2}, "theirs": {"b": 3}}));
    let ran = run(&[&arguments[..], &["--json", "--force"]].concat(), theirs);
    let told = value(&ran.stderr).expect("one value");
    assert_eq!((ran.status, told["overwritten"].as_object().map(Map::len)), (Some(0), Some(2)));
    assert!(ran.stdout.contains("my secret"), "the body is to be sent: {}", ran.stdout);
    let ran = run(&["reconcile", "--json", &base, &mine, &mine], "");
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", "{\"conflicts\":{}}\n"));
    let null = run(&["reconcile", &base, "-", &base], r#"{"plan": null}"#);
    assert!(null.stderr.starts_with("metadata-merge: standard input: cannot set the root key"), "{}", null.stderr);
    let field = run(&["reconcile", "--resource", "user", &base, &mine, "-"], r#"{"user_metadata": []}"#);
    rejected(&field, "standard input: the field \"user_metadata\" must be a JSON object, but is an array");
}

#[test]
fn reconcile_of_a_resource_takes_a_replaced_field_as_one_unit() {
    let folder = Folder::new("reconcile-resource");
    let base = folder.file("base.json", r#"{"metadata": {"a": "1"}}"#);
    let mine = folder.file("mine.json", r#"{"metadata": {"a": "2"}}"#);
    let theirs = r#"{"metadata": {"a": "1", "foreign": "x"}}"#;
    let arguments = ["reconcile", "--resource", "organization", &base, &mine, "-"];
    let ran = run(&arguments, theirs);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.starts_with("conflict: \"/metadata\": "), "{}", ran.stderr);
    let ran = run(&[&arguments[..], &["--force"]].concat(), theirs);
    assert_eq!((ran.status, value(&ran.stdout)), (Some(0), Some(json!({"metadata": {"a": "2"}}))));
}

#[test]
fn integers_beyond_64_bits_are_not_compared() {
    let folder = Folder::new("wide");
    let wide = folder.file(
        "wide.json",
        "{\"ä\": 1.5, \"x\": \"12345678901234567890123\",\n \"\": 0, \"ä\": 12345678901234567890123}",
    );
    let expected = format!("{wide}: line 2, column 15: expected an integer of at most 64 bits, found a larger one");
    rejected(&run(&["diff", &wide, "-"], r#"{"id": 12345678901234567890124}"#), &expected);
    rejected(&run(&["diff", "-", &wide], "{}"), &expected);
    rejected(&run(&["reconcile", "-", &wide, &wide], "{}"), &expected);
    let ran = run(&["diff", "-", "-"], "");
    rejected(&ran, "only one of the files can be standard input");
    // A patch keeps the text of numbers.
    let ran = run(&["patch", &wide, "-"], r#"{"x": null, "y": -9223372036854775809}"#);
    assert_eq!(ran.status, Some(0));
    assert!(
        ran.stdout.contains("12345678901234567890123") && ran.stdout.contains("-9223372036854775809"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.stderr.lines().filter(|line| line.starts_with("warning: ")).count(), 2, "{}", ran.stderr);
    let ran =
        run(&["diff", "-", &folder.file("64.json", r#"{"a": 18446744073709551615, "b": -9223372036854775808}"#)], "{}");
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn bad_input_gets_one_line_and_exit_status_2() {
    let folder = Folder::new("bad");
    let good = folder.file("good.json", "{}");
    let cases: [(&[u8], &str); 3] = [
        (b"null", "standard input: must be a JSON object, but is null"),
        (b"{\"a\": \"\xff\"}", "standard input: not JSON at line 1, column 8: expected UTF-8, found an invalid byte"),
        (
            b"{\"a\": 1} x",
            "standard input: not JSON at line 1, column 10: expected the end of the text, found a letter",
        ),
    ];
    for (input, expected) in cases {
        rejected(&run(&["patch", &good, "-"], input), expected);
        rejected(&run(&["diff", &good, "-"], input), expected);
    }
    // With `arbitrary_precision`, a tree holds any number.
    if serde_json::from_str::<Value>("1e999").is_err() {
        let number = "expected a number in the range of a double, found a larger one";
        let expected = format!("standard input: line 2, column 7: {number}");
        rejected(&run(&["patch", &good, "-"], "{\"é\": \"1e999\",\n\"é\": 1e999}"), &expected);
        let ran = run(&["adapter"], "{\"seq\": 1, \"op\": \"é\", \"a\": -1e999}\n");
        assert!(ran.stdout.contains(&format!("invalid request: column 29: {number}")), "{}", ran.stdout);
    }
    let missing = run(&["patch", &good, "/no/such/file.json"], "");
    assert_eq!((missing.status, missing.stdout.as_str(), missing.stderr.lines().count()), (Some(2), "", 1));
    assert!(missing.stderr.starts_with("metadata-merge: /no/such/file.json: "), "{}", missing.stderr);
}

/// Commands with an error. In a check, S is a shell that prints a line for the first request.
const ERRORS: &[(&str, &str)] = &[
    ("patch user.json", ""),
    ("patch user.json body.json c", ""),
    ("patch user.json body.json --forced", ""),
    ("patch user.json body.json --limits", ""),
    ("patch user.json body.json --threads 2", ""),
    ("patch user.json body.json --lines --threads 0", ""),
    ("patch user.json body.json --lines --mask a", ""),
    ("patch - body.json --lines", "{\"a\": 1}\n\n[]\n{'a'}\n"),
    ("merge", ""),
    ("diff --resource tenant user.json body.json", ""),
    ("patch missing.json body.json", ""),
    ("patch - -", ""),
    ("patch user.json -", ""),
    ("patch user.json -", "[1]"),
    ("patch user.json -", "{\"a\": 1,\n}"),
    ("patch user.json -", "{'a': 1}"),
    ("patch user.json -", "{\"a\": 01}"),
    ("patch user.json -", "{\"a\": \"\n\"}"),
    ("patch user.json -", "{\"é\":\"ü\" x}"),
    ("patch user.json -", "\u{feff}{}"),
    ("patch user.json - --resource user", r#"{"user_metadata": null}"#),
    ("patch - body.json --resource user", r#"{"user_metadata": []}"#),
    ("patch user.json - --resource client --limits", r#"{"client_metadata": {"a": 2}}"#),
    ("patch user.json - --dry-run", "{\"é\": 12345678901234567890123}"),
    ("diff user.json -", "{\"é\": 12345678901234567890123}"),
    ("diff user.json -", r#"{"a": null}"#),
    ("diff user.json - --resource user", r#"{"user_metadata": 1}"#),
    ("diff - user.json --resource user", r#"{"user_metadata": 1}"#),
    ("reconcile user.json - user.json", r#"{"a": null}"#),
    ("reconcile - user.json user.json --resource user", r#"{"app_metadata": 1}"#),
    ("reconcile user.json body.json -", r#"{"user_metadata": {"a": 3}}"#),
    ("check --random", ""),
    ("check --random -1", ""),
    ("check --random 1 --seed x", ""),
    ("check --seed 5", ""),
    ("check --timeout 0", ""),
    ("check --timeout x", ""),
    ("check --timeout 1e99", ""),
    ("check ./missing", ""),
    ("check --timeout 0.2 sleep 5", ""),
    ("check true", ""),
    ("check S hello", ""),
    ("check S ''", ""),
    ("check S '[]'", ""),
    ("check S '{}'", ""),
    ("check S '{\"seq\": 99, \"result\": {}}'", ""),
    ("check S '{\"seq\": 0, \"result\": {}}'", ""),
    ("check S '{\"seq\": 1}'", ""),
    ("check S '{\"seq\": 1, \"unsupported\": false}'", ""),
    ("check sed -uE 's/.*(\"seq\":[0-9]+).*/{\\1,\"unsupported\":true}/'", ""),
    ("adapter", "\n"),
    ("adapter", "hello"),
    ("adapter", "[]"),
    ("adapter", "{}"),
    ("adapter", r#"{"seq": 1.5, "op": "merge"}"#),
    ("adapter", r#"{"seq": 1, "op": 2}"#),
    ("adapter", r#"{"seq": 1, "op": "merge", "target": {}}"#),
    ("adapter", r#"{"seq": 1, "op": "compose", "patches": [1]}"#),
    ("adapter", r#"{"seq": 1, "op": "create", "resource": "tenant", "body": {}}"#),
    ("adapter", r#"{"seq": 1, "op": "deny_wipe", "target": {"a": 1}, "patch": {}}"#),
];

#[test]
fn the_errors_of_the_program() {
    let folder = Folder::new("errors");
    folder.file("user.json", r#"{"user_metadata": {"a": 1}}"#);
    folder.file("body.json", r#"{"user_metadata": {"a": 2}}"#);
    folder.file("reply.sh", "read -r line; printf '%s\\n' \"$1\"; cat >/dev/null");
    let mut texts = Vec::new();
    for (command, input) in ERRORS {
        let ran = folder.shell(&format!("metadata-merge {}", command.replace(" S ", " sh reply.sh ")), input);
        let told = match value(&ran.stdout).as_ref().and_then(|reply| reply["rejected"].as_str()) {
            Some(why) => format!("rejected: {why}"),
            // Generated requests may change.
            None => ran.stderr.lines().filter(|line| !line.starts_with("  request   ")).collect::<Vec<_>>().join("\n"),
        };
        let told = told.replace(" \n", "\n");
        let input = if input.is_empty() { String::new() } else { format!(" <<< {input:?}") };
        texts.push(format!("$ {command}{input}\n{}\nexit status {}\n", told.trim_end(), ran.status.expect("a status")));
    }
    assert_snapshot!(texts.join("\n"));
}

#[test]
fn a_closed_output_is_not_an_error() {
    for command in ["vectors", "check"] {
        let script = format!("{PROGRAM} {command} | head -n 1 > /dev/null; {PROGRAM} {command} >&-; echo $? >&2");
        let output = std::process::Command::new("sh").args(["-c", &script]).output().expect("a shell");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "0\n", "{command}");
    }
}

#[test]
fn the_vectors_are_one_document() {
    let ran = run(&["vectors"], "");
    let document = value(&ran.stdout).expect("JSON");
    assert_eq!((&document["version"], document["release"].is_string()), (&json!("2"), true));
    let of_document =
        document["rules"].as_array().into_iter().flatten().flat_map(|rule| rule["cases"].as_array()).flatten();
    let arguments = |case: &Case| case.arguments.clone().into_iter().collect::<Map<_, _>>();
    let expected = rules().into_iter().flat_map(|rule| rule.cases);
    assert!(expected.zip(of_document).all(|(case, found)| {
        found["id"] == case.id && arguments(&case).iter().all(|(name, value)| found[name] == *value)
    }));
    let rules: Vec<_> = rules().into_iter().map(|rule| json!(rule.id)).collect();
    let ids: Vec<_> = document["rules"].as_array().into_iter().flatten().map(|rule| rule["id"].clone()).collect();
    assert_eq!(ids, rules);
    // The cases keep their text.
    assert!(metadata_merge::conformance::VECTORS.iter().all(|(_, text)| {
        text.lines().filter(|line| line.contains("\"result\": ")).all(|line| ran.stdout.contains(line))
    }));
}
