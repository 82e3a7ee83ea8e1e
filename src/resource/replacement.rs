//! A field in replace mode, as a field of a serde struct.

use alloc::string::String;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Map, Value};

use crate::equality::map_eq;
use crate::error::{Error, Input};
use crate::patch::decode_value;

/// The effect of a body on a field in [replace mode](super::Mode::Replace): an *omit* changes
/// nothing, a *clear* removes every key, and an object replaces the field. Methods take O(1) time,
/// and a comparison compares the values.
///
/// | body | replacement |
/// |---|---|
/// | the field is absent | [`Replacement::omit`], the default |
/// | null or `{}` | [`Replacement::clear`] |
/// | `{"a": 1}` | the object, including its nulls |
/// | anything else | an error |
///
/// In a serde struct, a field of this type needs both attributes. The warnings on
/// [`Patch`](crate::Patch) apply here too. For an OpenAPI document, `utoipa` needs
/// `#[schema(value_type = Option<Object>)]`.
///
/// ```
/// use metadata_merge::resource::Replacement;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, Serialize)]
/// struct UpdateOrganization {
///     #[serde(default, skip_serializing_if = "Replacement::is_omit")]
///     metadata: Replacement,
/// }
///
/// let body: UpdateOrganization = serde_json::from_str("{}")?;
/// assert!(body.metadata.is_omit());
/// assert_eq!(serde_json::to_string(&body)?, "{}");
/// let body: UpdateOrganization = serde_json::from_str(r#"{"metadata": null}"#)?;
/// assert!(body.metadata.is_clear());
/// let body: UpdateOrganization =
///     serde_json::from_str(r#"{"metadata": {"plan": "full"}}"#)?;
/// assert_eq!(body.metadata.get().map(|object| object.len()), Some(1));
/// assert_eq!(body.metadata.into_inner().unwrap()["plan"], "full");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Replacement(State);

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Omit,
    Clear,
    /// An object that is not empty.
    Object(Map<String, Value>),
}

impl Replacement {
    /// Returns the replacement that changes nothing: the field is absent from the request.
    #[must_use]
    pub fn omit() -> Replacement {
        Replacement(State::Omit)
    }

    /// Returns the replacement that clears the field, as null and `{}` do.
    #[must_use]
    pub fn clear() -> Replacement {
        Replacement(State::Clear)
    }

    /// Returns whether the replacement changes nothing.
    #[must_use]
    pub fn is_omit(&self) -> bool {
        matches!(self.0, State::Omit)
    }

    /// Returns whether the replacement clears the field.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        matches!(self.0, State::Clear)
    }

    /// Returns the object that replaces the field, or none for an omit and a clear.
    #[must_use]
    pub fn get(&self) -> Option<&Map<String, Value>> {
        match &self.0 {
            State::Object(object) => Some(object),
            State::Omit | State::Clear => None,
        }
    }

    /// Returns the object that replaces the field by value, or none for an omit and a clear.
    #[must_use]
    pub fn into_inner(self) -> Option<Map<String, Value>> {
        match self.0 {
            State::Object(object) => Some(object),
            State::Omit | State::Clear => None,
        }
    }
}

/// Values compare as in [`json_eq`](crate::json_eq).
impl PartialEq for Replacement {
    fn eq(&self, other: &Replacement) -> bool {
        match (self.get(), other.get()) {
            (Some(left), Some(right)) => map_eq(left, right),
            (None, None) => self.is_clear() == other.is_clear(),
            _ => false,
        }
    }
}

impl Eq for Replacement {}

/// Converts the value that a body sends. Anything but an object or null is an
/// [`Error::NotAnObject`] of [`Input::Replacement`] (rule `replace`).
///
/// ```
/// # use metadata_merge::resource::Replacement;
/// # use serde_json::json;
/// assert!(Replacement::try_from(json!({}))?.is_clear());
/// let error = Replacement::try_from(json!("text")).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the replacement must be a JSON object or null, but is a string"
/// );
/// # Ok::<(), metadata_merge::Error>(())
/// ```
impl TryFrom<Value> for Replacement {
    type Error = Error;

    fn try_from(body: Value) -> Result<Replacement, Error> {
        match body {
            Value::Null => Ok(Replacement::clear()),
            Value::Object(object) if object.is_empty() => Ok(Replacement::clear()),
            Value::Object(object) => Ok(Replacement(State::Object(object))),
            other => Err(Error::not_an_object(Input::Replacement, &other)),
        }
    }
}

/// Decodes null or an object. NaN and infinities are errors, at any depth.
impl<'de> Deserialize<'de> for Replacement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Replacement, D::Error> {
        Replacement::try_from(decode_value(deserializer)?).map_err(de::Error::custom)
    }
}

/// Encodes the object, or `{}` for a clear. An omit is an error.
impl Serialize for Replacement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            State::Object(object) => object.serialize(serializer),
            State::Clear => Map::<String, Value>::new().serialize(serializer),
            State::Omit => Err(ser::Error::custom(
                "a replacement that changes nothing has no body: skip its field with skip_serializing_if = \"Replacement::is_omit\"",
            )),
        }
    }
}
