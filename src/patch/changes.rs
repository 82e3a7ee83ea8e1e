//! The changes that a patch makes to a document.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::Patch;
use super::mask::{mask, mask_pair};
use crate::equality::{json_eq, same};
use crate::error::{Error, JsonType, decode_object};
use crate::excerpt::Quoted;

mod display;

pub(super) use self::display::Lines;

/// The changes that a patch makes to one document: the root keys that it adds, replaces and
/// removes. A key whose value stays equal (see [`json_eq`]) is not a change.
///
/// [`Patch::changes`] returns this type, which borrows from the patch and the document. Unless
/// noted, methods take O(1) time. A comparison takes O(n log n) for n root keys, and compares their
/// values.
///
/// The [`Display`](core::fmt::Display) output is for a confirmation prompt. It has one line per
/// change, the differing members below a replaced object, and a summary that warns if the document
/// becomes empty. Keys and values are written as JSON. Invisible characters are escaped, and long
/// values are cut. Members are compared down to eight levels. Writing a replaced object compares
/// its nested values once for each of these levels.
///
/// ```
/// use metadata_merge::{Patch, object};
/// use serde_json::json;
///
/// let stored = json!({"hobby": "surfing", "addresses": {"home": "123 Main Street"}});
/// let patch = Patch::omit().set("addresses", json!({"work": "100 Industrial Way"}));
/// let changes = patch.changes(object(&stored)?);
/// assert_eq!(
///     changes.to_string(),
///     r#"~ "addresses": replaced as a whole
///     - "home": "123 Main Street"
///     + "work": "100 Industrial Way"
/// 0 added, 1 replaced, 0 removed"#,
/// );
/// let (old, new) = (&stored["addresses"], &json!({"work": "100 Industrial Way"}));
/// assert!(changes.replaced().eq([("addresses", old, new)]));
/// assert_eq!((changes.added().len(), changes.removed().len()), (0, 0));
/// assert!(!changes.is_empty() && !changes.is_emptied());
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # In an audit log
///
/// Changes serialize to `{"added": {KEY: NEW}, "replaced": {KEY: {"old": OLD, "new": NEW}},
/// "removed": {KEY: OLD}}`, with `"emptied": true` if the document becomes empty. They can be read
/// back, compared and [reverted](Changes::revert).
///
/// ```
/// use metadata_merge::{Changes, Patch, object};
/// use serde_json::json;
///
/// let stored = json!({"hobby": "surfing", "level": 3});
/// let patch = Patch::omit().remove("hobby").set("level", 4);
/// let changes: Changes<'static> = patch.changes(object(&stored)?).into_owned();
/// let line = serde_json::to_string(&changes).unwrap();
/// assert_eq!(line, r#"{"added":{},"replaced":{"level":{"old":3,"new":4}},"removed":{"hobby":"surfing"}}"#);
///
/// let logged: Changes<'static> = serde_json::from_str(&line).unwrap();
/// assert_eq!(logged.revert()?, Patch::omit().set("hobby", "surfing").set("level", 3));
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// A log line is up to two levels deeper than the document. `serde_json` parses 127 levels, so it
/// can reject the line of a document with 126. To prevent that, limit the depth of documents with
/// [`Check::MaxDepth`](crate::limits::Check::MaxDepth).
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    added: Vec<(Cow<'a, str>, Cow<'a, Value>)>,
    replaced: Vec<(Cow<'a, str>, Cow<'a, Value>, Cow<'a, Value>)>,
    removed: Vec<(Cow<'a, str>, Cow<'a, Value>)>,
    emptied: bool,
    masked: bool,
}

impl Patch {
    /// Returns the changes that the patch makes to `document`.
    ///
    /// ```
    /// # use metadata_merge::{Patch, object};
    /// # use serde_json::json;
    /// let document = json!({"mycolor": "red", "myflavor": "grape"});
    /// let patch = Patch::omit().set("mycolor", "blue").set("myflavor", "grape").remove("mysize");
    /// assert_eq!(
    ///     patch.changes(object(&document)?).to_string(),
    ///     "~ \"mycolor\": \"red\" -> \"blue\"\n0 added, 1 replaced, 0 removed",
    /// );
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Complexity
    ///
    /// O(n) lookups, where n is the number of root keys in the patch, and also in the document if
    /// the patch clears. Each set value is compared with the stored one. Nothing is cloned.
    #[must_use]
    pub fn changes<'a>(&'a self, document: &'a Map<String, Value>) -> Changes<'a> {
        Changes::new(document, self.sets(), self.removed_from(document))
    }

