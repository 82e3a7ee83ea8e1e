//! Whole requests over text: the writer at the root, and a merge of its own in each metadata field that the body carries.
//!
//! All of what is stored is scanned as one text, so that positions are those in it; what a merge then finds in a field is known to be
//! well-formed.

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::{Cleared, Field, Mode, Resource};
use crate::error::{Error, Input};
use crate::text::body::{Body, Entry};
use crate::text::key::Key;
use crate::text::scan::{Member, Scanner};
use crate::text::{Change, flaw, merge_into, object, read, repeats, type_of, write};

/// Over JSON text, as [`text`](crate::text) has it.
impl<'a> Resource<'a> {
    /// As [`create`](Resource::create), from the body's text to the stored one.
    ///
    /// ```
    /// use metadata_merge::resource::CLIENT;
    ///
    /// let client = CLIENT.create_text(r#"{"name": "My App", "client_metadata": {"mycolor": "red", "mysize": null}}"#)?;
    /// assert_eq!(client, r#"{"name": "My App", "client_metadata": {"mycolor": "red"}}"#);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update_text`](Resource::update_text).
    pub fn create_text(&self, body: &str) -> Result<String, Error> {
        self.update_text("{}", body)
    }

    /// As [`update`](Resource::update), from text to text: returns `stored` as it is after a PATCH with `body`.
    ///
    /// By value it is what decoding both, [`update`](Resource::update) and encoding give. What is written, and what is accepted, is as
    /// [`text`](crate::text) says, at the root and in each field that merges: only what the body names is touched. A field that is
    /// replaced is stored as the body writes it, and a cleared one is just `{}` or gone.
    ///
    /// ```
    /// use metadata_merge::resource::USER;
    ///
    /// let stored = r#"{"name": "Jane", "user_metadata": {"hobby": "surfing", "level": 1.50}, "app_metadata": {"plan": "full"}}"#;
    /// let updated = USER.update_text(stored, r#"{"name":null,"user_metadata":{"hobby":null},"app_metadata":{}}"#)?;
    /// assert_eq!(updated, r#"{"name": null, "user_metadata": { "level": 1.50}}"#);
    ///
    /// let refused = USER.update_text(stored, r#"{"name": "Jane D.", "user_metadata": null}"#).unwrap_err();
    /// assert_eq!(refused.to_string(), r#"the field "user_metadata" must be a JSON object, but is null"#);
    /// let refused = USER.update_text(stored, "{\n\"user_metadata\": {hobby: null}}").unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "the body is not valid JSON at line 2, column 19: expected a key or `}`, found a letter",
    /// );
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Judged in this order, and then nothing is applied (rule `atomic`):
    ///
    /// 1. `stored`, then `body`: [`Error::Syntax`] if it is not JSON, with the place in the whole text;
    ///    [`Error::NotAnObject`] if it is, but no object.
    /// 2. The fields that the body carries, in the order in which they stand there: [`Error::Field`] if one is not what the field takes.
    /// 3. What is stored under these, in the same order: [`Error::Field`] if it is no object, and the field of
    ///    [`Mode::Merge`].
    ///
    /// Where a root key is repeated, steps 2 and 3 look at the last one. (In a tree the body's order is the map's.)
    ///
    /// # Complexity
    ///
    /// As [`text::merge`](crate::text::merge): one pass over either text, one more over each field that the body carries, and a comparison
    /// of each root key of the body with the names of the resource's fields. One allocation, of as many bytes as both texts have,
    /// under the same conditions at the root and in each field. If `stored` repeats a field that the body carries, all of it is
    /// done twice, the second time on a copy without repeated keys.
    pub fn update_text(&self, stored: &str, body: &str) -> Result<String, Error> {
        let mut updated = String::new();
        self.update_text_into(stored, body, &mut updated)?;
        Ok(updated)
    }

