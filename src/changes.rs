//! What a patch would do to a document.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::excerpt::{Excerpt, Quoted};

/// What a patch would do to one document: which root keys it adds, replaces and removes, and only those whose value really
/// changes. Made by [`Patch::changes`](crate::Patch::changes); borrows from the patch and the document.
///
/// As text it is meant for a person who is about to say yes: a line a change, the lines of a replaced object's members below
/// it (they are what a patch of nested metadata loses) down to eight levels, and a closing count, which says so if nothing would be
/// left. Keys and values stand as JSON; control and other invisible characters are escaped, and a long value is cut. It compares the
/// values in a replaced object once more for each of those levels.
///
/// ```
/// use metadata_merge::Patch;
/// use serde_json::json;
///
/// let stored = json!({"hobby": "surfing", "addresses": {"home": "123 Main Street"}});
/// let patch = Patch::omit().set("addresses", json!({"work": "100 Industrial Way"}));
/// assert_eq!(
///     patch.changes(stored.as_object().unwrap()).to_string(),
///     r#"~ "addresses": replaced as a whole
///     - "home": "123 Main Street"
///     + "work": "100 Industrial Way"
/// 0 added, 1 replaced, 0 removed"#,
/// );
/// ```
///
/// As data it is three lists, each there in O(1):
///
/// ```
/// # use metadata_merge::Patch;
/// # use serde_json::json;
/// let stored = json!({"hobby": "surfing", "level": 3});
/// let patch = Patch::omit().remove("hobby").set("level", 4).set("plan", "full");
/// let changes = patch.changes(stored.as_object().unwrap());
/// assert!(changes.added().eq([("plan", &json!("full"))]));
/// assert!(changes.replaced().eq([("level", &json!(3), &json!(4))]));
/// assert!(changes.removed().eq([("hobby", &json!("surfing"))]));
/// assert!(!changes.is_empty());
/// ```
///
/// Serialized, it is `{"added": {KEY: NEW}, "replaced": {KEY: {"old": OLD, "new": NEW}}, "removed": {KEY: OLD}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes<'a> {
    added: Vec<(&'a str, &'a Value)>,
    replaced: Vec<(&'a str, &'a Value, &'a Value)>,
    removed: Vec<(&'a str, &'a Value)>,
    leaves_nothing: bool,
}

impl<'a> Changes<'a> {
    pub(crate) fn new(
        document: Option<&'a Map<String, Value>>,
        sets: impl Iterator<Item = (&'a str, &'a Value)>,
        removed: impl Iterator<Item = (&'a String, &'a Value)>,
    ) -> Changes<'a> {
        let mut added = Vec::new();
        let mut replaced = Vec::new();
        for (key, new) in sets {
            match document.and_then(|document| document.get(key)) {
                None => added.push((key, new)),
                Some(old) if old == new => {}
                Some(old) => replaced.push((key, old, new)),
            }
        }
        let removed: Vec<_> = removed.map(|(key, old)| (key.as_str(), old)).collect();
        let leaves_nothing = added.is_empty() && removed.len() == document.map_or(0, Map::len);
        Changes { added, replaced, removed, leaves_nothing }
    }

    /// The root keys that the document does not have yet, with their values, in the patch's order.
    pub fn added(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a Value)> {
        self.added.iter().copied()
    }

    /// The root keys that take another value, with the old and the new one, in the patch's order.
    pub fn replaced(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a Value, &'a Value)> {
        self.replaced.iter().copied()
    }

    /// The root keys that go, with their values.
    pub fn removed(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a Value)> {
        self.removed.iter().copied()
    }

    /// Whether the patch changes nothing in the document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.replaced.is_empty() && self.removed.is_empty()
    }
}

impl fmt::Display for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no change");
        }
        for (key, old) in self.removed() {
            line(f, '-', key, old)?;
        }
        for (key, old, new) in self.replaced() {
            replacement(f, key, old, new, 0)?;
        }
        for (key, new) in self.added() {
            line(f, '+', key, new)?;
        }
        let (added, replaced, removed) = (self.added.len(), self.replaced.len(), self.removed.len());
        write!(f, "{added} added, {replaced} replaced, {removed} removed")?;
        if self.leaves_nothing {
            f.write_str(": NOTHING IS LEFT")?;
        }
        Ok(())
    }
}

/// So many levels below the root, the members of objects that differ are told apart.
const DEEPEST: usize = 8;

/// What differs between the members of an object, so many levels below the root, and of the one that takes its place.
fn members(
    f: &mut fmt::Formatter<'_>,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    level: usize,
) -> fmt::Result {
    let indent = |f: &mut fmt::Formatter<'_>| write!(f, "{:1$}", "", 4 * level);
    for (key, value) in old {
        match new.get(key) {
            None => {
                indent(f)?;
                line(f, '-', key, value)?;
            }
            Some(other) if other != value => {
                indent(f)?;
                replacement(f, key, value, other, level)?;
            }
            Some(_) => {}
        }
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        indent(f)?;
        line(f, '+', key, value)?;
    }
    Ok(())
}

fn replacement(f: &mut fmt::Formatter<'_>, key: &str, old: &Value, new: &Value, level: usize) -> fmt::Result {
    write!(f, "~ {}:", Quoted(key))?;
    match (old, new) {
        (Value::Object(old), Value::Object(new)) if level < DEEPEST => {
            f.write_str(if level == 0 { " replaced as a whole\n" } else { "\n" })?;
            members(f, old, new, level + 1)
        }
        _ => {
            let [old, new] = [old, new].map(|value| Excerpt::short(value).to_string());
            let further_on = if old == new { " (they differ further on)" } else { "" };
            writeln!(f, " {old} -> {new}{further_on}")
        }
    }
}

fn line(f: &mut fmt::Formatter<'_>, sign: char, key: &str, value: &Value) -> fmt::Result {
    writeln!(f, "{sign} {}: {}", Quoted(key), Excerpt::short(value))
}

/// As data: `{"added": {KEY: NEW}, "replaced": {KEY: {"old": OLD, "new": NEW}}, "removed": {KEY: OLD}}`.
impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(3))?;
        object.serialize_entry("added", &Entries(|| self.added()))?;
        object.serialize_entry(
            "replaced",
            &Entries(|| self.replaced().map(|(key, old, new)| (key, OldNew { old, new }))),
        )?;
        object.serialize_entry("removed", &Entries(|| self.removed()))?;
        object.end()
    }
}

/// A map that is serialized from an iterator over its entries.
struct Entries<F>(F);

impl<'a, F: Fn() -> I, I: Iterator<Item = (&'a str, V)>, V: Serialize> Serialize for Entries<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0())
    }
}

struct OldNew<'a> {
    old: &'a Value,
    new: &'a Value,
}

impl Serialize for OldNew<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("old", self.old), ("new", self.new)])
    }
}
