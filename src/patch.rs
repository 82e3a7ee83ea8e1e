//! A patch as a value.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};

use crate::equality::map_eq;
use crate::error::{Error, Input};
use crate::in_place::{apply, drop_nulls, remove};

mod changes;
mod decode;
mod diff;
mod guards;
mod mask;
mod reconcile;
mod serde;

pub use self::changes::{Changes, Masked};
pub(crate) use self::decode::decode_value;
pub(crate) use self::mask::mask;
pub use self::reconcile::{Conflict, Reconciliation};

/// The effect of a PATCH on one metadata object: nothing (*omit*), or root keys to set and to
/// remove, optionally after a *clear* that removes every key.
///
/// | body | patch |
/// |---|---|
/// | the field is absent | [`Patch::omit`], the default |
/// | `{}` | [`Patch::clear`] |
/// | `{"a": 1, "b": null}` | sets `a`, removes `b` |
/// | null or anything else | an error |
///
/// ```
/// use metadata_merge::Patch;
/// use serde_json::json;
///
/// let patch = Patch::omit().set("mycolor", "blue").remove("myflavor");
/// assert_eq!(patch, Patch::try_from(json!({"mycolor": "blue", "myflavor": null}))?);
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// A patch is always canonical: after a clear, it holds no removals. Two patches are therefore
/// equal if and only if they have the same effect on every document. Numbers compare as in
/// [`json_eq`](crate::json_eq).
///
/// Unless noted, methods take at most O(n) time, where n is the number of root keys in the patch.
///
/// # As a field of a serde struct
///
/// A field of this type has the three states that a request has. Both attributes are needed:
/// `default` reads an absent field as an omit, and `skip_serializing_if` writes an omit as an
/// absent field.
///
/// ```
/// use metadata_merge::Patch;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, Serialize)]
/// struct UpdateUser {
///     #[serde(default, skip_serializing_if = "Patch::is_omit")]
///     user_metadata: Patch,
///     #[serde(default, skip_serializing_if = "Patch::is_omit")]
///     app_metadata: Patch,
/// }
///
/// let body: UpdateUser = serde_json::from_str(r#"{"user_metadata": {}}"#)?;
/// assert!(body.user_metadata.is_clear());
/// assert!(body.app_metadata.is_omit());
/// assert_eq!(serde_json::to_string(&body)?, r#"{"user_metadata":{}}"#);
///
/// let error = serde_json::from_str::<UpdateUser>(r#"{"user_metadata": null}"#).err().unwrap();
/// assert!(error.to_string().starts_with("the patch must be a JSON object, but is null"));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// - Do not use `Option<Patch>`, which reads null as absent.
/// - Do not use `#[serde(flatten)]`, or an internally tagged enum around a patch. Neither can tell
///   an absent field from `{}`.
/// - Decoding rejects a number that is not finite, at any depth, and names its key. `serde_json`
///   would store null for it, and a null at the root deletes.
/// - A patch that no single body expresses refuses to serialize. A clear that is followed by sets
///   takes two bodies (see [`Patch::bodies`]), and an omit takes none. A forgotten
///   `skip_serializing_if` is therefore an error, and never a `{}` that wipes the field.
/// - `skip_serializing_if` needs a format with named fields. Compact MessagePack and other formats
///   that write a struct as an array shift the fields after a skipped one.
/// - Formats that do not describe themselves, such as bincode and postcard, can write a patch but
///   cannot read one.
/// - With `arbitrary_precision`, `serde_json` writes a number to another format as a struct of its
///   own, which compact MessagePack reads back as an array.
/// - TOML has no null, so it cannot write a removal. Its dates are decoded as an object with one
///   private key.
/// - Decoding rejects types that JSON does not have: tags of YAML and CBOR, byte strings, and
///   extensions of MessagePack.
#[derive(Clone, Default)]
pub struct Patch {
    clear: bool,
    /// A null removes its key. There are no nulls after a clear.
    entries: Map<String, Value>,
}

impl Patch {
    /// Returns the patch that changes nothing: the field is absent from the request.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::omit().is_omit());
    /// assert_eq!(Patch::omit().bodies().len(), 0);
    /// ```
    #[must_use]
    pub fn omit() -> Patch {
        Patch::default()
    }

