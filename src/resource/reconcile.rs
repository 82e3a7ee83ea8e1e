//! The three-way reconcile of a whole resource (rule `reconcile-resource`).

use alloc::borrow::Cow;
use alloc::string::String;

use serde_json::{Map, Value};

use super::{Field, Mode, Resource};
use crate::equality::same;
use crate::error::{Error, FieldType, Input, JsonType};
use crate::limits::pointer;
use crate::patch::Reconciliation;

mod data;
mod result;

pub use self::result::{ResourceConflict, ResourceReconciliation};

impl Resource<'_> {
    /// Returns the smallest body that gives the caller's fields and attributes their wanted values.
    /// A part that someone else changed becomes a conflict instead.
    ///
    /// `base` is the resource that the caller applied last (`{}` at first), `mine` the wanted one,
    /// and `theirs` the stored one. **The compiler cannot detect a wrong order.**
    ///
    /// | part of the resource | reconciled |
    /// |---|---|
    /// | a metadata field in merge mode | by its root keys, as [`Patch::reconcile`](crate::Patch::reconcile) does |
    /// | an attribute, if attributes merge | by its root keys, if `mine` holds an object, and `base` and `theirs` an object, null or nothing |
    /// | a metadata field in replace mode | as one unit; null and `{}` count as absent |
    /// | any other attribute | as one unit; null counts as absent |
    ///
    /// Parts that only `theirs` has are unchanged. If `mine` lacks a unit of `base` that nobody
    /// changed, the body has null for it.
    ///
    /// ```
    /// use metadata_merge::object;
    /// use metadata_merge::resource::USER;
    /// use serde_json::{Value, json};
    ///
    /// let base = json!({"name": "a", "user_metadata": {"x": 1, "old": 1}, "app_metadata": {"plan": "free"}});
    /// let mine = json!({"name": "b", "user_metadata": {"x": 2}, "app_metadata": {"plan": "full"}});
    /// let theirs = json!({"name": "a", "user_metadata": {"x": 1, "old": 1}, "app_metadata": {"plan": "gold"}});
    ///
    /// let reconciliation = USER.reconcile(object(&base)?, object(&mine)?, object(&theirs)?)?;
    /// let body = json!({"name": "b", "user_metadata": {"old": null, "x": 2}});
    /// assert_eq!(reconciliation.body(), Some(object(&body)?));
    /// assert_eq!(
    ///     reconciliation.to_string(),
    ///     "! \"/app_metadata/plan\": is \"gold\", was \"free\", should be \"full\"\n\
    ///      2 fields or attributes to send, 1 conflict left alone",
    /// );
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Field`] if a field in merge mode is not an object in `base`, `mine` or `theirs`.
    /// Also if `mine` has a field in replace mode that is neither an object nor null, and differs
    /// from `theirs`. [`Error::RootNull`] if `mine` has a root null in an object that merges, and
    /// `theirs` does not.
    ///
    /// # Complexity
    ///
    /// O(n) lookups and comparisons of values, where n is the number of root keys in `base` and
    /// `mine` and in their objects that merge. Values in the body are cloned.
    pub fn reconcile<'a>(
        &self,
        base: &'a Map<String, Value>,
        mine: &'a Map<String, Value>,
        theirs: &'a Map<String, Value>,
    ) -> Result<ResourceReconciliation<'a>, Error> {
        for field in self.fields.iter().filter(|field| field.mode == Mode::Merge) {
            for (input, side) in [(Input::Base, base), (Input::Mine, mine), (Input::Theirs, theirs)] {
                match side.get(field.name) {
                    None | Some(Value::Object(_)) => {}
                    Some(found) => return Err(field.invalid(input, FieldType::Object, JsonType::of(found))),
                }
            }
        }
        let mut result = ResourceReconciliation::default();
        let unwanted = base.keys().filter(|name| !mine.contains_key(*name));
        for name in unwanted.chain(mine.keys()) {
            let sides = Sides { base: base.get(name), mine: mine.get(name), theirs: theirs.get(name) };
            // reconcile-resource
            match self.field(name) {
                Some(field) if field.mode == Mode::Merge => sides.by_members(name, &mut result)?,
                Some(field) => sides.as_field(field, &mut result)?,
                None if self.attributes == Mode::Merge && sides.are_objects() => sides.by_members(name, &mut result)?,
                None => sides.as_attribute(name, self.attributes, &mut result)?,
            }
        }
        Ok(result)
    }
}

/// The values of one field or attribute.
#[derive(Clone, Copy)]
struct Sides<'a> {
    base: Option<&'a Value>,
    mine: Option<&'a Value>,
    theirs: Option<&'a Value>,
}

impl<'a> Sides<'a> {
    /// Returns whether `mine` is an object and the others are objects or nothing.
    fn are_objects(&self) -> bool {
        let object_or_nothing = |value: Option<&Value>| value.is_none_or(|value| value.is_object() || value.is_null());
        self.mine.is_some_and(Value::is_object) && object_or_nothing(self.base) && object_or_nothing(self.theirs)
    }

    fn by_members(self, name: &'a str, result: &mut ResourceReconciliation<'a>) -> Result<(), Error> {
        let [base, mine, theirs] = [self.base, self.mine, self.theirs].map(|side| side.and_then(Value::as_object));
        let members = Reconciliation::of_members(base, mine, theirs)?;
        for body in members.patch.bodies() {
            result.send(name, Value::Object(body)); // never `{}`: the patch does not clear
        }
        for conflict in members.conflicts {
            let path = pointer([name, &*conflict.key]);
            result.conflicts.push(ResourceConflict::new(path, [conflict.base, conflict.mine, conflict.theirs]));
        }
        Ok(())
    }

    /// Reconciles a field that is replaced, as one unit.
    fn as_field(self, field: &Field<'_>, result: &mut ResourceReconciliation<'a>) -> Result<(), Error> {
        let present =
            |value: Option<&'a Value>| value.filter(|value| !value.is_null() && **value != Value::Object(Map::new()));
        let unit = Sides { base: present(self.base), mine: present(self.mine), theirs: present(self.theirs) };
        if unit.is_settled() {
            return Ok(());
        }
        if let Some(wanted) = unit.mine.filter(|wanted| !wanted.is_object()) {
            return Err(field.invalid(Input::Mine, FieldType::ObjectOrNull, JsonType::of(wanted)));
        }
        self.settle(unit, field.name, result);
        Ok(())
    }

    /// Reconciles an attribute as one unit.
    fn as_attribute(self, name: &str, mode: Mode, result: &mut ResourceReconciliation<'a>) -> Result<(), Error> {
        let present = |value: Option<&'a Value>| value.filter(|value| !value.is_null());
        let unit = Sides { base: present(self.base), mine: present(self.mine), theirs: present(self.theirs) };
        if unit.is_settled() {
            return Ok(());
        }
        if let (Mode::Merge, Some(Value::Object(wanted))) = (mode, unit.mine) {
            let stored = unit.theirs.and_then(Value::as_object);
            let held = |key: &str| stored.and_then(|stored| stored.get(key)).is_some_and(Value::is_null);
            if let Some((key, _)) = wanted.iter().find(|(key, value)| value.is_null() && !held(key)) {
                return Err(Error::RootNull { key: key.clone() }); // reconcile-reject
            }
        }
        self.settle(unit, name, result);
        Ok(())
    }

    /// Returns whether a unit is foreign or agreed.
    fn is_settled(&self) -> bool {
        self.base.is_none() && self.mine.is_none() || same(self.theirs, self.mine)
    }

    /// Sends a unit that nobody else changed, and reports a conflict otherwise.
    fn settle(self, unit: Sides<'a>, name: &str, result: &mut ResourceReconciliation<'a>) {
        if same(unit.theirs, unit.base) {
            result.send(name, unit.mine.cloned().unwrap_or_default());
        } else {
            let values = [self.base, self.mine, self.theirs].map(|value| value.map(Cow::Borrowed));
            result.conflicts.push(ResourceConflict::new(pointer([name]), values));
        }
    }
}
