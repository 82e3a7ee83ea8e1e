//! What the runner, `conformance`, says of adapters that are right, that are wrong, and that are none.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use metadata_merge::laws::Law;
use serde_json::Value;

struct Run {
    code: Option<i32>,
    output: String,
    error: String,
}

fn run(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_conformance")).args(arguments).output().expect("the runner starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Run { code: output.status.code(), output: text(output.stdout), error: text(output.stderr) }
}

const ADAPTER: &str = env!("CARGO_BIN_EXE_adapter");
const MUTANT: &str = env!("CARGO_BIN_EXE_mutant");

/// How many operations the runner asks for before the first case.
const QUESTIONS: &str = "13";

/// Whether there is a shell, for adapters that are scripts.
fn shell() -> bool {
    let there = Command::new("sh").args(["-c", "exit 0"]).status().is_ok();
    if !there {
        eprintln!("SKIPPED: there is no sh");
    }
    there
}

/// The runner on an adapter that is a script and breaks the protocol.
#[track_caller]
fn broken(script: &str, wanted: &[&str]) {
    broken_within("10", script, wanted);
}

/// The same where the time for a reply runs out, so that it had better be short.
#[track_caller]
fn runs_out(script: &str, wanted: &[&str]) {
    broken_within("2", script, wanted);
}

#[track_caller]
fn broken_within(seconds: &str, script: &str, wanted: &[&str]) {
    if !shell() {
        return;
    }
    let script = script.replace("ADAPTER", ADAPTER).replace("QUESTIONS", QUESTIONS);
    let start = Instant::now();
    let run = run(&["--timeout", seconds, "--random", "10", "sh", "-c", &script]);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert_eq!(run.code, Some(2), "{}{}", run.output, run.error);
    assert_eq!(run.output, "");
    for wanted in wanted {
        assert!(run.error.contains(wanted), "no {wanted:?} in {}", run.error);
    }
    // One line, and the request on a second one.
    assert!(run.error.lines().count() <= 2 && run.error.starts_with("conformance: "), "{}", run.error);
}

#[test]
fn this_crate_conforms_by_itself_and_behind_the_protocol() {
    for command in [vec![], vec![ADAPTER.to_owned()]] {
        let mut arguments = vec!["--random", "200", "--seed", "7"];
        arguments.extend(command.iter().map(String::as_str));
        let run = run(&arguments);
        assert_eq!(run.code, Some(0), "{}{}", run.output, run.error);
        for level in [
            "11 of 11 rules hold, 89 of 89 cases pass",
            "\nwhole resources\n",
            "\nlimits\n",
            "\nreconciles\n",
            "5 of 5 rules hold, 39 of 39 cases pass",
            "\nguards\n",
            "2 of 2 rules hold, 24 of 24 cases pass",
        ] {
            assert!(run.output.contains(level), "no {level:?} in {}", run.output);
        }
        for law in Law::ALL.into_iter().filter(|law| *law != Law::Definition) {
            assert!(run.output.contains(&format!("\nok      {}\n", law.statement())), "{law:?}: {}", run.output);
        }
        assert!(run.output.contains("200 generated samples, --seed 7"), "{}", run.output);
        assert!(!run.output.contains("BROKEN") && run.error.is_empty(), "{}{}", run.output, run.error);
    }
}

/// The names of the wrong implementations, each with the rule under which it must be caught.
fn mutants() -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO_BIN_EXE_mutant")).output().expect("the mutants start");
    let list = String::from_utf8(output.stdout).expect("UTF-8");
    list.lines().filter_map(|line| line.split_once(": ")).map(|(rule, name)| (name.into(), rule.into())).collect()
}

#[test]
fn every_mutant_is_caught_behind_the_protocol_under_its_rule_with_a_small_input() {
    let mutants = mutants();
    assert!(mutants.len() > 150, "{mutants:?}");
    thread::scope(|scope| {
        for mutants in mutants.chunks(mutants.len().div_ceil(2)) {
            scope.spawn(|| mutants.iter().for_each(|(name, rule)| caught(name, rule)));
        }
    });
}

fn caught(name: &str, rule: &str) {
    let run = run(&["--json", MUTANT, name]);
    assert_eq!(run.code, Some(1), "«{name}»: {}{}", run.output, run.error);
    let report: Value = serde_json::from_str(&run.output).expect("JSON");
    let rules = report["rules"].as_array().expect("rules");
    let found = rules.iter().find(|found| found["id"] == rule).expect("the rule");
    assert_eq!(found["holds"], false, "«{name}» keeps {rule}: {}", run.output);
    let smallest = found["smallest"].as_object().expect("an input").iter();
    let inputs = smallest.filter(|(name, _)| !["wanted", "actual"].contains(&name.as_str()));
    let smallest = inputs.map(|(_, input)| input.to_string()).collect::<Vec<_>>().join(" ");
    // What is too long is long.
    let long = ["key-too-long", "value-too-long", "profile-too-large", "too-many-keys"].contains(&rule);
    assert!(smallest.len() <= 320 || long, "«{name}» breaks {rule} by {smallest}");
}

