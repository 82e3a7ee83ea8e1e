//! Limits over text, checked updates of text and plans over text give what trees give.

use common::json_text::{COLLIDING, mutated, pieces};
use common::requests::{self, table};
use common::{Object, TEAM, config, object, objects};
use metadata_merge::limits::{
    self, Check, Limit, Measured, Violation, check, check_change, check_change_text, check_text,
};
use metadata_merge::resource::{CLIENT, Plan, Replacement, Resource, USER};
use metadata_merge::{Error, Input, JsonType, Patch, json_eq};
use proptest::prelude::*;
use serde_json::{Value, json};

mod common;

/// How a tree is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    /// As `serde_json` writes it, with any whitespace.
    Spaced,
    /// Also with escape sequences, other forms of numbers and repeated keys.
    Rewritten,
}

/// Writes trees as text, with choices that depend on a seed.
struct Writer {
    style: Style,
    seed: u64,
    out: String,
}

impl Writer {
    fn text(style: Style, seed: u64, value: &Value) -> String {
        let mut writer = Writer { style, seed, out: String::new() };
        writer.value(value);
        writer.space();
        writer.out
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % count == 0
    }

    fn rewrites(&mut self) -> bool {
        self.style == Style::Rewritten && self.one_in(4)
    }

    fn space(&mut self) {
        for space in [" ", "\n\t", "\r"] {
            if self.one_in(6) {
                self.out.push_str(space);
            }
        }
    }

    fn string(&mut self, text: &str) {
        if !self.rewrites() {
            return self.out.push_str(&json!(text).to_string());
        }
        let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        self.out.push_str(&format!("\"{units}\""));
    }

    fn separate(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.out.push(',');
        }
        self.space();
    }

    fn member(&mut self, key: &str, value: &Value, first: &mut bool) {
        self.separate(first);
        self.string(key);
        self.space();
        self.out.push(':');
        self.value(value);
        self.space();
    }

    fn value(&mut self, value: &Value) {
        self.space();
        let mut first = true;
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                self.out.push('[');
                for item in items {
                    self.separate(&mut first);
                    self.value(item);
                }
                self.space();
                self.out.push(']');
            }
            Value::Object(members) => {
                self.out.push('{');
                for (key, value) in members {
                    if self.rewrites() {
                        // A scalar, because the depth of a text counts shadowed members.
                        self.member(key, &json!("shadowed"), &mut first);
                    }
                    self.member(key, value, &mut first);
                }
                self.space();
                self.out.push('}');
            }
            Value::Number(number) if number.as_f64() == Some(1.0) && self.rewrites() => self.out.push_str("10.0e-1"),
            other => self.out.push_str(&other.to_string()),
        }
    }
}

/// Returns the table without the limits that depend on how a text is written.
fn table_for(style: Style, resource: &Resource<'static>) -> Vec<Limit> {
    let mut table = table(resource);
    table.retain(|limit| style == Style::Spaced || !matches!(limit.check, Check::MaxSize(_)));
    table
}

/// Returns violations in an order that does not depend on that of the keys.
fn as_set(violations: Result<Vec<Violation>, Error>) -> Result<Vec<String>, Error> {
    let mut set: Vec<String> = violations?.iter().map(|violation| format!("{violation:?}")).collect();
    set.sort();
    Ok(set)
}

fn style() -> impl Strategy<Value = Style> {
    prop_oneof![Just(Style::Spaced), Just(Style::Rewritten)]
}

fn text_of(value: impl Into<Value>) -> String {
    value.into().to_string()
}

