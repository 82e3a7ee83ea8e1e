//! Text that people read, as it stands today: change lists, reports, errors, and the table of the rules.

use std::fmt::{self, Display, Write};

use insta::assert_snapshot;
use metadata_merge::conformance::{
    self, Implementation, Reference, Refusal, Rule, guard_rules, limit_rules, merge_only, reconcile_rules,
    resource_rules, rules,
};
use metadata_merge::resource::USER;
use metadata_merge::{Patch, laws, merge};
use serde::Deserialize;
use serde_json::{Map, Value, json};

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

fn changes(document: &Value, patch: &Patch) -> String {
    patch.changes(object(document)).to_string()
}

#[test]
fn the_change_list() {
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
fn the_change_list_of_a_clear() {
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

/// Keys and values come from anyone: they may be long, and may hold what a terminal obeys.
#[test]
fn the_change_list_of_a_hostile_document() {
    let stored = json!({"\u{1b}[2Jkey\n+ \"fake\": 1": "\u{202e}txt.exe\u{7}", "k": "x".repeat(1_000), "": {}});
    let patch = Patch::omit()
        .set("", json!({"\u{0}": "\\ \" \t \r / ' \u{1f600} e\u{301} \u{feff}"}))
        .set("k", "é".repeat(1_000))
        .set("k".repeat(1_000), 1)
        .remove("\u{1b}[2Jkey\n+ \"fake\": 1");
    assert_snapshot!(changes(&stored, &patch));
}

/// What is lost shows however deep it lies behind what stays.
#[test]
fn the_change_list_of_deep_and_long_values() {
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
fn the_change_list_of_a_resource() {
    let stored = json!({"app_metadata": {"plan": "free"}, "email": "jane@example.com", "name": "Jane"});
    let lists = [
        json!({"app_metadata": {"plan": "full", "vip": true}, "name": "Jane Doe", "user_metadata": {"hobby": "surfing"}}),
        json!({"app_metadata": {"plan": "free"}, "name": "Jane Doe", "nickname": null, "user_metadata": {}}),
        json!({"app_metadata": {}, "name": "Jane"}),
        json!({"app_metadata": {"beta": null}, "email": "jane@example.com"}),
        json!({}),
    ]
    .map(|body| USER.plan(body).expect("a body").changes(object(&stored)).expect("a user").to_string());
    assert_snapshot!(lists.join("\n---\n"));
}

/// An excerpt ends in … where it was cut, and not where its writer failed.
#[test]
fn what_a_writer_refuses_is_not_covered_up() {
    /// Refuses the key, once.
    struct Refusing(bool);
    impl fmt::Write for Refusing {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let refuses = !self.0 && text == "k";
            self.0 |= refuses;
            if refuses { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let stored = json!({"k": 1});
    let error = Patch::clear().deny_removals(object(&stored)).expect_err("a removal");
    let mut writer = Refusing(false);
    assert_eq!((write!(writer, "{error}"), writer.0), (Err(fmt::Error), true));
}

#[test]
fn the_text_of_a_reconciliation() {
    let long = "x".repeat(1_000);
    let base = json!({"a": 1, "gone": "known", "moved": {"x": 1}, "unwanted": [1], "beta": true});
    let mine = json!({"a": 2, "gone": "known", "moved": {"x": 2}, "new": "mine", "plan": "full"});
    let theirs = json!({"a": 1, "beta": true, "moved": {"x": null}, "unwanted": [2], "new": long, "hobby": 1});
    let hostile = json!({"\u{1b}[2Jkey\n": "\u{202e}txt"});
    let texts = [[&base, &mine, &theirs], [&base, &mine, &mine], [&base, &mine, &base], [&hostile, &hostile, &base]]
        .map(|[base, mine, theirs]| {
            let reconciliation = Patch::reconcile(object(base), object(mine), object(theirs)).expect("no root null");
            let mut lines: Vec<String> = reconciliation.to_string().lines().map(str::to_owned).collect();
            // Members stand in the order of the map, and there are two of those.
            let last = lines.len() - 1;
            lines[..last].sort();
            lines.join("\n")
        });
    assert_snapshot!(texts.join("\n---\n"));
}

#[test]
fn the_report_of_a_wrong_implementation() {
    let rfc_7396 = conformance::check(|document, patch| {
        if !document.is_object() || !patch.is_object() {
            return Err("not an object");
        }
        let mut merged = document.clone();
        json_patch::merge(&mut merged, patch);
        Ok(merged)
    });
    assert!(!rfc_7396.conforms());
    assert_eq!(rfc_7396.failures().len(), rfc_7396.to_string().lines().filter(|line| line.contains("actual")).count());
    assert!(rfc_7396.broken_rules().eq(["shallow", "verbatim", "clear"]));
    assert_snapshot!(rfc_7396);
}

#[test]
fn the_report_of_a_right_implementation() {
    let right = conformance::check(merge);
    assert!(right.conforms() && right.failures().is_empty() && right.broken_rules().next().is_none());
    assert_snapshot!(right);
}

#[test]
fn the_reports_of_wrong_resources_limits_and_reconciles() {
    // Members stand in the order of the map, so that only values of one member at most make the same text everywhere.
    let forgets_domains = conformance::check_resource(|resource, stored, body| {
        let created = stored.is_none() && resource == "custom_domain";
        if created { Ok(json!({})) } else { Reference.update(resource, stored.unwrap_or(&json!({})), body) }
    });
    let no_pointer = conformance::check_limits(|resource, stored| {
        let violations = Reference.limits(resource, stored)?;
        Ok::<_, Refusal>(violations.iter().filter(|violation| violation["path"] != "").cloned().collect())
    });
    let nothing = json!({});
    let null_is_nothing = conformance::check_reconcile(|base, mine, theirs| {
        Reference.reconcile(if base.is_null() { &nothing } else { base }, mine, theirs)
    });
    let shape = |report: String| {
        report
            .lines()
            .filter(|line| {
                !["stored", "body", "expected"].iter().any(|name| line.starts_with(&format!("        {name}")))
            })
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(forgets_domains.to_string().contains("        resource  \"custom_domain\"\n        body      {\""));
    let reports = [forgets_domains.to_string(), no_pointer.to_string(), null_is_nothing.to_string()];
    assert_snapshot!(reports.map(shape).join("\n---\n"));
}

#[test]
#[should_panic(expected = "BROKEN  reject")]
fn the_assertion_of_a_wrong_implementation_shows_its_report() {
    conformance::check(|document, patch| Ok::<_, ()>(merge(document, patch).unwrap_or_default())).assert_conforms();
}

#[test]
fn every_error() {
    let mut errors = Vec::new();
    for value in [json!(null), json!(true), json!(1), json!("s"), json!([])] {
        errors.push(merge(&json!({}), &value).expect_err("no patch").to_string());
        errors.push(merge(&value, &json!({})).expect_err("no document").to_string());
    }
    for key in ["k", "", "a \"quoted\"\n\u{1b}[31m key", &"long ".repeat(50)] {
        let error = Patch::diff(&Map::new(), object(&json!({key: null}))).expect_err("no patch makes a null");
        errors.push(error.to_string());
    }
    let stored = json!({"a \"quoted\"\n\u{1b}[31m key": "secret", "k": 1});
    for patch in [Patch::omit().remove("a \"quoted\"\n\u{1b}[31m key"), Patch::clear()] {
        errors.push(patch.deny_removals(object(&stored)).expect_err("a removal").to_string());
    }
    errors.push(Patch::clear().deny_wipe(object(&stored)).expect_err("a wipe").to_string());
    assert_snapshot!(errors.join("\n"));
}

#[derive(Deserialize)]
struct Update {
    #[serde(rename = "user_metadata")]
    _user_metadata: Patch,
}

#[test]
fn every_error_of_serde() {
    let decoding = |text: &str| serde_json::from_str::<Update>(text).map(drop).expect_err("refused").to_string();
    let encoding = |patch: Patch| serde_json::to_string(&patch).expect_err("refused").to_string();
    let errors = [
        decoding("{\n  \"user_metadata\": null\n}"),
        decoding("{\n  \"user_metadata\": [\"secret\"]\n}"),
        decoding("{}"),
        decoding(r#"{"user_metadata": {"a": }}"#),
        encoding(Patch::omit()),
        encoding(Patch::clear().set("a", 1)),
    ];
    assert_snapshot!(errors.join("\n"));
}

#[test]
fn every_refusal_of_the_reference() {
    let (ok, no) = (&json!({"a": 1}), &json!([]));
    let mut refusals = Vec::new();
    let mut push = |what: &dyn std::fmt::Debug| refusals.push(format!("{what:?}"));
    push(&Reference.merge(no, ok));
    push(&Reference.merge(ok, no));
    push(&Reference.compose(&[ok.clone(), no.clone()]));
    push(&Reference.diff(no, ok));
    push(&Reference.diff(ok, no));
    push(&Reference.diff(ok, &json!({"a": null})));
    push(&Reference.undo(no, ok));
    push(&Reference.undo(ok, no));
    push(&Reference.commute(no, ok));
    push(&Reference.commute(ok, no));
    push(&Reference.changes(no, ok));
    push(&Reference.changes(ok, no));
    push(&Reference.reconcile(no, ok, ok));
    push(&Reference.reconcile(ok, no, ok));
    push(&Reference.reconcile(ok, ok, no));
    push(&Reference.reconcile(ok, &json!({"a": null}), ok));
    push(&Reference.deny_removals(no, ok));
    push(&Reference.deny_removals(ok, no));
    push(&Reference.deny_removals(ok, &json!({"a": null})));
    push(&Reference.deny_wipe(no, ok));
    push(&Reference.deny_wipe(ok, no));
    push(&Reference.deny_wipe(ok, &json!({})));
    assert_snapshot!(refusals.join("\n"));
}

#[test]
fn a_broken_law() {
    let (a, p) = (&json!({"a": 1}), &json!({"b": 2}));
    let mut texts = Vec::new();
    let mut push = |broken: Result<(), laws::Broken>| texts.push(broken.expect_err("broken").to_string());
    push(laws::definition(&mut merge_only(|_, patch| Ok::<_, ()>(patch.clone())), a, p));
    push(laws::definition(&mut merge_only(|_, _| Err("no")), a, p));
    push(laws::definition(&mut merge_only(|_, patch| Ok::<_, ()>(patch.clone())), a, &json!([])));
    assert_snapshot!(texts.join("\n---\n"));
}

#[test]
fn every_law() {
    let laws = laws::Law::ALL.map(|law| format!("{law:?}: {}", law.statement()));
    assert_snapshot!(laws.join("\n"));
}

/// Rules as a table of Markdown, made from the vectors.
fn table<C>(rules: &[Rule<C>]) -> String {
    let row = |cells: [&dyn Display; 4]| {
        format!("| {} |\n", cells.map(|cell| cell.to_string().replace('|', "\\|")).join(" | "))
    };
    let rows = rules.iter().map(|rule| {
        let basis = format!("{}: {}", rule.basis, rule.reason);
        row([&format!("`{}`", rule.id), &rule.statement, &basis, &rule.cases.len()])
    });
    let head = row([&"rule", &"statement", &"basis", &"cases"]) + "|---|---|---|---|\n";
    head + &rows.collect::<String>()
}

/// One for each section of the README.
fn tables() -> [String; 4] {
    let guards = table(&guard_rules());
    let guards: String = guards.lines().skip(2).map(|row| format!("{row}\n")).collect();
    [table(&rules()), table(&resource_rules()), table(&limit_rules()), table(&reconcile_rules()) + &guards]
}

#[test]
fn the_rules() {
    assert_snapshot!(tables().join("\n"));
}

#[test]
fn the_readme_shows_the_rules_as_the_vectors_have_them() {
    let readme = include_str!("../README.md");
    for table in tables() {
        assert!(readme.contains(&table), "put this table into README.md:\n\n{table}");
    }
}
