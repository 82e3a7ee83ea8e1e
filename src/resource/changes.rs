//! The changes of a whole resource.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};
use serde_json::{Map, Value};

use super::{Mode, Plan, Replacement, Resource};
use crate::error::{Error, JsonType};
use crate::excerpt::Quoted;
use crate::patch::{Changes, Masked, Patch};

/// The changes that a plan makes to one stored resource. [`Plan::changes`] returns this type.
/// Unless noted, methods take O(1) time. A comparison takes O(n log n) for n keys, and compares
/// their values.
///
/// [`fields`](ResourceChanges::fields) has the changes of each object that merges. This is a
/// metadata field in merge mode, where absent counts as `{}`, or an attribute that was an object
/// and merges. [`attributes`](ResourceChanges::attributes) has the changes of *units*, which are
/// replaced as a whole: other attributes, and metadata fields in replace mode.
///
/// The [`Display`](fmt::Display) output lists the units first. The changes of each merged object
/// follow, indented below its name.
///
/// ```
/// use metadata_merge::resource::{ResourceChanges, USER};
/// use serde_json::json;
///
/// let mut stored = USER.create(json!({"name": "Jane", "user_metadata": {"hobby": "surfing"}}))?;
/// let plan = USER.plan(json!({"name": null, "user_metadata": {"hobby": null}}))?;
/// let changes = plan.changes(&stored)?.into_owned(); // owned, because `stored` changes below
/// assert!(!changes.is_empty() && changes.attributes().removed().eq([("name", &json!("Jane"))]));
/// assert!(changes.fields().map(|(name, _)| name).eq(["user_metadata"]));
/// assert!(!changes.masked(|key| key == "name").to_string().contains("Jane"));
/// let line = serde_json::to_string(&changes).unwrap();
/// plan.apply(&mut stored)?;
///
/// // The line is read back from the audit log, and the change is reverted.
/// let logged: ResourceChanges<'static> = serde_json::from_str(&line).unwrap();
/// logged.revert(USER)?.apply(&mut stored)?;
/// assert_eq!((&stored["name"], &stored["user_metadata"]), (&json!("Jane"), &json!({"hobby": "surfing"})));
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// The changes serialize to `{"attributes": CHANGES, "fields": {NAME: CHANGES}}`, with each part in
/// the form of [`Changes`]. They do not contain the name of the resource, so log it too. A log line
/// is up to three levels deeper than the resource.
#[derive(Clone, Debug, Default)]
pub struct ResourceChanges<'a> {
    pub(super) attributes: Changes<'a>,
    /// None of them is empty.
    fields: Vec<(Cow<'a, str>, Changes<'a>)>,
}

impl<'a> ResourceChanges<'a> {
    pub(super) fn push(&mut self, name: &'a str, changes: Changes<'a>) {
        if !changes.is_empty() {
            self.fields.push((Cow::Borrowed(name), changes));
        }
    }

    /// Returns the changes of the attributes and metadata fields that are units.
    #[must_use]
    pub fn attributes(&self) -> &Changes<'a> {
        &self.attributes
    }

    /// Returns each merged metadata field or attribute that changes, with its changes, in the order
    /// of the body.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&str, &Changes<'a>)> {
        self.fields.iter().map(|(name, changes)| (&**name, changes))
    }

    /// Returns whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.fields.is_empty()
    }

    /// Returns the plan that reverts these changes in a resource of this kind. The plan restores
    /// the old values, and overwrites later changes of these keys. An absent metadata field may
    /// become `{}`, or the reverse.
    ///
    /// # Errors
    ///
    /// [`Error::NotRevertible`] if no body can store an old value: a null attribute, or a metadata
    /// field that was not an object. [`Error::RootNull`] if an old value is a root null where
    /// members merge. Pass the same resource: a changed field that `resource` lacks may be
    /// planned as an attribute, or be [`Error::UnknownField`] or [`Error::WrongMode`].
    ///
    /// # Complexity
    ///
    /// O(n log n) for n changes. Borrowed old values are cloned.
    pub fn revert<'r>(self, resource: Resource<'r>) -> Result<Plan<'r>, Error> {
        let mut plan = Plan::new(resource);
        for (name, changes) in self.fields {
            plan = match resource.field(&name) {
                None if resource.attributes == Mode::Merge => plan.attribute(name, changes.revert()?)?,
                _ => plan.field(&name, changes.revert()?)?,
            };
        }
        for (name, _) in self.attributes.added() {
            plan = match resource.field(name) {
                Some(_) => plan.replace(name, Replacement::clear())?,
                None => plan.remove_attribute(name)?,
            };
        }
        let replaced = self.attributes.replaced().map(|(name, old, _)| (name, old));
        for (name, old) in replaced.chain(self.attributes.removed()) {
            plan = match resource.field(name) {
                Some(_) => {
                    let object = Replacement::try_from(old.clone()).ok().filter(|_| !old.is_null());
                    plan.replace(name, object.ok_or_else(|| Error::NotRevertible { name: name.into() })?)?
                }
                None => restore(plan, name, old)?,
            };
        }
        Ok(plan)
    }

    /// Returns a copy for display or logs, as [`Changes::masked`] does, with the same cost.
    ///
    /// `hide` is also called with the names of fields and attributes.
    #[must_use]
    pub fn masked(&self, hide: impl Fn(&str) -> bool) -> Masked<'_, ResourceChanges<'static>> {
        let mut masked = ResourceChanges { attributes: self.attributes.masked_by(&hide), fields: Vec::new() };
        for (name, changes) in &self.fields {
            if hide(name) {
                masked.attributes.push_hidden(name); // its keys are part of the hidden value
            } else {
                masked.fields.push((Cow::Owned(name.clone().into_owned()), changes.masked_by(&hide)));
            }
        }
        Masked::new(masked)
    }

    /// Returns the changes, with borrowed keys and values cloned.
    #[must_use]
    pub fn into_owned(self) -> ResourceChanges<'static> {
        let fields =
            self.fields.into_iter().map(|(name, changes)| (Cow::Owned(name.into_owned()), changes.into_owned()));
        ResourceChanges { attributes: self.attributes.into_owned(), fields: fields.collect() }
    }
}

