//! The body of a request as a plan: what each metadata field is to become, for a store that carries it out by itself.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use crate::merge::not_an_object;
use crate::resource::{Field, Resource};
use crate::resource_changes::ResourceChanges;
use crate::{Changes, Error, JsonType, Patch, Side};

/// What a body asks of a resource, whatever is stored. Made by [`Resource::plan`].
///
/// ```
/// use metadata_merge::resource::{Action, USER};
/// use serde_json::json;
///
/// let plan = USER.plan(json!({"email": "new@example.com", "user_metadata": {"a": 1, "b": null}, "app_metadata": {}}))?;
///
/// let Some(Action::Merge(patch)) = plan.action("user_metadata") else { panic!() };
/// assert!(patch.sets().eq([("a", &json!(1))]) && patch.removals().eq(["b"]));
/// assert_eq!(plan.action("app_metadata"), Some(&Action::Clear));
/// assert_eq!(plan.attributes()["email"], "new@example.com");
/// # Ok::<(), metadata_merge::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan<'a> {
    fields: Vec<(Field<'a>, Action)>,
    attributes: Map<String, Value>,
}

/// What a body asks of one metadata field that it carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The field is emptied, to the form that [`Field::cleared`] says.
    Clear,
    /// These keys are set and those removed, in what is stored or, if nothing is, in `{}`. The patch neither omits nor clears.
    Merge(Patch),
    /// This object, which is not empty, takes the place of what is stored.
    Store(Map<String, Value>),
}

impl<'a> Resource<'a> {
    /// What `body` asks of any resource of this kind, for a [push-down](crate::resource#push-it-down-into-postgresql) or for
    /// a look at its [`changes`](Plan::changes).
    ///
    /// # Errors
    ///
    /// [`Error::NotAnObject`] if `body` is not an object; [`Error::Field`] if a metadata field in it is not what it takes.
    ///
    /// # Complexity
    ///
    /// One look-up for each of the resource's fields and each root key of the body. No value is cloned or looked into.
    pub fn plan(&self, body: Value) -> Result<Plan<'a>, Error> {
        let Value::Object(body) = body else { return Err(not_an_object(Side::Body, &body)) };
        let (mut fields, mut attributes) = (Vec::new(), Map::new());
        for (name, sent) in body {
            match self.field(&name) {
                Some(field) => {
                    field.accept(JsonType::of(&sent))?;
                    fields.push((*field, field.action(sent)));
                }
                None => drop(attributes.insert(name, sent)),
            }
        }
        Ok(Plan { fields, attributes })
    }
}

impl<'a> Plan<'a> {
    /// The metadata fields that the body carries, each with what it asks of it, in the body's order. All other fields are
    /// unchanged.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&Field<'a>, &Action)> {
        self.fields.iter().map(|(field, action)| (field, action))
    }

    /// What the body asks of the metadata field of this name; none if it does not carry it.
    #[must_use]
    pub fn action(&self, field: &str) -> Option<&Action> {
        self.fields.iter().find(|(carried, _)| carried.name == field).map(|(_, action)| action)
    }

    /// The body's other root keys, each with the value that replaces the stored one.
    #[must_use]
    pub fn attributes(&self) -> &Map<String, Value> {
        &self.attributes
    }

    /// Whether the body changes nothing in any resource. Then there is no statement to issue.
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
        self.fields.is_empty() && self.attributes.is_empty()
    }

    /// What the body would do to `stored`: only what really changes. That a field is absent, or is `{}`, counts as the same.
    ///
    /// ```
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// let stored = json!({"name": "Jane", "user_metadata": {"hobby": "surfing"}, "app_metadata": {"plan": "full"}});
    /// let plan = USER.plan(json!({"name": "Jane D.", "user_metadata": {"hobby": "surfing"}, "app_metadata": {}}))?;
    /// assert_eq!(
    ///     plan.changes(stored.as_object().unwrap())?.to_string(),
    ///     r#"~ "name": "Jane" -> "Jane D."
    /// 0 added, 1 replaced, 0 removed
    /// app_metadata
    ///     - "plan": "full"
    ///     0 added, 0 replaced, 1 removed: NOTHING IS LEFT"#,
    /// );
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Field`] if a stored field of [`Mode::Merge`](crate::resource::Mode::Merge) that the body carries is not an object.
    ///
    /// # Complexity
    ///
    /// As [`Patch::changes`], for each field. Nothing is cloned.
    pub fn changes<'c>(&'c self, stored: &'c Map<String, Value>) -> Result<ResourceChanges<'c>, Error> {
        let attributes = self.attributes.iter().map(|(name, sent)| (name.as_str(), sent));
        let attributes = Changes::new(Some(stored), attributes, core::iter::empty());
        let fields =
            self.fields.iter().map(|(field, action)| Ok((field.name, action.changes(field.document(stored)?))));
        Ok(ResourceChanges::new(attributes, fields.collect::<Result<_, _>>()?))
    }
}

impl Action {
    fn changes<'c>(&'c self, document: Option<&'c Map<String, Value>>) -> Changes<'c> {
        let stored = document.into_iter().flatten();
        match self {
            Action::Clear => Changes::new(document, core::iter::empty(), stored),
            Action::Merge(patch) => patch.changes_of(document),
            Action::Store(new) => {
                let sets = new.iter().map(|(key, value)| (key.as_str(), value));
                Changes::new(document, sets, stored.filter(|(key, _)| !new.contains_key(*key)))
            }
        }
    }
}
