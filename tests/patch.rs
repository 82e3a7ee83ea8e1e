//! What `Patch` promises beyond the rules: its builder, its equality, its three states in a serde struct, its refusals.

use metadata_merge::{Error, JsonType, Patch, Side, merge, merge_in_place};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
struct Update {
    #[serde(default, skip_serializing_if = "Patch::is_omit")]
    user_metadata: Patch,
    #[serde(default, skip_serializing_if = "Patch::is_omit")]
    app_metadata: Patch,
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => unreachable!("{other} is no object"),
    }
}

fn bodies(patch: Patch) -> Vec<Value> {
    patch.bodies().map(Value::Object).collect()
}

#[test]
fn the_last_word_on_a_key_counts() {
    assert_eq!(bodies(Patch::omit().set("a", 1).remove("a").set("a", 2)), [json!({"a": 2})]);
    assert_eq!(bodies(Patch::omit().set("a", 1).set("a", Value::Null)), [json!({"a": null})]);
    assert_eq!(bodies(Patch::clear().set("a", 1).remove("a")), [json!({})]);
}

#[test]
fn a_removal_alone_is_no_clear_and_no_omit() {
    let patch = Patch::omit().remove("a");
    assert!(!patch.is_omit() && !patch.clears());
    assert_eq!(bodies(patch), [json!({"a": null})]);
}

#[test]
fn a_clear_takes_its_sets_in_a_second_body_and_drops_its_removals() {
    let patch = Patch::clear().remove("a").set("b", 1).remove("c");
    assert_eq!(patch.removals().count(), 0);
    assert!(patch.sets().eq([("b", &json!(1))]));
    assert_eq!(patch.clone().bodies().len(), 2);
    assert_eq!(bodies(patch), [json!({}), json!({"b": 1})]);
}

#[test]
fn equal_patches_act_alike_whatever_their_making() {
    assert_eq!(Patch::clear().remove("a"), Patch::clear());
    assert_eq!(Patch::omit().set("a", 1).set("b", 2), Patch::omit().set("b", 2).set("a", 1));
    assert_eq!(format!("{:?}", Patch::clear().remove("a")), format!("{:?}", Patch::clear()));
    assert_eq!(
        format!("{:?}", Patch::omit().set("a", 1).remove("b")),
        r#"Patch { clears: false, sets: [("a", Number(1))], removals: ["b"] }"#
    );
    assert_ne!(Patch::omit(), Patch::clear());
    assert_ne!(Patch::omit().remove("a"), Patch::omit().remove("b"));
    assert_ne!(Patch::omit().remove("a"), Patch::omit().set("a", 1));
    assert_ne!(Patch::omit().set("a", 1), Patch::omit().set("a", 2));
    assert_ne!(Patch::omit().set("a", 1), Patch::omit().set("b", 1));
    assert_ne!(Patch::clear().set("a", 1), Patch::omit().set("a", 1));
    assert_ne!(Patch::omit().set("a", 1), Patch::omit().set("a", 1).remove("b"));
}

