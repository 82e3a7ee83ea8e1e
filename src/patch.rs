//! A patch as a value of its own.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Map, Value};

use crate::apply::{apply, drop_nulls};
use crate::merge::not_an_object;
use crate::{Changes, Error, Side};

/// What a PATCH asks of one metadata object: nothing at all (*omit*), or a list of root keys to set and to remove, with or
/// without a *clear* of everything before it.
///
/// | body | patch |
/// |---|---|
/// | no field at all | [`Patch::omit`], the default |
/// | `{}` | [`Patch::clear`] |
/// | `{"a": 1, "b": null}` | set `a`, remove `b` |
/// | null, or anything else | an error |
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
/// Two patches are equal exactly when they do the same to every document (as far as `serde_json`'s `==` tells): a removal after
/// a clear says nothing, and is neither compared nor shown nor sent.
///
/// To build and to look takes one insertion, O(1), or one pass over the patch's own root keys; what costs more says so.
///
/// # In a serde struct
///
/// A field of this type has the three states that a request has. Both attributes are needed: `default` makes an absent field
/// an omit, and `skip_serializing_if` makes an omit an absent field.
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
/// assert!(body.user_metadata.clears());
/// assert!(body.app_metadata.is_omit());
/// assert_eq!(serde_json::to_string(&body)?, r#"{"user_metadata":{}}"#);
///
/// let refused = serde_json::from_str::<UpdateUser>(r#"{"user_metadata": null}"#);
/// assert!(refused.is_err_and(|error| error.to_string().starts_with("the patch must be a JSON object, but is null")));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// `Option<Patch>` would take null for an absent field, and must not be used; nor must `#[serde(flatten)]`, under which an omit
/// and a clear are the same text. A patch that no single body expresses refuses to
/// serialize: one that clears and then sets takes two (see [`Patch::bodies`]), and an omit has none. Its only candidate would
/// be `{}`, which wipes; so a forgotten `skip_serializing_if` is an error and never a loss.
#[derive(Clone, Default)]
pub struct Patch {
    pub(crate) clear: bool,
    /// Null means removal. After a clear a null says nothing; it is passed over where entries are read, since to take it out
    /// of an order-preserving map would cost a pass over the map.
    pub(crate) entries: Map<String, Value>,
}

impl Patch {
    /// The patch that changes nothing: the field that a request does not carry.
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

    /// The patch that removes every key, with the body `{}` (rule `clear`).
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

    /// This patch, and then `key` takes `value` (rule `set`). A null removes the key, as [`Patch::remove`] does; and
    /// `serde_json` makes null of `None`, and of what is no number in JSON (`f64::NAN`, infinities).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let patch = Patch::omit().set("level", 3).set("tags", json!(["a", "b"]));
    /// assert_eq!(patch.sets().count(), 2);
    /// ```
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<Value>) -> Patch {
        self.entries.insert(key.into(), value.into());
        self
    }

    /// This patch, and then `key` is removed, present or not (rules `delete` and `delete-missing`).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert_eq!(Patch::omit().set("a", 1).remove("a"), Patch::omit().remove("a"));
    /// assert_eq!(Patch::clear().set("a", 1).remove("a"), Patch::clear());
    /// ```
    #[must_use]
    pub fn remove(self, key: impl Into<String>) -> Patch {
        self.set(key, Value::Null)
    }

    /// Does to `document` what the patch says, moving its values.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let mut document = json!({"mycolor": "red", "myflavor": "grape"});
    /// Patch::omit().remove("mycolor").apply(document.as_object_mut().unwrap());
    /// assert_eq!(document, json!({"myflavor": "grape"}));
    /// ```
    ///
    /// # Complexity
    ///
    /// One look-up a root key of the patch (where the map is sorted and the document is the smaller: of the document), whatever
    /// the values hold. Under `preserve_order`, removals add at most three passes over the document's root keys, which keep
    /// their order. A clear drops the document.
    #[inline]
    pub fn apply(self, document: &mut Map<String, Value>) {
        let Patch { clear, mut entries } = self;
        if clear {
            drop_nulls(&mut entries);
            *document = entries;
        } else {
            apply(entries, document);
        }
    }

    /// The one patch that does what this and then `next` do.
    ///
    /// Composition is associative, with [`Patch::omit`] as identity; whatever stands before a clear is lost. A retry is
    /// harmless: a patch followed by itself is that patch. All laws are listed in [`laws`](crate::laws).
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
    /// One look-up a root key of `next`; no value is cloned.
    #[must_use]
    pub fn then(mut self, next: Patch) -> Patch {
        if next.clear {
            return next;
        }
        self.entries.extend(next.entries);
        self
    }

    /// Whether the patch does nothing to any document.
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

    /// Whether the patch removes every key before it sets any.
    ///
    /// Together with [`sets`](Patch::sets) and [`removals`](Patch::removals) this is the plan of the patch for a store that can
    /// carry it out by itself: where it clears, the sets are the new document; otherwise they are laid over the stored one
    /// and the removals are taken out.
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

    /// The root keys that the patch sets, each with its value, which is never null.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// let patch = Patch::omit().set("a", 1).remove("b");
    /// assert!(patch.sets().eq([("a", &serde_json::json!(1))]));
    /// ```
    pub fn sets(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.as_str(), value))
    }

    /// The root keys that the patch removes; none where it [`clears`](Patch::clears).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::omit().set("a", 1).remove("b").removals().eq(["b"]));
    /// assert!(Patch::clear().remove("b").removals().eq([""; 0]));
    /// ```
    pub fn removals(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|(_, value)| !self.clear && value.is_null()).map(|(key, _)| key.as_str())
    }

    /// The patch as bodies for the wire, in the order in which they must be sent: none for an omit, two for a clear followed by
    /// sets (`{}`, then the sets), one for anything else. `{}` stands here only if the patch [`clears`](Patch::clears).
    ///
    /// **Two requests are not atomic.** A reader sees the empty document between them, and if the second fails, what it would
    /// have set is lost. Where that matters, send instead one body that removes the unwanted keys by name
    /// ([`Patch::diff`] makes it), or, on a server of your own, carry out the plan of [`clears`](Patch::clears) in one
    /// statement.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let bodies: Vec<_> = Patch::clear().set("plan", "full").bodies().map(serde_json::Value::Object).collect();
    /// assert_eq!(bodies, [json!({}), json!({"plan": "full"})]);
    /// ```
    pub fn bodies(self) -> impl ExactSizeIterator<Item = Map<String, Value>> {
        let Patch { clear, mut entries } = self;
        let mut bodies = Vec::new();
        if clear {
            drop_nulls(&mut entries);
            bodies.push(Map::new());
        }
        if !entries.is_empty() {
            bodies.push(entries);
        }
        bodies.into_iter()
    }

    /// What the patch would do to `document`: only what really changes.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let document = json!({"mycolor": "red", "myflavor": "grape"});
    /// let patch = Patch::omit().set("mycolor", "blue").set("myflavor", "grape").remove("mysize");
    /// assert_eq!(
    ///     patch.changes(document.as_object().unwrap()).to_string(),
    ///     "~ \"mycolor\": \"red\" -> \"blue\"\n0 added, 1 replaced, 0 removed",
    /// );
    /// ```
    ///
    /// # Complexity
    ///
    /// One look-up a root key of the patch, and of the document if the patch clears, and a comparison of each value that is
    /// set with the stored one. Nothing is cloned.
    #[must_use]
    pub fn changes<'a>(&'a self, document: &'a Map<String, Value>) -> Changes<'a> {
        self.changes_of(Some(document))
    }

    /// The changes of a document that may not be there, which counts as an empty one.
    pub(crate) fn changes_of<'a>(&'a self, document: Option<&'a Map<String, Value>>) -> Changes<'a> {
        Changes::new(document, self.sets(), document.into_iter().flat_map(|document| self.removed_from(document)))
    }

    /// The members of `document` that the patch removes.
    pub(crate) fn removed_from<'a>(
        &'a self,
        document: &'a Map<String, Value>,
    ) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let removals = self.removals().filter_map(|key| document.get_key_value(key));
        let cleared = self.clear.then_some(document).into_iter().flatten();
        removals.chain(cleared.filter(|(key, _)| self.entries.get(*key).is_none_or(Value::is_null)))
    }

    /// Sets and removals alone. Unlike a body, which clears if it is empty, none of them make an omit.
    pub(crate) fn of_entries(entries: Map<String, Value>) -> Patch {
        Patch { clear: false, entries }
    }
}

