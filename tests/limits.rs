//! What the limits promise beyond their vectors: the sign-up's table, tables of one's own, texts, and a size that is counted exactly
//! at any depth.

use metadata_merge::conformance::{self, Implementation, Reference};
use metadata_merge::limits::{self, Characters, Check, Found, Limit, SIGN_UP, Strength, Violation};
use metadata_merge::{Error, JsonType, Side};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn check<'a>(table: &[Limit<'a>], stored: &Value) -> Vec<Violation<'a>> {
    limits::check(table, stored).expect("a resource")
}

fn slugs(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(|violation| format!("{} {}", violation.path, violation.limit.check.slug())).collect()
}

#[test]
fn the_tables_pass_the_vectors() {
    conformance::check_limits(|name, stored| Reference.limits(name, stored).map(Value::Array)).assert_conforms();
    conformance::check_limits(|name, stored| {
        let mut violations = Reference.limits(name, stored)?;
        violations.reverse();
        Ok::<_, conformance::Refusal>(Value::Array(violations))
    })
    .assert_conforms();
}

#[test]
fn what_is_no_list_is_no_empty_list() {
    let cases: usize = conformance::limit_rules().iter().map(|rule| rule.cases.len()).sum();
    assert_eq!(conformance::check_limits(|_, _| Ok::<_, ()>(Value::Null)).failures().len(), cases);
}

#[test]
fn a_sign_up_has_limits_of_its_own() {
    let ten: Map<_, _> = (0..9).map(|key| (key.to_string(), json!("é".repeat(500)))).collect();
    let mut user = json!({"user_metadata": ten, "app_metadata": {"a".repeat(101): "x".repeat(501)}});
    user["user_metadata"]["é".repeat(100)] = json!(["x".repeat(501)]);
    assert_eq!(check(SIGN_UP, &user), []);
    user["user_metadata"]["k".repeat(101)] = json!("x".repeat(501));
    let long = format!("/user_metadata/{}", "k".repeat(101));
    let wanted =
        ["/user_metadata too-many-keys".to_owned(), format!("{long} key-too-long"), format!("{long} value-too-long")];
    assert_eq!(slugs(&check(SIGN_UP, &user)), wanted);
    let found: Vec<Found> = check(SIGN_UP, &user).iter().map(|violation| violation.found).collect();
    assert_eq!(found, [Found::Keys(11), Found::Characters(101), Found::Characters(501)]);
    assert!(!slugs(&check(limits::USER, &user)).contains(&wanted[0]), "an update has no such limit");
}

#[test]
fn a_table_of_ones_own_may_be_made_at_run_time() {
    let (field, reserved) = (String::from("labels"), [String::from("system")]);
    let reserved: Vec<&str> = reserved.iter().map(String::as_str).collect();
    let limit = |field, check, strength| Limit { field, check, strength };
    let table = [
        limit(Some(field.as_str()), Check::Reserved(&reserved), Strength::Warned),
        limit(Some(&field), Check::Size { at_most: 14 }, Strength::Refused),
        limit(None, Check::Keys { at_most: 1 }, Strength::Refused),
        limit(None, Check::KeyCharacters(Characters::AllBut("~")), Strength::Refused),
    ];
    assert_eq!(check(&table, &json!({"labels": {"system": 123}})).len(), 1);
    let violations = check(&table, &json!({"labels": {"system": 1234}, "~/": 1}));
    assert_eq!(
        slugs(&violations),
        ["/labels/system reserved-name", "/labels profile-too-large", " too-many-keys", "/~0~1 key-characters"]
    );
    assert_eq!(violations[0].limit.strength, Strength::Warned);
    assert_eq!(check(&[], &json!({})), []);
}

#[test]
fn what_is_no_object_has_no_limits_to_break() {
    for stored in [json!(null), json!([]), json!("a")] {
        let found = JsonType::of(&stored);
        assert_eq!(limits::check(limits::USER, &stored), Err(Error::NotAnObject { side: Side::Resource, found }));
        let field = Error::Field { field: "app_metadata".to_owned(), side: Side::Resource, or_null: false, found };
        assert_eq!(limits::check(limits::USER, &json!({"app_metadata": stored})), Err(field));
    }
}

#[test]
fn every_violation_as_text() {
    let client = json!({"client_metadata": {
        "a\u{202e}\n": "secret", "b": {"secret": 1}, "k".repeat(300): "secret".repeat(50),
        "1": "", "2": "", "3": "", "4": "", "5": "", "6": "", "7": "", "8": "",
    }});
    let user = json!({"user_metadata": {"$a": 1}, "app_metadata": {"email": "x".repeat(20_000)}});
    let violations = [check(limits::CLIENT, &client), check(limits::USER, &user)].concat();
    let texts: Vec<String> =
        violations.iter().map(|violation| format!("{}: {violation}", violation.limit.strength)).collect();
    let texts = texts.join("\n");
    assert!(!texts.contains("secret"));
    insta::assert_snapshot!(texts);
}

/// The size of a value, as the limit counts it.
fn size(value: &Value) -> usize {
    let table = [Limit { field: None, check: Check::Size { at_most: 0 }, strength: Strength::Refused }];
    match limits::check(&table, value).expect("an object")[0].found {
        Found::Bytes(bytes) => bytes,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn the_size_of_every_character_and_every_sort_of_number_is_that_of_its_text() {
    for character in (0..0x3000).chain(0xd000..0x1_0400).filter_map(char::from_u32) {
        let value = json!({character.to_string(): [character.to_string()]});
        assert_eq!(size(&value), value.to_string().len(), "{character:?}");
    }
    let numbers =
        json!({"a": [0, -1, u64::MAX, i64::MIN, 0.1, -0.0, 1e300, 1e-7, 5e-324, f64::MAX, 1e16, 123_456_789.125]});
    assert_eq!(size(&numbers), numbers.to_string().len());
    let others = json!({"": [null, true, false, [], {}, [[]], {"a": {}}, [1, 2], {"b": 1, "c": 2}]});
    assert_eq!(size(&others), others.to_string().len());
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_size_of_a_value_is_that_of_its_text(value in any_value()) {
        let value = json!({"a": value});
        prop_assert_eq!(size(&value), value.to_string().len());
    }
}

#[test]
fn the_size_of_a_very_deep_value_is_counted_without_overflowing_the_stack() {
    let depth = 200_000;
    let mut value = json!(1);
    for _ in 0..depth {
        value = Value::Array(vec![value]);
    }
    let mut user = json!({});
    user["user_metadata"] = Value::Object(Map::from_iter([("a".to_owned(), value)]));
    let violations = check(limits::USER, &user);
    let around = r#"{"user_metadata":{"a":1}}"#.len();
    assert_eq!(violations[0].found, Found::Bytes(around + 2 * depth));
    // To drop it is recursive, which is serde_json's.
    std::mem::forget(user);
}