/// Asserts that a checked update is the update and the check of the change. Returns the violations.
#[track_caller]
fn checked(resource: &Resource, table: &[Limit], stored: &str, body: &str) -> Result<Vec<Violation>, Error> {
    let checked = resource.update_text_checked(table, stored, body);
    let text = resource.update_text(stored, body)?;
    let violations = check_change_text(table, stored, &text);
    let wanted = violations.clone().map(|violations| (text, violations));
    assert_eq!(checked.map(|checked| (checked.text, checked.violations)), wanted, "{table:?} {stored:?} {body:?}");
    violations
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn limits_of_text_are_those_of_its_tree(
        (resource, stored, _) in requests::request(), style in style(), seed: u64,
    ) {
        let (table, text) = (table_for(style, &resource), Writer::text(style, seed, &stored.clone().into()));
        prop_assert_eq!(as_set(check_text(&table, &text)), as_set(check(&table, &stored)), "{}", text);
    }

    #[test]
    fn a_change_of_text_is_judged_as_that_of_trees(
        (resource, before, body) in requests::request(), style in style(), seeds: [u64; 2],
        other in requests::document(),
    ) {
        let table = table_for(style, &resource);
        let mut replaced = before.clone();
        replaced.extend(body.clone());
        for after in resource.update(&before, body).into_iter().chain([replaced, other]) {
            let [old, new] = [(&before, seeds[0]), (&after, seeds[1])]
                .map(|(tree, seed)| Writer::text(style, seed, &tree.clone().into()));
            let judged = as_set(check_change_text(&table, &old, &new));
            prop_assert_eq!(judged, as_set(check_change(&table, &before, &after)), "{} {}", old, new);
        }
    }

    #[test]
    fn a_checked_update_is_an_update_and_a_check(
        (resource, stored, body) in requests::request(), style in style(), seeds: [u64; 2],
    ) {
        let table = table_for(style, &resource);
        let [old, sent] = [(&stored, seeds[0]), (&body, seeds[1])]
            .map(|(tree, seed)| Writer::text(style, seed, &tree.clone().into()));
        let judged = as_set(checked(&resource, &table, &old, &sent));
        let Ok(updated) = resource.update(&stored, body) else { return Ok(()) };
        prop_assert_eq!(judged, as_set(check_change(&table, &stored, &updated)), "{} {}", old, sent);
    }

    #[test]
    fn each_limit_alone_is_judged_in_a_checked_update(
        (resource, stored, body) in requests::request(), bound in 0..40_usize, seeds: [u64; 2],
    ) {
        let [old, sent] = [(&stored, seeds[0]), (&body, seeds[1])]
            .map(|(tree, seed)| Writer::text(Style::Rewritten, seed, &tree.clone().into()));
        for mut limit in table(&resource) {
            match &mut limit.check {
                Check::MaxSize(max) => *max = bound,
                Check::MaxKeys(max) | Check::MaxKeyLength(max) | Check::MaxDepth(max) => *max = bound % 5,
                _ => {}
            }
            let _ = checked(&resource, &[limit], &old, &sent);
        }
    }

    #[test]
    fn errors_and_positions_do_not_depend_on_limits(
        (resource, texts) in requests::request().prop_flat_map(|(resource, stored, body)| {
            let flawed = |tree: Object| {
                let text = text_of(tree).chars().collect::<Vec<_>>();
                let pieces = pieces(&[]).iter().map(|piece| piece.chars().collect()).collect();
                mutated(Just(text), pieces).prop_map(|text| text.into_iter().collect::<String>())
            };
            (Just(resource), (flawed(stored), flawed(body)))
        }),
    ) {
        let (stored, body) = texts;
        let _ = checked(&resource, &table(&resource), &stored, &body);
        let unlimited = resource.update_text_checked(&[], &stored, &body).map(|checked| checked.text);
        prop_assert_eq!(unlimited, resource.update_text(&stored, &body));
    }

    #[test]
    fn a_plan_applied_to_text_is_the_plan_applied(
        (resource, stored, body) in requests::request(), more in requests::patch(), style in style(), seed: u64,
    ) {
        let Ok(plan) = resource.plan(body) else { return Ok(()) };
        let mut plans = vec![plan.clone(), typed(resource, &more, Patch::omit()), typed(resource, &more, Patch::clear())];
        plans.push(typed(resource, &more, Patch::omit().remove("x").set("y", 1)));
        let text = Writer::text(style, seed, &stored.clone().into());
        for plan in plans {
            let mut tree = stored.clone();
            let applied = plan.clone().apply(&mut tree);
            let table = table(&resource);
            let checked = plan.apply_text_checked(&table, &text).map(|checked| (checked.text, checked.violations));
            let both = plan.apply_text(&text).and_then(|updated| {
                let violations = check_change_text(&table, &text, &updated)?;
                Ok((updated, violations))
            });
            prop_assert_eq!(checked, both, "{:?} {}", plan, text);
            match plan.apply_text(&text) {
                Ok(updated) => {
                    prop_assert_eq!(applied, Ok(()));
                    let updated = serde_json::from_str(&updated).expect("JSON");
                    prop_assert!(json_eq(&updated, &tree.into()), "{:?} {} {}", plan, text, updated);
                }
                Err(error) => prop_assert!(applied.is_err(), "{error} {plan:?} {text}"),
            }
        }
    }
}

