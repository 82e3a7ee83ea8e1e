//! `Resource::update_text` has the results of decoding, `update` and encoding; and it keeps bytes,
//! buffers and positions.

use common::config;
use common::json_text::{self, COLLIDING, Members, array, beyond_f64, object};
use metadata_merge::resource::{CLIENT, Cleared, Field, Mode, ORGANIZATION, Resource, USER};
use metadata_merge::{Error, Input, JsonType, text};
use proptest::collection;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

mod common;

/// A resource with a field of each kind. The name of one of them needs escape sequences.
const TEAM: Resource = Resource::new(
    "team",
    &[
        Field::merge("a", Cleared::Empty),
        Field::merge("b\\n\"é", Cleared::Absent),
        Field::replace("c", Cleared::Empty),
        Field::replace("d", Cleared::Absent),
        // If two fields have one name, the first counts.
        Field::replace("a", Cleared::Absent),
    ],
);

/// The same, but object attributes merge.
const CLUB: Resource = TEAM.merge_attributes();

/// Updates trees. The error is the one for the order of the body's text.
fn update_trees(resource: &Resource, stored: &Value, body: &Value, body_text: &str) -> Result<Value, Error> {
    let update = |stored: &Value, body: Value| match stored {
        Value::Object(stored) => resource.update(stored, body).map(Value::Object),
        other => Err(Error::NotAnObject { input: Input::Resource, found: JsonType::of(other) }),
    };
    let updated = update(stored, body.clone());
    let Some(Error::Field { .. }) = updated.as_ref().err() else { return updated };
    let mut order: Vec<String> = Vec::new();
    for (key, _) in Members::of(body_text).0 {
        order.retain(|earlier| *earlier != key);
        order.push(key);
    }
    for stored in [&json!({}), stored] {
        for key in &order {
            update(stored, json!({key: body[key]}))?;
        }
    }
    updated
}

/// Asserts that text and trees have the same error, or the same result.
#[track_caller]
fn assert_same_as_trees(resource: &Resource, stored: &str, body: &str) {
    let case = || format!("{resource:?} {stored:?} {body:?}");
    let updated = resource.update_text(stored, body);
    let mut out = String::from("é");
    let done = resource.update_text_into(stored, body, &mut out);
    let appended = (out.strip_prefix('é'), done);
    assert_eq!(appended, (Some(updated.as_deref().unwrap_or("")), updated.clone().map(drop)), "{}", case());

    let decoded = [stored, body].map(serde_json::from_str::<Value>);
    if decoded.iter().filter_map(|decoded| decoded.as_ref().err()).any(beyond_f64) {
        return;
    }
    let [Ok(stored_tree), Ok(body_tree)] = decoded else {
        return assert_eq!(updated.map(drop), Err(syntax_error(stored, body)), "{}", case());
    };
    match (updated, update_trees(resource, &stored_tree, &body_tree, body)) {
        (Ok(text), Ok(tree)) => {
            let value: Value =
                serde_json::from_str(&text).unwrap_or_else(|error| unreachable!("{error}: {text} {}", case()));
            assert_eq!(value, tree, "{text} {}", case());
            assert_keys_once(resource, &text, &value, &body_tree);
        }
        (updated, tree) => assert_eq!(updated.map(Value::from), tree, "{}", case()),
    }
}

/// Returns the error of a merge of two texts, with the names that the inputs have in a request.
fn syntax_error(stored: &str, body: &str) -> Error {
    let rename = |input| if input == Input::Document { Input::Resource } else { Input::Body };
    match text::merge(stored, body) {
        Err(Error::Syntax { input, line, column, expected, found }) => {
            Error::Syntax { input: rename(input), line, column, expected, found }
        }
        Err(Error::NotAnObject { input, found }) => Error::NotAnObject { input: rename(input), found },
        other => unreachable!("{other:?}"),
    }
}

/// Asserts that no key repeats at the root and in each object that was merged.
#[track_caller]
fn assert_keys_once(resource: &Resource, text: &str, value: &Value, body: &Value) {
    let once = |members: &Members, value: &Value| {
        assert_eq!(Some(members.0.len()), value.as_object().map(Map::len), "{text}");
    };
    let written = Members::of(text);
    once(&written, value);
    for (name, sent) in body.as_object().into_iter().flatten() {
        let mode =
            resource.fields.iter().find(|field| field.name == name).map_or(resource.attributes, |field| field.mode);
        if let (Mode::Merge, true, Some(members)) = (mode, sent.is_object(), written.last(name)) {
            once(members, &value[name]);
        }
    }
}

