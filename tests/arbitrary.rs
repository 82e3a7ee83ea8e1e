//! Generated samples reach all that bodies and documents may hold, and nothing that they may not.

#![cfg(feature = "arbitrary")]

use std::collections::BTreeSet;

use arbitrary::{Arbitrary, Unstructured};
use metadata_merge::conformance::{Reference, merge_only};
use metadata_merge::laws::{self, Profile, Sample};
use metadata_merge::merge;
use serde_json::{Map, Value, json};

/// Returns random numbers that follow from `seed`.
fn random(seed: usize) -> impl FnMut() -> u64 {
    let mut state = seed as u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    }
}

fn samples(profile: Profile, count: usize) -> impl Iterator<Item = Sample> {
    (1..=count).map(move |seed| {
        let mut next = random(seed);
        Sample::generate(profile, |bound| next() as usize % bound)
    })
}

/// The first choice among ten tells which kind a sample is.
const NARROW: usize = 0;
const WIDE: usize = 9;

fn samples_of(kind: usize, profile: Profile, count: usize) -> impl Iterator<Item = Sample> {
    (1..=count).map(move |seed| {
        let (mut first, mut next) = (Some(kind), random(seed));
        Sample::generate(profile, |bound| first.take().unwrap_or_else(|| next() as usize % bound))
    })
}

