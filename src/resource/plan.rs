//! A plan: the effect of a body on each field and attribute, before it is applied.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::{Field, Mode, Resource};
use crate::equality::{json_eq, map_eq};
use crate::patch::Patch;

// The groups are in the order in which rustdoc lists the methods of `Plan`.
mod build;

mod allow;
mod changes;
mod check;

mod apply;
mod inspect;

/// The effect of a body on a resource. A plan does not depend on the stored resource.
/// [`allow`](Plan::allow) rejects a plan that names anything else. A plan can be
/// [previewed](Plan::changes), and [checked](Plan::check) against limits. It is then
/// [applied](Plan::apply) to a map or a [text](Plan::apply_text), or executed by a
/// [database](super::push_down).
///
/// [`Resource::plan`] converts an untyped body. [`Plan::new`] starts a plan of typed fields:
///
/// ```
/// use metadata_merge::resource::{Action, Attribute, Plan, USER};
/// use metadata_merge::{Error, Patch};
/// use serde::Deserialize;
/// use serde_json::{Map, Value, json};
///
/// #[derive(Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct UpdateUser {
///     name: Option<String>,
///     #[serde(default)]
///     user_metadata: Patch,
/// }
///
/// fn update(stored: &mut Map<String, Value>, body: UpdateUser) -> Result<(), Error> {
///     let mut plan = Plan::new(USER).field("user_metadata", body.user_metadata)?;
///     if let Some(name) = body.name {
///         plan = plan.attribute("name", name)?;
///     }
///     plan.apply(stored)
/// }
///
/// let mut user = USER.create(json!({"name": "Jane", "user_metadata": {"hobby": "surfing"}}))?;
/// let body = serde_json::from_value(json!({"user_metadata": {"hobby": null, "level": 3}})).unwrap();
/// update(&mut user, body)?;
/// assert_eq!(Value::Object(user), json!({"name": "Jane", "user_metadata": {"level": 3}}));
///
/// // A database that executes the plan reads the effects.
/// let plan = Plan::new(USER).remove_attribute("name")?.field("app_metadata", Patch::clear())?;
/// assert!(plan.attributes().eq([("name", &Attribute::Remove)]));
/// assert_eq!(plan.action("app_metadata"), Some(&Action::Clear));
/// assert!(plan.fields().all(|(field, _)| field.name == "app_metadata"));
/// # Ok::<(), Error>(())
/// ```
///
/// An `Option` reads null as absent, so this body cannot remove the name. To allow that, decode the
/// name into a type that tells null from absent, and call
/// [`remove_attribute`](Plan::remove_attribute) for null.
///
/// If a field or an attribute is planned twice, the second effect follows the first. Two plans are
/// equal if they have the same resource and the same effects, in any order. The comparison takes
/// O(n log n), and compares the values.
///
/// Unless noted, methods take at most O(n) time, where n is the number of planned fields and
/// attributes. A second patch of one name adds the cost of [`Patch::then`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Plan<'a> {
    resource: Resource<'a>,
    /// In the order of the body, which is the order in which new keys are stored.
    entries: Vec<Entry<'a>>,
    /// The places of the attributes that were planned one by one.
    places: BTreeMap<String, usize>,
}

#[derive(Clone, Debug)]
enum Entry<'a> {
    Field(Field<'a>, Action),
    Attribute(String, Attribute),
}

/// The effect of a body on one metadata field.
#[derive(Clone, Debug)]
pub enum Action {
    /// Clears the field. [`Field::cleared`] is its form then.
    Clear,
    /// Applies a patch to the stored object, or to `{}` if the field is absent. The patch is
    /// neither an omit nor exactly a clear. With [`Plan::field`], it can clear and then set keys.
    Merge(Patch),
    /// Replaces the field by this object, which has a member.
    Replace(Map<String, Value>),
}

/// The effect of a body on one attribute.
#[derive(Clone, Debug)]
pub enum Attribute {
    /// Stores this value (rule `attribute`). In a plan it is never null.
    Set(Value),
    /// Removes the attribute, if it is stored (rule `attribute-null`).
    Remove,
    /// Applies a patch to the stored object, or to `{}` if no object is stored (rule
    /// `attribute-object`). The result is stored even if it is `{}`.
    Merge(Patch),
}

/// Returns [`Attribute::Set`]. [`Plan::attribute`] rejects null, and merges an object if attributes
/// merge.
impl<T: Into<Value>> From<T> for Attribute {
    fn from(value: T) -> Attribute {
        Attribute::Set(value.into())
    }
}

/// Returns [`Attribute::Merge`].
impl From<Patch> for Attribute {
    fn from(patch: Patch) -> Attribute {
        Attribute::Merge(patch)
    }
}

impl<'a> Plan<'a> {
    pub(in crate::resource) fn resource(&self) -> Resource<'a> {
        self.resource
    }

    pub(in crate::resource) fn merges_attributes(&self) -> bool {
        self.resource.attributes == Mode::Merge
    }
}

impl Entry<'_> {
    fn name(&self) -> &str {
        match self {
            Entry::Field(field, _) => field.name,
            Entry::Attribute(name, _) => name,
        }
    }
}

impl PartialEq for Plan<'_> {
    fn eq(&self, other: &Plan<'_>) -> bool {
        fn by_name<'p, 'a>(plan: &'p Plan<'a>) -> BTreeMap<&'p str, &'p Entry<'a>> {
            plan.entries.iter().map(|entry| (entry.name(), entry)).collect()
        }
        self.resource == other.resource && by_name(self) == by_name(other)
    }
}

impl Eq for Plan<'_> {}

impl PartialEq for Entry<'_> {
    fn eq(&self, other: &Entry<'_>) -> bool {
        match (self, other) {
            (Entry::Field(field, action), Entry::Field(other, planned)) => field == other && action == planned,
            (Entry::Attribute(name, attribute), Entry::Attribute(other, planned)) => {
                name == other && attribute == planned
            }
            _ => false,
        }
    }
}

impl Eq for Entry<'_> {}

/// Compares values by [`json_eq`](crate::json_eq).
impl PartialEq for Action {
    fn eq(&self, other: &Action) -> bool {
        match (self, other) {
            (Action::Clear, Action::Clear) => true,
            (Action::Merge(patch), Action::Merge(other)) => patch == other,
            (Action::Replace(object), Action::Replace(other)) => map_eq(object, other),
            _ => false,
        }
    }
}

impl Eq for Action {}

/// Compares values by [`json_eq`](crate::json_eq).
impl PartialEq for Attribute {
    fn eq(&self, other: &Attribute) -> bool {
        match (self, other) {
            (Attribute::Remove, Attribute::Remove) => true,
            (Attribute::Set(value), Attribute::Set(other)) => json_eq(value, other),
            (Attribute::Merge(patch), Attribute::Merge(other)) => patch == other,
            _ => false,
        }
    }
}

impl Eq for Attribute {}
