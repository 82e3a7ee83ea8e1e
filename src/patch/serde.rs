//! A patch as a field of a serde struct.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::Patch;
use super::decode::decode_value;

/// Decodes a JSON object, as [`TryFrom<Value>`] does. An error never holds a value.
///
/// Nesting deeper than 126 levels is rejected, because the resource that stores the field could not be
/// decoded again. A number that is not finite is rejected too.
///
/// If any crate in the build enables `raw_value` or `arbitrary_precision` of `serde_json`, an
/// object whose first key is one of that feature's private keys is decoded as that feature says. In
/// such a build, use [`text`](crate::text) for untrusted input, which treats these keys as data.
impl<'de> Deserialize<'de> for Patch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Patch, D::Error> {
        Patch::try_from(decode_value(deserializer)?).map_err(de::Error::custom)
    }
}

/// Encodes the one body of the patch. An omit and a clear that is followed by sets are errors.
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
