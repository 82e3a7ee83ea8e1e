//! Text that people read, as snapshots: errors, changes, reconciliations, violations, reports and
//! counterexamples.

use std::fmt::{self, Display, Write};

use common::{Object, object};
use insta::assert_snapshot;
use metadata_merge::limits::{self, Characters, Check, Limit, Strength};
use metadata_merge::resource::{CLIENT, Plan, Replacement, Resource, USER};
use metadata_merge::{Error, FieldType, Input, JsonType, Patch, merge};
use serde::Deserialize;
use serde_json::{Map, Value, json};

mod common;

fn changes(document: &Value, patch: &Patch) -> String {
    patch.changes(&object(document.clone())).to_string()
}

fn lines(texts: impl IntoIterator<Item = impl Display>) -> String {
    texts.into_iter().map(|text| format!("{text}\n")).collect()
}

#[test]
fn a_change_list() {
    let stored = json!({
        "addresses": {"home": "123 Main Street", "old": [1, 2], "same": true},
        "empty": {},
        "hobby": "surfing",
        "level": 3,
        "plan": "full",
        "tags": ["a", "b"],
    });
    let patch = Patch::omit()
        .set("addresses", json!({"home": "5 Side Street", "same": true, "work": {"street": "100 Industrial Way"}}))
        .set("empty", json!({"now": "not"}))
        .set("hobby", "surfing")
        .set("level", "3")
        .set("new", json!({}))
        .set("tags", json!(["a"]))
        .remove("plan")
        .remove("unknown");
    assert_snapshot!(changes(&stored, &patch));
}

#[test]
fn change_lists_of_a_clear() {
    let stored = json!({"hobby": "surfing", "level": 3});
    let lists = [
        changes(&stored, &Patch::clear()),
        changes(&stored, &Patch::clear().set("level", 4)),
        changes(&stored, &Patch::omit().remove("hobby").remove("level")),
        changes(&json!({}), &Patch::clear()),
        changes(&stored, &Patch::omit()),
    ];
    assert_snapshot!(lists.join("\n---\n"));
}

/// Keys and values come from anyone. They may be long, and hold what a terminal obeys or does not
/// show.
#[test]
fn a_change_list_of_a_hostile_document() {
    let stored = json!({"\u{1b}[2Jkey\n+ \"fake\": 1": "\u{202e}txt.exe\u{7}", "k": "x".repeat(1_000), "": {}});
    let patch = Patch::omit()
        .set("", json!({"\u{0}": "\\ \" \t \r / ' \u{1f600} e\u{301} \u{feff}"}))
        .set("blanks", "\u{3164}\u{115f}\u{1160}\u{ffa0}\u{2800}\u{a0}\u{2003}\u{200b}\u{1d159} .")
        .set("k", "é".repeat(1_000))
        .set("k".repeat(1_000), 1)
        .remove("\u{1b}[2Jkey\n+ \"fake\": 1");
    assert_snapshot!(changes(&stored, &patch));
}

/// A change shows, however deep it is and whatever stands before it.
#[test]
fn a_change_list_of_deep_and_long_values() {
    let long = "x".repeat(200);
    let deep = |innermost: Value| {
        let wrapped = (0..9).rev().fold(innermost, |inner, level| json!({format!("level {level}"): inner}));
        json!({"addresses": {"a work": long, "home": "123 Main Street", "moved": [long, 1]}, "deep": wrapped})
    };
    let stored = deep(json!({"a": long, "b": 1}));
    let mut sent = deep(json!({"a": long, "b": 2}));
    sent["addresses"] = json!({"a work": long, "moved": [long, 2]});
    let patch = Patch::omit().set("notes", format!("{long}!")).set("profile", sent);
    assert_snapshot!(changes(&json!({"notes": long, "profile": stored}), &patch));
}

