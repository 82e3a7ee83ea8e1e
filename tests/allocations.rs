//! The number of allocations of each merge.

use allocation_counter::{AllocationInfo, measure};
use common::json_text::COLLIDING;
use metadata_merge::limits::{self, Check, Limit};
use metadata_merge::resource::{CLIENT, USER};
use metadata_merge::{merge_in_place, text};
use serde_json::{Value, json};

mod common;

/// A stored profile of nested values, and a body that sets, replaces and removes.
fn typical() -> (Value, Value) {
    let document = json!({
        "addresses": {"home": {"street": "123 Main Street", "city": "Anytown"}, "work": null},
        "avatar": "https://cdn.example.com/3f2b8c1e.png",
        "devices": [{"id": "d-1", "trusted": true}, {"id": "d-2", "trusted": false}],
        "hobby": "surfing",
        "language": "en-GB",
        "level": 42,
        "plan": "full",
        "tags": ["early-adopter", "beta"],
    });
    let body = json!({"addresses": {"home": {"street": "5 Side Street"}}, "hobby": null, "level": 43});
    (document, body)
}

fn flat(members: std::ops::Range<u32>) -> Value {
    members.map(|number| (format!("key_{number}"), json!(number))).collect()
}

fn in_place((mut document, body): (Value, Value)) -> AllocationInfo {
    measure(|| merge_in_place(&mut document, body).expect("objects"))
}

fn as_text((document, body): (Value, Value)) -> AllocationInfo {
    let [document, body] = [document, body].map(|value| value.to_string());
    let info = measure(|| drop(text::merge(&document, &body).expect("objects")));
    assert!(info.count_total != 1 || info.bytes_total <= (document.len() + body.len()) as u64, "one output, no larger");
    info
}

#[test]
fn a_patch_of_stored_keys_allocates_nothing_in_a_tree() {
    assert_eq!(in_place(typical()).count_total, 0);
    assert_eq!(in_place((flat(0..10_000), flat(2_000..4_000))).count_total, 0);
    let nulls =
        |members: std::ops::Range<u32>| members.map(|number| (format!("key_{number}"), Value::Null)).collect::<Value>();
    assert_eq!(in_place((flat(0..10_000), nulls(2_000..4_000))).count_total, 0);
    assert_eq!(in_place((flat(0..10), json!({}))).count_total, 0);
}

#[test]
fn a_body_moves_into_an_empty_document() {
    assert_eq!(in_place((json!({}), flat(0..1_000))).count_total, 0);
}

#[test]
fn text_allocates_its_result_alone() {
    assert_eq!(as_text(typical()).count_total, 1);
    assert_eq!(as_text((json!({"a": 1}), json!({"b": 2}))).count_total, 1);
    assert_eq!(as_text((flat(0..16), json!({"key_7": null, "new": "é\n"}))).count_total, 1);
    assert_eq!(as_text((json!({"a\n": 1, "b\"": 2}), json!({"b\"": null, "c\\": 4}))).count_total, 1, "escaped keys");
}

#[test]
fn the_allocations_of_text_do_not_grow_with_its_keys() {
    for members in [1_000, 100_000] {
        let info = as_text((flat(0..members), flat(members / 2..members + members / 10)));
        assert!(info.count_total <= 16, "{} allocations", info.count_total);
    }
}

#[test]
fn text_into_a_buffer_with_room_allocates_nothing() {
    let (document, body) = typical();
    let [document, body] = [document, body].map(|value| value.to_string());
    let mut out = String::with_capacity(document.len() + body.len());
    let info = measure(|| text::merge_into(&document, &body, &mut out).expect("objects"));
    assert_eq!(info.count_total, 0);
}

#[test]
fn an_update_over_text_allocates_its_result_alone() {
    let (document, body) = typical();
    let user = json!({"email": "jane.doe@example.com", "user_metadata": document, "app_metadata": {"plan": "full"}});
    let requests = [
        (user.clone(), json!({"email": "new@example.com", "user_metadata": body, "app_metadata": {}})),
        (user, json!({"user_metadata": {}, "app_metadata": {"plan": null}})),
        // The result is about as long as both texts.
        (json!({}), json!({"user_metadata": {"a": 1}, "app_metadata": {"a": 1}})),
        (json!({"a": 1}), json!({"user_metadata": {"a": 1}})),
        (json!({"user_metadata": {}}), json!({"user_metadata": {"a": 1}})),
        (json!({"user_metadata": {"b": 1}, "app_metadata": {}}), json!({"user_metadata": {"a": 1}})),
    ];
    for (stored, body) in requests {
        let [stored, body] = [stored, body].map(|value| value.to_string());
        let info = measure(|| assert_eq!(checked(&stored, &body), 0));
        assert_eq!((info.count_total, info.bytes_total), (1, (stored.len() + body.len()) as u64), "{stored} {body}");
        let info = measure(|| drop(USER.update_text(&stored, &body).expect("objects")));
        assert_eq!((info.count_total, info.bytes_total), (1, (stored.len() + body.len()) as u64), "{stored} {body}");
        let mut out = String::with_capacity(stored.len() + body.len());
        assert_eq!(measure(|| USER.update_text_into(&stored, &body, &mut out).expect("objects")).count_total, 0);
    }
}

/// Returns the number of violations of the service's limits.
fn checked(stored: &str, body: &str) -> usize {
    USER.update_text_checked(limits::USER, stored, body).expect("objects").violations.len()
}

/// Texts that are made to take much memory: a stored client and a body, for a number of members.
fn hostile(members: usize) -> [(String, String); 5] {
    let field = |members: Vec<String>| format!("{{\"client_metadata\":{{{}}}}}", members.join(","));
    let numbered = |prefix: &str| (0..members).map(|number| format!("\"{prefix}{number:06}\":1")).collect::<Vec<_>>();
    let colliding = COLLIDING.iter().cycle().take(members).map(|key| format!("{}:1", json!(key))).collect::<Vec<_>>();
    let attributes: Vec<_> = (0..members).map(|number| format!("\"a{number:06}\":{{\"b\":[1]}}")).collect();
    let deep = (0..members).map(|number| format!("\"{number}\":{}{}", "[".repeat(100), "]".repeat(100)));
    let (prefix, deep) = (field(numbered(&"a".repeat(40))), field(deep.collect()));
    let (repeated, attributes) = (field(colliding), format!("{{{}}}", attributes.join(",")));
    [
        (prefix.clone(), field(numbered("new"))),
        ("{}".to_owned(), prefix),
        (repeated.clone(), repeated),
        (attributes.clone(), attributes),
        ("{}".to_owned(), deep),
    ]
}

#[test]
fn limits_over_text_take_memory_in_proportion_to_it() {
    let on = |check| Limit::on("client_metadata", check);
    let holds = vec![on(Check::MaxKeys(1 << 20)), on(Check::MaxDepth(200)), Limit::whole(Check::MaxSize(1 << 30))];
    // Each key breaks a limit.
    let broken = vec![on(Check::MaxKeys(1)), on(Check::MaxKeyLength(5)), on(Check::Strings), on(Check::MaxDepth(2))];
    for (table, most) in [(holds, 16), (broken, 80)] {
        for (stored, body) in [1_000, 10_000].map(hostile).as_flattened() {
            let update = || drop(CLIENT.update_text_checked(&table, stored, body).expect("objects"));
            let bytes = (stored.len() + body.len()) as u64;
            for info in [measure(update), measure(|| drop(limits::check_text(&table, body).expect("objects")))] {
                assert!(info.bytes_max <= most * bytes, "{} for {bytes} bytes: {table:?}", info.bytes_max);
            }
        }
    }
}
