//! The command `check` with right adapters, wrong ones, and ones that break the protocol. Adapters
//! are shell scripts, in which ADAPTER is the adapter of this program.

use std::time::{Duration, Instant};

use common::{PROGRAM, Ran, run};
use metadata_merge::conformance::{Case, OPERATIONS, rules};
use serde_json::Value;

mod common;

fn script(text: &str) -> String {
    // The first requests find the offered operations.
    text.replace("ADAPTER", &format!("{PROGRAM} adapter")).replace("OFFERS", &OPERATIONS.len().to_string())
}

fn check(options: &[&str], text: &str) -> Ran {
    let script = script(text);
    run(&[&["check"], options, &["sh", "-c", &script]].concat(), "")
}

/// Asserts that the script is a fault with these parts of the message.
#[track_caller]
fn fault(options: &[&str], text: &str, expected: &[&str]) {
    let start = Instant::now();
    let ran = check(options, text);
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
    for expected in expected {
        assert!(ran.stderr.contains(expected), "no {expected:?} in {}", ran.stderr);
    }
    // The sentence, the case, the reply and the request.
    assert!(ran.stderr.lines().count() <= 4 && ran.stderr.starts_with("metadata-merge: "), "{}", ran.stderr);
}

fn json(ran: &Ran) -> Value {
    ran.stdout.parse().expect(&ran.stderr)
}

/// Returns the first item of a list with this id.
fn found<'r>(report: &'r Value, list: &str, name: &str, id: &str) -> &'r Value {
    let items = report[list].as_array().expect("a list");
    items.iter().find(|item| item[name] == id).expect(id)
}

#[test]
fn this_crate_conforms_in_process_and_behind_the_protocol() {
    for command in [&[][..], &[PROGRAM, "adapter"], &["--", PROGRAM, "adapter"]] {
        let ran = run(&[&["check", "--random", "100", "--seed", "7"], command].concat(), "");
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
        assert!(
            ran.stdout.contains("\n100 generated samples for each operation and law, --seed 7, release "),
            "{}",
            ran.stdout
        );
        assert!(ran.stdout.contains("\nok      law Commutation: "), "{}", ran.stdout);
        assert!(ran.stdout.contains("\nok      operation text: "), "{}", ran.stdout);
        assert!(ran.stdout.ends_with("\nconforms\n") && !ran.stdout.contains("BROKEN"), "{}", ran.stdout);
    }
}

#[test]
fn a_wrong_answer_is_named_with_the_smallest_input() {
    let wrong = "ADAPTER | sed -u 's/\"result\":false/\"result\":true/'";
    let options = ["--random", "100", "--seed", "3"];
    let reports = [(); 2].map(|()| check(&options, wrong));
    assert_eq!(reports[0].stdout, reports[1].stdout);
    let report = &reports[0].stdout;
    assert_eq!(reports[0].status, Some(1), "{report}");
    assert!(report.contains("\nBROKEN  law Commutation: p and q commute if and only if "), "{report}");
    assert!(report.contains("\n        request   commute first {"), "{report}");
    assert!(report.ends_with("\nBROKEN: rule commute, law Commutation, operation commute\n"), "{report}");

    let report = json(&check(&["--random", "100", "--seed", "3", "--json"], wrong));
    let smallest = &found(&report, "operations", "op", "commute")["smallest"];
    let sides = ["first", "second"].map(|name| smallest[name].to_string());
    assert!(sides.iter().any(|side| side == "{}") && sides.concat().len() < 12, "{sides:?}");
    assert_eq!(smallest["expected"], serde_json::json!({"result": false}));
    assert_eq!(found(&report, "rules", "id", "keep")["holds"], true);
    assert_eq!(found(&report, "laws", "law", "Commutation")["holds"], false);
}

#[test]
fn a_result_of_the_wrong_type_is_a_failure() {
    let ran = check(&["--json"], "ADAPTER | sed -u 's/\"result\":true/\"result\":1/'");
    assert_eq!(
        (ran.status, &json(&ran)["broken"]),
        (Some(1), &serde_json::json!(["rule equal-numbers", "rule commute"]))
    );
    let ran = check(
        &["--json", "--random", "30", "--seed", "1"],
        "ADAPTER | sed -u 's/\"result\":\\[\\(.*\\)\\]/\"result\":{}/'",
    );
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    assert_eq!(found(&json(&ran), "operations", "op", "compose")["holds"], false);
}