/// Returns a plan that names each field and an attribute. Each patch is `first` and then `then`.
fn typed(resource: Resource<'static>, then: &Object, first: Patch) -> Plan<'static> {
    let patch = first.then(Patch::from_body(then.clone()));
    let mut plan = Plan::new(resource);
    for field in resource.fields {
        let object = then.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), value.clone()));
        let planned = plan.clone().field(field.name, patch.clone());
        let object = Replacement::try_from(Value::Object(object.collect())).expect("an object");
        plan = planned.or_else(|_| plan.replace(field.name, object)).expect("one of the modes");
    }
    plan.clone().attribute("name", patch).or_else(|_| plan.attribute("name", "x")).expect("an attribute")
}

#[test]
fn every_small_change_is_judged_as_that_of_trees() {
    let values = [json!(null), json!(1), json!({}), json!({"x": null}), json!({"x": "é"}), json!({"~": [[]], "x": 1})];
    let resources = [TEAM, TEAM.merge_attributes()];
    for field in ["a", "b", "c", "d", "name"] {
        let named = table(&TEAM).into_iter().filter(|limit| limit.field.as_deref().is_none_or(|name| name == field));
        let tables: Vec<Vec<Limit>> = named.map(|limit| vec![limit]).chain([table(&TEAM)]).collect();
        let [stored, bodies] = [objects(&[field, "e"], &values), objects(&[field], &values)];
        for (stored, body) in stored.iter().flat_map(|stored| bodies.iter().map(move |body| (stored, body))) {
            let texts = [stored, body].map(|tree| text_of(tree.clone()));
            for (resource, table) in resources.iter().flat_map(|one| tables.iter().map(move |table| (one, table))) {
                let judged = as_set(checked(resource, table, &texts[0], &texts[1]));
                let Ok(updated) = resource.update(stored, body.clone()) else { continue };
                assert_eq!(judged, as_set(check_change(table, stored, &updated)), "{table:?} {texts:?}");
                assert_eq!(as_set(check_text(table, &texts[0])), as_set(check(table, stored)), "{table:?} {texts:?}");
            }
        }
    }
}

/// Returns limits with every small bound on an attribute that merges, and on the whole resource.
fn bounds(field: &'static str) -> Vec<Limit> {
    let mut checks = vec![Check::Strings, Check::ReservedNames(vec!["yy".into()].into())];
    for bound in 0..5 {
        checks.extend([
            Check::MaxKeys(bound),
            Check::MaxKeyLength(bound),
            Check::MaxValueLength(bound),
            Check::MaxDepth(bound),
        ]);
    }
    checks.extend((0..48).step_by(3).map(Check::MaxSize));
    let whole = checks.iter().cloned().map(Limit::whole);
    whole.chain(checks.iter().cloned().map(|check| Limit::on(field, check))).collect()
}

