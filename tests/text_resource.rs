//! `Resource::update_text` against decoding, updating and encoding; and what it promises beyond: bytes, errors, buffers.

use json_text::{array, beyond_f64, config, object};
use metadata_merge::resource::{self, CLIENT, Cleared, Field, Mode, ORGANIZATION, Resource, USER};
use metadata_merge::{Error, JsonType, Side, conformance, text};
use proptest::prelude::*;
use proptest::sample::select;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

mod json_text;

/// A resource with a field of each kind; one of them has a name that no text writes as it is.
const TEAM: Resource = Resource {
    name: "team",
    fields: &[
        Field { name: "a", mode: Mode::Merge, cleared: Cleared::Empty },
        Field { name: "b\\n\"é", mode: Mode::Merge, cleared: Cleared::Absent },
        Field { name: "c", mode: Mode::Replace, cleared: Cleared::Empty },
        Field { name: "d", mode: Mode::Replace, cleared: Cleared::Absent },
        // Of two with the same name, the first counts.
        Field { name: "a", mode: Mode::Replace, cleared: Cleared::Absent },
    ],
};

/// The members of an object in the order of its text, repeated keys included; of anything else, none.
#[derive(Default)]
struct Members(Vec<(String, Members)>);

impl Members {
    fn last(&self, key: &str) -> Option<&Members> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, members)| members)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Members;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("JSON")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Members, A::Error> {
                while items.next_element::<Members>()?.is_some() {}
                Ok(Members::default())
            }
            fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Members, E> {
                Ok(Members::default())
            }
            fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Members, E> {
                Ok(Members::default())
            }
            fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Members, E> {
                Ok(Members::default())
            }
            fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Members, E> {
                Ok(Members::default())
            }
            fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Members, E> {
                Ok(Members::default())
            }
            fn visit_unit<E: serde::de::Error>(self) -> Result<Members, E> {
                Ok(Members::default())
            }
        }
        deserializer.deserialize_any(Any)
    }
}

fn members(text: &str) -> Members {
    serde_json::from_str(text).unwrap_or_else(|error| unreachable!("{error}: {text}"))
}

/// What the tree makes of a request whose texts both are JSON. The error is the one that is due in the text's order.
fn tree(resource: &Resource, stored: &Value, body: &Value, body_text: &str) -> Result<Value, Error> {
    let updated = resource.update(stored, body);
    let Some(Error::Field { .. }) = updated.as_ref().err() else { return updated };
    let mut order: Vec<String> = Vec::new();
    for (key, _) in members(body_text).0 {
        order.retain(|earlier| *earlier != key);
        order.push(key);
    }
    let alone =
        |stored: &Value| order.iter().try_for_each(|key| resource.update(stored, &json!({key: body[key]})).map(drop));
    alone(&json!({}))?;
    alone(stored)?;
    updated
}