    /// Returns the patch that removes every key, with the body `{}` (rule `clear`).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// assert_eq!(Patch::clear(), Patch::try_from(json!({}))?);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub fn clear() -> Patch {
        Patch { clear: true, entries: Map::new() }
    }

    /// Returns the patch of a body. An empty `body` **clears**; a null in it removes its key.
    ///
    /// Do not call this with a map that was filtered. If nulls were stripped from it, or unchanged
    /// entries were dropped, an empty map means "no change" and this function would wipe the
    /// document.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::from_body(serde_json::Map::new()).is_clear());
    /// ```
    ///
    /// # Complexity
    ///
    /// O(1).
    #[must_use]
    pub fn from_body(body: Map<String, Value>) -> Patch {
        Patch { clear: body.is_empty(), entries: body }
    }

    /// Adds: `key` takes `value` (rule `set`).
    ///
    /// A null removes the key, as in JSON. Beware that `serde_json` converts `None` and numbers
    /// that are not finite (`f64::NAN`) to null.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let patch = Patch::omit().set("level", 3).set("tags", json!(["a", "b"]));
    /// assert_eq!(patch.sets().count(), 2);
    /// ```
    ///
    /// # Complexity
    ///
    /// One insertion.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<Value>) -> Patch {
        let (key, value) = (key.into(), value.into());
        if self.clear && value.is_null() {
            remove(&mut self.entries, &key);
        } else {
            self.entries.insert(key, value);
        }
        self
    }

    /// Adds: `key` is removed, present or not (rules `delete` and `delete-missing`).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert_eq!(Patch::omit().set("a", 1).remove("a"), Patch::omit().remove("a"));
    /// assert_eq!(Patch::clear().set("a", 1).remove("a"), Patch::clear());
    /// ```
    ///
    /// # Complexity
    ///
    /// One insertion. After a clear it is a removal, which takes O(n) under `preserve_order`.
    #[must_use]
    pub fn remove(self, key: impl Into<String>) -> Patch {
        self.set(key, Value::Null)
    }

    /// Applies the patch to `document`, moving the patch's values.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::Map;
    /// let mut document = Map::from_iter([("mycolor".to_owned(), "red".into())]);
    /// Patch::omit().remove("mycolor").set("mysize", "L").apply(&mut document);
    /// assert!(document.keys().eq(["mysize"]));
    /// ```
    ///
    /// # Complexity
    ///
    /// O(n) lookups, where n is the number of root keys in the patch (for a sorted map, in the
    /// smaller of patch and document). Under `preserve_order`, removals add at most three passes
    /// over the root keys of the document. A clear drops the document. Values are neither cloned
    /// nor inspected.
    #[inline]
    pub fn apply(self, document: &mut Map<String, Value>) {
        if self.clear {
            *document = self.entries;
        } else {
            apply(self.entries, document);
        }
    }

    /// Composes two patches: applying the result is the same as applying `self` and then `next`.
    ///
    /// Composition is associative, with [`Patch::omit`] as its identity. A patch followed by itself
    /// is that patch, so a retry is harmless.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// let first = Patch::omit().set("a", 1).set("b", 1);
    /// let next = Patch::omit().set("b", 2).remove("c");
    /// assert_eq!(first.clone().then(next), Patch::omit().set("a", 1).set("b", 2).remove("c"));
    /// assert_eq!(first.then(Patch::clear()), Patch::clear());
    /// ```
    ///
    /// # Complexity
    ///
    /// O(m) insertions, where m is the number of root keys in `next`. After a clear, a removal in
    /// `next` adds one pass over the result. No value is cloned.
    #[must_use]
    pub fn then(mut self, next: Patch) -> Patch {
        if next.clear {
            return next;
        }
        self.entries.extend(next.entries); // compose
        if self.clear {
            drop_nulls(&mut self.entries);
        }
        self
    }

    /// Returns whether the patch changes no document.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::default().is_omit());
    /// assert!(!Patch::clear().is_omit());
    /// ```
    #[must_use]
    pub fn is_omit(&self) -> bool {
        !self.clear && self.entries.is_empty()
    }

    /// Returns whether the patch is exactly [`Patch::clear`], so that it leaves every document
    /// empty.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::clear().is_clear());
    /// assert!(!Patch::clear().set("a", 1).is_clear());
    /// ```
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.clear && self.entries.is_empty()
    }

    /// Returns whether the patch removes every key before it sets any. Unlike [`Patch::is_clear`],
    /// it may set keys afterwards.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::clear().set("a", 1).clears());
    /// assert!(!Patch::omit().remove("a").clears());
    /// ```
    #[must_use]
    pub fn clears(&self) -> bool {
        self.clear
    }

    /// Returns the root keys that the patch sets, with their values, which are never null.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// let patch = Patch::omit().set("a", 1).remove("b");
    /// assert!(patch.sets().eq([("a", &serde_json::json!(1))]));
    /// ```
    pub fn sets(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.as_str(), value))
    }

    /// Returns the root keys that the patch removes by name; none if it [`clears`](Patch::clears).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::omit().set("a", 1).remove("b").removals().eq(["b"]));
    /// assert!(Patch::clear().remove("b").removals().eq([""; 0]));
    /// ```
    pub fn removals(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|(_, value)| value.is_null()).map(|(key, _)| key.as_str())
    }

    /// Takes the patch apart, for the parameters of a statement that a store executes.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// let parts = Patch::omit().set("a", 1).remove("b").into_parts();
    /// assert!(!parts.clear);
    /// assert_eq!((parts.sets["a"].as_i64(), parts.removals), (Some(1), vec!["b".to_owned()]));
    /// ```
    #[must_use]
    pub fn into_parts(self) -> Parts {
        let Patch { clear, entries: mut sets } = self;
        let removals = sets.iter().filter(|(_, value)| value.is_null()).map(|(key, _)| key.clone()).collect();
        drop_nulls(&mut sets);
        Parts { clear, sets, removals }
    }

    /// Converts the patch into request bodies, in the order in which to send them: none for an
    /// omit, two for a clear followed by sets (`{}`, then the sets), otherwise one. `{}` is among
    /// them only if the patch [`clears`](Patch::clears).
    ///
    /// **Two requests are not atomic.** A reader sees the empty document between them, and if the
    /// second request fails, its values are lost. To avoid that, send one body that removes the
    /// unwanted keys by name ([`Patch::diff`] makes it).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::{Value, json};
    /// let bodies: Vec<_> = Patch::clear().set("plan", "full").bodies().map(Value::Object).collect();
    /// assert_eq!(bodies, [json!({}), json!({"plan": "full"})]);
    /// ```
    pub fn bodies(self) -> impl ExactSizeIterator<Item = Map<String, Value>> {
        let mut bodies = Vec::new();
        if self.clear {
            bodies.push(Map::new());
        }
        if !self.entries.is_empty() {
            bodies.push(self.entries);
        }
        bodies.into_iter()
    }

    /// Returns the members of `document` that the patch removes.
    fn removed_from<'a>(&'a self, document: &'a Map<String, Value>) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let by_name = self.removals().filter_map(|key| document.get_key_value(key));
        let cleared = self.clear.then_some(document).into_iter().flatten();
        by_name
            .chain(cleared.filter(|(key, _)| !self.entries.contains_key(*key)))
            .map(|(key, value)| (key.as_str(), value))
    }

    /// Returns the value that the patch sets under `key`, or null if it removes the key by name.
    pub(crate) fn entry(&self, key: &str) -> Option<&Value> {
        self.entries.get(key)
    }

    /// Returns the patch of these sets and removals. Unlike an empty body, no entries are an omit.
    fn of_entries(entries: Map<String, Value>) -> Patch {
        Patch { clear: false, entries }
    }
}

