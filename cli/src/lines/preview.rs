//! The changes that a body would make to a line.

use std::fmt::{Display, Write};

use metadata_merge::resource::{Mode, Plan, Resource, ResourceChanges};
use metadata_merge::{Error, Patch};
use serde::Serialize;
use serde_json::{Map, Value};

use super::tally::Tally;
use crate::documents::wide_integer;
use crate::patch::{Format, Options, REWRITTEN};

/// Shows the changes.
pub(super) struct Preview<'o> {
    body: Body,
    format: Format,
    mask: &'o [String],
}

/// The body, which is planned once.
enum Body {
    Document(Patch),
    Resource(Resource<'static>, Plan<'static>),
}

impl<'o> Preview<'o> {
    pub(super) fn new(body: Map<String, Value>, options: &'o Options) -> Result<Preview<'o>, Error> {
        let body = match options.resource {
            None => Body::Document(Patch::from_body(body)),
            Some(resource) => Body::Resource(resource, resource.plan(body)?),
        };
        Ok(Preview { body, format: options.format, mask: &options.mask })
    }

    /// Appends the changes between the texts of a document, if there are any, and counts them.
    pub(super) fn show(
        &self,
        line: u64,
        stored: &str,
        after: &str,
        out: &mut String,
        tally: &mut Tally,
    ) -> Result<(), String> {
        if stored.trim_ascii() == after.trim_ascii() {
            return Ok(());
        }
        // What the merge over text accepts and a tree does not hold are numbers.
        let document: Map<String, Value> = serde_json::from_str(stored)
            .map_err(|_| "holds a number beyond the range of doubles, so its changes cannot be shown".to_owned())?;
        let hide = |key: &str| self.mask.iter().any(|masked| masked == key);
        match &self.body {
            Body::Document(patch) => {
                let changes = patch.changes(&document);
                tally.count(changes.is_empty(), changes.is_emptied());
                self.write(line, changes.is_empty(), &changes.masked(hide), out)
            }
            Body::Resource(resource, plan) => {
                let changes = plan.changes(&document).map_err(|error| error.to_string())?;
                tally.count(changes.is_empty(), is_emptied(*resource, &changes));
                self.write(line, changes.is_empty(), &changes.masked(hide), out)
            }
        }?;
        if wide_integer(stored).is_some() {
            tally.rounded += 1;
        }
        Ok(())
    }

    fn write(
        &self,
        line: u64,
        rewritten: bool,
        changes: &(impl Display + Serialize),
        out: &mut String,
    ) -> Result<(), String> {
        if self.format == Format::Json {
            let changes = serde_json::to_string(changes).map_err(|error| error.to_string())?;
            let rewritten = if rewritten { ",\"rewritten\":true" } else { "" };
            let _ = writeln!(out, "{{\"line\":{line},\"changes\":{changes}{rewritten}}}");
            return Ok(());
        }
        let text = if rewritten { REWRITTEN.to_owned() } else { changes.to_string() };
        let _ = writeln!(out, "line {line}");
        for line in text.lines() {
            let _ = writeln!(out, "    {line}");
        }
        Ok(())
    }
}

/// Returns whether a document of the resource loses its last member. A field that is replaced has
/// none left if it is removed or becomes `{}`.
fn is_emptied(resource: Resource<'_>, changes: &ResourceChanges<'_>) -> bool {
    let has_members = |value: &Value| value.as_object().is_some_and(|members| !members.is_empty());
    let is_replaced =
        |name: &str| resource.fields.iter().any(|field| field.name == name && field.mode == Mode::Replace);
    let attributes = changes.attributes();
    changes.fields().any(|(_, changes)| changes.is_emptied())
        || attributes.removed().any(|(name, old)| is_replaced(name) && has_members(old))
        || attributes.replaced().any(|(name, old, new)| is_replaced(name) && has_members(old) && !has_members(new))
}
