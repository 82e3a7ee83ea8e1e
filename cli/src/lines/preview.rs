//! Prints the changes that a body would make to a line.

use std::fmt::Write;

use metadata_merge::resource::{Mode, Plan, Resource, ResourceChanges};
use metadata_merge::{Error, Patch};
use serde_json::{Map, Value};

use super::tally::Tally;
use crate::documents::wide_integer;
use crate::patch::{Changed, Format, Options, shown};

pub(super) struct Preview<'o> {
    body: Body,
    options: &'o Options,
}

/// The parsed body.
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
        Ok(Preview { body, options })
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
        if Changed::of(true, stored, after) == Changed::Nothing {
            return Ok(());
        }
        // The merge of texts accepts numbers that a tree cannot hold.
        let document: Map<String, Value> = serde_json::from_str(stored)
            .map_err(|_| "holds a number beyond the range of doubles, so its changes cannot be shown".to_owned())?;
        let hide = |key: &str| self.options.mask.iter().any(|masked| masked == key);
        let (changed, emptied, changes) = match &self.body {
            Body::Document(patch) => {
                let changes = patch.changes(&document);
                let changed = Changed::of(changes.is_empty(), stored, after);
                (changed, changes.is_emptied(), shown(&changes.masked(hide), changed, self.options)?)
            }
            Body::Resource(resource, plan) => {
                let changes = plan.changes(&document).map_err(|error| error.to_string())?;
                let changed = Changed::of(changes.is_empty(), stored, after);
                (changed, is_emptied(*resource, &changes), shown(&changes.masked(hide), changed, self.options)?)
            }
        };
        tally.changed += u64::from(changed == Changed::Values);
        tally.rewritten += u64::from(changed == Changed::Text);
        tally.emptied += u64::from(emptied);
        tally.rounded += u64::from(wide_integer(stored).is_some());
        self.write(line, changed, &changes, out);
        Ok(())
    }

    fn write(&self, line: u64, changed: Changed, changes: &str, out: &mut String) {
        if self.options.format == Format::Json {
            let rewritten = if changed == Changed::Text { ",\"rewritten\":true" } else { "" };
            let _ = writeln!(out, "{{\"line\":{line},\"changes\":{changes}{rewritten}}}");
            return;
        }
        let _ = writeln!(out, "line {line}");
        for line in changes.lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
}

/// Returns whether a document of the resource loses its last member. A field in replace mode loses
/// its last member if it is removed or becomes `{}`.
fn is_emptied(resource: Resource<'_>, changes: &ResourceChanges<'_>) -> bool {
    let has_members = |value: &Value| value.as_object().is_some_and(|members| !members.is_empty());
    let is_replaced =
        |name: &str| resource.fields.iter().any(|field| field.name == name && field.mode == Mode::Replace);
    let attributes = changes.attributes();
    changes.fields().any(|(_, changes)| changes.is_emptied())
        || attributes.removed().any(|(name, old)| is_replaced(name) && has_members(old))
        || attributes.replaced().any(|(name, old, new)| is_replaced(name) && has_members(old) && !has_members(new))
}