#[test]
fn a_report_says_which_rule_breaks_by_what() {
    let run = run(&["--", MUTANT, "merges deep (RFC 7396)"]);
    assert_eq!(run.code, Some(1), "{}", run.error);
    for line in [
        "BROKEN  shallow (documented): 5 of 9 cases",
        r#"    shallow: {"a": {"x": 1}} patched with {"a": {}} must be {"a": {}}, but is {"a": {"x": 1}}"#,
        r#"    verbatim: {} patched with {"a": {"x": null}} must be {"a": {"x": null}}, but is {"a": {}}"#,
    ] {
        assert!(run.output.lines().any(|found| found == line), "no {line:?} in {}", run.output);
    }
    assert!(
        run.output.contains("\nnot offered: text, compose, diff, undo, commute, changes, reconcile"),
        "{}",
        run.output
    );
}

#[test]
fn a_smallest_input_speaks_of_the_rule_that_it_stands_under() {
    for (mutant, wanted) in [
        ("strips nested nulls from what is stored", r#"keep: {"a": {"x": null}} patched with {"b": 1}"#),
        ("drops falsy values from the patch", r#"set: {} patched with {"a": 0}"#),
        ("merges one level deep", r#"shallow: {"a": {"x": 1}} patched with {"a": {}}"#),
        ("strips nested nulls from the patch", r#"verbatim: {} patched with {"a": {"x": null}}"#),
        ("takes a falsy value for one that is not there to delete", "delete: "),
        ("refuses to delete what is not there", r#"delete-missing: {} patched with {"a": null}"#),
        ("takes `{}` for no change", "clear: "),
        ("keeps the last key", r#"emptied: {"a": 1} patched with {"a": null}"#),
        ("takes a patch of nulls for a clear", r#"emptied: {"b": 2} patched with {"a": null}"#),
        ("takes null as patch for no change", "reject: 1 patched with null"),
        ("purges stored nulls", r#"stored-null: {"a": null} patched with {"b": 2}"#),
        ("reads leading zeros as numbers", r#"exact-keys: {} patched with {"01": 1}"#),
    ] {
        let run = run(&[MUTANT, mutant]);
        let (_, mistakes) = run.output.split_once("\na smallest input for each broken rule\n").expect("mistakes");
        eprintln!("{mutant}\n{mistakes}");
        assert!(mistakes.lines().any(|line| line.trim().starts_with(wanted)), "no {wanted} in {mistakes}");
    }
    // Cases of other rules that fail by the same mistake are told apart.
    let run = run(&[MUTANT, "purges stored nulls"]);
    assert!(run.output.contains("(it fails with stored-null)"), "{}", run.output);
}

/// What a law finds is as small as can be, and the same seed finds it again.
#[test]
fn a_broken_law_is_reported_with_a_smallest_sample() {
    if !shell() {
        return;
    }
    // It says that every two bodies commute.
    let script = format!("{} | sed -u 's/\"result\":false/\"result\":true/'", ADAPTER.to_owned());
    let reports = [(); 2].map(|()| run(&["--random", "100", "--seed", "3", "sh", "-c", &script]));
    assert_eq!(reports[0].output, reports[1].output);
    let [Run { code, output, error }, _] = reports;
    assert_eq!(code, Some(1), "{error}");
    let (_, broken) = output.split_once("BROKEN  ").expect("broken");
    assert!(broken.starts_with("p and q commute exactly when either order gives the same\n"), "{broken}");
    assert!(!broken.contains("BROKEN"), "{broken}");
    let sides: Vec<&str> =
        broken.lines().skip(1).take(5).map(|line| line.split_whitespace().last().unwrap_or("")).collect();
    assert_eq!(sides[3..], ["false", "true"], "{broken}");
    assert!(broken.lines().skip(1).take(3).all(|line| line.len() < 30), "{broken}");
}

#[test]
fn a_command_that_cannot_be_started_is_said() {
    let run = run(&["no such program"]);
    assert_eq!(run.code, Some(2));
    assert!(run.error.starts_with("conformance: cannot start \"no such program\": "), "{}", run.error);
}

#[test]
fn an_adapter_that_does_not_reply_hangs() {
    runs_out(
        "exec sleep 60",
        &["the adapter hangs: there is no reply within 2 seconds, on the question whether it offers merge"],
    );
    runs_out("sed -u QUESTIONSq | ADAPTER; exec sleep 60", &["hangs", "on keep/page-add-home"]);
}

#[test]
fn an_adapter_that_dies_says_on_which_case() {
    broken("exit 3", &["the adapter died (exit status: 3), on the question whether it offers merge"]);
    broken(
        "sed -u $((QUESTIONS + 2))q | ADAPTER",
        &["the adapter died (exit status: 0), on keep/set-beside\n", r#"  request  {"#, r#""patch": {"b": 20}"#],
    );
    broken("kill -9 $$", &["died (signal: 9"]);
    runs_out("exec >&-; exec sleep 60", &["the adapter closed its standard output"]);
}

#[test]
fn an_adapter_that_says_something_else_babbles() {
    broken("read line; echo hello; exec cat", &["does not reply by the protocol: this is not a line of JSON: hello"]);
    broken("read line; echo '[]'; exec sleep 60", &["an array is no object: []"]);
    broken("read line; echo '{}'; exec sleep 60", &["there is no seq: {}"]);
    broken("read line; echo '{\"seq\": 1}'; exec sleep 60", &["holds one of \"result\", \"rejected\": WHY"]);
    broken("read line; echo '{\"seq\": 1, \"result\": 1, \"rejected\": \"why\"}'; exec sleep 60", &["holds one of"]);
    broken("read line; echo '{\"seq\": 1, \"unsupported\": false}'; exec sleep 60", &["holds one of"]);
    broken("read line; printf '\\377\\033[2J\\n'; exec sleep 60", &["not a line of JSON: \u{fffd}\u{fffd}[2J, on"]);
    broken("exec cat", &["holds one of"]); // an echo
}

#[test]
fn an_adapter_that_replies_to_another_request_is_not_judged() {
    broken("ADAPTER | sed -u 's/\"seq\":23/\"seq\":24/'", &["the seq must be 23, but is 24", "on set/"]);
    broken("ADAPTER | sed -u 's/\"seq\":\\([0-9]*\\)/\"seq\":\"\\1\"/'", &["the seq must be 1, but is \"1\""]);
    broken("ADAPTER | sed -u p", &[", on the question whether it offers text\n", r#""seq":1"#]);
}

#[test]
fn an_adapter_has_to_end_well() {
    broken("ADAPTER; echo bye", &["the adapter printed a line more than it was asked for: bye"]);
    broken("ADAPTER; exit 4", &["the adapter does not exit 0 at the end of its input (exit status: 4)"]);
    runs_out("ADAPTER; exec sleep 60", &["the adapter does not end within 2 seconds at the end of its input"]);
}

#[test]
fn a_huge_reply_is_cut_off() {
    broken("tr '\\0' x < /dev/zero", &["prints a line of more than 1048576 bytes: xxx", "…"]);
}

#[test]
fn a_result_of_the_wrong_type_is_no_result() {
    broken(
        "ADAPTER | sed -u 's/\"result\":true/\"result\":1/'",
        &["the result of commute must be true or false, but is a number"],
    );
    broken("ADAPTER | sed -u 's/\"result\":\\[\\(.*\\)\\]/\"result\":{}/'", &["must be a list, but is an object"]);
}

#[test]
fn an_operation_is_offered_or_not() {
    broken("ADAPTER | sed -uE 's/.*(\"seq\":[0-9]+).*/{\\1,\"unsupported\":true}/'", &["does not offer merge"]);
    broken(
        "ADAPTER | sed -uE '23,999999s/.*(\"seq\":[0-9]+).*/{\\1,\"unsupported\":true}/'",
        &["says that merge is unsupported, but offered it before, on "],
    );
}

#[test]
fn wrong_options_are_said() {
    for (arguments, why) in [
        (vec!["--what"], "unknown option \"--what\""),
        (vec!["--random"], "\"--random\" needs a value"),
        (vec!["--random", "-1"], "\"-1\" is no value of \"--random\""),
        (vec!["--seed", "x"], "\"x\" is no value of \"--seed\""),
        (vec!["--timeout", "0"], "\"0\" is no value of \"--timeout\""),
        (vec!["--timeout", "1e99"], "\"1e99\" is no value of \"--timeout\""),
    ] {
        let run = run(&arguments);
        assert_eq!((run.code, run.error), (Some(2), format!("conformance: {why}: try --help\n")));
    }
    assert!(run(&["--help"]).output.starts_with("Usage: conformance [OPTIONS] [COMMAND…]\n"));
}

#[test]
fn json_says_what_went_wrong_too() {
    let run = run(&["--json", "no such program"]);
    let report: Value = serde_json::from_str(&run.output).expect("JSON");
    assert_eq!((run.code, &report["conforms"]), (Some(2), &Value::Bool(false)));
    assert!(report["error"].as_str().is_some_and(|why| why.starts_with("cannot start")), "{report}");
}
