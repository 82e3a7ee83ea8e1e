//! Whole requests: an update is a merge of each field by itself, all or nothing; its plan and its changes say what it does.

use metadata_merge::conformance::{self, Implementation, Reference, Refusal};
use metadata_merge::resource::{self, Action, CLIENT, Cleared, Field, Mode, ORGANIZATION, Plan, Resource, USER};
use metadata_merge::{Error, JsonType, Side, merge, strategy};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use small_scope::objects;

mod small_scope;

type Object = Map<String, Value>;

/// A resource with a field of each kind.
const TEAM: Resource = Resource {
    name: "team",
    fields: &[
        Field { name: "a", mode: Mode::Merge, cleared: Cleared::Empty },
        Field { name: "b", mode: Mode::Merge, cleared: Cleared::Absent },
        Field { name: "c", mode: Mode::Replace, cleared: Cleared::Empty },
        Field { name: "d", mode: Mode::Replace, cleared: Cleared::Absent },
    ],
};

/// The rules said another way: what becomes of one root key by itself.
fn one_key(resource: &Resource, key: &str, stored: Option<&Value>, sent: Option<&Value>) -> Result<Option<Value>, ()> {
    let Some(sent) = sent else { return Ok(stored.cloned()) };
    let Some(field) = resource.fields.iter().find(|field| field.name == key) else { return Ok(Some(sent.clone())) };
    let cleared = if field.cleared == Cleared::Empty { Some(json!({})) } else { None };
    match (field.mode, sent) {
        (Mode::Merge, sent) => {
            let merged = merge(stored.unwrap_or(&json!({})), sent).map_err(drop)?;
            Ok(if *sent == json!({}) { cleared } else { Some(merged) })
        }
        (Mode::Replace, Value::Null) => Ok(cleared),
        (Mode::Replace, Value::Object(members)) => Ok(if members.is_empty() { cleared } else { Some(sent.clone()) }),
        (Mode::Replace, _) => Err(()),
    }
}

fn wanted(resource: &Resource, stored: &Object, body: &Object) -> Result<Value, ()> {
    let mut updated = Object::new();
    for key in stored.keys().chain(body.keys()) {
        updated.extend(one_key(resource, key, stored.get(key), body.get(key))?.map(|value| (key.clone(), value)));
    }
    Ok(Value::Object(updated))
}

/// What a store does that carries out a plan.
fn carry_out(plan: &Plan, stored: &Object) -> Object {
    let mut updated = stored.clone();
    updated.extend(plan.attributes().clone());
    for (field, action) in plan.fields() {
        let new = match action {
            Action::Clear if field.cleared == Cleared::Absent => {
                updated.remove(field.name);
                continue;
            }
            Action::Clear => Object::new(),
            Action::Store(new) => new.clone(),
            Action::Merge(patch) => {
                assert!(!patch.clears() && !patch.is_omit());
                let mut document = stored.get(field.name).and_then(Value::as_object).cloned().unwrap_or_default();
                document.extend(patch.sets().map(|(key, value)| (key.to_owned(), value.clone())));
                patch.removals().for_each(|key| drop(document.remove(key)));
                document
            }
        };
        updated.insert(field.name.to_owned(), Value::Object(new));
    }
    updated
}

/// Everything that is promised of one resource, one stored object and one body.
fn check(resource: &Resource, stored: &Object, body: &Object) {
    let (stored_value, body_value) = (json!(stored), json!(body));
    let updated = resource.update(&stored_value, &body_value);
    assert_eq!(
        updated.clone().map_err(drop),
        wanted(resource, stored, body),
        "{} {stored_value} {body_value}",
        resource.name
    );

    let mut in_place = stored_value.clone();
    let done = resource.update_in_place(&mut in_place, body_value.clone());
    let Ok(updated) = updated else {
        assert_eq!(done, updated.clone().map(drop), "the same error");
        assert_eq!(in_place, stored_value, "a rejected body changes nothing");
        let (refused, planned) = (updated.map(drop), resource.plan(body_value).map(drop));
        let of_the_body = matches!(refused, Err(Error::Field { side: Side::Body, .. }));
        assert_eq!(planned, if of_the_body { refused } else { Ok(()) }, "a plan knows the body alone");
        return;
    };
    assert_eq!(in_place, updated);
    assert_eq!(resource.update(&updated, &body_value), Ok(updated.clone()), "a retry changes nothing");
    if stored.is_empty() {
        assert_eq!(resource.create(&body_value), Ok(updated.clone()), "a create is an update of nothing");
    }

    let plan = resource.plan(body_value).expect("what is applied has a plan");
    assert_eq!(Value::Object(carry_out(&plan, stored)), updated);
    assert_eq!(plan.is_omit(), body.is_empty());
    let changes = plan.changes(stored).expect("what is applied has changes");
    let alike = without_empty_fields(resource, &stored_value) == without_empty_fields(resource, &updated);
    // A field that is replaced may have held anything; that its empty form takes the place of it is no change.
    let objects = resource.fields.iter().all(|field| stored.get(field.name).is_none_or(Value::is_object));
    assert!(!objects || changes.is_empty() == alike, "{changes}\n{stored:?} {body:?}");
    assert_eq!(changes.to_string() == "no change", changes.is_empty());
}

