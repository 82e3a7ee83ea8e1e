//! `Patch` and `Replacement` as fields of serde structs, in JSON and in other formats.

use std::collections::BTreeMap;

use common::keeps_numbers;
use metadata_merge::Patch;
use metadata_merge::resource::{Replacement, USER};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

mod common;

#[derive(Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
struct Update {
    #[serde(default, skip_serializing_if = "Patch::is_omit")]
    user_metadata: Patch,
    #[serde(default, skip_serializing_if = "Patch::is_omit")]
    app_metadata: Patch,
}

/// Nested arrays.
fn arrays(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn a_field_has_three_states() -> serde_json::Result<()> {
    let read = |text: &str| serde_json::from_str::<Update>(text);
    assert_eq!(read("{}")?, Update::default());
    assert!(read("{}")?.user_metadata.is_omit());
    assert!(read(r#"{"user_metadata": {}}"#)?.user_metadata.is_clear());
    let update = read(r#"{"user_metadata": {"a": 1, "b": null}, "app_metadata": {}}"#)?;
    assert_eq!(update.user_metadata, Patch::omit().set("a", 1).remove("b"));
    let full = r#"{"user_metadata":{"a":1,"b":null},"app_metadata":{"c":{"d":null}}}"#;
    for text in [r#"{}"#, r#"{"user_metadata":{}}"#, full] {
        assert_eq!(serde_json::to_string(&read(text)?)?, text);
        let tree: Value = serde_json::from_str(text)?;
        assert_eq!(serde_json::to_value(serde_json::from_value::<Update>(tree.clone())?)?, tree);
    }
    Ok(())
}

#[test]
fn a_replacement_has_three_states() -> serde_json::Result<()> {
    #[derive(Deserialize, Serialize)]
    struct Team {
        #[serde(default, skip_serializing_if = "Replacement::is_omit")]
        settings: Replacement,
    }
    let read = |text: &str| serde_json::from_str::<Team>(text).map(|team| team.settings);
    assert!(read("{}")?.is_omit() && read("{}")? == Replacement::omit() && read("{}")?.get().is_none());
    for text in [r#"{"settings": null}"#, r#"{"settings": {}}"#] {
        assert!(read(text)?.is_clear() && read(text)? == Replacement::clear());
        assert_eq!(serde_json::to_string(&Team { settings: read(text)? })?, r#"{"settings":{}}"#);
    }
    let object = read(r#"{"settings": {"a": null, "b": 1}}"#)?;
    assert_eq!(object.get(), Some(&Map::from_iter([("a".to_owned(), json!(null)), ("b".to_owned(), json!(1))])));
    assert_ne!(object, Replacement::clear());
    assert_eq!(object, Replacement::try_from(json!({"b": 1.0, "a": null})).expect("an object"));
    assert_eq!(serde_json::to_string(&object)?, r#"{"a":null,"b":1}"#);
    for text in ["1", "[]", r#""{}""#, "false"] {
        assert!(read(&format!(r#"{{"settings": {text}}}"#)).is_err());
    }
    assert!(serde_json::to_string(&Replacement::omit()).is_err());
    Ok(())
}

#[test]
fn an_error_names_the_type_and_never_the_value() {
    for (text, found) in [
        ("null", "null"),
        ("false", "a boolean"),
        ("4711", "a number"),
        ("-4.711e9", "a number"),
        (r#""secret""#, "a string"),
        (r#"["secret"]"#, "an array"),
    ] {
        let expected = format!("the patch must be a JSON object, but is {found}");
        let value: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(Patch::try_from(value.clone()).map_err(|error| error.to_string()), Err(expected.clone()));
        let from_tree = serde_json::from_value::<Update>(json!({"app_metadata": value}));
        assert_eq!(from_tree.map_err(|error| error.to_string()), Err(expected.clone()));
        let from_text = serde_json::from_str::<Update>(&format!("{{\n\"app_metadata\": {text}}}"));
        let error = from_text.expect_err("rejected").to_string();
        assert!(error.starts_with(&format!("{expected} at line 2 column ")), "{error}");
    }
}

#[test]
fn a_repeated_key_has_its_last_value() -> serde_json::Result<()> {
    let patch: Patch = serde_json::from_str(r#"{"a": 1, "b": null, "a": null, "b": 2}"#)?;
    assert_eq!(patch, Patch::omit().remove("a").set("b", 2));
    Ok(())
}

#[test]
fn a_patch_without_one_body_does_not_serialize() {
    let error = serde_json::to_string(&Patch::omit()).expect_err("an omit has no body").to_string();
    assert!(error.contains("skip_serializing_if"), "{error}");
    let update = Update { user_metadata: Patch::clear().set("a", 1), ..Update::default() };
    let error = serde_json::to_value(&update).expect_err("it takes two bodies").to_string();
    assert!(error.contains("bodies()"), "{error}");
}

#[test]
fn an_option_reads_null_as_absent() -> serde_json::Result<()> {
    #[derive(Deserialize)]
    struct Wrong {
        metadata: Option<Patch>,
    }
    // The docs warn of it.
    assert_eq!(serde_json::from_str::<Wrong>(r#"{"metadata": null}"#)?.metadata, None);
    Ok(())
}

#[test]
fn flatten_and_internal_tags_read_absent_as_a_clear() -> serde_json::Result<()> {
    #[derive(Deserialize)]
    struct Flat {
        #[serde(flatten)]
        metadata: Patch,
    }
    #[derive(Deserialize)]
    #[serde(tag = "op", rename_all = "lowercase")]
    enum Tagged {
        Meta(Patch),
    }
    // The docs warn of both.
    assert!(serde_json::from_str::<Flat>("{}")?.metadata.is_clear());
    let Tagged::Meta(patch) = serde_json::from_str(r#"{"op": "meta"}"#)?;
    assert!(patch.is_clear());
    Ok(())
}

#[test]
fn more_than_126_levels_are_rejected() {
    // The patch itself is one level. serde_json's own limit is switched off by decoding a tree.
    let nested = |levels: usize| {
        let deep = (0..levels - 1).fold(json!(1), |inner, _| json!([inner]));
        serde_json::from_value::<Patch>(Value::Object(Map::from_iter([("k".to_owned(), deep)])))
    };
    assert!(nested(126).is_ok());
    let error = nested(127).expect_err("too deep").to_string();
    assert_eq!(error, "expected at most 126 levels of arrays and objects, found more");
    for (levels, accepted) in [(125, true), (126, false)] {
        let text = format!(r#"{{"k": {}}}"#, arrays(levels));
        assert_eq!(serde_json::from_str::<Patch>(&text).is_ok(), accepted);
        assert_eq!(serde_yaml_ng::from_str::<Patch>(&text).is_ok(), accepted, "YAML, {levels} levels below the root");
        let mut bytes = vec![0x81, 0xa1, b'k'];
        bytes.extend(vec![0x91; levels - 1]);
        bytes.push(0x90);
        assert_eq!(rmp_serde::from_slice::<Patch>(&bytes).is_ok(), accepted, "MessagePack");
    }
}

/// A level that is not a number, at the root and nested, in each format.
fn not_finite() -> Vec<(&'static str, Result<Patch, String>)> {
    let mut decoded = Vec::new();
    for number in [".nan", ".inf", "-.inf"] {
        for text in [format!("{{level: {number}, seats: 3}}"), format!("{{a: [{{level: [1, {number}]}}]}}")] {
            decoded.push(("YAML", serde_yaml_ng::from_str(&text).map_err(|error| error.to_string())));
        }
    }
    for number in ["nan", "inf", "-inf"] {
        for text in [format!("level = {number}\nseats = 3"), format!("[a.b]\nlevel = [{number}]")] {
            decoded.push(("TOML", toml::from_str(&text).map_err(|error| error.to_string())));
        }
    }
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let root = BTreeMap::from([("level", number)]);
        let nested = BTreeMap::from([("a", [root.clone()])]);
        for bytes in [cbor(&root), cbor(&nested)] {
            decoded.push(("CBOR", ciborium::from_reader(&*bytes).map_err(|error| error.to_string())));
        }
        for bytes in [rmp_serde::to_vec(&root), rmp_serde::to_vec(&nested)] {
            let bytes = bytes.expect("MessagePack");
            decoded.push(("MessagePack", rmp_serde::from_slice(&bytes).map_err(|error| error.to_string())));
        }
    }
    decoded
}

fn cbor(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("CBOR");
    bytes
}

#[test]
fn a_number_that_is_not_finite_is_rejected_by_its_key() {
    for (format, decoded) in not_finite() {
        let error = decoded.expect_err(format);
        // CBOR's decoder quotes the message.
        let error = error.replace('\\', "");
        assert!(error.contains(r#"the number under the key "level" is not finite"#), "{format}: {error}");
    }
}

#[test]
fn a_replacement_rejects_a_number_that_is_not_finite() {
    let error = serde_yaml_ng::from_str::<Replacement>("{level: .nan}").expect_err("rejected").to_string();
    assert!(error.contains(r#""level" is not finite"#), "{error}");
}

#[test]
fn formats_with_named_fields_carry_the_three_states() {
    let updates = [
        Update::default(),
        Update { user_metadata: Patch::clear(), ..Update::default() },
        Update { app_metadata: Patch::clear(), ..Update::default() },
        Update {
            user_metadata: Patch::omit().set("a", json!({"b": [1, "é", true, 2.5]})),
            app_metadata: Patch::omit().set("n", -3),
        },
    ];
    for update in updates {
        let text = serde_yaml_ng::to_string(&update).expect("YAML");
        assert_eq!(serde_yaml_ng::from_str::<Update>(&text).expect("YAML"), update);
        let text = toml::to_string(&update).expect("TOML");
        assert_eq!(toml::from_str::<Update>(&text).expect("TOML"), update);
        assert_eq!(ciborium::from_reader::<Update, _>(&*cbor(&update)).expect("CBOR"), update);
        let bytes = rmp_serde::to_vec_named(&update).expect("MessagePack");
        assert_eq!(rmp_serde::from_slice::<Update>(&bytes).expect("MessagePack"), update);
    }
}

#[test]
fn a_removal_survives_where_the_format_has_null() {
    let patch = Patch::omit().set("a", "x").remove("b");
    let text = serde_yaml_ng::to_string(&patch).expect("YAML");
    assert_eq!(serde_yaml_ng::from_str::<Patch>(&text).expect("YAML"), patch);
    assert_eq!(ciborium::from_reader::<Patch, _>(&*cbor(&patch)).expect("CBOR"), patch);
    let bytes = rmp_serde::to_vec(&patch).expect("MessagePack");
    assert_eq!(rmp_serde::from_slice::<Patch>(&bytes).expect("MessagePack"), patch);
    assert!(toml::to_string(&patch).is_err(), "TOML has no null");
}

#[test]
fn exact_numbers_are_private_structs_in_other_formats() {
    let bytes = rmp_serde::to_vec(&Patch::omit().set("a", 1)).expect("MessagePack");
    let read = rmp_serde::from_slice::<Patch>(&bytes).expect("MessagePack");
    // The docs warn of it.
    let expected = if keeps_numbers() { json!(["1"]) } else { json!(1) };
    assert_eq!(read, Patch::omit().set("a", expected));
}

#[test]
fn compact_messagepack_shifts_the_field_after_a_skipped_one() {
    let update = Update { app_metadata: Patch::clear(), ..Update::default() };
    let bytes = rmp_serde::to_vec(&update).expect("MessagePack");
    let shifted = rmp_serde::from_slice::<Update>(&bytes).expect("MessagePack");
    // The docs warn of it.
    assert!(shifted.user_metadata.is_clear() && shifted.app_metadata.is_omit());
}

#[test]
fn a_patch_is_written_with_its_length() {
    let patch = Patch::omit().set("a", "x").remove("b");
    // Postcard writes the length first, and cannot write a map without one.
    let bytes = postcard::to_allocvec(&patch).expect("postcard");
    let map = Map::from_iter([("a".to_owned(), json!("x")), ("b".to_owned(), json!(null))]);
    assert_eq!((bytes[0], &bytes), (2, &postcard::to_allocvec(&map).expect("postcard")));
    assert!(postcard::from_bytes::<Patch>(&bytes).is_err(), "postcard does not describe itself");
    let document = Map::from_iter([("a".to_owned(), json!("y")), ("c".to_owned(), json!("z"))]);
    assert!(postcard::to_allocvec(&patch.changes(&document)).is_ok());
    let (base, mine) = (Map::new(), Map::from_iter([("a".to_owned(), json!("x"))]));
    let reconciliation = Patch::reconcile(&base, &mine, &document).expect("no root null");
    assert!(postcard::to_allocvec(&reconciliation).is_ok());
    let reconciliation = USER.reconcile(&base, &mine, &document).expect("no root null");
    assert!(postcard::to_allocvec(&reconciliation).is_ok());
    let plan = USER.plan(json!({"user_metadata": {"a": "x"}, "name": "n"})).expect("a body");
    assert!(postcard::to_allocvec(&plan.changes(&document).expect("a user")).is_ok());
}

#[test]
fn a_toml_date_is_an_object_with_a_private_key() {
    let date = |text: &str| json!({"$__toml_private_datetime": text});
    let patch: Patch = toml::from_str("day = 2026-11-26\n[a]\ntime = 2026-11-26T10:00:00Z").expect("TOML");
    let expected = Patch::omit().set("day", date("2026-11-26")).set("a", json!({"time": date("2026-11-26T10:00:00Z")}));
    assert_eq!(patch, expected);
    // YAML has no such type in serde: a date is a string.
    let patch: Patch = serde_yaml_ng::from_str("day: 2026-11-26").expect("YAML");
    assert_eq!(patch, Patch::omit().set("day", "2026-11-26"));
}

#[test]
fn tags_bytes_and_extensions_are_rejected() {
    let yaml = |text: &str| serde_yaml_ng::from_str::<Patch>(text).expect_err("rejected").to_string();
    assert!(yaml("{a: !tag {b: 1}}").contains("expected a JSON value"));
    assert!(yaml("{a: [!tag 1]}").contains("expected a JSON value"));
    let a = [0xa1, 0x61, b'a'];
    for value in [&[0xc1, 0x01][..], &[0x41, 0x01]] {
        let bytes = [&a[..], value].concat();
        let error = ciborium::from_reader::<Patch, _>(&*bytes).expect_err("a tag, a byte string").to_string();
        assert!(error.contains("expected a JSON value"), "{error}");
    }
    let a = [0x81, 0xa1, b'a'];
    for value in [&[0xc4, 1, 1][..], &[0xd4, 1, 1], &[0xd6, 0xff, 0, 0, 0, 1]] {
        let bytes = [&a[..], value].concat();
        let error = rmp_serde::from_slice::<Patch>(&bytes).expect_err("bytes, an extension, a time").to_string();
        assert!(error.contains("expected a JSON value"), "{error}");
    }
    // CBOR's big integers are numbers, if they fit.
    let big = [0xa1, 0x61, b'a', 0xc2, 0x41, 0x01];
    assert_eq!(ciborium::from_reader::<Patch, _>(&big[..]).expect("CBOR"), Patch::omit().set("a", 1));
}