#[test]
fn change_lists_of_a_resource() {
    let list = |resource: Resource<'static>, stored: Value, body: Value| {
        resource.plan(body).expect("a body").changes(&object(stored)).expect("a resource").to_string()
    };
    let user = json!({"app_metadata": {"plan": "free"}, "email": "jane@example.com", "name": "Jane"});
    let bodies = [
        json!({"app_metadata": {"plan": "full", "vip": true}, "name": "Jane Doe", "user_metadata": {"hobby": "chess"}}),
        json!({"app_metadata": {"plan": "free"}, "name": null, "nickname": null, "user_metadata": {}}),
        json!({"app_metadata": {}, "name": "Jane"}),
        json!({"app_metadata": {"beta": null}, "email": "jane@example.com"}),
        json!({}),
    ];
    let mut lists: Vec<String> = bodies.into_iter().map(|body| list(USER, user.clone(), body)).collect();
    let client = json!({"mobile": {"ios": 1}, "jwt": "text"});
    lists.push(list(CLIENT, client, json!({"jwt": {"alg": "RS256"}, "mobile": {"ios": null}})));
    let organization = metadata_merge::resource::ORGANIZATION;
    lists.push(list(organization, json!({"metadata": "legacy text"}), json!({"metadata": {}})));
    lists.push(list(organization, json!({"metadata": {"a": 1, "b": 2}}), json!({"metadata": {"a": 2}})));
    assert_snapshot!(lists.join("\n---\n"));
}

#[test]
fn masked_changes() {
    let stored = object(json!({"idp": {"kid": "k1", "token": "secret"}, "token": "secret", "same": [{"token": 1}]}));
    let token = json!({"a": "secret"});
    let idp = json!({"kid": "k2", "token": "secret too"});
    let body = json!({"idp": idp, "keys": [{"token": 1}], "same": [{"token": 2}], "token": token});
    let plan = USER.plan(body).expect("a body");
    let masked = plan.changes(&stored).expect("a user").masked(|key| key == "token").to_string();
    assert!(!masked.contains("secret"));
    assert_snapshot!(masked);
}

