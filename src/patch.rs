//! A patch as a value.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};

use crate::equality::map_eq;
use crate::error::{Error, Input};
use crate::in_place::drop_nulls;

// The groups are in the order in which rustdoc lists the methods of `Patch`.
mod build;
mod diff;

mod apply;
mod inspect;

mod changes;
mod guards;

mod compose;
mod reconcile;

mod decode;
mod mask;
mod serde;

pub use self::apply::Parts;
pub use self::changes::{Changes, Masked};
pub(crate) use self::decode::decode_value;
pub(crate) use self::mask::mask;
pub use self::reconcile::{Conflict, Reconciliation};

/// The effect of a PATCH on one metadata object. An *omit* changes nothing. A *clear* removes every
/// key. Any other patch sets and removes root keys, and may clear first.
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
/// A patch that clears holds no removals. Two patches are therefore equal if and only if they have
/// the same effect on every document. Values compare as in [`json_eq`](crate::json_eq).
///
/// Unless noted, methods take at most O(n) time, where n is the number of root keys in the patch. A
/// comparison of patches also compares their values.
///
/// # As a field of a serde struct
///
/// A field of this type is absent, `{}`, or an object with keys. Both attributes are needed:
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
/// let error =
///     serde_json::from_str::<UpdateUser>(r#"{"user_metadata": null}"#).err().unwrap();
/// assert!(
///     error.to_string().starts_with("the patch must be a JSON object, but is null")
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// - A field in replace mode takes a [`Replacement`](crate::resource::Replacement) instead.
/// - For an OpenAPI document, `utoipa` needs `#[schema(value_type = Object)]` on the field.
/// - Do not use `Option<Patch>`, which reads null as absent.
/// - Do not flatten a patch, or make it the whole content of a variant of an internally tagged
///   enum. Neither can tell an absent field from `{}`.
/// - Decoding rejects a number that is not finite, at any depth, and names its key. `serde_json`
///   would store null for it, and a root null removes its key.
/// - Serializing fails unless one body expresses the patch. A clear followed by sets takes two
///   bodies (see [`Patch::bodies`]), and an omit takes none. A forgotten `skip_serializing_if` is
///   therefore an error, and never a `{}` that clears the field.
/// - `skip_serializing_if` needs a format with named fields. Compact MessagePack writes a struct as
///   an array. A skipped field moves the later fields to the wrong place.
/// - Formats that do not describe themselves, such as bincode and postcard, can write a patch but
///   cannot read one.
/// - With `arbitrary_precision`, `serde_json` writes a number to other formats as an internal
///   struct. Compact MessagePack reads this struct back as an array.
/// - TOML has no null, so it cannot write a removal. A TOML date is decoded as an object with one
///   internal key of the `toml` crate.
/// - Decoding rejects types that JSON does not have: tags of YAML and CBOR, byte strings, and
///   extensions of MessagePack.
#[derive(Clone, Default)]
pub struct Patch {
    clear: bool,
    /// A null removes its key. There are no nulls after a clear.
    entries: Map<String, Value>,
}

impl Patch {
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

/// Converts a body as [`Patch::from_body`] does, in O(1). Anything but an object is an
/// [`Error::NotAnObject`] (rule `reject`).
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

/// Adds each entry as [`Patch::set`] does. An empty iterator changes nothing: it does not clear.
///
/// ```
/// # use metadata_merge::Patch;
/// let mut patch = Patch::omit();
/// patch.extend([("a", Some(1)), ("b", None)]);
/// assert_eq!(patch, Patch::omit().set("a", 1).remove("b"));
/// ```
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