    /// Returns the smallest patch without a clear that undoes this one. Pass `document` as it is
    /// before this patch is applied.
    ///
    /// The result is the [`diff`](Patch::diff) from the patched document to `document`. For a
    /// change in a log, see [`Changes::revert`].
    ///
    /// ```
    /// # use metadata_merge::{Patch, object};
    /// # use serde_json::json;
    /// let document = json!({"mycolor": "red", "myflavor": "grape"});
    /// let patch = Patch::omit().set("mycolor", "blue").set("mysize", "L");
    /// let undo = patch.undo(object(&document)?)?;
    /// assert_eq!(undo, Patch::omit().set("mycolor", "red").remove("mysize"));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::RootNull`] if the patch changes a root null of `document`, because no patch
    /// restores one.
    ///
    /// # Complexity
    ///
    /// That of [`Patch::changes`]. Each restored value is cloned.
    pub fn undo(&self, document: &Map<String, Value>) -> Result<Patch, Error> {
        self.changes(document).revert() // undo
    }
}

impl<'a> Changes<'a> {
    fn new(
        document: &'a Map<String, Value>,
        sets: impl Iterator<Item = (&'a str, &'a Value)>,
        removed: impl Iterator<Item = (&'a str, &'a Value)>,
    ) -> Changes<'a> {
        let mut changes = Changes::default();
        for (key, new) in sets {
            changes.compare(key, document.get(key), Some(new));
        }
        for (key, old) in removed {
            changes.compare(key, Some(old), None);
        }
        let removed = changes.removed.len();
        changes.emptied = removed > 0 && removed == document.len() && changes.added.is_empty();
        changes
    }

    /// Returns the changes of a document that may be absent, which counts as `{}`.
    pub(crate) fn of_patch(patch: &'a Patch, document: Option<&'a Map<String, Value>>) -> Changes<'a> {
        let Some(document) = document else {
            let mut changes = Changes::default();
            patch.sets().for_each(|(key, new)| changes.compare(key, None, Some(new)));
            return changes;
        };
        patch.changes(document)
    }

    /// Returns the changes of a document that is cleared.
    pub(crate) fn of_clear(document: Option<&'a Map<String, Value>>) -> Changes<'a> {
        let members = document.into_iter().flatten().map(|(key, old)| (key.as_str(), old));
        document.map_or_else(Changes::default, |document| Changes::new(document, core::iter::empty(), members))
    }

    /// Adds the change of one key, if `old` and `new` differ.
    pub(crate) fn compare(&mut self, key: &'a str, old: Option<&'a Value>, new: Option<&'a Value>) {
        let key = Cow::Borrowed(key);
        match (old, new) {
            (None, None) => {}
            (None, Some(new)) => self.added.push((key, Cow::Borrowed(new))),
            (Some(old), None) => self.removed.push((key, Cow::Borrowed(old))),
            (Some(old), Some(new)) if json_eq(old, new) => {} // changes
            (Some(old), Some(new)) => self.replaced.push((key, Cow::Borrowed(old), Cow::Borrowed(new))),
        }
    }

    /// Adds the change of one key to a value that is not borrowed.
    pub(crate) fn compare_owned(&mut self, key: &'a str, old: Option<&'a Value>, new: Value) {
        match old {
            None => self.added.push((Cow::Borrowed(key), Cow::Owned(new))),
            Some(old) if json_eq(old, &new) => {}
            Some(old) => self.replaced.push((Cow::Borrowed(key), Cow::Borrowed(old), Cow::Owned(new))),
        }
    }

    /// Returns the added root keys with their new values. They are in the order of the patch or of
    /// the decoded data.
    pub fn added(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.added.iter().map(|(key, new)| (&**key, &**new))
    }

    /// Returns the replaced root keys, each with its old and new value.
    pub fn replaced(&self) -> impl ExactSizeIterator<Item = (&str, &Value, &Value)> {
        self.replaced.iter().map(|(key, old, new)| (&**key, &**old, &**new))
    }

    /// Returns the removed root keys with their old values. If the patch clears, they are in the
    /// order of the document.
    pub fn removed(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.removed.iter().map(|(key, old)| (&**key, &**old))
    }

    /// Returns whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.replaced.is_empty() && self.removed.is_empty()
    }

    /// Returns whether the changes remove the last root key of the document.
    #[must_use]
    pub fn is_emptied(&self) -> bool {
        self.emptied
    }

    /// Returns the patch that reverts these changes. It removes the added keys, sets the others to
    /// their old values, and overwrites later changes of these keys.
    ///
    /// ```
    /// # use metadata_merge::{Patch, object};
    /// # use serde_json::json;
    /// let stored = json!({"hobby": "surfing"});
    /// let patch = Patch::omit().set("hobby", "chess").set("level", 3);
    /// assert_eq!(patch.changes(object(&stored)?).revert()?, Patch::omit().remove("level").set("hobby", "surfing"));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::RootNull`] if an old value is null, because no patch restores a root null.
    ///
    /// # Complexity
    ///
    /// O(n) insertions, where n is the number of changes. Borrowed old values are cloned.
    pub fn revert(self) -> Result<Patch, Error> {
        let mut entries: Map<_, _> = self.added.into_iter().map(|(key, _)| (key.into_owned(), Value::Null)).collect();
        let replaced = self.replaced.into_iter().map(|(key, old, _)| (key, old));
        for (key, old) in replaced.chain(self.removed) {
            if old.is_null() {
                return Err(Error::RootNull { key: key.into_owned() });
            }
            entries.insert(key.into_owned(), old.into_owned());
        }
        Ok(Patch::of_entries(entries))
    }

    /// Returns a copy for display or logs. If `hide` returns true for a key, its value becomes
    /// `***`. A new value that differs becomes `*** (changed)`.
    ///
    /// `hide` is called with every key at any depth.
    ///
    /// ```
    /// # use metadata_merge::{Patch, object};
    /// # use serde_json::json;
    /// let stored = json!({"idp": {"name": "x", "token": "secret-1"}});
    /// let patch = Patch::omit().set("idp", json!({"name": "y", "token": "secret-2"}));
    /// let changes = patch.changes(object(&stored)?);
    /// let masked = changes.masked(|key| key == "token").to_string();
    /// assert!(masked.contains(r#""x" -> "y""#) && !masked.contains("secret"));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Complexity
    ///
    /// A clone of the changes, and a comparison with it.
    #[must_use]
    pub fn masked(&self, hide: impl Fn(&str) -> bool) -> Masked<'_> {
        Masked::new(self.masked_by(&hide))
    }

    /// Adds the change of a key whose values are hidden.
    pub(crate) fn push_hidden(&mut self, key: &str) {
        let (old, new) = mask_pair(key, &Value::Bool(false), &Value::Bool(true), &|_| true);
        self.replaced.push((Cow::Owned(key.into()), Cow::Owned(old), Cow::Owned(new)));
        self.masked = true;
    }

    pub(crate) fn masked_by(&self, hide: &dyn Fn(&str) -> bool) -> Changes<'static> {
        let one = |(key, value): &(Cow<'a, str>, Cow<'a, Value>)| {
            (Cow::Owned(key.clone().into_owned()), Cow::Owned(mask(key, value, hide)))
        };
        let replaced = self.replaced.iter().map(|(key, old, new)| {
            let (old, new) = mask_pair(key, old, new, hide);
            (Cow::Owned(key.clone().into_owned()), Cow::Owned(old), Cow::Owned(new))
        });
        let mut masked = Changes {
            added: self.added.iter().map(one).collect(),
            replaced: replaced.collect(),
            removed: self.removed.iter().map(one).collect(),
            emptied: self.emptied,
            masked: false,
        };
        masked.masked = masked != *self;
        masked
    }

    /// Returns the changes, with borrowed keys and values cloned.
    #[must_use]
    pub fn into_owned(self) -> Changes<'static> {
        let own = |(key, value): (Cow<'a, str>, Cow<'a, Value>)| {
            (Cow::Owned(key.into_owned()), Cow::Owned(value.into_owned()))
        };
        let replaced = self.replaced.into_iter().map(|(key, old, new)| {
            (Cow::Owned(key.into_owned()), Cow::Owned(old.into_owned()), Cow::Owned(new.into_owned()))
        });
        Changes {
            added: self.added.into_iter().map(own).collect(),
            replaced: replaced.collect(),
            removed: self.removed.into_iter().map(own).collect(),
            emptied: self.emptied,
            masked: self.masked,
        }
    }

    /// Returns the old and the new value of each key.
    fn by_key(&self) -> BTreeMap<&str, (Option<&Value>, Option<&Value>)> {
        let added = self.added().map(|(key, new)| (key, (None, Some(new))));
        let replaced = self.replaced().map(|(key, old, new)| (key, (Some(old), Some(new))));
        let removed = self.removed().map(|(key, old)| (key, (Some(old), None)));
        added.chain(replaced).chain(removed).collect()
    }

    /// Rejects masked changes, because reverting them would store the mask.
    pub(crate) fn from_data(data: Value) -> Result<Changes<'static>, String> {
        let mut members = decode_object("the changes", data)?;
        if members.contains_key("masked") {
            return Err("masked changes cannot be read back".into());
        }
        let mut part = |name: &str| decode_object(name, members.remove(name).unwrap_or(Value::Object(Map::new())));
        let own = |(key, value)| (Cow::Owned(key), Cow::Owned(value));
        let added: Vec<_> = part("added")?.into_iter().map(own).collect();
        let removed: Vec<_> = part("removed")?.into_iter().map(own).collect();
        let mut replaced = Vec::new();
        for (key, pair) in part("replaced")? {
            let mut pair = decode_object(&key, pair)?;
            match (pair.remove("old"), pair.remove("new"), pair.is_empty()) {
                (Some(old), Some(new), true) => replaced.push((Cow::Owned(key), Cow::Owned(old), Cow::Owned(new))),
                _ => return Err(format!("{} must hold `old` and `new` alone", Quoted(&key))),
            }
        }
        let emptied = match members.remove("emptied") {
            None => false,
            Some(Value::Bool(emptied)) => emptied,
            Some(other) => return Err(format!("emptied must be a boolean, but is {}", JsonType::of(&other))),
        };
        if let Some(unknown) = members.keys().next() {
            return Err(format!("the changes have an unknown member {}", Quoted(unknown)));
        }
        let keys = added.len() + removed.len() + replaced.len();
        let changes = Changes { added, replaced, removed, emptied, masked: false };
        if changes.by_key().len() < keys {
            return Err("the changes name a key more than once".into());
        }
        Ok(changes)
    }
}

