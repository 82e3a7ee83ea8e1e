//! A plan: the effect of a body on each field and attribute, before it is applied.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::{Cleared, Field, Mode, Replacement, Resource};
use crate::equality::{json_eq, map_eq};
use crate::error::{Error, Input, JsonType};
use crate::in_place::remove;
use crate::patch::Patch;

mod changes;
mod check;

/// The effect of a body on a resource, whatever is stored. It is the one way from a body to a
/// resource: it can be previewed, limited, checked, applied to a tree, or executed by a store.
///
/// [`Resource::plan`] makes it from an untyped body. [`Plan::new`] makes it from typed fields:
///
/// ```
/// use metadata_merge::resource::{Plan, USER};
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
/// # Ok::<(), Error>(())
/// ```
///
/// An `Option` reads null as absent, so this body cannot remove the name. If bodies may remove an
/// attribute, decode it into a type of three states and call [`remove_attribute`](Plan::remove_attribute).
///
/// If a field or an attribute is named twice, the plan composes both: it has the effect of the
/// first and then the second. Two plans are equal if they name the same, in any order.
///
/// A store that executes the plan reads [`fields`](Plan::fields), [`action`](Plan::action),
/// [`attributes`](Plan::attributes) and [`is_omit`](Plan::is_omit).
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

/// The effect of a body on one metadata field that it carries.
#[derive(Clone, Debug)]
pub enum Action {
    /// Clears the field, to the form of [`Field::cleared`].
    Clear,
    /// Applies a patch to the stored object, or to `{}` if nothing is stored. The patch is neither
    /// an omit nor a clear alone, but a typed one may clear and then set.
    Merge(Patch),
    /// Replaces the field by this object, which is not empty.
    Replace(Map<String, Value>),
}

/// The effect of a body on one attribute.
#[derive(Clone, Debug)]
pub enum Attribute {
    /// Stores this value, which is not null (rule `attribute`).
    Set(Value),
    /// Removes the attribute, if it is stored (rule `attribute-null`).
    Remove,
    /// Applies a patch to the stored object, or to `{}` if no object is stored (rule
    /// `attribute-object`). The result is stored, even if it is `{}`.
    Merge(Patch),
}

impl<T: Into<Value>> From<T> for Attribute {
    fn from(value: T) -> Attribute {
        Attribute::Set(value.into())
    }
}

impl From<Patch> for Attribute {
    fn from(patch: Patch) -> Attribute {
        Attribute::Merge(patch)
    }
}

impl<'a> Resource<'a> {
    /// Plans an untyped body.
    ///
    /// **The plan may name any attribute.** Call [`Plan::allow`] before applying it for a client.
    ///
    /// ```
    /// use metadata_merge::resource::{Action, USER};
    /// use serde_json::json;
    ///
    /// let plan = USER.plan(json!({"name": "Jane", "user_metadata": {"a": 1, "b": null}, "app_metadata": {}}))?;
    /// let Some(Action::Merge(patch)) = plan.action("user_metadata") else { panic!() };
    /// assert!(patch.sets().eq([("a", &json!(1))]) && patch.removals().eq(["b"]));
    /// assert_eq!(plan.action("app_metadata"), Some(&Action::Clear));
    /// assert_eq!(plan.attributes().len(), 1);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotAnObject`] if `body` is not an object. [`Error::Field`] if a metadata field in
    /// it has the wrong type.
    ///
    /// # Complexity
    ///
    /// O(n), where n is the number of root keys in the body, each compared with the names of the
    /// fields. Values are neither cloned nor inspected.
    pub fn plan(&self, body: impl Into<Value>) -> Result<Plan<'a>, Error> {
        let body = match body.into() {
            Value::Object(body) => body,
            other => return Err(Error::not_an_object(Input::Body, &other)),
        };
        let mut plan = Plan::new(*self);
        for (name, sent) in body {
            plan.entries.push(match self.field(&name) {
                Some(field) => {
                    field.accept(JsonType::of(&sent))?; // atomic: nothing is applied yet
                    Entry::Field(*field, field.action(sent))
                }
                None => Entry::Attribute(name, self.attribute(sent)),
            });
        }
        Ok(plan)
    }

    /// Returns the effect of sending a value for an attribute.
    fn attribute(&self, sent: Value) -> Attribute {
        match sent {
            Value::Null => Attribute::Remove, // attribute-null
            Value::Object(object) if self.attributes == Mode::Merge => {
                Attribute::Merge(Patch::from_body(object)) // attribute-object
            }
            value => Attribute::Set(value), // attribute
        }
    }
}

impl Field<'_> {
    /// Returns the effect of sending a value that the field [accepts](Field::accept).
    fn action(&self, sent: Value) -> Action {
        match sent {
            Value::Object(object) if !object.is_empty() => match self.mode {
                Mode::Merge => Action::Merge(Patch::from_body(object)),
                Mode::Replace => Action::Replace(object), // replace
            },
            _ => Action::Clear, // cleared-form, replace
        }
    }
}

