//! Applies a body to each line of a batch.

use std::fmt::Write;
use std::str;

use metadata_merge::limits::{Limit, Violation};
use metadata_merge::resource::Resource;
use metadata_merge::{Error, text};

use super::input::{Batch, LONGEST};
use super::preview::Preview;
use super::tally::Tally;
use crate::documents::{BYTE_ORDER_MARK, Document, MARKED};
use crate::patch::{Limits, Options, Output};

/// The work on each line.
pub(super) struct Job<'o> {
    /// The name of the lines' file, for messages.
    name: &'o str,
    body: &'o str,
    resource: Option<Resource<'static>>,
    limits: &'static [Limit],
    /// Prints the changes instead of the document.
    preview: Option<Preview<'o>>,
}

/// The reason why a line has no output.
enum Bad {
    /// The body cannot be applied to the line.
    Line(String),
    /// A limit refuses the result.
    Refused(Vec<Violation>),
}

/// A line without its ending, and the ending of its output.
struct Line<'b> {
    number: u64,
    text: &'b [u8],
    ending: &'static str,
}

impl<'o> Job<'o> {
    /// Validates the body.
    pub(super) fn new(patch: &'o Document, name: &'o str, options: &'o Options) -> Result<Job<'o>, String> {
        let of_file = |error: Error| format!("{}: {error}", patch.name);
        let preview = Preview::new(patch.object.clone(), options).map_err(of_file)?;
        Ok(Job {
            name,
            body: &patch.text,
            resource: options.resource,
            limits: options.resource.map_or(&[], |resource| match options.limits {
                Limits::Judged => resource.limits(),
                Limits::Ignored => &[],
            }),
            preview: (options.output == Output::Changes).then_some(preview),
        })
    }

    /// Processes each line of a batch. Appends only whole lines to its output.
    pub(super) fn run(&self, batch: &mut Batch) {
        let Batch { first, bytes, lines, output, reports, tally, .. } = batch;
        let mut after = String::new();
        for (number, range) in (*first..).zip(lines) {
            let line = range.clone().and_then(|range| bytes.get(range)).map(|bytes| Line::new(number, bytes));
            tally.lines += 1;
            let done = match &line {
                Some(line) => self.line(line, &mut after, output, tally),
                None => Err(Bad::Line(format!("is longer than {} MiB", LONGEST >> 20))),
            };
            match done {
                Ok(warnings) => self.report(reports, number, &warnings, tally),
                Err(Bad::Refused(violations)) => {
                    tally.refused += 1;
                    self.report(reports, number, &violations, tally);
                }
                Err(Bad::Line(why)) => {
                    tally.bad += 1;
                    let _ = writeln!(reports, "{}: line {number}: {why}", self.name);
                }
            }
        }
    }

    fn report(&self, reports: &mut String, number: u64, violations: &[Violation], tally: &mut Tally) {
        tally.beyond_limits += u64::from(!violations.is_empty());
        for violation in violations {
            let _ = writeln!(reports, "{}: line {number}: {}: {violation}", self.name, violation.limit.strength);
        }
    }

    /// Appends the output of a line. Returns the violations that are only warnings.
    fn line(
        &self,
        line: &Line<'_>,
        after: &mut String,
        output: &mut String,
        tally: &mut Tally,
    ) -> Result<Vec<Violation>, Bad> {
        let stored = line.document()?;
        let Some(preview) = &self.preview else {
            let warnings = self.update(stored, output)?;
            output.push_str(line.ending);
            return Ok(warnings);
        };
        after.clear();
        let warnings = self.update(stored, after)?;
        preview.show(line.number, stored, after, output, tally).map_err(Bad::Line)?;
        Ok(warnings)
    }

    /// Appends the document after the body. An error leaves `out` unchanged.
    fn update(&self, stored: &str, out: &mut String) -> Result<Vec<Violation>, Bad> {
        let done = match self.resource {
            None => text::merge_into(stored, self.body, out),
            Some(resource) if self.limits.is_empty() => resource.update_text_into(stored, self.body, out),
            Some(resource) => {
                let checked = resource.update_text_checked(self.limits, stored, self.body);
                let checked = checked.map_err(|error| Bad::Line(message(&error)))?;
                let accepted = checked.accept().map_err(Bad::Refused)?;
                out.push_str(&accepted.text);
                return Ok(accepted.violations);
            }
        };
        done.map(|()| Vec::new()).map_err(|error| Bad::Line(message(&error)))
    }
}

impl<'b> Line<'b> {
    fn new(number: u64, bytes: &'b [u8]) -> Line<'b> {
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        match text.strip_suffix(b"\r") {
            Some(text) => Line { number, text, ending: "\r\n" },
            None => Line { number, text, ending: "\n" },
        }
    }

    /// Returns the text of the line, which is not validated as JSON.
    fn document(&self) -> Result<&'b str, Bad> {
        if self.text.trim_ascii().is_empty() {
            return Err(Bad::Line("is empty".to_owned()));
        }
        if self.number == 1 && self.text.starts_with(BYTE_ORDER_MARK) {
            return Err(Bad::Line(MARKED.to_owned()));
        }
        // The library names the position.
        str::from_utf8(self.text).map_err(|invalid| {
            let found = text::merge_bytes(self.text, b"{}").err();
            Bad::Line(found.map_or_else(|| invalid.to_string(), |error| message(&error)))
        })
    }
}

/// Returns the fault of a line.
fn message(error: &Error) -> String {
    match error {
        Error::Syntax { column, expected, found, .. } => {
            format!("not JSON at column {column}: expected {expected}, found {found}")
        }
        Error::NotAnObject { found, .. } => format!("must be a JSON object, but is {found}"),
        other => other.to_string(),
    }
}