#[test]
fn a_repeated_key_in_a_reply_is_a_failure() {
    // The last value is right, so a parser finds no difference.
    let ran = check(&[], "ADAPTER | sed -u 's/\"result\":{\"a\":1}/\"result\":{\"a\":7,\"a\":1}/'");
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    assert!(ran.stdout.contains("\nBROKEN  operation merge\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\n        note      the reply repeats a key\n"), "{}", ran.stdout);
    let nested = "ADAPTER | sed -u 's/\"result\":{\"a\":{\"x\":1}/\"result\":{\"a\":{\"x\":7,\"x\":1}/'";
    let report = json(&check(&["--json"], nested));
    assert!(report["broken"].as_array().is_some_and(|broken| broken.contains(&"operation merge".into())), "{report}");
}

#[test]
fn an_answer_that_is_right_in_a_fresh_process_is_noted() {
    let ran =
        check(&["--random", "20", "--seed", "1"], "ADAPTER | sed -u '900,9999999 s/\"result\":false/\"result\":true/'");
    assert_eq!(ran.status, Some(1), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("note      differs in a fresh process: "), "{}", ran.stdout);
}

#[test]
fn nothing_from_an_adapter_reaches_the_terminal_unescaped() {
    let hostile = "\\u202e\\u200b\\ufeff\\u001b[2J";
    let rejects = format!("ADAPTER | sed -uE 's/\"result\":false/\"rejected\":\"{}\"/'", hostile.replace('\\', "\\\\"));
    let ran = check(&[], &rejects);
    let result = format!("ADAPTER | sed -uE 's/\"result\":false/\"result\":\"{}\"/'", hostile.replace('\\', "\\\\"));
    let other = check(&[], &result);
    let complains = check(&[], "printf '\\033[31m\\342\\200\\256red\\n' >&2; ADAPTER");
    let babbles = check(&[], "printf '\\033[2J\\342\\200\\256\\n'; cat > /dev/null");
    for ran in [ran, other, complains, babbles] {
        let shown = ran.stdout + &ran.stderr;
        assert!(shown.contains("\\u202e"), "{shown}");
        assert!(!shown.contains(['\u{202e}', '\u{200b}', '\u{feff}', '\u{1b}']), "{shown}");
    }
}

#[test]
fn an_adapter_that_does_not_reply_is_a_fault() {
    let first = "no reply within 0.5 s: flush standard output after each reply, or raise --timeout\n  during    first ";
    fault(&["--timeout", "0.5"], "exec sleep 60", &[first, "\n  request   {"]);
    let later = ["no reply within 3 s: ", "\n  during    keep/page-add-home\n"];
    fault(&["--timeout", "3"], "sed -u OFFERSq | ADAPTER; exec sleep 60", &later);
    // No single reply fills a block buffer.
    fault(&["--timeout", "3"], "ADAPTER | sed 's/x/x/'", &["no reply within 3 s: flush "]);
}

#[test]
fn an_adapter_that_ends_early_is_a_fault() {
    fault(&[], "exit 3", &["ended before its reply (exit status: 3)\n  during    first request of merge\n"]);
    let expected = ["the adapter ended before its reply (exit status: 0)\n  during    keep/", "\n  request   {"];
    fault(&[], "sed -u $((OFFERS + 2))q | ADAPTER", &expected);
    fault(&[], "kill -9 $$", &["ended before its reply (signal: 9"]);
    fault(&["--timeout", "0.5"], "exec >&-; exec sleep 60", &["the adapter closed its standard output before"]);
}