/// A copy of changes or of a reconciliation, of type `T`, with some values hidden. The methods
/// named `masked` return it. It can only be displayed, serialized and cloned.
///
/// ```
/// # use metadata_merge::{Masked, Patch};
/// # use serde_json::Map;
/// let stored = Map::from_iter([("token".to_owned(), "secret-1".into())]);
/// let patch = Patch::omit().set("token", "secret-2");
/// let changes = patch.changes(&stored);
/// let masked: Masked<'_> = changes.masked(|key| key == "token");
/// assert!(masked.to_string().starts_with(r#"~ "token": "***" -> "*** (changed)""#));
/// ```
///
/// If a value is hidden, the data of changes, and of a
/// [`ResourceReconciliation`](crate::resource::ResourceReconciliation), has `"masked": true`.
/// Decoding such data fails.
#[derive(Clone, Debug)]
pub struct Masked<'a, T = Changes<'a>> {
    masked: T,
    lifetime: PhantomData<&'a ()>,
}

impl<T> Masked<'_, T> {
    pub(crate) fn new(masked: T) -> Self {
        Masked { masked, lifetime: PhantomData }
    }
}

impl<T: fmt::Display> fmt::Display for Masked<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.masked.fmt(f)
    }
}

impl<T: Serialize> Serialize for Masked<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.masked.serialize(serializer)
    }
}

