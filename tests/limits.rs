//! Limits: the service's tables, tables from configuration, one field, a change, the size and the
//! depth.

use std::fmt::Debug;

use common::requests::{self, table};
use common::{Object, config, object};
use metadata_merge::limits::{
    self, Characters, Check, Limit, Measured, SIGN_UP, Strength, Violation, check, check_change, check_field,
};
use metadata_merge::{Error, ErrorKind, FieldType, Input, JsonType};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

mod common;

fn ids(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(|violation| format!("{} {}", violation.path, violation.limit.check.id())).collect()
}

fn check_all(table: &[Limit], stored: Value) -> Vec<Violation> {
    check(table, &object(stored)).expect("a resource")
}

#[test]
fn a_sign_up_has_a_table_of_its_own() {
    let ten: Map<_, _> = (0..9).map(|key| (key.to_string(), json!("é".repeat(500)))).collect();
    let mut user = json!({"user_metadata": ten, "app_metadata": {"a".repeat(101): "x".repeat(501)}});
    user["user_metadata"]["é".repeat(100)] = json!("x".repeat(500));
    assert_eq!(check_all(SIGN_UP, user.clone()), []);
    user["user_metadata"]["k".repeat(101)] = json!("x".repeat(501));
    user["user_metadata"]["k"] = json!(1);
    let long = format!("/user_metadata/{}", "k".repeat(101));
    let expected = [
        "/user_metadata too-many-keys".to_owned(),
        format!("{long} key-too-long"),
        "/user_metadata/k value-type".to_owned(),
        format!("{long} value-too-long"),
    ];
    let violations = check_all(SIGN_UP, user.clone());
    assert_eq!(ids(&violations), expected);
    let found: Vec<Measured> = violations.iter().map(|violation| violation.found).collect();
    let types = Measured::Type(JsonType::Number);
    assert_eq!(found, [Measured::Keys(12), Measured::Characters(101), types, Measured::Characters(501)]);
    assert!(!ids(&check_all(limits::USER, user)).contains(&expected[0]), "an update has no such limit");
}

#[test]
fn a_table_may_hold_any_check_on_any_field() {
    let table = [
        Limit::on("labels", Check::ReservedNames(vec!["system".into()].into())).warned(),
        Limit::on("labels", Check::MaxSize(14)),
        Limit::whole(Check::MaxKeys(1)),
        Limit::whole(Check::KeyCharacters(Characters::AllBut("~".into()))),
        Limit::on("name", Check::MaxDepth(1)),
    ];
    assert_eq!(check_all(&table, json!({"labels": {"system": 123}})).len(), 1);
    let violations = check_all(&table, json!({"labels": {"system": 1234}, "~/": 1}));
    let expected = ["/labels/system reserved-name", "/labels too-large", " too-many-keys", "/~0~1 key-characters"];
    assert_eq!(ids(&violations), expected);
    assert_eq!(violations[0].limit.strength, Strength::Warned);
    assert_eq!(check_all(&[], json!({})), []);
    assert_eq!(ids(&check_all(&table, json!({"name": {"a": []}}))), ["/name too-deep"]);
}

#[test]
fn a_field_that_is_not_an_object_is_an_error() {
    for stored in [json!(null), json!([]), json!("a")] {
        let [field, sent] = [Input::Resource, Input::Body].map(|input| {
            let found = JsonType::of(&stored);
            Error::Field { field: "app_metadata".to_owned(), input, expected: FieldType::Object, found }
        });
        let user = object(json!({"app_metadata": stored}));
        assert_eq!(check(limits::USER, &user), Err(field));
        // A change that does not touch it ignores it, and one that leaves it so is an error.
        let renamed = object(json!({"app_metadata": stored, "name": "x"}));
        assert_eq!(check_change(limits::USER, &user, &renamed), Ok(vec![]));
        assert_eq!(check_change(limits::USER, &Object::new(), &user), Err(sent.clone()));
        let other = object(json!({"app_metadata": {"email": 1}}));
        assert_eq!(check_change(limits::USER, &other, &user), Err(sent));
        assert_eq!(
            ids(&check_change(limits::USER, &user, &other).expect("it is mended")),
            ["/app_metadata/email reserved-name"]
        );
        assert_eq!(check_change(limits::USER, &user, &Object::new()), Ok(vec![]));
    }
}

#[test]
fn a_field_alone_is_judged_by_its_rows() {
    let document = object(json!({"größe": 1, "k": "v"}));
    let violations = check_field(limits::CLIENT, "client_metadata", &document);
    assert_eq!(ids(&violations), ["/client_metadata/größe key-characters", "/client_metadata/größe value-type"]);
    assert_eq!(check_field(limits::CLIENT, "user_metadata", &document), []);
    let whole = [Limit::whole(Check::MaxKeys(0))];
    assert_eq!(check_field(&whole, "client_metadata", &document), [], "rows of the whole resource are not judged");
}

