//! A patch as a field of a serde struct.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::Patch;
use super::decode::decode_value;

/// Decodes a JSON object, as [`TryFrom<Value>`] does. An error never holds a value.
///
/// More than 126 levels of nesting are rejected, because the resource that stores the field could
/// not be decoded again. NaN and infinities are rejected too.
///
/// Any crate in the build can enable `raw_value` or `arbitrary_precision` of `serde_json`. An
/// object that starts with an internal key of the feature is then decoded as a raw value or a
/// number. In such a build, use [`text`](crate::text) for untrusted input: these keys are data
/// there.
impl<'de> Deserialize<'de> for Patch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Patch, D::Error> {
        Patch::try_from(decode_value(deserializer)?).map_err(de::Error::custom)
    }
}

/// Encodes the patch as its request body. An omit is an error, and so is a clear followed by sets.
impl Serialize for Patch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_omit() {
            return Err(ser::Error::custom(
                "a patch that changes nothing has no body: skip its field with skip_serializing_if = \"Patch::is_omit\"",
            ));
        }
        if self.clear && !self.entries.is_empty() {
            return Err(ser::Error::custom(
                "a patch that clears and then sets needs two bodies: send each of Patch::bodies()",
            ));
        }
        self.entries.serialize(serializer)
    }
}