#[cfg(feature = "conformance")]
#[test]
fn text_passes_the_cases_of_create_and_update() {
    use metadata_merge::conformance::{Outcome, rules};

    for case in rules().into_iter().flat_map(|rule| rule.cases) {
        let argument = |name: &str| case.arguments.get(name).map(Value::to_string).unwrap_or_default();
        let name = &case.arguments.get("resource").cloned().unwrap_or_default();
        let resource = metadata_merge::resource::ALL.iter().find(|resource| resource.name == name);
        let updated = match (case.op.as_str(), resource) {
            ("create", Some(resource)) => resource.create_text(&argument("body")),
            ("update", Some(resource)) => resource.update_text(&argument("stored"), &argument("body")),
            _ => continue,
        };
        let outcome = match updated {
            Ok(text) => Outcome::Result(serde_json::from_str(&text).expect("JSON")),
            Err(_) => Outcome::Rejected,
        };
        assert!(case.accepts(&outcome), "{}: {outcome}", case.id);
    }
}

#[test]
fn untouched_members_keep_their_bytes() {
    let user = "{\n  \"n\\u0061me\" : \"J\\u0061ne\",\n  \"user_metadata\": {\n    \"hobby\" : \"surfing\",\n    \"level\": 1.50\n  },\n  \"app_metadata\" :{ \"plan\":1E0 }\n}\n";
    let cases = [
        (r#"{}"#, user.to_owned()),
        (r#"{"name":null}"#, user.replace("\n  \"n\\u0061me\" : \"J\\u0061ne\",", "")),
        (r#"{ "app_metadata" : { } }"#, user.replace(",\n  \"app_metadata\" :{ \"plan\":1E0 }", "")),
        (
            r#"{ "user_metadata" : { } }"#,
            user.replace("{\n    \"hobby\" : \"surfing\",\n    \"level\": 1.50\n  }", "{}"),
        ),
        (r#"{"user_metadata":{"level":2e1,"x":null}}"#, user.replace("1.50", "2e1")),
        (r#"{"user_metadata":{"hobby":null}}"#, user.replace("\n    \"hobby\" : \"surfing\",", "")),
        (r#"{"\u0075ser_metadata":{"x": 1}}"#, user.replace("1.50", "1.50,\"x\": 1")),
        (r#"{"app_metadata":{"plan":null}}"#, user.replace("{ \"plan\":1E0 }", "{}")),
        (
            r#"{"email" : "e","user_metadata":{"y":[ ]}}"#,
            user.replace("1.50", "1.50,\"y\":[ ]").replace("0 }\n}", "0 },\"email\" : \"e\"\n}"),
        ),
    ];
    for (body, wanted) in cases {
        assert_eq!(USER.update_text(user, body), Ok(wanted), "{body}");
        assert_same_as_trees(&USER, user, body);
    }
    let others = [
        // stored, body, updated
        (
            USER,
            r#"{}"#,
            "{ \"name\": null ,\n \"user_metadata\" : { \"a\" : 1, \"b\": null } }",
            "{\n \"user_metadata\" : { \"a\" : 1}}",
        ),
        (USER, r#"{}"#, r#"{"user_metadata": {"a":null},"app_metadata":{ }}"#, r#"{"user_metadata": {}}"#),
        (USER, " { } ", r#"{"app_metadata":{}}"#, "{}"),
        (USER, r#"{"app_metadata":{"a":1}}"#, r#"{"app_metadata":{}}"#, "{}"),
        (
            ORGANIZATION,
            r#"{"metadata":{"a":1}}"#,
            r#"{"metadata":{ "b" : null,"c":{},"c":1 }}"#,
            r#"{"metadata":{ "b" : null,"c":{},"c":1 }}"#,
        ),
        (ORGANIZATION, r#"{"x":1,"metadata":7}"#, r#"{"metadata":null}"#, r#"{"x":1}"#),
        (TEAM, r#"{"c":[1],"e":2}"#, r#"{"c":null}"#, r#"{"c":{},"e":2}"#),
        (TEAM, r#"{"e":2}"#, r#"{"c": null}"#, r#"{"e":2,"c": {}}"#),
    ];
    for (resource, stored, body, wanted) in others {
        assert_eq!(resource.update_text(stored, body).as_deref(), Ok(wanted), "{stored} {body}");
        assert_same_as_trees(&resource, stored, body);
    }
}

#[test]
fn an_attribute_is_replaced_removed_or_merged() {
    let stored = r#"{"x": {"a": 1, "b": {"c": null}}, "n": null, "t": [1]}"#;
    let cases = [
        // body, the result if attributes are replaced, the result if they merge
        ("{}", stored, stored),
        (r#"{"z":null}"#, stored, stored),
        (
            r#"{"n":null}"#,
            r#"{"x": {"a": 1, "b": {"c": null}}, "t": [1]}"#,
            r#"{"x": {"a": 1, "b": {"c": null}}, "t": [1]}"#,
        ),
        (r#"{"x":null,"t":null}"#, r#"{ "n": null}"#, r#"{ "n": null}"#),
        (r#"{"x":{ }}"#, r#"{"x": { }, "n": null, "t": [1]}"#, r#"{"x": {}, "n": null, "t": [1]}"#),
        (
            r#"{"x":{"a":null,"d":{"e":null}}}"#,
            r#"{"x": {"a":null,"d":{"e":null}}, "n": null, "t": [1]}"#,
            r#"{"x": { "b": {"c": null},"d":{"e":null}}, "n": null, "t": [1]}"#,
        ),
        (r#"{"x":[{}]}"#, r#"{"x": [{}], "n": null, "t": [1]}"#, r#"{"x": [{}], "n": null, "t": [1]}"#),
        (
            r#"{"t":{"a":null},"n":{"b":1,"c":null},"z":{"d":null}}"#,
            r#"{"x": {"a": 1, "b": {"c": null}}, "n": {"b":1,"c":null}, "t": {"a":null},"z":{"d":null}}"#,
            r#"{"x": {"a": 1, "b": {"c": null}}, "n": {"b":1}, "t": {},"z":{}}"#,
        ),
    ];
    for (body, replaced, merged) in cases {
        assert_eq!(TEAM.update_text(stored, body).as_deref(), Ok(replaced), "{body}");
        assert_eq!(CLUB.update_text(stored, body).as_deref(), Ok(merged), "{body}");
    }
}

#[test]
fn a_create_stores_no_root_null() {
    let body = r#"{"n": null, "a": {"x": null, "y": {"z": null}}, "t": {"x": null}, "c": {"x": null}}"#;
    let created = r#"{ "a": { "y": {"z": null}}, "t": {"x": null}, "c": {"x": null}}"#;
    assert_eq!(TEAM.create_text(body).as_deref(), Ok(created));
    assert_eq!(CLUB.create_text(body), Ok(created.replace(r#""t": {"x": null}"#, r#""t": {}"#)));
}

#[test]
fn a_repeated_key_keeps_its_last_value() {
    let cases = [
        // In the stored resource.
        (r#"{"a":{"x":1},"n":1,"a":{"y":1}}"#, r#"{"a":{"z":1}}"#, r#"{"n":1,"a":{"y":1,"z":1}}"#),
        (r#"{"a":7,"\u0061":{"y":1}}"#, r#"{"a":{"z":1}}"#, r#"{"\u0061":{"y":1,"z":1}}"#),
        (r#"{"a":7,"a":{"y":1}}"#, r#"{"a":{}}"#, r#"{"a":{}}"#),
        (r#"{"a":{"x":1,"y":2,"x":3}}"#, r#"{"a":{"z":1}}"#, r#"{"a":{"y":2,"x":3,"z":1}}"#),
        (r#"{"n":1,"m":2,"n":3}"#, r#"{"a":{}}"#, r#"{"m":2,"n":3,"a":{}}"#),
        (r#"{"c":1,"c":2}"#, r#"{"c":null}"#, r#"{"c":{}}"#),
        (r#"{"n":1,"n":2}"#, r#"{"n":null}"#, "{}"),
        // An object that the body does not name is not read.
        (r#"{"a":{"x":1,"x":2}}"#, r#"{"n":1}"#, r#"{"a":{"x":1,"x":2},"n":1}"#),
        // In the body.
        (r#"{"a":{"x":1}}"#, r#"{"a":{},"a":{"y":1}}"#, r#"{"a":{"x":1,"y":1}}"#),
        (r#"{"a":{"x":1}}"#, r#"{"a":{"y":1},"\u0061":{}}"#, r#"{"a":{}}"#),
        (r#"{"a":{"x":1}}"#, r#"{"a":7,"a":{"x":null,"x":2,"y":2,"y":null}}"#, r#"{"a":{"x":2}}"#),
        (r#"{}"#, r#"{"n":1,"a":{"x":1,"x":2},"n":null}"#, r#"{"a":{"x":2}}"#),
    ];
    for (stored, body, wanted) in cases {
        assert_eq!(TEAM.update_text(stored, body).as_deref(), Ok(wanted), "{stored} {body}");
        assert_same_as_trees(&TEAM, stored, body);
    }
    let merged = CLUB.update_text(r#"{"t":{"x":1},"n":1,"t":{"y":1}}"#, r#"{"t":{"z":1,"z":2}}"#);
    assert_eq!(merged.as_deref(), Ok(r#"{"n":1,"t":{"y":1,"z":2}}"#), "an attribute that merges");
    for (stored, body) in [(r#"{"a":{},"a":7}"#, r#"{"a":{"x":1}}"#), (r#"{"a":{}}"#, r#"{"a":{"x":1},"a":7}"#)] {
        assert!(
            matches!(TEAM.update_text(stored, body), Err(Error::Field { found: JsonType::Number, .. })),
            "{stored} {body}"
        );
        assert_same_as_trees(&TEAM, stored, body);
    }
}

/// Keys are kept in different lists and filters depending on their number, and a field ends before
/// its text does.
#[test]
fn a_repeated_key_of_a_field_is_written_once() {
    let rest = " ".repeat(100_000);
    for count in [1, 8, 9, 15, 16, 17, 31, 32, 33, 64, 1_023, 1_024, 1_025, 2_500] {
        for repeated in [0, count / 2, count - 1] {
            let members: Vec<String> = (0..count).chain([repeated]).map(|key| format!("\"k{key}\":{key}")).collect();
            let stored = format!("{{\"t\":{{{0}}},\"a\":{{{0}}}{rest}}}", members.join(","));
            for body in [r#"{"a":{"z":1},"t":{"z":1}}"#, &stored] {
                assert_same_as_trees(&CLUB, &stored, body);
            }
        }
    }
}

#[test]
fn errors_come_in_the_order_of_the_docs() {
    let error = |stored: &str, body: &str| {
        assert_same_as_trees(&USER, stored, body);
        match USER.update_text(stored, body) {
            Err(Error::Syntax { input, .. }) => format!("{input}, syntax"),
            Err(Error::NotAnObject { input, .. }) => format!("{input}, not an object"),
            Err(Error::Field { field, input, .. }) => format!("{input}, {field}"),
            other => format!("{other:?}"),
        }
    };
    // The stored resource, then the body.
    for body in ["{", "[]", r#"{"user_metadata":null}"#, r#"{"user_metadata":{"a":1}}"#, "{}"] {
        assert_eq!(error(r#"{"user_metadata":[1,]}"#, body), "stored resource, syntax");
        assert_eq!(error(r#"{"user_metadata":7"#, body), "stored resource, syntax");
        assert_eq!(error("7", body), "stored resource, not an object");
    }
    let stored = r#"{"app_metadata":7,"user_metadata":"x"}"#;
    assert_eq!(error(stored, r#"{"user_metadata":null"#), "body, syntax");
    assert_eq!(error(stored, "[]"), "body, not an object");
    // The fields of the body in its order, then the stored fields in the same order.
    assert_eq!(error(stored, r#"{"user_metadata":{"a":1},"app_metadata":[]}"#), "body, app_metadata");
    assert_eq!(error(stored, r#"{"user_metadata":1,"app_metadata":2}"#), "body, user_metadata");
    assert_eq!(error(stored, r#"{"app_metadata":2,"user_metadata":1}"#), "body, app_metadata");
    assert_eq!(error(stored, r#"{"user_metadata":{},"app_metadata":{"a":1}}"#), "stored resource, user_metadata");
    assert_eq!(error(stored, r#"{"app_metadata":{},"x":1,"user_metadata":{}}"#), "stored resource, app_metadata");
    // Of a repeated field, the last value is validated.
    assert_eq!(error("{}", r#"{"user_metadata":1,"app_metadata":2,"user_metadata":3}"#), "body, app_metadata");
    assert_eq!(
        error(stored, r#"{"email":"e"}"#),
        r#"Ok("{\"app_metadata\":7,\"user_metadata\":\"x\",\"email\":\"e\"}")"#
    );
}

#[test]
fn positions_are_those_in_the_whole_text() {
    let error = |stored: &str, body: &str| CLIENT.update_text(stored, body).expect_err("rejected").to_string();
    let stored = "{\n  \"name\": \"My App\",\n  \"client_metadata\": {\n    \"a\": 1,\n    \"b\" 2\n  }\n}";
    assert_eq!(
        error(stored, r#"{"client_metadata":{"a":2}}"#),
        "the stored resource is not valid JSON at line 5, column 9: expected `:`, found a digit"
    );
    assert_eq!(error("{}", stored), "the body is not valid JSON at line 5, column 9: expected `:`, found a digit");
    let deep =
        |depth: usize| format!("{{\"client_metadata\":{{\"k\":{}{}}}}}", "[".repeat(depth - 2), "]".repeat(depth - 2));
    for (stored, body) in
        [(deep(128), deep(3)), (deep(3), deep(128)), (deep(127), deep(127)), (deep(128), "{}".to_owned())]
    {
        assert_same_as_trees(&CLIENT, &stored, &body);
    }
    assert!(CLIENT.update_text(&deep(127), &deep(127)).is_ok());
    assert_eq!(
        error(&deep(128), &deep(3)),
        "the stored resource is not valid JSON at line 1, column 150: expected at most 127 levels of arrays and objects, found `[`"
    );
    assert_eq!(
        error("{}", r#"{"client_metadata":[]}"#),
        "the field \"client_metadata\" must be a JSON object, but is an array"
    );
    assert_eq!(
        error(r#"{"client_metadata":true}"#, r#"{"client_metadata":{"a":1}}"#),
        "the stored field \"client_metadata\" must be a JSON object, but is a boolean"
    );
}

#[test]
fn numbers_are_never_evaluated() {
    let stored = r#"{"x":1e999,"a":{"y":-1e999}}"#;
    assert_eq!(
        TEAM.update_text(stored, r#"{"a":{"z":1E400},"c":{"n":1.00}}"#).as_deref(),
        Ok(r#"{"x":1e999,"a":{"y":-1e999,"z":1E400},"c":{"n":1.00}}"#)
    );
}

const REQUESTS: [(&str, &str); 3] = [
    (
        r#"{"a":{"x":1,"y":[null]},"n":"\ud83d\ude00","c":{"z":0.5}}"#,
        r#"{"\u0061":{"x":null,"w":"\n"},"c":{},"n":null}"#,
    ),
    (
        "{ \"b\\\\n\\\"é\" : { \"x\" : { } } ,\n\"d\" : 7 }\n",
        "{ \"b\\u005Cn\\\"\\u00e9\" : { \"y\" : -1e2 } , \"d\" : null } ",
    ),
    (r#"{"a":{"x":1,"x":2},"a":{"y":1}}"#, r#"{"a":{"":true},"a":{"x":3}}"#),
];

#[test]
fn every_flawed_request_is_updated_like_its_tree() {
    for (stored, body) in REQUESTS {
        assert_same_as_trees(&TEAM, stored, body);
        for (whole, other, swap) in [(stored, body, false), (body, stored, true)] {
            let check = |text: &str| {
                if swap { assert_same_as_trees(&TEAM, other, text) } else { assert_same_as_trees(&TEAM, text, other) }
            };
            for place in (0..whole.len()).filter(|place| whole.is_char_boundary(*place)) {
                let (before, rest) = whole.split_at(place);
                check(before);
                let mut after = rest.chars();
                after.next();
                let after = after.as_str();
                for character in "\"\\{}[],:019.e-n \n\u{0}xaé".chars() {
                    check(&format!("{before}{character}{rest}"));
                    check(&format!("{before}{character}{after}"));
                }
            }
        }
    }
}

/// Each field with each kind of stored and sent value, alone and with another field, printed in
/// several ways.
#[test]
fn small_requests_are_updated_like_their_trees() {
    let stored = ["", "null", "{}", "{ }", r#"{"x":1}"#, r#"{"x":null,"\u0079":1,"y":2}"#, "[]", "7"];
    let sent = [
        "",
        "null",
        "{}",
        "{\n}",
        r#"{"x":null}"#,
        r#"{"\u0078":2}"#,
        r#"{"y":null,"z":{"x":null},"y":3}"#,
        r#"{"x":1,"x":null}"#,
        "[]",
        "\"{}\"",
    ];
    let keys = [r#""a""#, r#""b\\n\"é""#, r#""c""#, r#""d""#, r#""name""#];
    let escaped = [r#""\u0061""#, r#""\u0062\\\u006e\u0022\u00e9""#, r#""\u0063""#, r#""\u0064""#, r#""n\u0061me""#];
    let prints = [("{", ":", ",", "}"), (" { ", " : ", " , ", " }\n"), ("{\n\t", ":\t", ",\n\t", "\n}")];
    let mut requests = 0;
    for (first, second) in [(0, 1), (1, 2), (2, 3), (3, 0), (4, 0), (2, 4), (0, 0), (1, 1)] {
        for (number, [one, two]) in stored.iter().flat_map(|one| stored.iter().map(move |two| [*one, *two])).enumerate()
        {
            for (other, [three, four]) in
                sent.iter().flat_map(|three| sent.iter().map(move |four| [*three, *four])).enumerate()
            {
                let print =
                    |values: [&str; 2], keys: [&str; 2], (open, colon, comma, close): (&str, &str, &str, &str)| {
                        let members = keys.iter().zip(values).filter(|(_, value)| !value.is_empty());
                        let members: Vec<String> = members.map(|(key, value)| format!("{key}{colon}{value}")).collect();
                        format!("{open}{}{close}", members.join(comma))
                    };
                let stored = print([one, two], [keys[first], keys[second]], prints[(number + other) % 3]);
                let body = print([three, four], [escaped[second], keys[first]], prints[other % 3]);
                assert_same_as_trees(&TEAM, &stored, &body);
                requests += 1;
            }
        }
    }
    assert_eq!(requests, 8 * 64 * 100);
}

#[test]
fn an_error_at_the_end_changes_nothing() {
    let stored = r#"{"user_metadata":{"hobby":"surfing"}}"#;
    let body = r#"{"email":"e","user_metadata":{"hobby":null,"x":1},"app_metadata":{"plan":"full"}}"#;
    let mut out = String::from("before");
    let flawed_bodies = [
        body.replace("\"full\"}}", "\"full\"}"),
        body.replace("\"full\"}}", "\"full\"},}"),
        body.to_owned() + "x",
        body.replace("{\"plan\":\"full\"}", "null"),
        body.replace("{\"plan\":\"full\"}", "[]"),
    ];
    for flawed in flawed_bodies {
        assert!(USER.update_text_into(stored, &flawed, &mut out).is_err(), "{flawed}");
        assert_eq!(out, "before");
    }
    for flawed in [stored.to_owned() + "x", stored.replace("}}", "}"), stored.replace("}}", "},\"app_metadata\":7}")] {
        assert!(USER.update_text_into(&flawed, body, &mut out).is_err(), "{flawed}");
        assert_eq!(out, "before");
    }
    assert_eq!(USER.update_text_into(stored, body, &mut out), Ok(()));
    assert_eq!(out, r#"before{"user_metadata":{"x":1},"email":"e","app_metadata":{"plan":"full"}}"#);
}

#[test]
fn hostile_requests_are_updated_like_their_trees() {
    let size = 100_000;
    let set = r#"{"a":{"x":1},"c":{}}"#;
    let again = |member: &str| format!("{{{member}{}}}", format!(",{member}").repeat(size / member.len()));
    for text in [
        "{\"a\":".repeat(size / 5),
        format!("{{\"a\":{}", "[".repeat(size)),
        again(r#""a":{"y":2}"#),
        again(r#""a":7"#),
        again(r#""c":null"#),
        again(r#""n":1"#),
        format!("{{\"a\":{}}}", again(r#""y":1"#)),
        format!("{{\"a\":{}}}", again(r#""\u0079":null"#)),
        format!("{{\"a\":{{{}}}}}", " ".repeat(size)),
    ] {
        for (stored, body) in [(text.as_str(), set), (set, &text), (&text, &text)] {
            assert_same_as_trees(&TEAM, stored, body);
        }
    }
}

/// The texts of nested keys: few that are often equal, and some that collide.
fn key() -> impl Strategy<Value = String> {
    let keys = vec!["x", "\\u0078", "y", "", "é", "\\u00E9", "a", "a long key, of words"];
    prop_oneof![4 => select(keys), 1 => select(COLLIDING.to_vec())].prop_map(|key| format!("\"{key}\""))
}

fn value() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "null",
        "null",
        "true",
        "0",
        "1.50",
        "-2.5e-3",
        "12345678",
        "\"\"",
        "\"{}\"",
        "\"\\ud83d\\ude00\"",
        "\"a longer string\\n\"",
        "{}",
        "[]",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 16, 5, |inner| {
        prop_oneof![
            1 => array(inner.clone()),
            4 => object(key(), inner, 0..6),
        ]
    })
}

/// Resources and bodies. Most values of a field are objects.
fn root() -> impl Strategy<Value = String> {
    let fields = select(vec![
        "\"a\"",
        "\"a\"",
        "\"\\u0061\"",
        "\"b\\\\n\\\"é\"",
        "\"b\\\\\\u006e\\u0022\\u00e9\"",
        "\"c\"",
        "\"\\u0063\"",
        "\"d\"",
        "\"b\\n\\\"é\"",
        "\"name\"",
        "\"n\\u0061me\"",
    ]);
    let other = (0..30).prop_map(|number| format!("\"attribute_{number}\""));
    let many = prop_oneof![key(), (0..40).prop_map(|number| format!("\"k{number}\""))];
    let metadata =
        prop_oneof![12 => object(key(), value(), 0..6), 1 => object(many, value(), 8..50), 2 => value()].boxed();
    prop_oneof![
        4 => object(fields.clone().prop_map(str::to_owned), metadata.clone(), 0..6),
        1 => object(prop_oneof![fields.prop_map(str::to_owned), other], metadata, 0..40),
    ]
}

fn mutated() -> impl Strategy<Value = String> {
    let pieces = json_text::pieces(&["{}", "\"a\":{},", ",\"a\":{\"x\":1}"]);
    let pieces = pieces.into_iter().map(|piece| piece.chars().collect()).collect();
    json_text::mutated(root().prop_map(|text| text.chars().collect()), pieces).prop_map(String::from_iter)
}

/// Resources with any of four fields, each in any mode.
fn resource_fields() -> impl Strategy<Value = Vec<Field<'static>>> {
    let names = vec!["a", "b\\n\"é", "c", "name"];
    let field = (select(names), any::<bool>(), any::<bool>()).prop_map(|(name, merges, absent)| {
        let cleared = if absent { Cleared::Absent } else { Cleared::Empty };
        if merges { Field::merge(name, cleared) } else { Field::replace(name, cleared) }
    });
    collection::vec(field, 0..5)
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn requests_are_updated_like_their_trees(stored in root(), body in root()) {
        for resource in [&TEAM, &CLUB] {
            assert_same_as_trees(resource, &stored, &body);
            assert_same_as_trees(resource, "{}", &body);
            if let Ok(updated) = resource.update_text(&stored, &body) {
                assert_same_as_trees(resource, &updated, &body);
                let again = resource.update_text(&updated, &body).expect("a retry");
                let [once, twice] = [updated, again].map(|text| serde_json::from_str::<Value>(&text).expect("JSON"));
                prop_assert_eq!(once, twice, "a retry changes nothing");
            }
            prop_assert_eq!(resource.create_text(&body), resource.update_text("{}", &body));
        }
    }

    #[test]
    fn flawed_requests_are_updated_like_their_trees(stored in mutated(), body in mutated(), sound in root()) {
        assert_same_as_trees(&CLUB, &stored, &sound);
        assert_same_as_trees(&CLUB, &sound, &body);
        assert_same_as_trees(&CLUB, &stored, &body);
    }

    #[test]
    fn any_resource_is_updated_like_its_tree(fields in resource_fields(), stored in root(), body in root()) {
        let resource = Resource::new("any", &fields);
        assert_same_as_trees(&resource, &stored, &body);
        assert_same_as_trees(&resource.merge_attributes(), &stored, &body);
    }

    /// The metadata of a client, and its attributes, are where the body names them.
    #[test]
    fn a_client_is_updated_like_its_tree(stored in root(), body in root()) {
        let of_a_client = |text: String| text.replace("\"a\"", "\"client_metadata\"");
        assert_same_as_trees(&CLIENT, &of_a_client(stored), &of_a_client(body));
    }
}