/// A [`Patch`], taken apart by [`Patch::into_parts`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Whether every key is removed first.
    pub clear: bool,
    /// The root keys to set, with their values, which are never null.
    pub sets: Map<String, Value>,
    /// The root keys to remove; none if `clear` is true.
    pub removals: Vec<String>,
}

/// Parses a body as [`Patch::from_body`] does. Anything but an object is rejected (rule `reject`).
///
/// ```
/// # use metadata_merge::{Error, Input, JsonType, Patch};
/// let error = Patch::try_from(serde_json::json!(null)).unwrap_err();
/// assert_eq!(error, Error::NotAnObject { input: Input::Patch, found: JsonType::Null });
/// ```
impl TryFrom<Value> for Patch {
    type Error = Error;

    fn try_from(body: Value) -> Result<Patch, Error> {
        match body {
            Value::Object(body) => Ok(Patch::from_body(body)),
            other => Err(Error::not_an_object(Input::Patch, &other)),
        }
    }
}

/// Adds sets and removals, as [`Patch::set`] does. No items add nothing.
impl<K: Into<String>, V: Into<Value>> Extend<(K, V)> for Patch {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        self.entries.extend(entries.into_iter().map(|(key, value)| (key.into(), value.into())));
        if self.clear {
            drop_nulls(&mut self.entries);
        }
    }
}

/// Equal patches have the same effect on every document.
impl PartialEq for Patch {
    fn eq(&self, other: &Patch) -> bool {
        self.clear == other.clear && map_eq(&self.entries, &other.entries)
    }
}

impl Eq for Patch {}

impl fmt::Debug for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patch")
            .field("clears", &self.clear)
            .field("sets", &self.sets().collect::<Vec<_>>())
            .field("removals", &self.removals().collect::<Vec<_>>())
            .finish()
    }
}
