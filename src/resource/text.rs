//! Create and update over JSON text, without decoding it.
//!
//! The stored text is scanned once, and objects that merge are merged where they are scanned. So
//! positions in errors are those in the whole text.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::cell::RefCell;

use super::{Cleared, Field, Mode, Resource};
use crate::error::{Error, Input};
use crate::text::body::{Body, Effect, Entry};
use crate::text::input::{read, validate};
use crate::text::measure::json_type;
use crate::text::repeats::keep_the_last;
use crate::text::write::{Log, Outcome, write_request};

/// Methods that take and return JSON text, as the functions of [`text`](crate::text) do.
impl<'a> Resource<'a> {
    /// Creates a resource from the text of a body, as [`create`](Resource::create) does.
    ///
    /// ```
    /// use metadata_merge::resource::CLIENT;
    ///
    /// let client = CLIENT.create_text(
    ///     r#"{"name": "My App", "client_metadata": {"mycolor": "red", "mysize": null}}"#,
    /// )?;
    /// assert_eq!(client, r#"{"name": "My App", "client_metadata": {"mycolor": "red"}}"#);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update_text`](Resource::update_text).
    ///
    /// # Complexity
    ///
    /// That of [`update_text`](Resource::update_text).
    pub fn create_text(&self, body: &str) -> Result<String, Error> {
        self.update_text("{}", body)
    }

    /// Updates a resource that is stored as text, as [`update`](Resource::update) does.
    ///
    /// The result equals that of decoding, calling [`update`](Resource::update) and encoding. Its
    /// text follows the rules of [`text`](crate::text), at the root and in each object that merges.
    /// A value in replace mode is stored as sent.
    ///
    /// ```
    /// use metadata_merge::resource::USER;
    ///
    /// let stored = r#"{"name": "Jane", "user_metadata": {"hobby": "surfing", "level": 1.50}, "app_metadata": {"a": 1}}"#;
    /// let updated = USER.update_text(stored, r#"{"name":null,"user_metadata":{"hobby":null},"app_metadata":{}}"#)?;
    /// assert_eq!(updated, r#"{ "user_metadata": { "level": 1.50}}"#);
    ///
    /// let error = USER.update_text(stored, r#"{"name": "Jane D.", "user_metadata": null}"#).unwrap_err();
    /// assert_eq!(error.to_string(), r#"the field "user_metadata" must be a JSON object, but is null"#);
    /// let error = USER.update_text(stored, "{\n\"user_metadata\": {hobby: null}}").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the body is not valid JSON at line 2, column 19: expected a double-quoted key or `}`, found a letter",
    /// );
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// They are detected in this order, before anything is applied (rule `atomic`):
    ///
    /// 1. `stored`, then `body`. [`Error::Syntax`] if it is not JSON, with the position in the
    ///    whole text. [`Error::NotAnObject`] if it is not an object.
    /// 2. The metadata fields of the body, in its order. [`Error::Field`] if one has the wrong
    ///    type.
    /// 3. The stored values of these fields, in the same order. [`Error::Field`] if one in merge
    ///    mode is not an object.
    ///
    /// If a root key repeats, steps 2 and 3 validate only its last value.
    /// [`update`](Resource::update) validates in the order of the map, so it may report another
    /// field.
    ///
    /// # Complexity
    ///
    /// That of [`text::merge`](crate::text::merge), and a second pass over each object in the body
    /// that merges. Each root key of the body is compared with the names of the fields. If `stored`
    /// repeats the key of such an object, the text is copied without repeated keys, and the update
    /// starts again.
    pub fn update_text(&self, stored: &str, body: &str) -> Result<String, Error> {
        let mut updated = String::new();
        self.update_text_into(stored, body, &mut updated)?;
        Ok(updated)
    }