#[test]
fn a_field_is_absent_or_empty_or_an_object() -> serde_json::Result<()> {
    let read = |text: &str| serde_json::from_str::<Update>(text);
    assert_eq!(read("{}")?, Update::default());
    assert!(read("{}")?.user_metadata.is_omit());
    assert_eq!(read(r#"{"user_metadata": {}}"#)?.user_metadata, Patch::clear());
    let update = read(r#"{"user_metadata": {"a": 1, "b": null}, "app_metadata": {}}"#)?;
    assert_eq!(update.user_metadata, Patch::omit().set("a", 1).remove("b"));
    for text in
        [r#"{}"#, r#"{"user_metadata":{}}"#, r#"{"user_metadata":{"a":1,"b":null},"app_metadata":{"c":{"d":null}}}"#]
    {
        assert_eq!(serde_json::to_string(&read(text)?)?, text);
        let tree: Value = serde_json::from_str(text)?;
        assert_eq!(serde_json::to_value(serde_json::from_value::<Update>(tree.clone())?)?, tree);
    }
    Ok(())
}

#[test]
fn a_repeated_key_has_its_last_value() -> serde_json::Result<()> {
    let patch: Patch = serde_json::from_str(r#"{"a": 1, "b": null, "a": null, "b": 2}"#)?;
    assert_eq!(patch, Patch::omit().remove("a").set("b", 2));
    Ok(())
}

#[test]
fn a_field_that_is_no_object_is_refused_without_its_value() {
    for (text, found) in [
        ("null", "null"),
        ("false", "a boolean"),
        ("4711", "a number"),
        ("-4.711e9", "a number"),
        (r#""secret""#, "a string"),
        (r#"["secret"]"#, "an array"),
    ] {
        let wanted = format!("the patch must be a JSON object, but is {found}");
        let value: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(Patch::try_from(value.clone()).map_err(|error| error.to_string()), Err(wanted.clone()));
        let from_tree = serde_json::from_value::<Update>(json!({"app_metadata": value}));
        assert_eq!(from_tree.map_err(|error| error.to_string()), Err(wanted.clone()));
        let from_text = serde_json::from_str::<Update>(&format!("{{\n\"app_metadata\": {text}}}"));
        let error = from_text.expect_err("refused").to_string();
        assert!(error.starts_with(&format!("{wanted} at line 2 column ")), "{error}");
    }
}

#[test]
fn a_patch_that_no_one_body_says_does_not_serialize() {
    let error = serde_json::to_string(&Patch::omit()).expect_err("an omit has no body").to_string();
    assert!(error.contains("skip_serializing_if"), "{error}");
    let update = Update { user_metadata: Patch::clear().set("a", 1), ..Update::default() };
    let error = serde_json::to_value(&update).expect_err("it takes two bodies").to_string();
    assert!(error.contains("bodies()"), "{error}");
}

#[test]
fn an_error_says_what_was_found_and_on_which_side() {
    for (value, found) in [
        (json!(null), JsonType::Null),
        (json!(true), JsonType::Boolean),
        (json!(1), JsonType::Number),
        (json!("a"), JsonType::String),
        (json!([]), JsonType::Array),
    ] {
        let [patch, document] = [Side::Patch, Side::Document].map(|side| Err(Error::NotAnObject { side, found }));
        assert_eq!(merge(&json!({}), &value).map(drop), patch);
        assert_eq!(merge(&value, &json!({})).map(drop), document);
        assert_eq!(merge(&value, &value).map(drop), document, "the document is judged first");
        let mut stored = json!({"a": 1});
        assert_eq!(merge_in_place(&mut stored, value.clone()), patch);
        assert_eq!(stored, json!({"a": 1}));
        for body in [json!({}), value.clone()] {
            let mut stored = value.clone();
            assert_eq!(merge_in_place(&mut stored, body), document);
            assert_eq!(stored, value);
        }
    }
    assert_eq!(JsonType::of(&json!({})), JsonType::Object);
}

#[test]
fn no_patch_makes_a_root_null_and_the_error_names_its_key() {
    let [none, null, one] = [json!({}), json!({"k": null}), json!({"k": 1})].map(object);
    let refused = Err(Error::RootNull { key: "k".to_owned() });
    assert_eq!(Patch::diff(&none, &null), refused);
    assert_eq!(Patch::diff(&one, &null), refused);
    assert_eq!(Patch::diff(&null, &null), Ok(Patch::omit()), "a null that is there already is no difference");
    assert_eq!(Patch::diff(&null, &one), Ok(Patch::omit().set("k", 1)));
    assert_eq!(Patch::diff(&null, &none), Ok(Patch::omit().remove("k")));
    assert_eq!(Patch::omit().set("k", 1).undo(&null), refused);
    assert_eq!(Patch::omit().remove("k").undo(&null), refused);
    assert_eq!(Patch::clear().undo(&null), refused);
    assert_eq!(Patch::omit().set("other", 1).undo(&null), Ok(Patch::omit().remove("other")));
    let nested = object(json!({"k": {"n": null}}));
    assert_eq!(
        Patch::diff(&none, &nested),
        Ok(Patch::omit().set("k", json!({"n": null}))),
        "below the root, null is data"
    );
}

#[test]
fn nothing_empties_a_document_by_clearing_it() -> Result<(), Error> {
    let full = object(json!({"a": 1, "b": {"c": 2}}));
    let emptied = Patch::diff(&full, &Map::new())?;
    assert_eq!(bodies(emptied), [json!({"a": null, "b": null})]);
    let undone = Patch::omit().set("a", 1).undo(&Map::new())?;
    assert_eq!(bodies(undone), [json!({"a": null})]);
    assert_eq!(bodies(Patch::diff(&full, &full)?), [json!(null); 0]);
    assert_eq!(bodies(Patch::clear().undo(&Map::new())?), [json!(null); 0]);
    Ok(())
}

#[test]
fn changes_are_only_what_really_changes() {
    let document = object(json!({"a": 1, "b": {"c": 2}, "d": null}));
    let patch = Patch::omit().set("a", 1).set("b", json!({})).set("d", 4).set("e", 5).remove("f");
    let changes = patch.changes(&document);
    assert!(changes.added().eq([("e", &json!(5))]));
    assert!(changes.replaced().eq([("b", &json!({"c": 2}), &json!({})), ("d", &json!(null), &json!(4))]));
    assert_eq!(changes.removed().len(), 0);
    assert_eq!(
        serde_json::to_value(&changes).expect("JSON"),
        json!({"added": {"e": 5}, "replaced": {"b": {"old": {"c": 2}, "new": {}}, "d": {"old": null, "new": 4}}, "removed": {}}),
    );
    assert!(Patch::clear().changes(&Map::new()).is_empty());
    let cleared = Patch::clear().set("a", 1).set("b", 2);
    let changes = cleared.changes(&document);
    assert!(changes.removed().eq([("d", &json!(null))]), "what a clear sets again is not removed");
    assert!(changes.replaced().eq([("b", &json!({"c": 2}), &json!(2))]));
}

/// A million levels: anything that looked into such a value level by level would end the process.
#[test]
fn what_is_only_moved_may_be_nested_without_bound() {
    let deep = || (0..1_000_000).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    let mut document = json!({"kept": 0, "gone": 1, "same": "text"});
    document["kept"] = deep();
    let mut body = Map::new();
    body.insert("new".to_owned(), deep());
    body.insert("gone".to_owned(), Value::Null);
    body.insert("same".to_owned(), deep());
    let patch = Patch::from(body).then(Patch::omit().set("newer", deep())).set("newest", deep());
    let text = patch.changes(document.as_object().expect("an object")).to_string();
    assert!(text.contains(r#"~ "same": "text" -> [[["#) && text.len() < 2_000);
    let only = patch.bodies().next().expect("one body");
    assert_eq!(merge_in_place(&mut document, Value::Object(only)), Ok(()));
    let keys: Vec<_> = document.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys.len(), 5);
    // Dropping such a value is serde_json's affair, and recurses.
    std::mem::forget(document);
}