/// The laws take an absent field and `{}` for the same.
fn without_empty_fields(resource: &Resource, value: &Value) -> Value {
    let mut value = value.clone();
    for field in resource.fields.iter().filter(|field| value.get(field.name) == Some(&json!({}))).collect::<Vec<_>>() {
        value.as_object_mut().map(|object| object.remove(field.name));
    }
    value
}

#[test]
fn an_update_is_what_becomes_of_each_field_for_every_small_request() {
    let stored = [json!(null), json!({}), json!({"x": 1}), json!({"x": null, "y": 1}), json!([])];
    let sent =
        [json!(null), json!({}), json!({"x": null}), json!({"x": 2}), json!({"y": null, "z": {"x": null}}), json!(7)];
    let mut requests = 0;
    for (keys, resource) in [
        (["a", "b"], &TEAM),
        (["c", "d"], &TEAM),
        (["a", "d"], &TEAM),
        (["user_metadata", "app_metadata"], &USER),
        (["client_metadata", "name"], &CLIENT),
        (["metadata", "name"], &ORGANIZATION),
    ] {
        for stored in objects(&keys, &stored) {
            for body in objects(&keys, &sent) {
                check(resource, &stored, &body);
                requests += 1;
            }
        }
    }
    assert_eq!(requests, 6 * 36 * 49);
}