#[test]
fn every_small_update_is_judged_at_every_bound() {
    let values = [json!(null), json!(1), json!({"z": [[]]}), json!("éa")];
    let (resource, table) = (TEAM.merge_attributes(), bounds("name"));
    let documents = objects(&["x", "yy"], &values);
    let under_name = |document: &Object| object(json!({"name": document}));
    let mut stored: Vec<Object> = documents.iter().map(under_name).collect();
    stored.extend([object(json!({})), object(json!({"name": 1})), object(json!({"name": null}))]);
    let mut bodies: Vec<Object> = documents.iter().map(under_name).collect();
    bodies.extend([object(json!({})), object(json!({"name": null})), object(json!({"e": {"z": 1}}))]);
    for (stored, body) in stored.iter().flat_map(|stored| bodies.iter().map(move |body| (stored, body))) {
        let texts = [stored, body].map(|tree| text_of(tree.clone()));
        let judged = as_set(checked(&resource, &table, &texts[0], &texts[1]));
        let updated = resource.update(stored, body.clone()).expect("objects");
        assert_eq!(judged, as_set(check_change(&table, stored, &updated)), "{texts:?}");
    }
}

/// Returns every object with at most `most` of these members, in any order and with repetition.
fn sequences(members: &[&str], most: usize) -> Vec<String> {
    let mut all = vec![vec![]];
    let mut longest = all.clone();
    for _ in 0..most {
        let longer = longest.iter().flat_map(|list| members.iter().map(|member| [&list[..], &[*member]].concat()));
        longest = longer.collect();
        all.extend(longest.clone());
    }
    all.into_iter().map(|list: Vec<&str>| format!("{{{}}}", list.join(","))).collect()
}