/// A body as it came from the wire: `{}` is a clear.
///
/// ```
/// # use metadata_merge::Patch;
/// assert!(Patch::from(serde_json::Map::new()).clears());
/// ```
impl From<Map<String, Value>> for Patch {
    fn from(body: Map<String, Value>) -> Patch {
        Patch { clear: body.is_empty(), entries: body }
    }
}

/// A body as it came from the wire; anything but an object is refused (rule `reject`).
///
/// ```
/// # use metadata_merge::{Error, JsonType, Patch, Side};
/// let refused = Patch::try_from(serde_json::json!(null)).unwrap_err();
/// assert_eq!(refused, Error::NotAnObject { side: Side::Patch, found: JsonType::Null });
/// ```
impl TryFrom<Value> for Patch {
    type Error = Error;

    fn try_from(body: Value) -> Result<Patch, Error> {
        match body {
            Value::Object(body) => Ok(body.into()),
            other => Err(not_an_object(Side::Patch, &other)),
        }
    }
}

/// Equal patches do the same to every document.
impl PartialEq for Patch {
    fn eq(&self, other: &Patch) -> bool {
        self.clear == other.clear
            && self.sets().count() == other.sets().count()
            && self.sets().all(|(key, value)| other.entries.get(key) == Some(value))
            && self.removals().count() == other.removals().count()
            && self.removals().all(|key| other.entries.get(key) == Some(&Value::Null))
    }
}

impl fmt::Debug for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patch")
            .field("clears", &self.clear)
            .field("sets", &self.sets().collect::<Vec<_>>())
            .field("removals", &self.removals().collect::<Vec<_>>())
            .finish()
    }
}

/// From a JSON object, as [`TryFrom<Value>`]; the error of anything else holds no value.
///
/// It is read as a [`Value`], and so as `serde_json` reads those: if any crate in the build has its `raw_value` on, an object
/// whose first key is `$serde_json::private::RawValue` is the JSON in that key's text (as under `arbitrary_precision` one with
/// `$serde_json::private::Number` is a number). Whoever takes bodies from strangers in such a build keeps to
/// the module `text`, to which these keys are data.
impl<'de> Deserialize<'de> for Patch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Patch, D::Error> {
        Patch::try_from(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// As its one body; a patch that has none or two is an error.
impl Serialize for Patch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_omit() {
            return Err(ser::Error::custom(
                "a patch that changes nothing has no body: leave its field out with skip_serializing_if = \"Patch::is_omit\"",
            ));
        }
        if self.clear && self.sets().next().is_some() {
            return Err(ser::Error::custom(
                "a patch that clears and then sets needs two bodies: send each of Patch::bodies() in turn",
            ));
        }
        // What is left after a clear are removals, which say nothing.
        serializer.collect_map(self.entries.iter().filter(|_| !self.clear))
    }
}