impl<'a> Plan<'a> {
    /// Returns a plan that changes nothing yet.
    pub fn new(resource: Resource<'a>) -> Plan<'a> {
        Plan { resource, entries: Vec::new(), places: BTreeMap::new() }
    }

    /// Plans a patch of a metadata field that merges. [`Patch::omit`] changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownField`] if the resource has no such metadata field. [`Error::WrongMode`] if
    /// the field is replaced as a whole.
    pub fn field(mut self, name: &str, patch: Patch) -> Result<Self, Error> {
        let field = self.planned(name, Mode::Merge)?;
        if patch.is_omit() {
            return Ok(self);
        }
        match self.entry_of(field.name) {
            Some(action) => {
                let first = match core::mem::replace(action, Action::Clear) {
                    Action::Merge(first) => first,
                    Action::Clear | Action::Replace(_) => Patch::clear(),
                };
                *action = Action::of_patch(first.then(patch));
            }
            None => self.entries.push(Entry::Field(field, Action::of_patch(patch))),
        }
        Ok(self)
    }

    /// Plans a replacement of a metadata field that is replaced as a whole. [`Replacement::omit`]
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownField`] if the resource has no such metadata field. [`Error::WrongMode`] if
    /// the field merges.
    pub fn replace(mut self, name: &str, object: Replacement) -> Result<Self, Error> {
        let field = self.planned(name, Mode::Replace)?;
        if object.is_omit() {
            return Ok(self);
        }
        let new = object.into_inner().map_or(Action::Clear, Action::Replace);
        match self.entry_of(field.name) {
            Some(action) => *action = new,
            None => self.entries.push(Entry::Field(field, new)),
        }
        Ok(self)
    }

    /// Plans a value for an attribute, with the effect that it has in a body: if attributes merge,
    /// an object merges and `{}` clears. A [`Patch`] is for an attribute that merges; an omit
    /// changes nothing.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use metadata_merge::resource::{CLIENT, Plan, USER};
    /// let plan = Plan::new(CLIENT).attribute("mobile", Patch::omit().remove("ios"))?;
    /// assert!(Plan::new(USER).attribute("score", None::<i64>).is_err());
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NullAttribute`] if the value is null, which `None` and `f64::NAN` become: use
    /// [`remove_attribute`](Plan::remove_attribute). [`Error::NotAnAttribute`] if `name` is a
    /// metadata field. [`Error::NotMerged`] if a patch is given and attributes are replaced.
    pub fn attribute(self, name: impl Into<String>, value: impl Into<Attribute>) -> Result<Self, Error> {
        let name = name.into();
        let new = match value.into() {
            Attribute::Set(Value::Null) => return Err(Error::NullAttribute { name }),
            Attribute::Set(value) => self.resource.attribute(value),
            Attribute::Merge(_) if self.resource.attributes == Mode::Replace => return Err(Error::NotMerged { name }),
            Attribute::Merge(patch) if patch.is_omit() => return self.named(&name),
            other => other,
        };
        self.named(&name)?.add(name, new)
    }

    /// Plans the removal of an attribute (rule `attribute-null`).
    ///
    /// # Errors
    ///
    /// [`Error::NotAnAttribute`] if `name` is a metadata field.
    pub fn remove_attribute(self, name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        self.named(&name)?.add(name, Attribute::Remove)
    }

