//! The command `patch --lines`.

use std::fmt::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::{Folder, PROGRAM, Ran, run};
use metadata_merge::resource::{CLIENT, USER};
use metadata_merge::{limits, text};
use metadata_merge_cli::lines::LONGEST;
use serde_json::{Value, json};

mod common;

/// Runs the command on standard input, with the body in a file.
fn lines(options: &[&str], input: impl AsRef<[u8]>, body: &str) -> Ran {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let folder = Folder::new(&format!("lines-{}", RUNS.fetch_add(1, Ordering::Relaxed)));
    run(&[&["patch", "--lines", "-", &folder.file("body.json", body)], options].concat(), input)
}

/// Returns users in different styles, one on each line.
fn users(count: usize) -> String {
    let mut users = String::new();
    for number in 0..count {
        let filler = "x".repeat(number * 7919 % 2_000);
        let ending = if number % 3 == 0 { "\r\n" } else { "\n" };
        let metadata = match number % 5 {
            0 => format!(r#"{{"old":{number}.50, "\u0061": "{filler}", "old": 1e2}}"#),
            1 => format!(r#" {{ "theme" : "dark" ,"notes":"{filler}"}} "#),
            2 => "{}".to_owned(),
            3 => r#"{"old":12345678901234567890123,"\ud83d\ude00":"é"}"#.to_owned(),
            _ => format!(r#"{{"old":[{{"old":null}}],"notes":"{filler}"}}"#),
        };
        let _ = write!(users, "{{\"user_id\":\"auth0|{number}\", \"user_metadata\": {metadata}}}{ending}");
    }
    users
}

const BODY: &str = r#"{"user_metadata":{"old":null,"theme":"light","big":1.0},"nickname":"Jo"}"#;

#[test]
fn each_line_equals_the_result_of_the_library_in_order() {
    let users = users(5_000);
    let as_document: String = users.lines().map(|line| text::merge(line, BODY).expect("objects") + "\n").collect();
    let as_user: String = users.lines().map(|line| USER.update_text(line, BODY).expect("users") + "\n").collect();
    let unix = users.replace("\r\n", "\n");
    for threads in ["1", "2", "3", "16"] {
        let ran = lines(&["--threads", threads], &unix, BODY);
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
        assert!(ran.stdout == as_document, "{threads} threads");
        for options in [&["--resource", "user", "--threads", threads][..], &["--resource", "user", "--limits"]] {
            let ran = lines(options, &unix, BODY);
            assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
            assert!(ran.stdout == as_user, "{options:?}");
        }
    }
    // A line keeps its ending.
    let ran = lines(&["--resource", "user"], &users, BODY);
    assert_eq!(ran.stdout.replace("\r\n", "\n"), as_user);
    let endings = |text: &str| text.split_inclusive('\n').map(|line| line.ends_with("\r\n")).collect::<Vec<_>>();
    assert_eq!(endings(&ran.stdout), endings(&users));
}

#[test]
fn bad_lines_are_named_and_the_others_go_on() {
    let input =
        b"{\"a\":1}\n\n{\"a\":01}\n[1]\n{\"a\":\"\xff\"}\n{\n}\n \t\r\n{\"a\":1,\"b\":2,\"a\":3}\r\n{\"a\":1} {}\n{}";
    for options in [&[][..], &["--threads", "2"]] {
        let ran = lines(options, input, r#"{"c":1e0}"#);
        assert_eq!(ran.status, Some(1));
        // A repeated key is not an error. The last line needs no line feed.
        assert_eq!(ran.stdout, "{\"a\":1,\"c\":1e0}\n{\"b\":2,\"a\":3,\"c\":1e0}\r\n{\"c\":1e0}\n");
        assert_eq!(
            ran.stderr,
            "standard input: line 2: is empty\n\
             standard input: line 3: not JSON at column 7: expected `,` or `}`, found a digit\n\
             standard input: line 4: must be a JSON object, but is an array\n\
             standard input: line 5: not JSON at column 7: expected UTF-8, found an invalid byte\n\
             standard input: line 6: not JSON at column 2: expected a double-quoted key or `}`, found the end of the text\n\
             standard input: line 7: not JSON at column 1: expected a value, found `}`\n\
             standard input: line 8: is empty\n\
             standard input: line 10: not JSON at column 9: expected the end of the text, found `{`\n\
             standard input: 8 of 11 lines cannot be patched\n"
        );
    }
    let ran = lines(&[], "\u{feff}{}\n{}\n", "{}");
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), "{}\n"));
    assert!(ran.stderr.starts_with("standard input: line 1: starts with a byte order mark, "), "{}", ran.stderr);
    let ran = lines(&["--resource", "user"], "{\"user_metadata\":[]}\n{\"nickname\":\"J\"}\n", BODY);
    assert_eq!((ran.status, ran.stdout.lines().count()), (Some(1), 1));
    assert!(
        ran.stderr.starts_with("standard input: line 1: the stored field \"user_metadata\" must be a JSON object"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_line_that_is_too_long_is_skipped() {
    let long = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - "{\"a\":\"\"}".len()));
    let (longest, longer) = (long(LONGEST - 1), long(LONGEST));
    let ran = lines(&[], format!("{{\"b\":1}}\n{longer}\n{longest}\n{{\"b\":2}}\n"), r#"{"a":null}"#);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), "{\"b\":1}\n{}\n{\"b\":2}\n"));
    assert_eq!(
        ran.stderr,
        "standard input: line 2: is longer than 64 MiB\nstandard input: 1 of 4 lines cannot be patched\n"
    );
}

#[test]
fn a_limit_refuses_a_line_and_warns_of_another() {
    let input = "{\"client_metadata\":{\"a\":\"1\"}}\n\
                 {\"client_metadata\":{\"ä\":1}}\n\
                 {\"client_metadata\":{\"0\":\"\",\"1\":\"\",\"2\":\"\",\"3\":\"\",\"4\":\"\",\"5\":\"\",\"6\":\"\",\"7\":\"\",\"8\":\"\",\"9\":\"\"}}\n";
    let body = r#"{"client_metadata":{"a":"2"}}"#;
    for threads in ["1", "2"] {
        let ran = lines(&["--resource", "client", "--limits", "--threads", threads], input, body);
        let patched: String =
            input.lines().take(2).map(|line| CLIENT.update_text(line, body).expect("a client") + "\n").collect();
        assert_eq!((ran.status, ran.stdout), (Some(1), patched));
        assert_eq!(
            ran.stderr,
            "standard input: line 3: refused: \"/client_metadata\": expected at most 10 keys, found 11 (too-many-keys)\n\
             standard input: 1 of 3 lines cannot be patched\n"
        );
    }
    let large = format!("{{\"user_metadata\":{{\"notes\":\"{}\"}}}}\n{{}}\n", "x".repeat(10_200));
    let ran = lines(&["--resource", "user", "--limits"], &large, BODY);
    assert_eq!((ran.status, ran.stdout.lines().count()), (Some(0), 2));
    let line = large.lines().next().and_then(|line| USER.update_text_checked(limits::USER, line, BODY).ok());
    let violation = line.and_then(|checked| checked.violations.first().cloned()).expect("a violation");
    assert_eq!(ran.stderr, format!("standard input: line 1: warned: {violation}\n"));
}

const STORED: &str = "{\"user_metadata\":{\"a\":\"old secret\"}}\n\
    {\"user_metadata\":{\"a\":\"old secret\",\"b\":2}}\n\
    {\"user_metadata\":{}}\n\
    oops\n\
    {\"user_metadata\":{\"n\":1,\"b\":1}}\n";

#[test]
fn a_dry_run_prints_the_changes_and_the_counts() {
    let body = r#"{"user_metadata":{"a":null}}"#;
    for threads in ["1", "2"] {
        let ran = lines(&["--resource", "user", "--limits", "--dry-run", "--threads", threads], STORED, body);
        assert_eq!(ran.status, Some(1));
        assert_eq!(
            ran.stdout,
            "line 1\n    \"user_metadata\"\n        - \"a\": \"old secret\"\n        \
             0 added, 0 replaced, 1 removed: NOTHING IS LEFT\n\
             line 2\n    \"user_metadata\"\n        - \"a\": \"old secret\"\n        \
             0 added, 0 replaced, 1 removed\n\
             5 lines: 2 would change; 1 would be emptied; 0 would break a limit, which refuses 0; \
             1 cannot be read or compared\n"
        );
        assert_eq!(
            ran.stderr,
            "standard input: line 4: not JSON at column 1: expected a value, found a letter\n\
             standard input: 1 of 5 lines cannot be compared or patched\n"
        );
    }
    let ran = lines(&["--dry-run"], "", "{}");
    let nothing = "0 lines: 0 would change; 0 would be emptied; 0 cannot be read or compared\n";
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), nothing, ""));
}