/// Whether both refuse with the same error, or both give the same value; panics otherwise.
#[track_caller]
fn agree(resource: &Resource, stored: &str, body: &str) {
    let case = || format!("{} {stored:?} {body:?}", resource.name);
    let updated = resource.update_text(stored, body);
    let mut out = String::from("é");
    let done = resource.update_text_into(stored, body, &mut out);
    assert_eq!(
        (out.strip_prefix('é'), done),
        (Some(updated.as_deref().unwrap_or("")), updated.clone().map(drop)),
        "{}",
        case()
    );

    let decoded = [stored, body].map(serde_json::from_str::<Value>);
    if decoded.iter().filter_map(|decoded| decoded.as_ref().err()).any(beyond_f64) {
        return;
    }
    let [Ok(stored_tree), Ok(body_tree)] = decoded else {
        // The same as a merge of the two says of them, by other names.
        let of_a_request = |side| if side == Side::Document { Side::Resource } else { Side::Body };
        let wanted = match text::merge(stored, body) {
            Err(Error::Syntax { side, line, column, wanted, found }) => {
                Err(Error::Syntax { side: of_a_request(side), line, column, wanted, found })
            }
            Err(Error::NotAnObject { side, found }) => Err(Error::NotAnObject { side: of_a_request(side), found }),
            other => other,
        };
        assert!(wanted.is_err());
        return assert_eq!(updated, wanted, "{}", case());
    };
    let wanted = tree(resource, &stored_tree, &body_tree, body);
    let (Ok(text), Ok(wanted)) = (&updated, &wanted) else {
        assert_eq!(updated.map(|text| json!(text)), wanted, "{}", case());
        return;
    };
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| unreachable!("{error}: {text} {}", case()));
    assert_eq!(value, *wanted, "{text} {}", case());
    // Each root key once, and in each field that was merged.
    let once = |members: &Members, value: &Value| {
        assert_eq!(Some(members.0.len()), value.as_object().map(Map::len), "{text} {}", case())
    };
    let written = members(text);
    once(&written, &value);
    for field in resource.fields.iter().filter(|field| field.mode == Mode::Merge && body_tree.get(field.name).is_some())
    {
        if let Some(members) = written.last(field.name) {
            once(members, &value[field.name]);
        }
    }
}

#[test]
fn the_vectors_pass_through_text() {
    conformance::check_resource(|name, stored, body| {
        let resource = resource::ALL.into_iter().find(|resource| resource.name == name).expect("a known name");
        let body = body.to_string();
        let updated = match stored {
            None => resource.create_text(&body),
            Some(stored) => resource.update_text(&stored.to_string(), &body),
        };
        updated.map(|text| serde_json::from_str(&text).expect("JSON"))
    })
    .assert_conforms();
}

