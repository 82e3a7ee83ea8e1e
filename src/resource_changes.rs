//! What a body would do to a whole resource.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::Changes;

/// What a body would do to one stored resource: the changes of its attributes, and of each metadata field that the body
/// carries. Made by [`Plan::changes`](crate::resource::Plan::changes).
///
/// Its text has the changed attributes first, and then each field that really changes, indented below its name.
///
/// ```
/// use metadata_merge::resource::USER;
/// use serde_json::json;
///
/// let stored = json!({"name": "Jane", "user_metadata": {"hobby": "surfing"}});
/// let plan = USER.plan(json!({"name": "Jane", "user_metadata": {"hobby": null}}))?;
/// let changes = plan.changes(stored.as_object().unwrap())?;
/// assert!(changes.attributes().is_empty() && !changes.is_empty());
/// let (field, of_field) = changes.fields().next().unwrap();
/// assert_eq!((field, of_field.removed().len()), ("user_metadata", 1));
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// Serialized, it is `{"attributes": CHANGES, "fields": {NAME: CHANGES}}`, with each of them as [`Changes`] has it.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceChanges<'a> {
    attributes: Changes<'a>,
    fields: Vec<(&'a str, Changes<'a>)>,
}

impl<'a> ResourceChanges<'a> {
    pub(crate) fn new(attributes: Changes<'a>, fields: Vec<(&'a str, Changes<'a>)>) -> ResourceChanges<'a> {
        ResourceChanges { attributes, fields }
    }

    /// The attributes that are added and replaced; none is ever removed.
    #[must_use]
    pub fn attributes(&self) -> &Changes<'a> {
        &self.attributes
    }

    /// The metadata fields that the body carries, each with its changes, in the body's order.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&'a str, &Changes<'a>)> {
        self.fields.iter().map(|(name, changes)| (*name, changes))
    }

    /// Whether the body changes nothing in the resource.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.fields.iter().all(|(_, changes)| changes.is_empty())
    }
}

impl fmt::Display for ResourceChanges<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no change");
        }
        let mut separator = "";
        if !self.attributes.is_empty() {
            write!(f, "{}", self.attributes)?;
            separator = "\n";
        }
        for (name, changes) in self.fields.iter().filter(|(_, changes)| !changes.is_empty()) {
            write!(f, "{separator}{name}")?;
            changes.to_string().lines().try_for_each(|line| write!(f, "\n    {line}"))?;
            separator = "\n";
        }
        Ok(())
    }
}

/// As data: `{"attributes": CHANGES, "fields": {NAME: CHANGES}}`.
impl Serialize for ResourceChanges<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Fields<'a>(&'a [(&'a str, Changes<'a>)]);
        impl Serialize for Fields<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, changes)| (name, changes)))
            }
        }
        let mut object = serializer.serialize_struct("ResourceChanges", 2)?;
        object.serialize_field("attributes", &self.attributes)?;
        object.serialize_field("fields", &Fields(&self.fields))?;
        object.end()
    }
}
