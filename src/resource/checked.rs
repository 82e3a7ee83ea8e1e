//! An update over text that validates limits, and a plan over text.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::text::Written;
use super::{Action, Attribute, Plan, Resource};
use crate::error::Error;
use crate::limits::{self, Limit, Update, Violation};
use crate::patch::Patch;
use crate::text::body::Body;
use crate::text::write::Log;

/// An updated resource, with the violations that are new or worse.
/// [`Resource::update_text_checked`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Checked {
    /// The updated resource.
    pub text: String,
    /// The violations that the update introduces or worsens.
    pub violations: Vec<Violation>,
}

impl Checked {
    /// Returns the updated resource, unless a violation [refuses](limits::Strength::Refused) it. Warnings
    /// stay.
    ///
    /// # Errors
    ///
    /// All violations, if one of them refuses the resource.
    pub fn accept(self) -> Result<Checked, Vec<Violation>> {
        let violations = limits::accept(self.violations)?;
        Ok(Checked { text: self.text, violations })
    }
}

impl Resource<'_> {
    /// Updates a resource that is kept as text, as [`update_text`](Resource::update_text) does, and
    /// reports the violations that are new or worse, as
    /// [`check_change_text`](limits::check_change_text) does.
    ///
    /// ```
    /// use metadata_merge::{limits, resource::CLIENT};
    ///
    /// let stored = r#"{"client_metadata": {"mycolor": "red"}}"#;
    /// let checked = CLIENT.update_text_checked(limits::CLIENT, stored, r#"{"client_metadata": {"mysize": "L"}}"#)?;
    /// let accepted = checked.accept().unwrap();
    /// assert_eq!(accepted.text, r#"{"client_metadata": {"mycolor": "red","mysize": "L"}}"#);
    ///
    /// let checked = CLIENT.update_text_checked(limits::CLIENT, stored, r#"{"client_metadata": {"mysize": 1}}"#)?;
    /// assert_eq!(checked.accept().unwrap_err()[0].path, "/client_metadata/mysize");
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update_text`](Resource::update_text) and
    /// [`check_change_text`](limits::check_change_text).
    ///
    /// # Complexity
    ///
    /// As [`update_text`](Resource::update_text), and a pass over the members of the body for each
    /// limit. The limits that it does not settle take
    /// [`check_change_text`](limits::check_change_text): those that the body may break, and a size
    /// that grows beyond its limit.
    pub fn update_text_checked(&self, limits: &[Limit], stored: &str, body: &str) -> Result<Checked, Error> {
        let (mut text, mut request, log) = (String::new(), Body::new(body), Log::new());
        let violations = match self.write_update(stored, &mut request, &mut text, Some(&log))? {
            Written::Applied(outcome) => {
                Update { stored, request, outcome, log: log.into_inner(), text: &text }.violations(limits)?
            }
            Written::Misapplied => {
                text = self.update_text(stored, body)?;
                limits::check_change_text(limits, stored, &text)?
            }
        };
        Ok(Checked { text, violations })
    }
}

impl Plan<'_> {
    /// Applies the plan to a resource that is kept as text: a typed or [allowed](Plan::allow) body
    /// on stored text. Members that it does not change keep their bytes, as [`text`](crate::text)
    /// describes.
    ///
    /// ```
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// let plan = USER.plan(json!({"name": "Jane D.", "user_metadata": {"a": null}}))?.allow(&["name", "user_metadata"])?;
    /// let updated = plan.apply_text(r#"{"name": "Jane", "user_metadata": {"a": 1, "b": 1.50}}"#)?;
    /// assert_eq!(updated, r#"{"name": "Jane D.", "user_metadata": { "b": 1.50}}"#);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update_text`](Resource::update_text).
    ///
    /// # Complexity
    ///
    /// As [`update_text`](Resource::update_text), and the text of the planned values. A patch that
    /// clears and then sets takes a second update.
    pub fn apply_text(&self, stored: &str) -> Result<String, Error> {
        let (mut clears, mut body) = (Map::new(), Map::new());
        for (field, action) in self.fields() {
            let sent = match action {
                Action::Merge(patch) => sent(field.name, patch, &mut clears),
                Action::Clear => Map::new(),
                Action::Replace(object) => object.clone(),
            };
            body.insert(field.name.into(), Value::Object(sent));
        }
        for (name, attribute) in self.attributes() {
            let sent = match attribute {
                Attribute::Set(value) => value.clone(),
                Attribute::Remove => Value::Null,
                Attribute::Merge(patch) => Value::Object(sent(name, patch, &mut clears)),
            };
            body.insert(name.into(), sent);
        }
        let resource = self.resource();
        let body = format!("{}", Value::Object(body));
        if clears.is_empty() {
            return resource.update_text(stored, &body);
        }
        let cleared = resource.update_text(stored, &format!("{}", Value::Object(clears)))?;
        resource.update_text(&cleared, &body)
    }
}

/// Returns the body of a patch. If it clears and then sets, the clear is sent before.
fn sent(name: &str, patch: &Patch, clears: &mut Map<String, Value>) -> Map<String, Value> {
    let mut bodies = patch.clone().bodies();
    let (first, last) = (bodies.next(), bodies.next());
    if last.is_some() {
        clears.insert(name.into(), Value::Object(Map::new()));
    }
    last.or(first).unwrap_or_default()
}
