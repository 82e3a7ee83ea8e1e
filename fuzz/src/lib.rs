//! An input is text that a person can read and write: one JSON value per line, or two texts that are
//! separated by a line of three dashes. Any other input is the choices of a sample.

use libfuzzer_sys::arbitrary::Unstructured;
use metadata_merge::laws::{Profile, Sample};
use metadata_merge::limits::{self, Characters, Check, Limit, Violation};
use metadata_merge::resource::{Cleared, Field, Resource, USER};
use metadata_merge::{Error, object};
use serde_json::{Map, Value};

/// Returns the JSON values of the first `N` lines, or nothing if one of them is missing or not JSON.
pub fn lines<const N: usize>(input: &[u8]) -> Option<[Value; N]> {
    let mut lines = input.split(|byte| *byte == b'\n').map(serde_json::from_slice);
    let mut values = [const { Value::Null }; N];
    for value in &mut values {
        *value = lines.next()?.ok()?;
    }
    Some(values)
}

/// Returns the sample that the bytes choose. It may hold any number of up to 64 bits.
pub fn sample(input: &[u8]) -> Sample {
    let mut bytes = Unstructured::new(input);
    let below = |bound| bytes.int_in_range(0..=bound - 1).unwrap_or(0);
    Sample::generate(Profile::new().with_exact_numbers(), below)
}

/// Separates two texts.
pub const SEPARATOR: &str = "\n---\n";

/// Returns whether only a tree rejects the text, because a number is beyond the range of `f64`.
pub fn is_beyond_f64(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("number out of range")
}

/// Asserts that appending to a buffer gives the same as returning: the same text after the old content, or the same error and no
/// text.
pub fn assert_appends(returned: &Result<String, Error>, append: impl FnOnce(&mut String) -> Result<(), Error>) {
    let mut out = String::from("before");
    let done = append(&mut out);
    let written = returned.as_deref().unwrap_or_default();
    assert_eq!((out.strip_prefix("before"), done), (Some(written), returned.clone().map(|_| ())));
}

/// A field of each kind, with short names, which the fuzzer finds by mutation.
pub const TEAM: Resource = Resource::new(
    "team",
    &[
        Field::merge("a", Cleared::Empty),
        Field::merge("b\n", Cleared::Absent),
        Field::replace("c", Cleared::Empty),
        Field::replace("d", Cleared::Absent),
    ],
);

/// The fields of all resources, and two attributes.
const NAMES: [&str; 9] =
    ["a", "b\n", "c", "d", "user_metadata", "app_metadata", "client_metadata", "mobile", "jwt_configuration"];

/// Returns the text of a resource whose fields and attributes hold these values in turn.
fn resource(values: &[Value]) -> String {
    let values = values.iter().cycle().cloned();
    let members: Map<String, Value> = NAMES.iter().map(|name| (*name).to_owned()).zip(values).collect();
    Value::Object(members).to_string()
}

/// Returns the texts of a stored resource and of a body: those of the input, or those of a sample.
pub fn request(input: &[u8]) -> (String, String) {
    let texts = str::from_utf8(input).ok().and_then(|text| text.split_once(SEPARATOR));
    texts.map(|(stored, body)| (stored.to_owned(), body.to_owned())).unwrap_or_else(|| {
        let sample = sample(input);
        (resource(&sample.documents), resource(&sample.patches))
    })
}

/// A judge of updates over text: the updated text and the violations, as `Resource::update_text_checked` returns them.
pub type Judge = fn(&Resource, &[Limit], &str, &str) -> Result<(String, Vec<Violation>), Error>;

/// Asserts that limits of text are those of its tree, and that `judge` reports what a comparison of the texts before and after
/// reports. The inputs are any bytes.
pub fn check_limits(judge: Judge, input: &[u8]) {
    let (stored, body) = request(input);
    for resource in [TEAM.merge_attributes(), USER] {
        let table = table(&resource, stored.len());
        check_tree(&table, &stored, &stored);
        let Ok(updated) = resource.update_text(&stored, &body) else { continue };
        check_tree(&table, &stored, &updated);
        let compared = limits::check_change_text(&table, &stored, &updated);
        let judged = judge(&resource, &table, &stored, &body);
        let (text, violations) = (judged.clone().map(|(text, _)| text), judged.map(|(_, violations)| violations));
        assert_eq!(violations, compared, "wrong judgement of {stored} {body}");
        assert!(violations.is_err() || text.as_ref() == Ok(&updated), "{text:?}");
    }
}

/// Asserts that the limits of two texts, and of the change from one to the other, are those of their trees.
fn check_tree(table: &[Limit], before: &str, after: &str) {
    let trees = [before, after].map(|text| serde_json::from_str::<Value>(text).ok());
    let [Some(old), Some(new)] = &trees else { return };
    let [Ok(old), Ok(new)] = [old, new].map(object) else { return };
    // A text that a tree was written to has one size and depth. In other texts, they count repeated keys and escapes.
    let written = [old, new].map(|tree| Value::Object(tree.clone()).to_string());
    let counted = |limit: &Limit| !matches!(limit.check, Check::MaxSize(_) | Check::MaxDepth(_));
    let counts: Vec<Limit> = table.iter().filter(|limit| counted(limit)).cloned().collect();
    for (table, [before, after]) in [(&counts[..], [before, after]), (table, [&written[0], &written[1]])] {
        assert_eq!(as_set(limits::check_text(table, after)), as_set(limits::check(table, new)), "{after}");
        let (text, tree) = (limits::check_change_text(table, before, after), limits::check_change(table, old, new));
        assert_eq!(as_set(text), as_set(tree), "{before} {after}");
    }
}

/// Returns violations in an order that does not depend on that of the keys. Which of two errors is first does.
fn as_set(violations: Result<Vec<Violation>, Error>) -> Result<Vec<String>, ()> {
    let mut set: Vec<String> = violations.map_err(drop)?.iter().map(|violation| format!("{violation:?}")).collect();
    set.sort();
    Ok(set)
}

/// Returns a table with limits of every kind on the fields, an attribute and the whole resource. Some are about as large as the
/// stored text.
fn table(resource: &Resource<'static>, size: usize) -> Vec<Limit> {
    let names = resource.fields.iter().map(|field| Some(field.name)).chain([Some("mobile"), None]);
    let mut table = Vec::new();
    for name in names {
        let checks = [
            Check::MaxKeys(1),
            Check::MaxKeys(4),
            Check::MaxKeyLength(1),
            Check::KeyCharacters(Characters::AllBut(".$ab".into())),
            Check::ReservedNames(vec!["x".into()].into()),
            Check::Strings,
            Check::MaxValueLength(2),
            Check::MaxSize(size / 4),
            Check::MaxSize(size),
            Check::MaxDepth(1),
            Check::MaxDepth(3),
        ];
        table.extend(
            checks.map(|check| name.map_or_else(|| Limit::whole(check.clone()), |name| Limit::on(name, check.clone()))),
        );
    }
    table
}