#[test]
fn a_dry_run_as_json_has_one_object_a_line() {
    let body = r#"{"user_metadata":{"a":"new secret","n":1.0}}"#;
    let ran = lines(&["--resource", "user", "--dry-run", "--json", "--mask", "a"], STORED, body);
    let shown: Vec<Value> = ran.stdout.lines().map(|line| line.parse().expect("JSON")).collect();
    let numbers: Vec<_> = shown.iter().map(|line| line["line"].as_u64()).collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3), Some(5), None]);
    let replaced = &shown[0]["changes"]["fields"]["user_metadata"]["replaced"];
    assert_eq!(*replaced, json!({"a": {"old": "***", "new": "*** (changed)"}}));
    assert!(!ran.stdout.contains("secret"), "{}", ran.stdout);
    let summary = json!({
        "lines": 5, "changed": 4, "emptied": 0, "rewritten": 0, "beyond_limits": null, "refused": null, "unreadable": 1,
    });
    assert_eq!(shown[4]["summary"], summary);
}

#[test]
fn a_dry_run_counts_what_a_limit_refuses() {
    let input = "{\"client_metadata\":{\"a\":\"1\"}}\n{\"client_metadata\":{\"b\":\"1\"}}\n{}\n";
    let ran = lines(&["--resource", "client", "--limits", "--dry-run"], input, r#"{"client_metadata":{"b":2}}"#);
    assert_eq!(
        (ran.status, ran.stdout.as_str()),
        (
            Some(1),
            "3 lines: 0 would change; 0 would be emptied; 3 would break a limit, which refuses 3; \
             0 cannot be read or compared\n"
        ),
    );
    assert_eq!(ran.stderr.matches("refused: \"/client_metadata/b\": expected a string").count(), 3, "{}", ran.stderr);
}

#[test]
fn a_dry_run_counts_replaced_fields_that_are_emptied() {
    let input = "{\"metadata\":{\"a\":\"1\"}}\n{\"metadata\":{}}\n{\"metadata\":null}\n{}\n";
    let ran = lines(&["--resource", "organization", "--dry-run"], input, r#"{"metadata":{}}"#);
    assert!(ran.stdout.contains("\n4 lines: 2 would change; 1 would be emptied; "), "{}", ran.stdout);
}

#[test]
fn a_dry_run_reports_changes_of_only_the_text() {
    let input = "{\"a\":1}\n{\"a\":1.0}\n{\"a\":2}\n";
    let ran = lines(&["--dry-run"], input, r#"{"a":1.0}"#);
    assert!(ran.stdout.starts_with("line 1\n    no value changes, but the text does"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains(
            "\n3 lines: 1 would change; 0 would be emptied; 1 would only be written in another way; 0 cannot"
        ),
        "{}",
        ran.stdout
    );
    let ran = lines(&["--dry-run", "--json"], input, r#"{"a":1.0}"#);
    assert!(ran.stdout.lines().next().is_some_and(|line| line.ends_with(",\"rewritten\":true}")), "{}", ran.stdout);
}

#[test]
fn a_dry_run_warns_of_rounded_numbers() {
    let input = "{\"a\":12345678901234567890123}\n{\"a\":1,\"b\":1e999}\n{\"b\":2}\n";
    let ran = lines(&["--dry-run"], input, r#"{"a":null}"#);
    // With `arbitrary_precision`, a tree holds any number.
    if serde_json::from_str::<Value>("1e999").is_err() {
        assert_eq!(ran.status, Some(1));
        assert!(ran.stderr.starts_with("standard input: line 2: holds a number beyond "), "{}", ran.stderr);
    }
    let warning = "\nwarning: standard input: integers of more than 64 bits in 1 of 3 lines: ";
    assert!(format!("\n{}", ran.stderr).contains(warning), "{}", ran.stderr);
}

#[test]
fn options_that_print_no_changes_are_rejected() {
    let cases: [(&[&str], &str); 5] = [
        (&["--json"], "with --lines, --json and --mask need --dry-run: no changes are printed without it"),
        (&["--mask", "a"], "with --lines, --json and --mask need --dry-run: no changes are printed without it"),
        (&["--limits"], "--limits needs --resource <NAME> (try --help)"),
        (
            &["--threads", "0"],
            "invalid value '0' for '--threads <N>': expected a whole number from 1 to 256 (try --help)",
        ),
        (
            &["--resource", "client", "--threads", "x"],
            "invalid value 'x' for '--threads <N>': expected a whole number from 1 to 256 (try --help)",
        ),
    ];
    for (options, expected) in cases {
        let ran = lines(options, "{}\n", "{}");
        let found = (ran.status, ran.stdout.as_str(), ran.stderr.as_str());
        assert_eq!(found, (Some(2), "", format!("metadata-merge: {expected}\n").as_str()));
    }
    let ran = run(&["patch", "--threads", "2", "a", "b"], "");
    let expected = "metadata-merge: --threads needs --lines (try --help)\n";
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(2), expected));
    let ran = run(&["patch", "--lines", "-", "-"], "{}");
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (Some(2), "metadata-merge: only one of the files can be standard input\n")
    );
}

#[test]
fn a_wrong_body_or_file_gets_exit_status_2() {
    let folder = Folder::new("lines-wrong");
    let ran = lines(&["--resource", "user"], "{}\n", r#"{"user_metadata":null}"#);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.ends_with("body.json: the field \"user_metadata\" must be a JSON object, but is null\n"));
    let body = folder.file("body.json", "{}");
    let ran = run(&["patch", "--lines", "/no/such/users.jsonl", &body], "");
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.lines().count()), (Some(2), "", 1));
    let users = folder.file("users.jsonl", "{\"a\":1}\n{\"b\":2}");
    let ran = run(&["patch", "--lines", &users, "-"], r#"{"c":3}"#);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "{\"a\":1,\"c\":3}\n{\"b\":2,\"c\":3}\n"));
    // A folder can be opened but not read.
    let ran = run(&["patch", "--lines", "/", &body], "");
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.lines().count()), (Some(2), "", 1));
}

#[test]
fn no_lines_give_no_output() {
    for options in [&[][..], &["--threads", "4"], &["--resource", "user", "--limits"]] {
        let ran = lines(options, "", "{}");
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
    }
}

#[test]
fn a_slow_stream_is_answered_line_by_line() {
    use std::io::{BufRead, BufReader, Write};
    let folder = Folder::new("lines-slow");
    let mut command = Command::new(PROGRAM);
    command.args(["patch", "--lines", "-", &folder.file("body.json", r#"{"b":2}"#)]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let (mut input, output) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    let (sender, answers) = mpsc::channel();
    let reader = thread::spawn(move || {
        BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    let answered = (0..3).all(|_| {
        input.write_all(b"{\"a\":1}\n").expect("written");
        answers.recv_timeout(Duration::from_secs(30)).is_ok_and(|line| line == r#"{"a":1,"b":2}"#)
    });
    drop(input);
    assert!(child.wait().expect("it ends").success() && answered);
    assert!(reader.join().expect("read").is_ok());
}

#[test]
fn a_closed_output_ends_the_lines_quietly() {
    let folder = Folder::new("lines-closed");
    let (users, body) = (folder.file("users.jsonl", users(5_000) + "oops\n"), folder.file("body.json", BODY));
    for options in ["", "--threads 2", "--dry-run", "--dry-run --threads 2"] {
        let program = format!("{PROGRAM} patch --lines {options} {users} {body}");
        let script = format!("({program}; echo $? >&2) | head -n 1 > /dev/null");
        let output = Command::new("sh").args(["-c", &script]).output().expect("a shell");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "0\n", "{options}");
    }
}

/// `LINES` sets the number of lines of the longer run.
#[test]
#[cfg(target_os = "linux")]
fn the_peak_of_memory_does_not_grow_with_the_lines() {
    use std::io::{Read, Write};
    let folder = Folder::new("lines-memory");
    let body = folder.file("body.json", BODY);
    let users = users(2_000).into_bytes();
    let peak = |blocks: usize, options: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(["patch", "--lines", "-", &body, "--resource", "user"]).args(options);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let (mut input, mut output) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let reader = thread::spawn(move || {
            let (mut buffer, mut lines) = (vec![0; 1 << 16], 0);
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count();
            }
            lines
        });
        (0..blocks).for_each(|_| input.write_all(&users).expect("written"));
        // All batches are now in use, and the program waits for input.
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("a process");
        drop(input);
        assert!(child.wait().expect("it ends").success());
        assert_eq!(reader.join().expect("read"), blocks * 2_000);
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        peak.trim().trim_end_matches(" kB").parse::<u64>().expect("a number")
    };
    let blocks = std::env::var("LINES").ok().and_then(|lines| lines.parse::<usize>().ok()).unwrap_or(30_000) / 2_000;
    for options in [&[][..], &["--threads", "2"], &["--limits", "--threads", "2"]] {
        let (short, long) = (peak(5, options), peak(blocks, options));
        assert!(long <= short + short / 10, "{options:?}: {short} kB, then {long} kB");
    }
}
