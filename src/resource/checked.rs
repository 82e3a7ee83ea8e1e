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

/// An updated resource, with the violations that the update adds or worsens.
/// [`Resource::update_text_checked`] and [`Plan::apply_text_checked`] return it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Checked {
    /// The updated resource.
    pub text: String,
    /// The violations that the update adds or worsens.
    pub violations: Vec<Violation>,
}

impl Checked {
    /// Returns `self` if all violations are [warnings](limits::Strength::Warned), in O(n) for n
    /// violations.
    ///
    /// # Errors
    ///
    /// All violations, if one of them is [refused](limits::Strength::Refused).
    pub fn accept(self) -> Result<Checked, Vec<Violation>> {
        let violations = limits::accept(self.violations)?;
        Ok(Checked { text: self.text, violations })
    }
}

impl Resource<'_> {
    /// Updates a resource that is stored as JSON text, as [`update_text`](Resource::update_text)
    /// does. Also returns the violations that the update adds or worsens.
    ///
    /// ```
    /// use metadata_merge::{limits, resource::CLIENT};
    ///
    /// let stored = r#"{"client_metadata": {"mycolor": "red"}}"#;
    /// let checked = CLIENT.update_text_checked(
    ///     limits::CLIENT,
    ///     stored,
    ///     r#"{"client_metadata": {"mysize": "L"}}"#,
    /// )?;
    /// let accepted = checked.accept().unwrap();
    /// assert_eq!(accepted.text, r#"{"client_metadata": {"mycolor": "red","mysize": "L"}}"#);
    ///
    /// let checked = CLIENT.update_text_checked(
    ///     limits::CLIENT,
    ///     stored,
    ///     r#"{"client_metadata": {"mysize": 1}}"#,
    /// )?;
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
    /// That of [`update_text`](Resource::update_text), and for each limit a pass over the members
    /// of the body. The changes of key counts and sizes are added up, so members that the body does
    /// not name are not measured again. There are three exceptions:
    ///
    /// - A size that grows and exceeds its limit takes one pass over the new text. A depth that
    ///   exceeds its limit takes one pass over each text.
    /// - A replaced field that exceeds a limit is checked by
    ///   [`check_change_text`](limits::check_change_text).
    /// - If the stored resource or a field repeats keys,
    ///   [`check_change_text`](limits::check_change_text) checks its limits, in about nine passes.
    pub fn update_text_checked(&self, limits: &[Limit], stored: &str, body: &str) -> Result<Checked, Error> {
        let (mut text, mut request, mut log) = (String::new(), Body::new(body), Log::new());
        let violations = match self.write_update(stored, &mut request, &mut text, Some(&log))? {
            Written::Applied(outcome) => {
                let log = log.get_mut();
                log.sort();
                Update { stored, request: &request, outcome, log, text: &text }.violations(limits)?
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
    /// Applies the plan to a resource that is stored as JSON text, and returns the updated text.
    /// Unchanged members keep their bytes, as [`text`](crate::text) describes.
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
    /// That of [`update_text`](Resource::update_text). The planned values are encoded. A patch that
    /// clears and then sets takes a second update.
    pub fn apply_text(&self, stored: &str) -> Result<String, Error> {
        let (clears, body) = self.bodies();
        let resource = self.resource();
        match clears {
            Some(clears) => resource.update_text(&resource.update_text(stored, &clears)?, &body),
            None => resource.update_text(stored, &body),
        }
    }

    /// Applies the plan as [`apply_text`](Plan::apply_text) does. Also returns the violations that
    /// the plan adds or worsens, as [`check`](Plan::check) does.
    ///
    /// ```
    /// # use metadata_merge::{limits, resource::CLIENT};
    /// # use serde_json::json;
    /// let plan = CLIENT.plan(json!({"client_metadata": {"größe": 1}}))?.allow(&["client_metadata"])?;
    /// let checked = plan.apply_text_checked(limits::CLIENT, r#"{"client_metadata": {"farbe": 2}}"#)?;
    /// assert_eq!(checked.accept().unwrap_err()[0].path, "/client_metadata/größe");
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update_text_checked`](Resource::update_text_checked).
    ///
    /// # Complexity
    ///
    /// Those of [`apply_text`](Plan::apply_text) and
    /// [`update_text_checked`](Resource::update_text_checked). If a patch clears and then sets,
    /// [`check_change_text`](limits::check_change_text) checks the limits.
    pub fn apply_text_checked(&self, limits: &[Limit], stored: &str) -> Result<Checked, Error> {
        let (clears, body) = self.bodies();
        let resource = self.resource();
        let Some(clears) = clears else { return resource.update_text_checked(limits, stored, &body) };
        let text = resource.update_text(&resource.update_text(stored, &clears)?, &body)?;
        let violations = limits::check_change_text(limits, stored, &text)?;
        Ok(Checked { text, violations })
    }

    /// Returns the text of the body, and of a body to send before it: that of the patches that
    /// clear and then set.
    fn bodies(&self) -> (Option<String>, String) {
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
        let text = |body: Map<String, Value>| format!("{}", Value::Object(body));
        (if clears.is_empty() { None } else { Some(text(clears)) }, text(body))
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