#[test]
fn a_line_that_is_not_a_reply_is_a_fault() {
    let not_json =
        "invalid reply: not JSON at column 1: expected a value, found a letter; write logs to standard error\n";
    fault(&[], "read line; echo hello; exec cat", &[not_json, "\n  reply     hello\n  request   {"]);
    fault(&[], "read line; echo '[]'; exec cat", &["expected a JSON object, found an array; ", "\n  reply     []\n"]);
    fault(&[], "read line; echo; exec cat", &["expected a JSON object, found an empty line; "]);
    fault(&[], "read line; echo '{}'; exec cat", &["expected seq 1, found no seq\n", "\n  reply     {}\n"]);
    let expected = "expected one of \"result\", \"rejected\" (a string) or \"unsupported\" (true), found ";
    for (reply, found) in [
        (r#"{"seq": 1}"#, "none"),
        (r#"{"seq": 1, "result": 1, "rejected": "why"}"#, "\"rejected\" (a string)"),
        (r#"{"seq": 1, "rejected": null}"#, "\"rejected\" (null)"),
        (r#"{"seq": 1, "unsupported": false}"#, "\"unsupported\" (false)"),
    ] {
        fault(&[], &format!("read line; echo '{reply}'; exec cat"), &[expected, found]);
    }
    let bytes = ["found an invalid byte; replies must be UTF-8\n", "\n  reply     \u{fffd}\\u001b[2J\n"];
    fault(&[], "read line; printf '\\377\\033[2J\\n'; exec cat", &bytes);
    fault(&[], "exec cat", &[expected, " and more\n"]);
    // The line may arrive before the first request or after it.
    fault(&[], "echo Ready; ADAPTER", &["write logs to standard error\n", "first request of ", "    Ready\n"]);
}

#[test]
fn a_reply_in_another_encoding_is_a_fault_with_a_hint() {
    let utf_16 = "while read -r line; do printf '{\\0\"\\0s\\0'; echo; done";
    fault(&[], utf_16, &["; replies must be UTF-8, and this looks like UTF-16\n  during    first request of merge\n"]);
    fault(&[], "read line; printf '\\357\\273\\277{}\\n'; exec cat", &["; the line starts with a byte order mark\n"]);
    let latin_1 = "ADAPTER | LC_ALL=C sed -u 's/\\xc3\\xa9/\\xe9/g'";
    fault(&[], latin_1, &["expected UTF-8, found an invalid byte; replies must be UTF-8\n"]);
}

#[test]
fn replies_out_of_order_are_a_fault_with_a_hint() {
    fault(
        &[],
        "ADAPTER | sed -u 's/\"seq\":23/\"seq\":22/'",
        &["expected seq 23, found 22; a reply may be repeated or out of order\n"],
    );
}

#[test]
fn a_fault_on_a_long_line_names_its_length() {
    let fails = "while read -r line; do [ ${#line} -lt 4097 ] || exit 3; echo \"$line\" | ADAPTER; done";
    fault(
        &["--random", "100", "--seed", "5"],
        fails,
        &["ended before its reply (exit status: 3)\n", "\n  request   (", " bytes) {"],
    );
}

#[test]
fn a_flood_of_lines_is_a_fault() {
    fault(&[], "yes '{}' | head -c 300000000", &["    {}\n"]);
    fault(&[], "read line; echo \"$line\" | ADAPTER; yes", &["write logs to standard error\n", "    y\n"]);
}

#[test]
fn a_reply_to_another_request_is_a_fault() {
    fault(&[], "ADAPTER | sed -u 's/\"seq\":23/\"seq\":24/'", &["expected seq 23, found 24\n"]);
    fault(&[], "ADAPTER | sed -u 's/\"seq\":\\([0-9]*\\)/\"seq\":\"\\1\"/'", &["expected seq 1, found \"1\"\n"]);
    // The second copy of a line may arrive before the next request or after it.
    fault(&[], "ADAPTER | sed -u p", &["\n  during    first request of text\n"]);
}

#[test]
fn an_adapter_must_exit_with_0_and_print_nothing_more() {
    let bye = "unexpected output without a request: write logs to standard error\n  output    bye\n";
    fault(&[], "ADAPTER; echo bye", &[bye]);
    fault(&[], "ADAPTER; exit 4", &["must exit with status 0 at the end of its input (exit status: 4)\n"]);
    fault(&["--timeout", "3"], "ADAPTER; exec sleep 60", &["did not exit within 3 s of the end of its input\n"]);
}

#[test]
fn a_huge_reply_is_cut_off() {
    fault(
        &["--timeout", "30"],
        "tr '\\0' x < /dev/zero",
        &["expected at most 67108864 bytes, found more\n", "  reply     xxx", "…"],
    );
}

#[test]
fn exact_numbers_and_nul_are_options() {
    // This store holds only doubles, and no U+0000.
    let store = "sed -uE 's/([^\"0-9])(9007199254740993\
                 |9223372036854775807|18446744073709551615)/\\17/g; s/u0000/u0001/g' | ADAPTER";
    let options = |more: &[&'static str]| [&["--random", "40", "--seed", "2", "--json"], more].concat();
    let conforms = |more: &[&'static str]| {
        let ran = check(&options(more), store);
        (ran.status, json(&ran)["exact_numbers"].clone(), json(&ran)["nul"].clone())
    };
    assert_eq!(conforms(&["--no-nul"]), (Some(0), Value::Bool(false), Value::Bool(false)));
    assert_eq!(conforms(&[]), (Some(1), Value::Bool(false), Value::Bool(true)));
    assert_eq!(conforms(&["--no-nul", "--exact-numbers"]), (Some(1), Value::Bool(true), Value::Bool(false)));
    let ran = check(&["--random", "1", "--seed", "2", "--no-nul", "--exact-numbers"], "ADAPTER");
    assert!(
        ran.stdout
            .contains("\n1 generated sample for each operation and law, --seed 2 --exact-numbers --no-nul, release "),
        "{}",
        ran.stdout
    );
}

#[test]
fn cases_that_are_left_out_are_counted() {
    let left_out = |need: &str| rules().iter().flat_map(|rule| &rule.cases).filter(|case| needs(case, need)).count();
    let (exact, nul) = (left_out("ExactNumbers"), left_out("Nul"));
    let ran = run(&["check"], "");
    assert!(ran.stdout.contains(&format!("\nleft out without --exact-numbers: {exact} cases\n")), "{}", ran.stdout);
    assert!(!ran.stdout.contains("left out by --no-nul"), "{}", ran.stdout);
    let ran = run(&["check", "--exact-numbers", "--no-nul"], "");
    assert!(ran.stdout.contains(&format!("\nleft out by --no-nul: {nul} cases\n")), "{}", ran.stdout);
    assert!(!ran.stdout.contains("left out without"), "{}", ran.stdout);
    let report = json(&run(&["check", "--json", "--no-nul"], ""));
    assert_eq!(report["left_out"], serde_json::json!({"exact-numbers": exact, "nul": nul}));
}

fn needs(case: &Case, need: &str) -> bool {
    case.needs.is_some_and(|needs| format!("{needs:?}") == need)
}

#[test]
fn an_option_after_the_command_is_noted() {
    let options = |arguments: &[&str]| run(&[&["check", PROGRAM, "adapter"], arguments].concat(), "");
    for option in ["--random", "--random=5", "--json"] {
        let ran = options(&[option]);
        let note = format!("note: {option} is passed to the adapter; options of check come before COMMAND\n");
        assert!(ran.stderr.starts_with(&note), "{}", ran.stderr);
    }
    // Options of the adapter are not noted.
    assert!(!options(&["--verbose", "random", "--randomly"]).stderr.contains("note: "));
}

#[test]
fn an_operation_may_be_unsupported_but_not_merge() {
    let unsupported = "s/.*(\"seq\":[0-9]+).*/{\\1,\"unsupported\":true}/";
    fault(
        &[],
        &format!("ADAPTER | sed -uE '{unsupported}'"),
        &["the adapter must offer merge, but replied \"unsupported\"\n"],
    );
    let later = format!("ADAPTER | sed -uE '40,9999999 {unsupported}'");
    fault(&[], &later, &["replied \"unsupported\" to merge, but answered it before\n  during    "]);
    let ran = check(&["--json"], &format!("ADAPTER | sed -uE '2,OFFERS {unsupported}'"));
    let report = json(&ran);
    assert_eq!((ran.status, &report["offers"]), (Some(0), &serde_json::json!(["merge"])));
    assert_eq!(found(&report, "rules", "id", "diff")["holds"], Value::Null);
}

#[test]
fn a_command_that_cannot_start_is_an_error() {
    let ran = run(&["check", "no such program"], "");
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.starts_with("metadata-merge: cannot start \"no such program\": "), "{}", ran.stderr);
    let ran = run(&["check", "--json", "no such program"], "");
    assert_eq!((ran.status, &json(&ran)["conforms"]), (Some(2), &Value::Bool(false)));
    assert!(json(&ran)["error"].as_str().is_some_and(|why| why.starts_with("cannot start")), "{ran:?}");
}