#[test]
fn every_small_text_with_repeated_keys_is_judged_at_every_bound() {
    let table = bounds("name");
    let stored = sequences(&[r#""x":1"#, r#""\u0078" : [ [ ] ]"#, r#""x":"éa""#, r#""y\"":"""#], 3);
    let long = [r#""\u0079\"":"long""#, r#""x":"long""#];
    let bodies = sequences(&[long[0], long[1], r#""x":null"#, r#""x":{"z": [1]}"#, r#""y\"":null"#, r#""z":0"#], 2);
    for (stored, body) in stored.iter().flat_map(|stored| bodies.iter().map(move |body| (stored, body))) {
        checked(&CLIENT, &table, stored, body).expect("objects");
        let [stored, body] = [stored, body].map(|text| format!("{{\"name\" : {text}}}"));
        checked(&CLIENT, &table, &stored, &body).expect("objects");
    }
}

#[test]
fn the_size_of_a_text_is_that_of_what_is_written() {
    let table = [Limit::on("name", Check::MaxSize(0)), Limit::whole(Check::MaxSize(0))];
    let found =
        |text: &str| -> Vec<_> { check_text(&table, text).expect("objects").iter().map(|one| one.found).collect() };
    let text = r#" { "name" : { "\u0061 b" : [ 1e0 , "c d" ] } } "#;
    assert_eq!(found(text), [Measured::Bytes(24), Measured::Bytes(33)]);
    let repeated = r#"{"name":{"a":1,"a":2},"b":1,"b":2}"#;
    assert_eq!(found(repeated), [Measured::Bytes(13), Measured::Bytes(repeated.len())]);
}

/// The body is at fault, and not what is stored.
#[test]
fn an_attribute_that_a_body_makes_a_scalar_is_its_error() {
    let table = [Limit::on("name", Check::MaxKeys(1))];
    for (stored, body) in [(json!({"name": {}}), json!({"name": 1})), (json!({}), json!({"name": []}))] {
        let (text, stored, plan) =
            (text_of(stored.clone()), object(stored), USER.plan(body.clone()).expect("an object"));
        let updated = USER.update(&stored, body.clone()).expect("objects");
        let errors = [
            plan.check(&table, &stored).expect_err("a scalar"),
            check_change(&table, &stored, &updated).expect_err("a scalar"),
            check_change_text(&table, &text, &text_of(updated)).expect_err("a scalar"),
            USER.update_text_checked(&table, &text, &text_of(body)).expect_err("a scalar"),
            plan.apply_text_checked(&table, &text).expect_err("a scalar"),
        ];
        for error in errors {
            assert!(matches!(error, Error::Field { input: Input::Body, .. }), "{error:?}");
            assert!(error.is_from_request());
        }
    }
}

#[test]
fn a_repeated_key_counts_once_with_its_last_value() -> Result<(), Error> {
    let one = [Limit::on("client_metadata", Check::MaxKeys(1)), Limit::on("client_metadata", Check::Strings)];
    let stored = r#"{"client_metadata":1,"client_metadata":{"a":1,"\u0061":2,"a":"x"}}"#;
    assert_eq!(check_text(&one, stored), Ok(vec![]));
    let violations = check_text(&one, r#"{"client_metadata":{"a":"x","b":"y","\u0061":1}}"#)?;
    assert_eq!(
        violations.iter().map(|one| one.found).collect::<Vec<_>>(),
        [Measured::Keys(2), Measured::Type(JsonType::Number),]
    );
    // A body adds the key twice; a stored object holds the key twice.
    assert_eq!(checked(&CLIENT, &one, "{}", r#"{"client_metadata":{"a":1,"a":"x"}}"#), Ok(vec![]));
    assert_eq!(checked(&CLIENT, &one, stored, r#"{"client_metadata":{"a":"y"}}"#), Ok(vec![]));
    assert_eq!(checked(&CLIENT, &one, stored, r#"{"client_metadata":{"b":"y"}}"#)?.len(), 1);
    assert_eq!(checked(&CLIENT, &one, stored, r#"{"client_metadata":{"b":"y","a":null}}"#), Ok(vec![]));
    let twice = r#"{"client_metadata":{"a":"1","a":"2","c":"3","a":"4"}}"#;
    assert_eq!(checked(&CLIENT, &one, twice, r#"{"client_metadata":{"b":"y"}}"#)?.len(), 1);
    assert_eq!(checked(&CLIENT, &one, twice, r#"{"client_metadata":{"b":"y","a":null}}"#), Ok(vec![]));
    Ok(())
}

/// Each is easily overlooked by a look at the body alone.
#[test]
fn what_an_update_creates_or_grows_is_reported() {
    let whole = |check| vec![Limit::whole(check)];
    let on = |field, check| vec![Limit::on(field, check)];
    let cases = [
        // A field that a merge creates is a new root key.
        (whole(Check::MaxKeys(1)), r#"{"b":{"x":1}}"#, r#"{"a":{"x":1}}"#, 1),
        (whole(Check::MaxKeys(1)), r#"{"b":{"x":1},"c":{}}"#, r#"{"c":null,"a":{"x":1}}"#, 1),
        (whole(Check::MaxKeyLength(3)), "{}", r#"{"name":{"x":1}}"#, 1),
        (whole(Check::MaxKeyLength(3)), "{}", r#"{"name":{}}"#, 1),
        (whole(Check::MaxDepth(1)), "{}", r#"{"a":{"x":null}}"#, 1),
        // A field that null clears holds an object.
        (whole(Check::MaxDepth(1)), r#"{"c":1}"#, r#"{"c":null}"#, 1),
        // Where no object was stored, nothing is old.
        (on("a", Check::MaxSize(1)), "{}", r#"{"a":{"x":null}}"#, 1),
        (on("name", Check::MaxSize(1)), r#"{"name":1}"#, r#"{"name":{"x":null}}"#, 1),
        (on("name", Check::MaxSize(1)), r#"{"name":{"x":1}}"#, r#"{"name":{"x":null}}"#, 0),
        (on("name", Check::MaxDepth(0)), r#"{"name":1}"#, r#"{"name":{}}"#, 1),
        (whole(Check::MaxSize(5)), r#"{"name":1}"#, r#"{"name":{"x":null}}"#, 1),
        // A size beyond the limit that stays, or grows by a byte.
        (on("a", Check::MaxSize(5)), r#"{"a":{"x":1,"y":1}}"#, r#"{"a":{"y":null,"z":1}}"#, 0),
        (on("a", Check::MaxSize(5)), r#"{"a":{"x":1,"y":1}}"#, r#"{"a":{"y":null,"zz":1}}"#, 1),
        (whole(Check::MaxSize(5)), r#"{"a":{"x":1,"y":1}}"#, r#"{"a":{"y":null,"zz":1}}"#, 1),
        (whole(Check::MaxSize(5)), r#"{"a":{"x":1},"e":1}"#, r#"{"e":null,"f":[]}"#, 1),
        (whole(Check::MaxSize(5)), r#"{"a":{"x":1}, "e":1}"#, r#"{"a":{"x":[ ]},"e":null}"#, 0),
        (whole(Check::MaxKeys(1)), r#"{"a":{},"b":{},"e":1}"#, r#"{"e":null,"f":1}"#, 0),
        (on("a", Check::MaxKeys(1)), r#"{"a":{"x":1,"x":2,"y":3}}"#, r#"{"a":{"z":1}}"#, 1),
        (on("a", Check::MaxKeys(2)), r#"{"a":{"x":1,"x":2}}"#, r#"{"a":{"z":1,"z":2}}"#, 0),
    ];
    for (table, stored, body, count) in cases {
        let violations = checked(&TEAM.merge_attributes(), &table, stored, body).expect("objects");
        assert_eq!(violations.len(), count, "{table:?} {stored} {body}");
    }
}

#[test]
fn one_deep_attribute_among_many_is_reported() {
    let names = ["f", "e", "d", "c", "b", "a"];
    let table = [Limit::whole(Check::MaxDepth(2))];
    for deep in names {
        let members = names.map(|name| format!("\"{name}\":{{\"x\":{}}}", if name == deep { "[]" } else { "1" }));
        let (body, stored) = (format!("{{{}}}", members.join(",")), r#"{"b":{"y":1},"e":{"x":1}}"#);
        for stored in ["{}", stored] {
            assert_eq!(checked(&CLIENT, &table, stored, &body).expect("objects").len(), 1, "{deep}");
        }
    }
}

#[test]
fn the_deepest_resource_is_measured_to_its_end() {
    let deepest = format!("{{\"x\":{}{}}}", "[".repeat(126), "]".repeat(126));
    for max in [1, 4, 126] {
        let table = [Limit::whole(Check::MaxDepth(max))];
        assert_eq!(check_text(&table, &deepest).map(|violations| violations[0].found), Ok(Measured::Depth(127)));
        assert_eq!(checked(&TEAM, &table, &deepest, r#"{"y":[[[[]]]]}"#), Ok(vec![]));
    }
}

#[test]
fn a_value_that_is_written_differently_is_not_touched() {
    let table = [Limit::on("name", Check::MaxKeys(1))];
    for (before, after) in [("1", "1.0"), ("\"a\"", "\"\\u0061\""), ("[1,2]", "[ 1, 2.0 ]")] {
        let [before, after] = [before, after].map(|name| format!("{{\"name\":{name}}}"));
        assert_eq!(check_change_text(&table, &before, &after), Ok(vec![]));
        assert_eq!(checked(&USER, &table, &before, &after), Ok(vec![]));
    }
    for (before, after) in [("1", "2"), ("1e999", "2e999"), ("{}", "1"), ("1", "null"), ("[1,2]", "[2,1]")] {
        let [before, after] = [before, after].map(|name| format!("{{\"name\":{name}}}"));
        assert!(matches!(check_change_text(&table, &before, &after), Err(Error::Field { .. })), "{after}");
    }
}

#[test]
fn a_text_that_is_not_json_has_one_error_and_position() {
    let table = limits::USER;
    let good = r#"{"user_metadata":{}}"#;
    let bad = "{\n\"user_metadata\": {\"a\": 01}}";
    let error = |input, result: Result<(), Error>| match result {
        Err(Error::Syntax { input: found, line: 2, column: 25, .. }) => assert_eq!(input, found),
        other => unreachable!("{other:?}"),
    };
    error(Input::Resource, check_text(table, bad).map(drop));
    error(Input::Resource, check_change_text(table, bad, good).map(drop));
    error(Input::Resource, check_change_text(table, good, bad).map(drop));
    error(Input::Resource, USER.update_text_checked(table, bad, "{]").map(drop));
    error(Input::Body, USER.update_text_checked(table, good, bad).map(drop));
    assert_eq!(check_text(table, "[]"), Err(Error::NotAnObject { input: Input::Resource, found: JsonType::Array }));
}

/// Asserts what text and trees say of a whole field that is created and extended.
#[track_caller]
fn assert_hostile(members: &[String], table: &[Limit], violations: usize) {
    let field = |members: &[String]| format!("{{\"client_metadata\":{{{}}}}}", members.join(","));
    let (half, all) = (field(&members[..members.len() / 2]), field(members));
    let tree = |text: &str| object(serde_json::from_str(text).expect("JSON"));
    assert_eq!(check_text(table, &all).expect("objects").len(), violations);
    assert_eq!(as_set(check_text(table, &all)), as_set(check(table, &tree(&all))));
    for (stored, body) in [("{}", &all), (&half, &all)] {
        let judged = as_set(checked(&CLIENT, table, stored, body));
        let updated = CLIENT.update(&tree(stored), tree(body)).expect("objects");
        assert_eq!(judged, as_set(check_change(table, &tree(stored), &updated)));
    }
}

/// Quadratic time would take minutes for these.
#[test]
fn hostile_texts_are_judged_as_their_trees() {
    let all = |check| Limit::on("client_metadata", check);
    let holds = [all(Check::MaxKeys(200_000)), all(Check::MaxKeyLength(200)), all(Check::MaxDepth(200))];
    let broken = [all(Check::ReservedNames(vec!["x".into()].into())), all(Check::Strings), all(Check::MaxKeys(1))];
    let both = [&holds[..], &broken[..]].concat();

    let prefix = "a".repeat(60);
    let one_prefix: Vec<String> = (0..100_000).map(|key| format!("\"{prefix}{key:06}\":1")).collect();
    assert_hostile(&one_prefix, &both, one_prefix.len() + 1);

    let colliding: Vec<String> = COLLIDING.iter().map(|key| format!("{}:1", json!(key))).collect();
    let repeated: Vec<String> = colliding.iter().cycle().take(20_000).cloned().collect();
    assert_hostile(&colliding, &both, COLLIDING.len() + 1);
    assert_hostile(&repeated, &broken[1..2], COLLIDING.len());

    // A client's attributes merge, each on its own.
    let attributes: Vec<String> = (0..20_000).map(|key| format!("\"{key}\":{{\"a\":[{key}]}}")).collect();
    let [few, many] = [&attributes[..10_000], &attributes[..]].map(|members| format!("{{{}}}", members.join(",")));
    let whole = [Limit::whole(Check::MaxDepth(3)), Limit::whole(Check::MaxSize(10)), Limit::whole(Check::Strings)];
    assert_eq!(checked(&CLIENT, &whole, &few, &many).expect("objects").len(), 10_001);
    assert_eq!(checked(&CLIENT, &whole, &many, &few).expect("objects").len(), 0);

    let deep = format!("{}{}", "[".repeat(124), "]".repeat(124));
    let deep: Vec<String> = (0..1_000).map(|key| format!("\"{key}\":{deep}")).collect();
    assert_hostile(&deep, &holds, 0);
    assert_hostile(&deep, &[all(Check::MaxDepth(124)), all(Check::MaxSize(1_000))], 2);
}