#[test]
fn what_is_not_touched_keeps_its_bytes() {
    let user = "{\n  \"n\\u0061me\" : \"J\\u0061ne\",\n  \"user_metadata\": {\n    \"hobby\" : \"surfing\",\n    \"level\": 1.50\n  },\n  \"app_metadata\" :{ \"plan\":1E0 }\n}\n";
    let cases = [
        (r#"{}"#, user.to_owned()),
        (r#"{"name":null}"#, user.replace(r#""J\u0061ne""#, "null")),
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
        agree(&USER, user, body);
    }
    let others = [
        // stored, body, updated
        (
            USER,
            r#"{}"#,
            "{ \"name\": null ,\n \"user_metadata\" : { \"a\" : 1, \"b\": null } }",
            "{ \"name\": null ,\n \"user_metadata\" : { \"a\" : 1}}",
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
        agree(&resource, stored, body);
    }
}

#[test]
fn of_a_repeated_key_the_last_value_counts_and_the_key_is_written_once() {
    let cases = [
        // In what is stored.
        (r#"{"a":{"x":1},"n":1,"a":{"y":1}}"#, r#"{"a":{"z":1}}"#, r#"{"n":1,"a":{"y":1,"z":1}}"#),
        (r#"{"a":7,"\u0061":{"y":1}}"#, r#"{"a":{"z":1}}"#, r#"{"\u0061":{"y":1,"z":1}}"#),
        (r#"{"a":7,"a":{"y":1}}"#, r#"{"a":{}}"#, r#"{"a":{}}"#),
        (r#"{"a":{"x":1,"y":2,"x":3}}"#, r#"{"a":{"z":1}}"#, r#"{"a":{"y":2,"x":3,"z":1}}"#),
        (r#"{"n":1,"m":2,"n":3}"#, r#"{"a":{}}"#, r#"{"m":2,"n":3,"a":{}}"#),
        (r#"{"c":1,"c":2}"#, r#"{"c":null}"#, r#"{"c":{}}"#),
        (r#"{"n":1,"n":2}"#, r#"{"n":null}"#, r#"{"n":null}"#),
        // What the body does not carry is not looked into.
        (r#"{"a":{"x":1,"x":2}}"#, r#"{"n":1}"#, r#"{"a":{"x":1,"x":2},"n":1}"#),
        // In the body.
        (r#"{"a":{"x":1}}"#, r#"{"a":{},"a":{"y":1}}"#, r#"{"a":{"x":1,"y":1}}"#),
        (r#"{"a":{"x":1}}"#, r#"{"a":{"y":1},"\u0061":{}}"#, r#"{"a":{}}"#),
        (r#"{"a":{"x":1}}"#, r#"{"a":7,"a":{"x":null,"x":2,"y":2,"y":null}}"#, r#"{"a":{"x":2}}"#),
        (r#"{}"#, r#"{"n":1,"a":{"x":1,"x":2},"n":null}"#, r#"{"a":{"x":2},"n":null}"#),
    ];
    for (stored, body, wanted) in cases {
        assert_eq!(TEAM.update_text(stored, body).as_deref(), Ok(wanted), "{stored} {body}");
        agree(&TEAM, stored, body);
    }
    for (stored, body) in [(r#"{"a":{},"a":7}"#, r#"{"a":{"x":1}}"#), (r#"{"a":{}}"#, r#"{"a":{"x":1},"a":7}"#)] {
        assert!(
            matches!(TEAM.update_text(stored, body), Err(Error::Field { found: JsonType::Number, .. })),
            "{stored} {body}"
        );
        agree(&TEAM, stored, body);
    }
}

#[test]
fn the_order_of_judgement() {
    let side = |stored: &str, body: &str| {
        agree(&USER, stored, body);
        match USER.update_text(stored, body) {
            Err(Error::Syntax { side, .. }) => format!("{side}, syntax"),
            Err(Error::NotAnObject { side, .. }) => format!("{side}, no object"),
            Err(Error::Field { field, side, .. }) => format!("{side}, {field}"),
            other => format!("{other:?}"),
        }
    };
    // What is stored, then the body.
    for body in ["{", "[]", r#"{"user_metadata":null}"#, r#"{"user_metadata":{"a":1}}"#, "{}"] {
        assert_eq!(side(r#"{"user_metadata":[1,]}"#, body), "stored resource, syntax");
        assert_eq!(side(r#"{"user_metadata":7"#, body), "stored resource, syntax");
        assert_eq!(side("7", body), "stored resource, no object");
    }
    let stored = r#"{"app_metadata":7,"user_metadata":"x"}"#;
    assert_eq!(side(stored, r#"{"user_metadata":null"#), "body, syntax");
    assert_eq!(side(stored, "[]"), "body, no object");
    // All of the body's fields, in its own order, and then what is stored under them, in the same.
    assert_eq!(side(stored, r#"{"user_metadata":{"a":1},"app_metadata":[]}"#), "body, app_metadata");
    assert_eq!(side(stored, r#"{"user_metadata":1,"app_metadata":2}"#), "body, user_metadata");
    assert_eq!(side(stored, r#"{"app_metadata":2,"user_metadata":1}"#), "body, app_metadata");
    assert_eq!(side(stored, r#"{"user_metadata":{},"app_metadata":{"a":1}}"#), "stored resource, user_metadata");
    assert_eq!(side(stored, r#"{"app_metadata":{},"x":1,"user_metadata":{}}"#), "stored resource, app_metadata");
    // Of a repeated field the last is looked at.
    assert_eq!(side("{}", r#"{"user_metadata":1,"app_metadata":2,"user_metadata":3}"#), "body, app_metadata");
    assert_eq!(
        side(stored, r#"{"email":"e"}"#),
        r#"Ok("{\"app_metadata\":7,\"user_metadata\":\"x\",\"email\":\"e\"}")"#
    );
}

#[test]
fn an_error_stands_where_it_does_in_the_whole_text() {
    let error = |stored: &str, body: &str| CLIENT.update_text(stored, body).expect_err("refused").to_string();
    let stored = "{\n  \"name\": \"My App\",\n  \"client_metadata\": {\n    \"a\": 1,\n    \"b\" 2\n  }\n}";
    assert_eq!(
        error(stored, r#"{"client_metadata":{"a":2}}"#),
        "the stored resource cannot be read at line 5, column 9: expected `:`, but found a digit"
    );
    assert_eq!(error("{}", stored), "the body cannot be read at line 5, column 9: expected `:`, but found a digit");
    let deep =
        |depth: usize| format!("{{\"client_metadata\":{{\"k\":{}{}}}}}", "[".repeat(depth - 2), "]".repeat(depth - 2));
    for (stored, body) in
        [(deep(128), deep(3)), (deep(3), deep(128)), (deep(127), deep(127)), (deep(128), "{}".to_owned())]
    {
        agree(&CLIENT, &stored, &body);
    }
    assert!(CLIENT.update_text(&deep(127), &deep(127)).is_ok());
    assert_eq!(
        error(&deep(128), &deep(3)),
        "the stored resource cannot be read at line 1, column 150: expected no more than 127 levels of arrays and objects, but found `[`"
    );
    assert_eq!(
        error("{}", r#"{"client_metadata":[]}"#),
        "the field client_metadata must be a JSON object, but is an array"
    );
    assert_eq!(
        error(r#"{"client_metadata":true}"#, r#"{"client_metadata":{"a":1}}"#),
        "the stored field client_metadata must be a JSON object, but is a boolean"
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
fn every_cut_and_every_change_of_a_request_is_judged_as_trees_do() {
    for (stored, body) in REQUESTS {
        agree(&TEAM, stored, body);
        for (whole, other, swap) in [(stored, body, false), (body, stored, true)] {
            let check = |text: &str| if swap { agree(&TEAM, other, text) } else { agree(&TEAM, text, other) };
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

/// Each field stored and sent in every way, alone and beside another one, printed in several ways.
#[test]
fn every_small_request_is_updated_as_trees_do() {
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
                agree(&TEAM, &stored, &body);
                requests += 1;
            }
        }
    }
    assert_eq!(requests, 8 * 64 * 100);
}

#[test]
fn a_flaw_at_the_end_changes_nothing() {
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
fn hostile_requests_come_to_the_same_end() {
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
            agree(&TEAM, stored, body);
        }
    }
}

/// A key below the root: few, which repeat.
fn key() -> impl Strategy<Value = String> {
    let keys = vec!["x", "\\u0078", "y", "", "é", "\\u00E9", "a", "a long key, of words"];
    select(keys).prop_map(|key| format!("\"{key}\""))
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

/// A resource or a body: what stands in a field is an object in most cases.
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
    let metadata = prop_oneof![6 => object(key(), value(), 0..6), 1 => value()].boxed();
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

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn generated_requests_are_updated_as_trees_do(stored in root(), body in root()) {
        agree(&TEAM, &stored, &body);
        agree(&TEAM, "{}", &body);
        if let Ok(updated) = TEAM.update_text(&stored, &body) {
            agree(&TEAM, &updated, &body);
            let [once, twice] = [&updated, &TEAM.update_text(&updated, &body).expect("a retry")]
                .map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
            prop_assert_eq!(once, twice, "a retry changes nothing");
        }
        prop_assert_eq!(TEAM.create_text(&body), TEAM.update_text("{}", &body));
    }

    #[test]
    fn mutated_requests_are_judged_as_trees_do(stored in mutated(), body in mutated(), sound in root()) {
        agree(&TEAM, &stored, &sound);
        agree(&TEAM, &sound, &body);
        agree(&TEAM, &stored, &body);
    }

    #[test]
    fn a_resource_without_fields_has_attributes_alone(stored in root(), body in root()) {
        agree(&Resource { name: "plain", fields: &[] }, &stored, &body);
    }
}