/// A root object over the fields of [`TEAM`] and an attribute.
fn root(field: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = Object> {
    let key = prop::sample::select(vec!["a", "b", "c", "d", "name"]);
    prop::collection::vec((key, field), 0..5)
        .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn stored() -> impl Strategy<Value = Object> {
    root(strategy::document().prop_map(Value::Object).boxed())
}

fn body() -> impl Strategy<Value = Object> {
    root(strategy::body().prop_map(Value::Object).boxed())
}

/// What anyone may send.
fn any_body() -> impl Strategy<Value = Object> {
    let any = prop_oneof![6 => strategy::body().prop_map(Value::Object), 1 => strategy::json()];
    root(any.boxed())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_update_is_what_becomes_of_each_field(stored in root(strategy::json().boxed()), body in any_body()) {
        check(&TEAM, &stored, &body);
    }

    #[test]
    fn a_field_does_not_look_at_the_others(stored in stored(), body in body()) {
        let together = TEAM.update(&json!(stored), &json!(body)).expect("objects");
        let one_by_one = body.iter().fold(json!(stored), |stored, (key, sent)| {
            TEAM.update(&stored, &json!({key: sent})).expect("objects")
        });
        prop_assert_eq!(together, one_by_one);
    }

    #[test]
    fn one_bad_field_rejects_the_rest(stored in stored(), body in body(), field in 0..4_usize, bad in prop::sample::select(vec![json!(false), json!("a"), json!([])])) {
        let mut body = body;
        body.insert(TEAM.fields[field].name.to_owned(), bad.clone());
        let mut updated = json!(stored);
        let refused = TEAM.update_in_place(&mut updated, json!(body)).expect_err("a bad field");
        let (field, or_null) = (TEAM.fields[field].name.to_owned(), field >= 2);
        prop_assert_eq!(refused, Error::Field { field, side: Side::Body, or_null, found: JsonType::of(&bad) });
        prop_assert_eq!(updated, json!(stored));
    }

    #[test]
    fn the_laws_hold_where_absent_and_empty_are_the_same(stored in stored(), p in body(), q in body()) {
        let after = |bodies: &[&Object]| {
            let updated = bodies.iter().fold(json!(stored), |stored, body| TEAM.update(&stored, &json!(body)).expect("objects"));
            without_empty_fields(&TEAM, &updated)
        };
        prop_assert_eq!(after(&[&p, &p]), after(&[&p]), "a retry");
        prop_assert_eq!(after(&[&p, &q, &p]), after(&[&q, &p]), "the band law");
        // A composition by fields is one plan's worth: each key of the two bodies is sent once, or the two in a row.
        let apart = p.keys().all(|key| !q.contains_key(key));
        if apart {
            let both: Object = p.iter().chain(&q).map(|(key, value)| (key.clone(), value.clone())).collect();
            prop_assert_eq!(after(&[&both]), after(&[&p, &q]));
            prop_assert_eq!(after(&[&q, &p]), after(&[&p, &q]));
        }
    }
}

#[test]
fn every_way_to_update_passes_the_vectors() {
    let resource = |name: &str| resource::ALL.into_iter().find(|resource| resource.name == name).expect("a known name");
    conformance::check_resource(|name, stored, body| resource(name).update(stored.unwrap_or(&json!({})), body))
        .assert_conforms();
    conformance::check_resource(|name, stored, body| match stored {
        None => resource(name).create(body),
        Some(stored) => {
            let mut updated = stored.clone();
            let done = resource(name).update_in_place(&mut updated, body.clone());
            done.inspect_err(|_| assert_eq!(&updated, stored)).map(|()| updated)
        }
    })
    .assert_conforms();
    conformance::check_resource(|name, stored, body| match stored {
        None => Reference.create(name, body),
        Some(stored) => Reference.update(name, stored, body),
    })
    .assert_conforms();
}

#[test]
fn an_error_names_the_field_and_where_it_stands() {
    let refused = |stored: Value, body: Value| {
        let errors =
            [USER, ORGANIZATION].map(|resource| resource.update(&stored, &body).map_err(|error| error.to_string()));
        errors.map(|error| error.expect_err("refused"))
    };
    let body = json!({"user_metadata": null, "metadata": "secret"});
    let [user, organization] = refused(json!({}), body);
    assert_eq!(user, "the field user_metadata must be a JSON object, but is null");
    assert_eq!(organization, "the field metadata must be a JSON object or null, but is a string");
    let [user, _] = refused(json!([]), json!(7));
    assert_eq!(user, "the stored resource must be a JSON object, but is an array");
    let [user, _] = refused(json!({}), json!(7));
    assert_eq!(user, "the body must be a JSON object, but is a number");
    let stored = USER.update(&json!({"app_metadata": true}), &json!({"app_metadata": {"a": 1}, "user_metadata": {}}));
    let stored = stored.expect_err("refused").to_string();
    assert_eq!(stored, "the stored field app_metadata must be a JSON object, but is a boolean");
    let both = USER.update(&json!({"app_metadata": true}), &json!({"app_metadata": {}, "user_metadata": []}));
    let both = both.expect_err("refused").to_string();
    assert_eq!(both, "the field user_metadata must be a JSON object, but is an array", "the body is judged first");
}

#[test]
fn a_resource_of_ones_own_may_be_made_at_run_time() {
    let name = String::from("labels");
    let fields = [Field { name: &name, mode: Mode::Merge, cleared: Cleared::Absent }];
    let resource = Resource { name: "team", fields: &fields };
    let created = resource.create(&json!({"labels": {"a": 1, "b": null}, "user_metadata": {"c": null}}));
    assert_eq!(created, Ok(json!({"labels": {"a": 1}, "user_metadata": {"c": null}})));
}

#[test]
fn members_keep_their_places() {
    let stored: Value =
        serde_json::from_str(r#"{"z": 1, "app_metadata": {}, "user_metadata": {"b": 1, "a": 2}, "y": 2}"#)
            .expect("JSON");
    let body: Value =
        serde_json::from_str(r#"{"x": 3, "app_metadata": {}, "user_metadata": {"c": 3}, "z": 0}"#).expect("JSON");
    let wanted: Value =
        serde_json::from_str(r#"{"z": 0, "user_metadata": {"b": 1, "a": 2, "c": 3}, "y": 2, "x": 3}"#).expect("JSON");
    assert_eq!(USER.update(&stored, &body).expect("objects").to_string(), wanted.to_string());
    let created = USER.create(&json!({"email": "e", "user_metadata": {"b": 1, "a": 2}, "app_metadata": {"c": 1}}));
    let body = json!({"email": "e", "user_metadata": {"b": 1, "a": 2}, "app_metadata": {"c": 1}});
    assert_eq!(created.expect("objects").to_string(), body.to_string());
}

#[test]
fn the_changes_of_a_body_as_data() {
    let stored = json!({"name": "org", "metadata": {"a": 1, "b": 2}});
    let plan = ORGANIZATION
        .plan(json!({"name": "org", "display_name": "Org", "metadata": {"b": 3, "c": null}}))
        .expect("objects");
    let changes = plan.changes(stored.as_object().expect("an object")).expect("objects");
    assert!(changes.attributes().added().eq([("display_name", &json!("Org"))]));
    assert_eq!(changes.fields().map(|(name, _)| name).collect::<Vec<_>>(), ["metadata"]);
    assert_eq!(
        serde_json::to_value(&changes).expect("JSON"),
        json!({
            "attributes": {"added": {"display_name": "Org"}, "replaced": {}, "removed": {}},
            "fields": {"metadata": {"added": {"c": null}, "replaced": {"b": {"old": 2, "new": 3}}, "removed": {"a": 1}}},
        })
    );
    let stored = json!({"user_metadata": []});
    let plan = USER.plan(json!({"user_metadata": {"a": 1}})).expect("objects");
    assert!(matches!(
        plan.changes(stored.as_object().expect("an object")),
        Err(Error::Field { side: Side::Resource, .. })
    ));
}

#[test]
fn an_implementation_that_only_merges_is_not_asked_for_more() {
    let mut merges = conformance::merge_only(merge);
    assert_eq!(merges.create("user", &json!({})), Err(Refusal::Unsupported));
    assert_eq!(merges.update("user", &json!({}), &json!({})), Err(Refusal::Unsupported));
    assert_eq!(merges.limits("user", &json!({})), Err(Refusal::Unsupported));
    for name in ["", "USER", "users"] {
        assert!(matches!(Reference.create(name, &json!({})), Err(Refusal::Rejected(_))));
        assert!(matches!(Reference.update(name, &json!({}), &json!({})), Err(Refusal::Rejected(_))));
        assert!(matches!(Reference.limits(name, &json!({})), Err(Refusal::Rejected(_))));
    }
}