/// Equal changes have the same keys with equal values, in any order.
impl PartialEq for Changes<'_> {
    fn eq(&self, other: &Changes<'_>) -> bool {
        let (left, right) = (self.by_key(), other.by_key());
        self.emptied == other.emptied
            && left.len() == right.len()
            && left.iter().zip(&right).all(|((key, (old, new)), (other_key, (other_old, other_new)))| {
                key == other_key && same(*old, *other_old) && same(*new, *other_new)
            })
    }
}

impl Eq for Changes<'_> {}

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(3 + usize::from(self.emptied) + usize::from(self.masked)))?;
        object.serialize_entry("added", &Entries(&self.added))?;
        object.serialize_entry("replaced", &Replaced(self))?;
        object.serialize_entry("removed", &Entries(&self.removed))?;
        if self.emptied {
            object.serialize_entry("emptied", &true)?;
        }
        if self.masked {
            object.serialize_entry("masked", &true)?;
        }
        object.end()
    }
}

struct Entries<'c, 'a>(&'c [(Cow<'a, str>, Cow<'a, Value>)]);

impl Serialize for Entries<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            object.serialize_entry(key, &**value)?;
        }
        object.end()
    }
}

struct Replaced<'c, 'a>(&'c Changes<'a>);

impl Serialize for Replaced<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.replaced.len()))?;
        for (key, old, new) in self.0.replaced() {
            object.serialize_entry(key, &OldNew { old, new })?;
        }
        object.end()
    }
}

struct OldNew<'v> {
    old: &'v Value,
    new: &'v Value,
}

impl Serialize for OldNew<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(2))?;
        object.serialize_entry("old", self.old)?;
        object.serialize_entry("new", self.new)?;
        object.end()
    }
}

/// Decodes the data that [`Serialize`] writes. An absent part is empty. Masked changes, unknown
/// members, and a key in more than one part are errors.
impl<'de> Deserialize<'de> for Changes<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Changes<'static>, D::Error> {
        Changes::from_data(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