#[test]
fn a_change_is_judged_by_what_is_new_or_worse() {
    let change = |check: Check, before: Value, after: Value| {
        let table = [Limit::on("f", check)];
        let [before, after] = [before, after].map(|document| object(json!({"f": document})));
        check_change(&table, &before, &after).expect("objects").len()
    };
    let keys = |count: usize| Value::Object((0..count).map(|key| (key.to_string(), json!(1))).collect());
    for (before, after, worse) in [(12, 11, 0), (12, 12, 0), (12, 13, 1), (9, 11, 1), (12, 10, 0)] {
        assert_eq!(change(Check::MaxKeys(10), keys(before), keys(after)), worse, "{before} {after}");
    }
    let text = |length: usize| json!({"k": "é".repeat(length)});
    assert_eq!(change(Check::MaxValueLength(2), text(5), text(4)), 0);
    assert_eq!(change(Check::MaxValueLength(2), text(5), text(6)), 1);
    assert_eq!(change(Check::MaxValueLength(2), text(1), text(3)), 1);
    assert_eq!(change(Check::MaxSize(5), text(5), text(4)), 0);
    assert_eq!(change(Check::MaxSize(5), text(4), text(5)), 1);
    assert_eq!(change(Check::MaxDepth(1), json!({"k": [[1]]}), json!({"j": [1]})), 0);
    assert_eq!(change(Check::MaxDepth(1), json!({"k": [1]}), json!({"k": [[1]]})), 1);
    // What has no measure is old at its path.
    assert_eq!(change(Check::Strings, json!({"k": 1}), json!({"k": [2]})), 0);
    assert_eq!(change(Check::Strings, json!({"k": 1}), json!({"j": 1})), 1);
    assert_eq!(change(Check::KeyCharacters(Characters::AllBut(".".into())), json!({"a.": 1}), json!({"a.": 2})), 0);
    let reserved = || Check::ReservedNames(vec!["k".into()].into());
    assert_eq!(change(reserved(), json!({"k": 1}), json!({"k": 2})), 0);
    assert_eq!(change(reserved(), json!({}), json!({"k": 2})), 1);
    assert_eq!(change(Check::MaxKeyLength(1), json!({"kk": 1}), json!({"kk": 2, "jj": 1})), 1);
}

#[test]
fn of_a_field_that_was_not_an_object_nothing_is_old() {
    let table = [Limit::on("f", Check::Strings)];
    for before in [json!({}), json!({"f": null}), json!({"f": [1]})] {
        let after = object(json!({"f": {"k": 1}}));
        assert_eq!(check_change(&table, &object(before), &after).map(|found| found.len()), Ok(1));
    }
}

fn round_trip<T>(value: &T)
where
    T: Debug + PartialEq + serde::Serialize + serde::de::DeserializeOwned,
{
    let text = serde_json::to_string(value).expect("JSON");
    assert_eq!(&serde_json::from_str::<T>(&text).expect("read back"), value, "{text}");
    let text = serde_yaml_ng::to_string(value).expect("YAML");
    assert_eq!(&serde_yaml_ng::from_str::<T>(&text).expect("read back"), value, "{text}");
}