/// Plans the old value of an attribute.
fn restore<'r>(plan: Plan<'r>, name: &str, old: &Value) -> Result<Plan<'r>, Error> {
    match old {
        Value::Null => Err(Error::NotRevertible { name: name.into() }),
        Value::Object(members) if plan.merges_attributes() => {
            if let Some((key, _)) = members.iter().find(|(_, value)| value.is_null()) {
                return Err(Error::RootNull { key: key.clone() });
            }
            plan.attribute(name, Patch::from_body(members.clone()))
        }
        _ => plan.attribute(name, old.clone()),
    }
}

/// Equal changes have the same fields and attributes with equal changes, in any order.
impl PartialEq for ResourceChanges<'_> {
    fn eq(&self, other: &ResourceChanges<'_>) -> bool {
        let (fields, others): (BTreeMap<_, _>, BTreeMap<_, _>) = (self.fields().collect(), other.fields().collect());
        self.attributes == other.attributes
            && fields.len() == others.len()
            && fields.iter().zip(&others).all(|((name, changes), (other, same))| name == other && *changes == *same)
    }
}

impl Eq for ResourceChanges<'_> {}

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
        for (name, changes) in &self.fields {
            write!(f, "{separator}{}", Quoted(name))?;
            changes.to_string().lines().try_for_each(|line| write!(f, "\n    {line}"))?;
            separator = "\n";
        }
        Ok(())
    }
}

impl Serialize for ResourceChanges<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Fields<'c, 'a>(&'c [(Cow<'a, str>, Changes<'a>)]);
        impl Serialize for Fields<'_, '_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut object = serializer.serialize_map(Some(self.0.len()))?;
                for (name, changes) in self.0 {
                    object.serialize_entry(name, changes)?;
                }
                object.end()
            }
        }
        let mut object = serializer.serialize_struct("ResourceChanges", 2)?;
        object.serialize_field("attributes", &self.attributes)?;
        object.serialize_field("fields", &Fields(&self.fields))?;
        object.end()
    }
}

/// Decodes the data that [`Serialize`] writes. Errors are as for [`Changes`].
impl<'de> Deserialize<'de> for ResourceChanges<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ResourceChanges<'static>, D::Error> {
        let mut members = Map::<String, Value>::deserialize(deserializer)?;
        let attributes = members.remove("attributes").unwrap_or_else(|| Value::Object(Map::new()));
        let attributes = Changes::from_data(attributes).map_err(de::Error::custom)?;
        let mut fields = Vec::new();
        match members.remove("fields") {
            None => {}
            Some(Value::Object(data)) => {
                for (name, changes) in data {
                    fields.push((Cow::Owned(name), Changes::from_data(changes).map_err(de::Error::custom)?));
                }
            }
            Some(other) => {
                let found = JsonType::of(&other);
                return Err(de::Error::custom(format_args!("fields must be an object, but is {found}")));
            }
        }
        match members.keys().next() {
            None => Ok(ResourceChanges { attributes, fields }),
            Some(unknown) => Err(de::Error::custom(format_args!("unknown member {}", Quoted(unknown)))),
        }
    }
}