fn all(sample: &Sample) -> impl Iterator<Item = &Value> {
    sample.documents.iter().chain(&sample.patches)
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

/// Returns a value and all values in it.
fn values(value: &Value) -> Vec<&Value> {
    let mut found = vec![value];
    let mut seen = 0;
    while let Some(value) = found.get(seen).copied() {
        seen += 1;
        found.extend(value.as_array().into_iter().flatten());
        found.extend(value.as_object().into_iter().flat_map(Map::values));
    }
    found
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Fails if one of the names is never reached.
fn assert_reached(samples: impl Iterator<Item = Sample>, reached: impl Fn(&Sample) -> Vec<(&'static str, bool)>) {
    let (mut missing, mut found) = (BTreeSet::new(), BTreeSet::new());
    for sample in samples {
        for (what, is) in reached(&sample) {
            if is {
                found.insert(what)
            } else {
                missing.insert(what)
            };
        }
    }
    let never: Vec<_> = missing.difference(&found).collect();
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn this_crate_keeps_every_law_on_samples() {
    for profile in [Profile::new(), Profile::new().with_exact_numbers()] {
        for sample in samples(profile, 300) {
            assert_eq!(laws::check(&mut Reference, &sample), Ok(()), "{sample:?}");
        }
    }
}

#[test]
fn one_sample_of_ten_is_wide() {
    let is_narrow = |sample: &Sample| {
        let mut keys = all(sample).flat_map(|value| object(value).keys());
        keys.all(|key| ["a", "A", "b", ""].contains(&key.as_str()))
    };
    let wide = samples(Profile::new(), 2_000).filter(|sample| !is_narrow(sample)).count();
    assert!((150..=250).contains(&wide), "{wide} of 2,000");
}

#[test]
fn bytes_and_choices_give_the_same_sample() {
    let mut next = random(7);
    for kind in [NARROW, WIDE] {
        let bytes: Vec<u8> = [kind as u8].into_iter().chain((0..8_192).map(|_| next() as u8)).collect();
        let mut bytes = Unstructured::new(&bytes);
        let mut same = Unstructured::new(bytes.peek_bytes(8_193).expect("bytes"));
        let sample = Sample::arbitrary(&mut bytes).expect("a sample");
        let chosen = Sample::generate(Profile::new(), |bound| same.int_in_range(0..=bound - 1).expect("bytes enough"));
        assert_eq!(sample, chosen);
        assert_ne!(sample.documents, [json!({}), json!({})]);
    }
}

#[test]
fn no_bytes_are_a_sample_too() {
    let sample = Sample::arbitrary(&mut Unstructured::new(&[])).expect("a sample");
    assert!(all(&sample).all(|value| *value == json!({})));
    let wide = Sample::arbitrary(&mut Unstructured::new(&[9])).expect("a sample");
    assert!(all(&wide).all(|value| value.to_string().len() < 20), "{wide:?}");
}

#[test]
fn choices_out_of_range_are_a_sample_too() {
    let sample = Sample::generate(Profile::new(), |bound| bound + 3);
    assert_eq!(sample, Sample::generate(Profile::new(), |bound| 3 % bound));
}

#[test]
fn narrow_samples_collide_and_are_small() {
    assert_reached(samples_of(NARROW, Profile::new(), 500), |sample| {
        let [document, patch] = [&sample.documents[0], &sample.patches[0]].map(object);
        let depth = all(sample).map(depth).max().unwrap_or_default();
        assert!(depth <= 4 && all(sample).all(|value| value.to_string().len() < 300), "{sample:?}");
        let mut reached = effects(sample);
        reached.extend([
            ("all four keys", document.len() == 4),
            ("all four levels", depth == 4),
            ("an array with items", patch.values().any(|value| value.get(0).is_some())),
            ("a nested null", patch.values().any(|value| values(value)[1..].contains(&&Value::Null))),
        ]);
        reached
    });
}

/// What bodies do to documents.
fn effects(sample: &Sample) -> Vec<(&'static str, bool)> {
    let [document, other] = sample.documents.each_ref().map(object);
    let patch = object(&sample.patches[0]);
    let removal = |finds: bool| patch.iter().any(|(key, new)| new.is_null() && document.contains_key(key) == finds);
    let removes_all = document.keys().all(|key| patch.get(key) == Some(&Value::Null));
    vec![
        ("an empty document", document.is_empty()),
        ("a clear", patch.is_empty() && !document.is_empty()),
        ("a stored null", document.values().any(Value::is_null)),
        ("a stored null that a body names", patch.keys().any(|key| document.get(key) == Some(&Value::Null))),
        ("nulls alone", !patch.is_empty() && patch.values().all(Value::is_null)),
        ("sets alone", !patch.is_empty() && !patch.values().any(Value::is_null)),
        ("sets and removals", removal(true) && !patch.values().all(Value::is_null)),
        ("a removal that finds its key", removal(true)),
        ("a removal that misses", removal(false)),
        ("a removal of all keys", document.len() > 1 && removes_all),
        ("a key that is kept", !patch.is_empty() && document.keys().any(|key| !patch.contains_key(key))),
        ("a new key", patch.iter().any(|(key, new)| !new.is_null() && !document.contains_key(key))),
        ("the same value again", patch.iter().any(|(key, new)| document.get(key) == Some(new))),
        ("another value", patch.iter().any(|(key, new)| document.get(key).is_some_and(|old| old != new))),
        ("two equal documents", !document.is_empty() && document == other),
        ("documents that share a member", document.iter().any(|(key, value)| other.get(key) == Some(value))),
        ("documents that differ in a member", document.iter().any(|(key, it)| other.get(key).is_some_and(|o| o != it))),
    ]
}

/// Returns whether one of two values begins with all parts of the other, which has at least 4.
fn differ_at_the_end<'v, T: ?Sized + 'v, I: Iterator<Item: PartialEq>>(
    of_type: fn(&'v Value) -> Option<&'v T>,
    parts: fn(&'v T) -> I,
    old: &'v Value,
    new: &'v Value,
) -> bool {
    let (Some(old), Some(new)) = (of_type(old), of_type(new)) else { return false };
    let [old, new] = [old, new].map(|it| parts(it).collect::<Vec<_>>());
    old.len().min(new.len()) >= 4 && old.len() != new.len() && (old.starts_with(&new) || new.starts_with(&old))
}

#[test]
fn wide_samples_collide() {
    assert_reached(samples_of(WIDE, Profile::new(), 1_000), |sample| {
        let [document, patch] = [&sample.documents[0], &sample.patches[0]].map(object);
        let pairs = || patch.iter().filter_map(|(key, new)| Some((document.get(key)?, new)));
        let mut reached = effects(sample);
        reached.extend([
            ("a longer string", pairs().any(|(old, new)| differ_at_the_end(Value::as_str, str::chars, old, new))),
            ("a longer array", pairs().any(|(old, new)| differ_at_the_end(Value::as_array, |it| it.iter(), old, new))),
            ("a longer object", pairs().any(|(old, new)| differ_at_the_end(Value::as_object, Map::iter, old, new))),
        ]);
        reached
    });
    let both = samples_of(WIDE, Profile::new(), 1_000).filter(|sample| {
        let [document, patch] = [&sample.documents[0], &sample.patches[0]].map(object);
        document.len().min(patch.len()) > 2
    });
    let (mut apart, mut all) = (0, 0);
    for sample in both {
        let [document, patch] = [&sample.documents[0], &sample.patches[0]].map(object);
        all += 1;
        apart += usize::from(!patch.keys().any(|key| document.contains_key(key)));
    }
    assert!(all > 100 && apart * 20 < all, "{apart} of {all} have no key in common");
}

#[test]
fn wide_samples_are_large_and_deep() {
    let sorted = Map::from_iter([("b".to_owned(), json!(1)), ("a".to_owned(), json!(1))]).keys().is_sorted();
    assert_reached(samples_of(WIDE, Profile::new(), 3_000), |sample| {
        let document = &sample.documents[0];
        let members = object(document).len();
        let deepest = all(sample).map(depth).max().unwrap_or_default();
        let longest = all(sample).map(|value| value.to_string().len()).max().unwrap_or_default();
        assert!(deepest <= 100 && longest < 200_000 && members <= 450, "{deepest} levels, {longest} bytes");
        let nested: Vec<&Value> = object(document).values().flat_map(values).collect();
        let objects = || nested.iter().filter_map(|value| value.as_object());
        let items = nested.iter().filter_map(|value| Some(value.as_array()?.len())).max().unwrap_or_default();
        vec![
            ("9 members", members > 9),
            ("16 members", members > 16),
            ("64 members", members > 64),
            ("256 members", members > 256),
            ("256 entries of a body", object(&sample.patches[0]).len() > 256),
            ("64 nested members", objects().any(|object| object.len() > 64)),
            ("20 items", items > 20),
            ("64 items", items > 64),
            ("256 items", items > 256),
            ("10 levels", depth(document) > 10),
            ("64 levels", depth(document) > 64),
            ("100 levels", depth(document) == 100),
            ("4 KiB", longest > 4_096),
            ("64 KiB", longest > 65_536),
            ("members out of order", sorted || !object(document).keys().is_sorted()),
            ("an empty object", nested.contains(&&json!({}))),
            ("an empty array", nested.contains(&&json!([]))),
            (
                "a null in an array",
                nested.iter().any(|value| value.as_array().is_some_and(|it| it.contains(&json!(null)))),
            ),
            ("a null in an object", objects().any(|object| object.values().any(Value::is_null))),
        ]
    });
}

/// A kind of key or string, and whether one is of it.
type Kind = (&'static str, fn(&str) -> bool);

/// The kinds below the root, where keys are shorter.
const SHORT: &[Kind] = &[
    ("empty", |text| text.is_empty()),
    ("a name of JavaScript", |text| text == "__proto__"),
    ("a reference", |text| text == "$ref"),
    ("a path", |text| text == "a[0]"),
    ("a number", |text| text == "007"),
    ("an exponent", |text| text == "1e3"),
    ("a boolean", |text| text == "true"),
    ("a null", |text| text == "null"),
    ("a date", |text| text == "2026-01-01T00:00:00.000Z"),
    ("markup", |text| text == "<&'\"%\\"),
    ("a private name", |text| text == "_x"),
    ("a quote between letters", |text| text == "a\"b"),
    ("a space at the end", |text| text.len() > 1 && text.ends_with(' ')),
    ("a control character", |text| text.contains(|it| it < ' ' && it != '\0')),
    ("U+007F", |text| text.contains('\u{7f}')),
    ("U+2028", |text| text.contains('\u{2028}')),
    ("U+FEFF at the start", |text| text.starts_with('\u{feff}')),
    ("U+200B", |text| text.contains('\u{200b}')),
    ("a combining character", |text| text.contains(|it| ('\u{300}'..='\u{36f}').contains(&it))),
    ("a compatibility form", |text| text.contains('\u{fb01}')),
    ("an emoji", |text| text.contains('\u{1f600}')),
    ("another astral character", |text| text.contains(|it| it > '\u{20000}')),
    ("U+0000", |text| text.contains('\0')),
];

const LONG: &[Kind] = &[
    ("255 characters or a little more", |text| (255..260).contains(&text.chars().count())),
    ("more than 1,000 characters", |text| text.chars().count() > 1_000),
    ("more than 255 bytes, but not characters", |text| text.len() > 255 && text.chars().count() <= 255),
];

/// Fails if no text is of one of the kinds.
fn assert_kinds<'k>(kinds: impl IntoIterator<Item = &'k Kind>, texts: impl Fn(&Sample) -> Vec<&str>) {
    let mut missing: Vec<_> = kinds.into_iter().collect();
    for sample in samples_of(WIDE, Profile::new(), 4_000) {
        for text in texts(&sample) {
            missing.retain(|(_, is)| !is(text));
        }
        if missing.is_empty() {
            break;
        }
    }
    let missing: Vec<_> = missing.iter().map(|(kind, _)| kind).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn wide_keys_and_strings_are_of_every_kind() {
    assert_kinds(SHORT.iter().chain(LONG), |sample| {
        sample.patches.iter().flat_map(values).filter_map(Value::as_str).collect()
    });
    assert_kinds(SHORT.iter().chain(LONG), |sample| {
        sample.patches.iter().flat_map(|patch| object(patch).keys()).map(String::as_str).collect()
    });
    assert_kinds(SHORT, |sample| {
        let nested = sample.patches.iter().flat_map(|patch| object(patch).values()).flat_map(values);
        nested.filter_map(Value::as_object).flat_map(Map::keys).map(String::as_str).collect()
    });
}

#[test]
fn wide_keys_are_like_others_of_the_same_object() {
    assert_reached(samples_of(WIDE, Profile::new(), 2_000), |sample| {
        let keys: BTreeSet<&String> = all(sample).flat_map(|value| object(value).keys()).collect();
        // Short keys are alike by chance.
        let long = || keys.iter().filter(|key| key.chars().count() > 12);
        let any = |like: &dyn Fn(&str) -> String| long().any(|key| like(key) != ***key && keys.contains(&like(key)));
        vec![
            ("by case", any(&|key| key.to_lowercase())),
            ("by a space", any(&|key| key.trim_end_matches(' ').to_owned())),
            ("by a leading space", any(&|key| key.trim_start_matches(' ').to_owned())),
            ("by a path", any(&|key| format!("{key}.a"))),
            ("by its last character", any(&|key| key.chars().take(key.chars().count().max(1) - 1).collect())),
            (
                "by that of a long one",
                any(&|key| {
                    let count = key.chars().count();
                    if count > 255 { key.chars().take(count - 1).collect() } else { key.to_owned() }
                }),
            ),
        ]
    });
}

fn numbers(sample: &Sample) -> Vec<&Value> {
    all(sample).flat_map(values).filter(|value| value.is_number()).collect()
}

#[test]
fn numbers_are_those_of_the_protocol() {
    assert_reached(samples_of(WIDE, Profile::new(), 3_000), |sample| {
        let numbers = numbers(sample);
        for number in &numbers {
            let double = number.as_f64().expect("a number");
            assert!(number.is_f64() || double.abs() <= 9_007_199_254_740_992.0, "{number}");
            assert!(double.is_finite() && (double != 0.0 || double.is_sign_positive()), "{number}");
            assert_eq!(serde_json::from_str::<f64>(&number.to_string()).expect("a number"), double);
        }
        let has = |wanted: Value| numbers.contains(&&wanted);
        vec![
            ("2^31", has(json!(2_147_483_648_u32))),
            ("-2^31 - 1", has(json!(-2_147_483_649_i64))),
            ("2^32 + 1", has(json!(4_294_967_297_u64))),
            ("2^53", has(json!(9_007_199_254_740_992_u64))),
            ("-2^53", has(json!(-9_007_199_254_740_992_i64))),
            ("2^24 + 1", has(json!(16_777_217))),
            ("10^15", has(json!(1_000_000_000_000_000_u64))),
            ("0.1", has(json!(0.1))),
            ("1.0", has(json!(1.0))),
            ("1e-7", has(json!(1e-7))),
            ("1.5e300", has(json!(1.5e300))),
            ("5e-324", has(json!(5e-324))),
            ("17 digits", has(json!(0.300_000_000_000_000_04))),
        ]
    });
}

#[test]
fn exact_numbers_have_64_bits() {
    assert_reached(samples_of(WIDE, Profile::new().with_exact_numbers(), 3_000), |sample| {
        let numbers = numbers(sample);
        let has = |wanted: Value| numbers.contains(&&wanted);
        let negative_zero = |number: &&Value| number.as_f64().is_some_and(|it| it == 0.0 && it.is_sign_negative());
        vec![
            ("2^53 + 1", has(json!(9_007_199_254_740_993_u64))),
            ("the largest of 64 bits", has(json!(u64::MAX))),
            ("the largest signed one", has(json!(i64::MAX))),
            ("the smallest", has(json!(i64::MIN))),
            ("-0", numbers.iter().any(negative_zero)),
        ]
    });
}

#[test]
fn no_nul_is_left_out() {
    for profile in [Profile::new(), Profile::new().without_nul()] {
        let nul =
            samples_of(WIDE, profile, 1_000).any(|sample| all(&sample).any(|it| it.to_string().contains(r"\u0000")));
        assert_eq!(nul, profile == Profile::new());
    }
}

#[test]
fn samples_find_a_wrong_merge() {
    let mut drops_equal_values = merge_only(|document, patch| {
        let mut patch = patch.clone();
        patch.as_object_mut().ok_or(())?.retain(|key, value| document.get(key) != Some(value));
        merge(document, &patch).map_err(drop)
    });
    let broken = samples(Profile::new(), 500).find_map(|sample| laws::check(&mut drops_equal_values, &sample).err());
    assert_eq!(broken.map(|broken| broken.law.name), Some("Idempotence"));
}