#[test]
fn every_table_comes_back_from_configuration() {
    for resource in metadata_merge::resource::ALL {
        round_trip(&resource.limits().to_vec());
        round_trip(&table(&common::TEAM));
    }
    round_trip(&SIGN_UP.to_vec());
    let limit: Limit = toml::from_str("field = \"labels\"\ncheck = {max_keys = 3}").expect("TOML");
    assert_eq!(limit, Limit::on("labels", Check::MaxKeys(3)));
    let limit: Limit = serde_json::from_str(r#"{"check": "strings", "strength": "warned"}"#).expect("JSON");
    assert_eq!(limit, Limit::whole(Check::Strings).warned());
}

#[test]
fn a_misspelled_limit_is_an_error() {
    let error = |data: Value| serde_json::from_value::<Limit>(data).expect_err("rejected").to_string();
    let keys = json!({"max_keys": 1});
    for (data, problem) in [
        (json!([]), "a limit must be an object, but is an array"),
        (json!({"field": "f"}), "a limit must have a check"),
        (json!({"feild": "f", "check": keys}), r#"a limit has an unknown member "feild""#),
        (json!({"field": 1, "check": keys}), "field must be a string, but is a number"),
        (json!({"check": {"max_kyes": 1}}), r#"there is no check "max_kyes""#),
        (json!({"check": "string"}), "a check must be an object, but is a string"),
        (json!({"check": {"max_keys": 1, "max_size": 1}}), "a check must have one member"),
        (json!({"check": {"max_keys": -1}}), "the bound of max_keys must be a whole number that is not negative"),
        (json!({"check": {"max_keys": 1.5}}), "the bound of max_keys must be a whole number that is not negative"),
        (json!({"check": {"key_characters": {"any_of": "a"}}}), "must be alphanumeric_or or all_but"),
        (json!({"check": {"key_characters": {"all_but": 1}}}), "all_but must be a string, but is a number"),
        (json!({"check": {"reserved_names": "a"}}), "reserved_names must be an array, but is a string"),
        (json!({"check": {"reserved_names": [1]}}), "a reserved name must be a string, but is a number"),
        (json!({"check": keys, "strength": "denied"}), r#"the strength must be "refused" or "warned""#),
    ] {
        let error = error(data.clone());
        assert!(error.contains(problem), "{data}: {error}");
    }
}

#[test]
fn a_violation_serializes_for_a_reply() {
    let violations = check_all(limits::CLIENT, json!({"client_metadata": {"k": 1}}));
    let message = r#""/client_metadata/k": expected a string, found a number (value-type)"#;
    let reply =
        json!([{"path": "/client_metadata/k", "limit": "value-type", "strength": "refused", "message": message}]);
    assert_eq!(serde_json::to_value(&violations).expect("JSON"), reply);
}

/// Returns the size of a resource, as the limit counts it.
fn size(stored: &Object) -> usize {
    match check(&[Limit::whole(Check::MaxSize(0))], stored).expect("an object")[0].found {
        Measured::Bytes(bytes) => bytes,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn the_size_is_that_of_the_compact_text() {
    for character in (0..0x3000).chain(0xd000..0x1_0400).filter_map(char::from_u32) {
        let stored = object(json!({character.to_string(): [character.to_string()]}));
        assert_eq!(size(&stored), json!(stored).to_string().len(), "{character:?}");
    }
    let numbers = [json!(0), json!(-1), json!(u64::MAX), json!(i64::MIN), json!(0.1), json!(-0.0), json!(1e300)];
    let more = [json!(1e-7), json!(5e-324), json!(f64::MAX), json!(1e16), json!(123_456_789.125)];
    for number in numbers.into_iter().chain(more) {
        let stored = object(json!({"a": number}));
        assert_eq!(size(&stored), json!(stored).to_string().len(), "{number}");
    }
    let others = object(json!({"": [null, true, false, [], {}, [[]], {"a": {}}, [1, 2], {"b": 1, "c": 2}]}));
    assert_eq!(size(&others), json!(others).to_string().len());
}

#[test]
fn the_depth_counts_the_object_itself() {
    let depth = |stored: Value| match check_all(&[Limit::whole(Check::MaxDepth(0))], stored)[0].found {
        Measured::Depth(depth) => depth,
        other => unreachable!("{other:?}"),
    };
    assert_eq!(depth(json!({})), 1);
    assert_eq!(depth(json!({"a": 1, "b": null})), 1);
    assert_eq!(depth(json!({"a": [], "b": 1})), 2);
    assert_eq!(depth(json!({"a": {"b": [{}]}, "c": [1, 2]})), 4);
    assert_eq!(check_all(&[Limit::whole(Check::MaxDepth(4))], json!({"a": {"b": [{}]}})), []);
}

#[test]
fn a_deep_value_does_not_overflow_the_stack() {
    let levels = 200_000;
    let value = (0..levels).fold(json!(1), |inner, _| Value::Array(vec![inner]));
    let mut document = Map::new();
    document.insert("a".to_owned(), value);
    let mut user = Map::new();
    user.insert("user_metadata".to_owned(), Value::Object(document));
    let table = [Limit::whole(Check::MaxSize(1)), Limit::on("user_metadata", Check::MaxDepth(1))];
    let found: Vec<Measured> = check(&table, &user).expect("a user").iter().map(|violation| violation.found).collect();
    let around = r#"{"user_metadata":{"a":1}}"#.len();
    assert_eq!(found, [Measured::Bytes(around + 2 * levels), Measured::Depth(levels + 1)]);
    // serde_json drops such a value by recursion.
    std::mem::forget(user);
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn the_size_of_any_value_is_that_of_its_text(
        key in any::<String>(), text in any::<String>(), value in requests::value(),
    ) {
        let stored = Map::from_iter([(key, json!([text, value]))]);
        prop_assert_eq!(size(&stored), json!(stored).to_string().len());
    }

    #[test]
    fn a_change_from_nothing_is_a_check((resource, _, after) in requests::request()) {
        let table = table(&resource);
        let new = check_change(&table, &Object::new(), &after);
        match check(&table, &after) {
            Ok(all) => prop_assert_eq!(new, Ok(all)),
            Err(error) => prop_assert_eq!((error.kind(), new.map_err(|error| error.kind())), (ErrorKind::Stored, Err(ErrorKind::Body))),
        }
    }

    #[test]
    fn a_change_never_reports_more_than_a_check((resource, before, after) in requests::request()) {
        let table = table(&resource);
        let Ok(all) = check(&table, &after) else { return Ok(()) };
        let new = check_change(&table, &before, &after).expect("the change leaves no fault");
        prop_assert!(new.iter().all(|violation| all.contains(violation)), "{:?} {:?}", new, all);
        prop_assert_eq!(check_change(&table, &after, &after), Ok(vec![]), "no change is never worse");
        let fields = |violation: &&Violation| violation.limit.field.is_some();
        for violation in all.iter().filter(fields).filter(|violation| !new.contains(violation)) {
            let before = check(std::slice::from_ref(&violation.limit), &before).unwrap_or_default();
            prop_assert!(before.iter().any(|old| old.path == violation.path), "{:?} is new", violation);
        }
    }
}