    pub(super) fn resource(&self) -> Resource<'a> {
        self.resource
    }

    pub(super) fn merges_attributes(&self) -> bool {
        self.resource.attributes == Mode::Merge
    }

    fn named(self, name: &str) -> Result<Self, Error> {
        match self.resource.field(name) {
            Some(_) => Err(Error::NotAnAttribute { name: name.to_owned() }),
            None => Ok(self),
        }
    }

    /// Composes what is planned for an attribute with `next`.
    fn add(mut self, name: String, next: Attribute) -> Result<Self, Error> {
        if self.places.is_empty() {
            let attributes = self.entries.iter().enumerate().filter_map(|(place, entry)| match entry {
                Entry::Attribute(name, _) => Some((name.clone(), place)),
                Entry::Field(..) => None,
            });
            self.places = attributes.collect();
        }
        let place = self.places.get(&name).and_then(|place| self.entries.get_mut(*place));
        if let Some(Entry::Attribute(_, planned)) = place {
            let first = core::mem::replace(planned, Attribute::Remove);
            *planned = match (first, next) {
                (Attribute::Merge(first), Attribute::Merge(next)) => Attribute::Merge(first.then(next)),
                // Whatever was stored is gone, so the patch applies to `{}`.
                (_, Attribute::Merge(next)) => Attribute::Merge(Patch::clear().then(next)),
                (_, next) => next,
            };
        } else {
            self.places.insert(name.clone(), self.entries.len());
            self.entries.push(Entry::Attribute(name, next));
        }
        Ok(self)
    }

    fn planned(&self, name: &str, mode: Mode) -> Result<Field<'a>, Error> {
        match self.resource.field(name) {
            Some(field) if field.mode == mode => Ok(*field),
            Some(field) => Err(Error::WrongMode { field: field.name.to_owned() }),
            None => Err(Error::UnknownField { resource: self.resource.name.to_owned(), name: name.to_owned() }),
        }
    }

    fn entry_of(&mut self, name: &str) -> Option<&mut Action> {
        self.entries.iter_mut().find_map(|entry| match entry {
            Entry::Field(field, action) if field.name == name => Some(action),
            _ => None,
        })
    }

    /// Rejects the plan if it names a field or an attribute that is not among `names`. What it does not
    /// change, such as an omitted typed field, is not named.
    ///
    /// ```
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// let error = USER.plan(json!({"name": "x", "user_id": "root"}))?.allow(&["name", "user_metadata"]).unwrap_err();
    /// assert_eq!(error.to_string(), r#"the caller may not change "user_id""#);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`], with the first such name.
    ///
    /// # Complexity
    ///
    /// O((n + m) log m), where n is the number of planned names and m that of `names`.
    pub fn allow(self, names: &[impl AsRef<str>]) -> Result<Self, Error> {
        let allowed: BTreeSet<&str> = names.iter().map(AsRef::as_ref).collect();
        let mut denied = self.entries.iter().map(Entry::name).filter(|name| !allowed.contains(name));
        match denied.next() {
            Some(first) => Err(Error::NotAllowed { first: first.to_owned(), count: 1 + denied.count() }),
            None => Ok(self),
        }
    }

    /// Returns the metadata fields that the plan changes, with the action for each, in the body's
    /// order.
    pub fn fields(&self) -> impl Iterator<Item = (&Field<'a>, &Action)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Field(field, action) => Some((field, action)),
            Entry::Attribute(..) => None,
        })
    }

    /// Returns the action for the metadata field of this name, if the plan changes it.
    #[must_use]
    pub fn action(&self, field: &str) -> Option<&Action> {
        self.fields().find(|(planned, _)| planned.name == field).map(|(_, action)| action)
    }

    /// Returns the attributes that the plan changes, with the effect on each, in the body's order.
    pub fn attributes(&self) -> impl ExactSizeIterator<Item = (&str, &Attribute)> {
        let attributes = self.entries.iter().filter_map(|entry| match entry {
            Entry::Attribute(name, attribute) => Some((name.as_str(), attribute)),
            Entry::Field(..) => None,
        });
        attributes.collect::<Vec<_>>().into_iter()
    }

    /// Returns whether the plan changes nothing in any resource, so that a store needs no
    /// statement.
    ///
    /// ```
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// assert!(USER.plan(json!({}))?.is_omit());
    /// assert!(!USER.plan(json!({"user_metadata": {}}))?.is_omit());
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub fn is_omit(&self) -> bool {
        self.entries.is_empty()
    }

    /// Applies the plan to `stored`, as a whole or not at all (rule `atomic`).
    ///
    /// # Errors
    ///
    /// [`Error::Field`] if a stored field that merges and that the plan changes is not an object,
    /// even if the plan clears it. `stored` is then left unchanged.
    ///
    /// # Complexity
    ///
    /// One lookup for each planned field and attribute, and [`Patch::apply`] for each that merges.
    /// Values are neither cloned nor inspected.
    pub fn apply(self, stored: &mut Map<String, Value>) -> Result<(), Error> {
        for (field, _) in self.fields() {
            field.document(stored)?; // atomic
        }
        for entry in self.entries {
            match entry {
                Entry::Field(field, action) => action.apply(&field, stored),
                Entry::Attribute(name, attribute) => attribute.apply(name, stored),
            }
        }
        Ok(()) // omit: nothing else is touched
    }
}

impl Action {
    fn of_patch(patch: Patch) -> Action {
        if patch.is_clear() { Action::Clear } else { Action::Merge(patch) }
    }

    fn apply(self, field: &Field<'_>, stored: &mut Map<String, Value>) {
        let new = match self {
            Action::Merge(patch) => return merge_into(field.name.to_owned(), patch, stored), // independent, absent
            Action::Clear if field.cleared == Cleared::Absent => return remove(stored, field.name), // cleared-form
            Action::Clear => Map::new(),                                                     // cleared-form
            Action::Replace(object) => object,                                               // replace
        };
        stored.insert(field.name.to_owned(), Value::Object(new));
    }
}

impl Attribute {
    fn apply(self, name: String, stored: &mut Map<String, Value>) {
        match self {
            Attribute::Remove => remove(stored, &name),                 // attribute-null
            Attribute::Merge(patch) => merge_into(name, patch, stored), // attribute-object
            Attribute::Set(value) => {
                stored.insert(name, value); // attribute
            }
        }
    }
}

/// Applies a patch to the object under `name`. Anything else there counts as `{}`.
fn merge_into(name: String, patch: Patch, stored: &mut Map<String, Value>) {
    let value = stored.entry(name).or_insert(Value::Null);
    if let Value::Object(document) = value {
        patch.apply(document);
    } else {
        let mut document = Map::new();
        patch.apply(&mut document);
        *value = Value::Object(document);
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

/// Numbers compare as in [`json_eq`](crate::json_eq).
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

/// Numbers compare as in [`json_eq`](crate::json_eq).
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
