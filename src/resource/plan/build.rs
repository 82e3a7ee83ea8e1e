//! Plans built from an untyped body, or one field and attribute at a time.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::{Action, Attribute, Entry, Plan};
use crate::error::{Error, Input, JsonType};
use crate::patch::Patch;
use crate::resource::{Field, Mode, Replacement, Resource};

impl<'a> Resource<'a> {
    /// Returns the plan of an untyped body: its effect on each metadata field and attribute.
    /// Nothing is applied yet.
    ///
    /// **The plan may name any attribute.** Call [`Plan::allow`] before you apply a plan that came
    /// from a request.
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
    /// `body` has the wrong type.
    ///
    /// # Complexity
    ///
    /// O(n), where n is the number of root keys in the body. Each is compared with the names of the
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
    /// Returns a plan without effects, in O(1).
    pub fn new(resource: Resource<'a>) -> Plan<'a> {
        Plan { resource, entries: Vec::new(), places: BTreeMap::new() }
    }

    /// Adds a patch of a metadata field in merge mode to the plan. An omit adds nothing.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownField`] if the resource has no such metadata field. [`Error::WrongMode`] if
    /// the field is in replace mode.
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

    /// Adds a replacement of a metadata field in replace mode to the plan. An omit adds nothing.
    ///
    /// ```
    /// # use metadata_merge::resource::{ORGANIZATION, Plan, Replacement};
    /// # use serde_json::json;
    /// let object = Replacement::try_from(json!({"plan": "full"}))?;
    /// let plan = Plan::new(ORGANIZATION).replace("metadata", object)?;
    /// assert_eq!(plan, ORGANIZATION.plan(json!({"metadata": {"plan": "full"}}))?);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::UnknownField`] if the resource has no such metadata field. [`Error::WrongMode`] if
    /// the field is in merge mode.
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

    /// Adds an attribute to the plan. `value` is a [`Patch`], or anything that converts to a
    /// [`Value`] and has the same effect as in a body. If attributes merge, an object merges and
    /// `{}` clears. An omit adds nothing.
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
    /// [`Error::NullAttribute`] if the value is null. `None` and `f64::NAN` convert to null. To
    /// remove an attribute, use [`remove_attribute`](Plan::remove_attribute).
    /// [`Error::NotAnAttribute`] if `name` is a metadata field. [`Error::NotMerged`] if `value` is
    /// a patch and attributes are replaced.
    ///
    /// # Complexity
    ///
    /// O(log n), and O(n log n) for the first attribute.
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

    /// Adds the removal of an attribute to the plan (rule `attribute-null`).
    ///
    /// # Errors
    ///
    /// [`Error::NotAnAttribute`] if `name` is a metadata field.
    ///
    /// # Complexity
    ///
    /// As [`attribute`](Plan::attribute).
    pub fn remove_attribute(self, name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        self.named(&name)?.add(name, Attribute::Remove)
    }

    fn named(self, name: &str) -> Result<Self, Error> {
        match self.resource.field(name) {
            Some(_) => Err(Error::NotAnAttribute { name: name.to_owned() }),
            None => Ok(self),
        }
    }

    /// Composes the planned effect on an attribute with `next`.
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
}

impl Action {
    fn of_patch(patch: Patch) -> Action {
        if patch.is_clear() { Action::Clear } else { Action::Merge(patch) }
    }
}