    /// Updates as [`update_text`](Resource::update_text) does, and appends the result to `out`, so
    /// that a buffer can be reused.
    ///
    /// ```
    /// use metadata_merge::resource::USER;
    ///
    /// let mut reply = String::from("data: ");
    /// USER.update_text_into(
    ///     r#"{"name":"Jane"}"#,
    ///     r#"{"user_metadata":{"a":1}}"#,
    ///     &mut reply,
    /// )?;
    /// assert_eq!(reply, r#"data: {"name":"Jane","user_metadata":{"a":1}}"#);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update_text`](Resource::update_text). `out` is then unchanged.
    ///
    /// # Complexity
    ///
    /// That of [`update_text`](Resource::update_text). If `out` has room for both texts, the result
    /// needs no allocation.
    pub fn update_text_into(&self, stored: &str, body: &str, out: &mut String) -> Result<(), Error> {
        let start = out.len();
        let done = match self.write_update(stored, &mut Body::new(body), out, None) {
            Ok(Written::Misapplied) => {
                out.truncate(start);
                let mut once = stored.to_owned();
                keep_the_last(&mut once, 0);
                self.write_update(&once, &mut Body::new(body), out, None)
            }
            done => done,
        };
        done.map(|_| ()).inspect_err(|_| out.truncate(start)) // atomic
    }

    /// Applies a body that is not read yet.
    pub(super) fn write_update<'t>(
        &self,
        stored: &'t str,
        request: &mut Body<'t>,
        out: &mut String,
        log: Option<&RefCell<Log<'t>>>,
    ) -> Result<Written, Error> {
        if let Err(error) = read(Input::Body, request).and_then(|()| self.plan_text(request)) {
            validate(Input::Resource, stored)?; // the stored resource is validated first
            return Err(error);
        }
        let outcome = write_request(Input::Resource, stored, request, out, log)?;
        if request.entries().iter().any(Entry::is_misapplied) {
            return Ok(Written::Misapplied);
        }
        for entry in request.entries() {
            if let (Some(found), Some(field)) = (entry.found(stored), self.field_of(entry)) {
                field.accept_stored(json_type(found))?;
            }
        }
        Ok(Written::Applied(outcome))
    }

    /// Decides the effect of each entry of a body. If a field repeats, only its last value is
    /// validated.
    fn plan_text(&self, request: &mut Body<'_>) -> Result<(), Error> {
        let text = request.text;
        let mut entries = request.entries_mut();
        while let Some((entry, later)) = entries.split_first_mut() {
            let sent = entry.value(text);
            if let Some(field) = self.field_of(entry) {
                match field.accept(entry.value_type(text)) {
                    Ok(()) => entry.effect = field.text_effect(sent),
                    Err(error) if !later.iter().any(|later| later.is(field.name)) => return Err(error),
                    Err(_) => {}
                }
            } else if self.attributes == Mode::Merge && sent.starts_with('{') {
                entry.effect = if clears(sent) { Effect::Clear } else { Effect::Merge }; // attribute-object
            }
            entries = later; // attribute, attribute-null: as in a patch
        }
        Ok(())
    }

    fn field_of(&self, entry: &Entry<'_>) -> Option<&'a Field<'a>> {
        self.fields.iter().find(|field| entry.is(field.name))
    }
}

impl Field<'_> {
    /// Returns the effect of sending a value that the field accepts.
    fn text_effect(&self, sent: &str) -> Effect {
        match (self.mode, self.cleared) {
            (_, Cleared::Absent) if clears(sent) => Effect::Remove, // cleared-form
            (_, Cleared::Empty) if clears(sent) => Effect::Clear,   // cleared-form
            (Mode::Merge, _) => Effect::Merge,                      // independent, absent
            (Mode::Replace, _) => Effect::Replace,                  // replace
        }
    }
}

/// Whether the update was written.
pub(super) enum Written {
    Applied(Outcome),
    /// The stored text repeats an object that the body merges with. The body was applied to the
    /// first one, but the last one counts.
    Misapplied,
}

/// Returns whether an accepted value clears its field: null, or an object without members.
fn clears(sent: &str) -> bool {
    sent.strip_prefix('{').is_none_or(|members| members.trim_start().starts_with('}'))
}