/// An excerpt ends in … where it was cut, and not where its writer failed.
#[test]
fn an_error_of_the_writer_is_passed_on() {
    /// Refuses the key, once.
    struct Refusing(bool);
    impl fmt::Write for Refusing {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let refuses = !self.0 && text == "k";
            self.0 |= refuses;
            if refuses { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let stored = object(json!({"k": 1}));
    let error = Patch::clear().deny_removals(&stored).expect_err("a removal");
    let mut writer = Refusing(false);
    assert_eq!((write!(writer, "{error}"), writer.0), (Err(fmt::Error), true));
}

/// Members stand in the order of the map, and serde_json has two maps.
fn sorted_conflicts(text: &str) -> String {
    let (conflicts, summary) = text.rsplit_once('\n').unwrap_or(("", text));
    let mut blocks: Vec<&str> = conflicts.split("\n! ").map(|block| block.trim_start_matches("! ")).collect();
    blocks.sort_unstable();
    blocks.iter().filter(|block| !block.is_empty()).map(|block| format!("! {block}\n")).collect::<String>() + summary
}

#[test]
fn reconciliations_of_documents() {
    let long = "x".repeat(1_000);
    let base = json!({"a": 1, "gone": "known", "moved": {"x": 1}, "unwanted": [1], "beta": true});
    let mine = json!({"a": 2, "gone": "known", "moved": {"x": 2}, "new": "mine", "plan": "full"});
    let theirs = json!({"a": 1, "beta": true, "moved": {"x": null}, "unwanted": [2], "new": long, "hobby": 1});
    let hostile = json!({"\u{1b}[2Jkey\n": "\u{202e}txt"});
    let texts = [[&base, &mine, &theirs], [&base, &mine, &mine], [&base, &mine, &base], [&hostile, &hostile, &base]]
        .map(|sides| {
            let [base, mine, theirs] = sides.map(|side| object(side.clone()));
            sorted_conflicts(&Patch::reconcile(&base, &mine, &theirs).expect("no root null").to_string())
        });
    assert_snapshot!(texts.join("\n---\n"));
}

/// Three large values of which one member differs would be three identical excerpts.
#[test]
fn a_conflict_in_a_large_value_shows_where_it_differs() {
    let large = |member: Value| {
        let mut members: Map<_, _> = (10..50).map(|key| (format!("member {key}"), json!("x"))).collect();
        let text = format!("{}{member}", "x".repeat(200));
        members.insert("member 30".to_owned(), member);
        object(json!({"large": members, "list": [members], "text": text}))
    };
    let [base, mine, theirs] = [json!(1), json!({"a": 2, "b": 1}), json!({"a": 3, "b": 1})].map(large);
    let document = Patch::reconcile(&base, &mine, &theirs).expect("no root null").to_string();
    let resource = USER.reconcile(&base, &mine, &theirs).expect("a user").to_string();
    assert_snapshot!([document, resource].map(|text| sorted_conflicts(&text)).join("\n---\n"));
}

#[test]
fn reconciliations_of_resources() {
    let reconcile = |resource: Resource<'static>, sides: [Value; 3]| {
        let [base, mine, theirs] = sides.map(object);
        sorted_conflicts(&resource.reconcile(&base, &mine, &theirs).expect("reconciles").to_string())
    };
    let base = json!({"name": "a", "user_metadata": {"x": 1, "a/b": 1}, "app_metadata": {"plan": "free"}});
    let mine = json!({"name": "b", "user_metadata": {"x": 2, "a/b": 2}, "app_metadata": {"plan": "full"}});
    let theirs = json!({"name": "c", "user_metadata": {"x": 1, "a/b": 3}, "app_metadata": {"plan": "free"}});
    let metadata = [json!({"a": 1}), json!({"a": 2}), json!({"a": 1, "foreign": "x"})];
    let texts = [
        reconcile(USER, [base.clone(), mine.clone(), theirs]),
        reconcile(USER, [base.clone(), mine.clone(), base.clone()]),
        reconcile(USER, [mine.clone(), mine.clone(), mine]),
        reconcile(USER, [base, json!({}), json!({"name": "a"})]),
        reconcile(metadata_merge::resource::ORGANIZATION, metadata.map(|side| json!({"metadata": side}))),
    ];
    assert_snapshot!(texts.join("\n---\n"));
}

#[test]
fn violations() {
    let client = json!({"client_metadata": {
        "a\u{202e}\n": "secret", "b": {"secret": 1}, "k".repeat(300): "secret".repeat(50),
        "1": "", "2": "", "3": "", "4": "", "5": "", "6": "", "7": "", "8": "",
    }});
    let user = json!({"user_metadata": {"$a": 1}, "app_metadata": {"email": "x".repeat(20_000)}});
    let one = [
        Limit::on("f", Check::MaxKeys(0)),
        Limit::on("f", Check::MaxKeyLength(0)),
        Limit::on("f", Check::MaxValueLength(0)),
        Limit::whole(Check::MaxSize(1)),
        Limit::whole(Check::MaxDepth(1)),
        Limit::on("f", Check::KeyCharacters(Characters::AllBut("k.$".into()))),
    ];
    let check = |table: &[Limit], stored: &Value| limits::check(table, &object(stored.clone())).expect("a resource");
    let violations =
        [check(limits::CLIENT, &client), check(limits::USER, &user), check(&one, &json!({"f": {"k": "v"}}))].concat();
    let texts = lines(violations.iter().map(|violation| format!("{}: {violation}", violation.limit.strength)));
    assert!(!texts.contains("secret"));
    assert!(violations.iter().any(|violation| violation.limit.strength == Strength::Warned));
    assert_snapshot!(texts);
}

const HOSTILE: &str = "a \"quoted\"\n\u{1b}[31m key";

/// Returns an error of each kind that trees meet.
fn errors() -> Vec<Error> {
    let mut errors = Vec::new();
    for value in [json!(null), json!(true), json!(1), json!("s"), json!([])] {
        errors.push(merge(&json!({}), &value).expect_err("not a patch"));
        errors.push(merge(&value, &json!({})).expect_err("not a document"));
    }
    let none = Map::new();
    for key in ["k", "", HOSTILE, &"long ".repeat(50)] {
        errors.push(Patch::diff(&none, &object(json!({key: null}))).expect_err("no patch makes a null"));
    }
    let stored = object(json!({HOSTILE: "secret", "k": 1}));
    for patch in [Patch::omit().remove(HOSTILE), Patch::clear()] {
        errors.push(patch.deny_removals(&stored).expect_err("a removal"));
    }
    errors.push(Patch::clear().deny_wipe(&stored).expect_err("a wipe"));
    errors.push(Patch::clear().deny_wipe(&object(json!({"k": 1}))).expect_err("a wipe"));
    errors.push(metadata_merge::object(&json!([1])).expect_err("not an object"));
    errors.push(USER.plan(json!(7)).expect_err("not a body"));
    errors.extend(errors_of_resources());
    errors
}

fn errors_of_resources() -> Vec<Error> {
    let organization = metadata_merge::resource::ORGANIZATION;
    let none = Object::new();
    let legacy = object(json!({"user_metadata": "secret"}));
    let plan = || Plan::new(USER);
    let null = object(json!({"name": null}));
    let renamed = USER.plan(json!({"name": "x"})).expect("a body");
    let side = object(json!({"user_metadata": "secret"}));
    let own =
        |input| Error::Field { field: "f".to_owned(), input, expected: FieldType::Object, found: JsonType::Array };
    vec![
        USER.create(json!({"user_metadata": null})).expect_err("null"),
        organization.create(json!({"metadata": "secret"})).expect_err("a string"),
        USER.update(&legacy, json!({"user_metadata": {}})).expect_err("a stored string"),
        USER.reconcile(&side, &none, &none).map(drop).expect_err("base"),
        USER.reconcile(&none, &side, &none).map(drop).expect_err("mine"),
        USER.reconcile(&none, &none, &side).map(drop).expect_err("theirs"),
        own(Input::Body),
        USER.plan(json!({"user_id": 1})).and_then(|plan| plan.allow(&["name"])).expect_err("denied"),
        USER.plan(json!({"a": 1, "b": 1})).and_then(|plan| plan.allow(&["name"])).expect_err("denied"),
        Replacement::try_from(json!("secret")).expect_err("a string"),
        plan().field("user_metdata", Patch::clear()).expect_err("unknown"),
        plan().replace("user_metadata", Replacement::clear()).expect_err("it merges"),
        Plan::new(organization).field("metadata", Patch::clear()).expect_err("it is replaced"),
        plan().attribute("user_metadata", 1).expect_err("a field"),
        plan().attribute("score", f64::NAN).expect_err("null"),
        plan().attribute("address", Patch::clear()).expect_err("not merged"),
        renamed.changes(&null).and_then(|changes| changes.into_owned().revert(USER)).map(drop).expect_err("null"),
    ]
}

#[test]
fn every_error() {
    let errors = lines(errors());
    assert!(!errors.contains("secret"), "an error never holds a value");
    assert_snapshot!(errors);
}

#[test]
fn every_error_has_a_kind() {
    let kinds = errors().into_iter().map(|error| {
        let request = if error.is_from_request() { "request" } else { "server" };
        let name = format!("{error:?}");
        let name = name.split([' ', '{']).next().unwrap_or_default();
        let input = match &error {
            Error::NotAnObject { input, .. } | Error::Field { input, .. } => format!(" of {input}"),
            _ => String::new(),
        };
        format!("{name}{input}: {:?}, {request}", error.kind())
    });
    let mut kinds: Vec<String> = kinds.collect();
    kinds.dedup();
    assert_snapshot!(lines(kinds));
}

#[derive(Deserialize)]
struct Update {
    #[serde(rename = "user_metadata")]
    _user_metadata: Patch,
}

#[test]
fn every_error_of_serde() {
    let decoding = |text: &str| serde_json::from_str::<Update>(text).map(drop).expect_err("rejected").to_string();
    let encoding = |patch: Patch| serde_json::to_string(&patch).expect_err("rejected").to_string();
    let yaml = serde_yaml_ng::from_str::<Patch>("{a: {level: .nan}}").map(drop).expect_err("rejected");
    let errors = [
        decoding("{\n  \"user_metadata\": null\n}"),
        decoding("{\n  \"user_metadata\": [\"secret\"]\n}"),
        decoding("{}"),
        decoding(r#"{"user_metadata": {"a": }}"#),
        yaml.to_string(),
        encoding(Patch::omit()),
        encoding(Patch::clear().set("a", 1)),
        serde_json::to_string(&Replacement::omit()).expect_err("rejected").to_string(),
    ];
    assert_snapshot!(lines(errors));
}

#[cfg(feature = "conformance")]
mod conformance {
    use insta::assert_snapshot;
    use metadata_merge::conformance::{Implementation, Reference, Refusal, check, merge_only};
    use metadata_merge::{laws, merge};
    use serde_json::{Map, Value, json};

    use super::common::keeps_order;
    use super::{lines, object};

    #[test]
    fn the_report_of_a_wrong_implementation() {
        let rfc_7396 = check(&mut merge_only(|document, patch| {
            if !document.is_object() || !patch.is_object() {
                return Err("not an object");
            }
            let mut merged = document.clone();
            json_patch::merge(&mut merged, patch);
            Ok(merged)
        }));
        assert!(rfc_7396.broken_rules().eq(["shallow", "verbatim", "clear"]));
        // The numbers of cases change with the vectors.
        let text = rfc_7396.to_string();
        assert_eq!(text.lines().filter(|line| line.starts_with("        found")).count(), rfc_7396.failures().len());
        if !keeps_order() {
            assert_snapshot!(without_counts(&first_of_each_rule(&text)));
        }
    }

    /// Returns the report with the first failure of each rule alone.
    fn first_of_each_rule(report: &str) -> String {
        let (mut kept, mut failures) = (String::new(), 0);
        for line in report.lines() {
            if line.starts_with("    ") && !line.starts_with("        ") {
                failures += 1;
            } else if !line.starts_with(' ') {
                failures = 0;
            }
            if failures < 2 {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        kept
    }

    fn without_counts(report: &str) -> String {
        let digits = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        let line = |line: &str| match line.starts_with("    ") {
            true => line.to_owned(),
            false => line.split(' ').map(|word| if digits(word) { "N" } else { word }).collect::<Vec<_>>().join(" "),
        };
        lines(report.lines().map(line))
    }

    #[test]
    fn the_report_of_a_right_implementation() {
        let right = check(&mut Reference);
        assert!(right.conforms() && right.failures().is_empty() && right.broken_rules().next().is_none());
        let all: usize = right.rules().iter().map(|rule| rule.cases.len()).sum();
        let (rules, text) = (right.rules().len(), right.to_string());
        assert!(text.ends_with(&format!("{rules} of {rules} rules hold, {all} of {all} cases pass")), "{text}");
        assert!(text.lines().rev().skip(1).all(|line| line.starts_with("ok      ")), "{text}");
    }

    #[test]
    #[should_panic(expected = "BROKEN  reject")]
    fn an_assertion_shows_the_report() {
        check(&mut merge_only(|document, patch| Ok::<_, ()>(merge(document, patch).unwrap_or_default())))
            .assert_conforms();
    }

    #[test]
    fn counterexamples() {
        let counterexample = |wrong: fn(&Value, &Value) -> Result<Value, &'static str>, law: &str, patch: Value| {
            let law = laws::all().find(|known| known.name == law).expect("a law");
            let broken = law.check(&mut merge_only(wrong), &[json!({"a": 1})], &[patch]);
            broken.expect_err("broken").to_string()
        };
        let texts = [
            counterexample(|_, patch| Ok(patch.clone()), "Definition", json!({"b": 2})),
            counterexample(|_, _| Err("no"), "Definition", json!({"b": 2})),
            counterexample(|_, patch| Ok(patch.clone()), "Definition", json!([])),
            counterexample(|_, _| Ok(json!("\u{1b}[2J\u{3164}")), "Definition", json!({"\u{202e}": "x".repeat(3_000)})),
        ];
        let texts = texts.map(|text| text.replace(&"x".repeat(1_000), "(1,000 x)"));
        assert_snapshot!(texts.join("\n---\n"));
    }

    #[test]
    fn every_law() {
        let law = |law: &laws::Law| format!("{} ({}): {}", law.name, law.operations.join(", "), law.statement);
        assert_snapshot!(lines(laws::all().map(law)));
    }

    #[test]
    fn every_refusal_of_the_reference() {
        let refuse = |op: &str, arguments: Value| match Reference.call(op, &object(arguments)) {
            Err(Refusal::Rejected(why)) => format!("{op}: {why}"),
            other => format!("{op}: {other:?}"),
        };
        let (ok, no) = (json!({"a": 1}), json!([]));
        let texts = [
            refuse("merge", json!({"target": no, "patch": ok})),
            refuse("merge", json!({"target": ok})),
            refuse("text", json!({"target": ok, "patch": "{}"})),
            refuse("text", json!({"target": "{", "patch": "{}"})),
            refuse("compose", json!({"patches": ok})),
            refuse("compose", json!({"patches": [ok, no]})),
            refuse("diff", json!({"before": no, "after": ok})),
            refuse("diff", json!({"before": ok, "after": {"a": null}})),
            refuse("undo", json!({"document": ok, "patch": no})),
            refuse("commute", json!({"first": ok, "second": no})),
            refuse("changes", json!({"target": no, "patch": ok})),
            refuse("reconcile", json!({"base": ok, "mine": no, "theirs": ok})),
            refuse("reconcile_resource", json!({"resource": "users", "base": ok, "mine": ok, "theirs": ok})),
            refuse("deny_removals", json!({"target": ok, "patch": {"a": null}})),
            refuse("deny_wipe", json!({"target": ok, "patch": {}})),
            refuse("create", json!({"resource": "USER", "body": ok})),
            refuse("create", json!({"resource": "sign_up", "body": ok})),
            refuse("update", json!({"resource": "user", "stored": no, "body": ok})),
            refuse("limits", json!({"resource": ["user"], "stored": ok})),
            refuse("limits", json!({"resource": "client", "stored": {"client_metadata": no}})),
            refuse("replace", json!(Map::new())),
        ];
        assert_snapshot!(lines(texts));
    }
}