    /// Appends to `out` what [`update_text`](Resource::update_text) returns, so that a server can use one buffer again and again.
    ///
    /// ```
    /// use metadata_merge::resource::USER;
    ///
    /// let mut reply = String::from("data: ");
    /// USER.update_text_into(r#"{"name":"Jane"}"#, r#"{"user_metadata":{"a":1}}"#, &mut reply)?;
    /// assert_eq!(reply, r#"data: {"name":"Jane","user_metadata":{"a":1}}"#);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update_text`](Resource::update_text); `out` then holds what it held.
    ///
    /// # Complexity
    ///
    /// As [`update_text`](Resource::update_text), whose one allocation is left out where `out` has room for both texts.
    pub fn update_text_into(&self, stored: &str, body: &str, out: &mut String) -> Result<(), Error> {
        let start = out.len();
        let mut written = self.write(stored, body, out);
        if written == Ok(Stored::Repeated) {
            out.truncate(start);
            let mut once = stored.to_owned();
            repeats::keep_the_last(&mut once, 0);
            written = self.write(&once, body, out);
        }
        written.map(drop).inspect_err(|_| out.truncate(start))
    }

    fn write(&self, stored: &str, body: &str, out: &mut String) -> Result<Stored, Error> {
        let mut request = Body::new(body);
        if let Err(error) = read(Input::Body, &mut request).and_then(|()| self.accept(&request)) {
            // What is stored is judged first.
            return object(Input::Resource, stored).and(Err(error));
        }
        let mut scanner = Scanner::new(stored);
        if !scanner.open() {
            return object(Input::Resource, stored).map(|()| Stored::Once);
        }
        let mut times = Stored::Once;
        let mut refused: Option<(usize, Error)> = None;
        let change = |sent: &Entry, found: Option<&Member>| {
            let field = self.named(sent.key);
            let (Some(field), false) = (field, sent.done) else {
                if field.is_some() && found.is_some() {
                    times = Stored::Repeated;
                }
                return if sent.done { Change::Removed } else { Change::Sent };
            };
            let found = found.map(|found| value(found, stored));
            if let Some(Err(error)) = found.map(|found| field.accept_stored(type_of(found))) {
                let place = sent.member.start;
                if refused.as_ref().is_none_or(|(first, _)| place < *first) {
                    refused = Some((place, error));
                }
            }
            let sent = value(&sent.member, body);
            let (target, patch) = match (field.mode, field.cleared) {
                (_, Cleared::Absent) if clears(sent) => return Change::Removed,
                (_, Cleared::Empty) if clears(sent) => ("{}", "{}"),
                (Mode::Replace, _) => return Change::Sent,
                (Mode::Merge, _) => (found.unwrap_or("{}"), sent),
            };
            // If the target is no object, that is refused in the end.
            Change::Written(move |out: &mut String| drop(merge_into(target, patch, out)))
        };
        // A field that is not stored is merged into two bytes that are in neither text; the braces around the body make up for them.
        out.reserve(stored.len() + body.len());
        write(stored, &mut scanner, &mut request, change, out)
            .map_err(|expected| flaw(Input::Resource, stored.as_bytes(), scanner.at(), expected))?;
        match refused {
            Some((_, error)) if times == Stored::Once => Err(error),
            _ => Ok(times),
        }
    }

    /// Whether each metadata field that a body carries is what it takes. Of a repeated one, the last is judged.
    fn accept(&self, body: &Body<'_>) -> Result<(), Error> {
        let refused = self.fields.iter().filter_map(|field| {
            let sent = body.entries().iter().rfind(|entry| entry.key.means(field.name))?;
            let refused = self.named(sent.key)?.accept(type_of(value(&sent.member, body.text))).err()?;
            Some((sent.member.start, refused))
        });
        refused.min_by_key(|(place, _)| *place).map_or(Ok(()), |(_, error)| Err(error))
    }

    fn named(&self, key: Key<'_>) -> Option<&'a Field<'a>> {
        self.fields.iter().find(|field| key.means(field.name))
    }
}

/// How often the fields that a body carries are stored.
#[derive(PartialEq)]
enum Stored {
    /// At most once each.
    Once,
    /// One of them again: the body was applied to the first, where the last is what counts.
    Repeated,
}

fn value<'t>(member: &Member, text: &'t str) -> &'t str {
    text.get(member.value..member.end).unwrap_or_default()
}

/// Whether a value that a field accepts clears it: null, or an object without members.
fn clears(sent: &str) -> bool {
    sent.strip_prefix('{').is_none_or(|members| members.trim_start().starts_with('}'))
}
