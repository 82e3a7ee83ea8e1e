//! `metadata-merge patch`: applies a patch to a document.

use std::ffi::OsStr;
use std::fmt::Display;
use std::process::ExitCode;

use metadata_merge::limits::{Strength, Violation};
use metadata_merge::resource::Resource;
use metadata_merge::{Patch, text};
use serde::Serialize;
use serde_json::json;

use crate::documents::{self, Document};
use crate::output::{print, tell};

/// The list of changes if only the text of the document changes.
const REWRITTEN: &str = "no value changes, but the text does (for example, 1 may become 1.0)";

/// The options of the command.
#[derive(Default)]
pub struct Options {
    /// The resource type, if the files are a whole resource and a request body.
    pub resource: Option<Resource<'static>>,
    /// Whether limits are checked.
    pub limits: Limits,
    /// The content of standard output.
    pub output: Output,
    /// The format of the changes.
    pub format: Format,
    /// Keys whose values are hidden in the changes.
    pub mask: Vec<String>,
}

/// Whether limits are checked.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Limits {
    /// No limit is checked.
    #[default]
    Ignored,
    /// The limits of the resource are checked.
    Judged,
}

/// The content of standard output.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Output {
    /// The new document. The changes go to standard error.
    #[default]
    Document,
    /// Only the changes.
    Changes,
}

/// The format of the changes.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Format {
    /// Plain text.
    #[default]
    Text,
    /// One line of JSON.
    Json,
}

/// The result of a patch.
struct Patched {
    text: String,
    /// The printed changes.
    changes: String,
    violations: Vec<Violation>,
}

/// Prints the new document and the changes. If a limit refuses the result, only the violations are
/// printed.
///
/// # Errors
///
/// Invalid input.
pub fn run(document: &OsStr, patch: &OsStr, options: &Options) -> Result<ExitCode, String> {
    let [document, patch] = documents::read([document, patch])?;
    for file in [&document, &patch] {
        if let Some(found) = file.wide_integer() {
            warn(&format!("{found}: the changes show an integer of more than 64 bits rounded"), options);
        }
    }
    let hide = |key: &str| options.mask.iter().any(|masked| masked == key);
    let patched = match options.resource {
        None => {
            let parsed = Patch::from_body(patch.object);
            let text = text::merge(&document.text, &patch.text).map_err(|error| error.to_string())?;
            let changes = parsed.changes(&document.object);
            let changed = Changed::of(changes.is_empty(), &document.text, &text);
            Patched { changes: shown(&changes.masked(hide), changed, options)?, text, violations: Vec::new() }
        }
        Some(resource) => {
            let of_file = |error: metadata_merge::Error| in_file(&error, &document, &patch.name);
            let plan = resource.plan(patch.object).map_err(of_file)?;
            let changes = plan.changes(&document.object).map_err(of_file)?;
            let limits = if options.limits == Limits::Judged { resource.limits() } else { &[] };
            let violations = plan.check(limits, &document.object).map_err(of_file)?;
            let text = resource.update_text(&document.text, &patch.text).map_err(of_file)?;
            let changed = Changed::of(changes.is_empty(), &document.text, &text);
            Patched { changes: shown(&changes.masked(hide), changed, options)?, text, violations }
        }
    };
    tell_of(patched, options)
}

fn tell_of(patched: Patched, options: &Options) -> Result<ExitCode, String> {
    let Patched { text, changes, violations } = patched;
    let refused = violations.iter().any(|violation| violation.limit.strength == Strength::Refused);
    let changes = Some(changes).filter(|_| !refused);
    if options.format == Format::Json && options.limits == Limits::Judged {
        let violations = serde_json::to_string(&violations).map_err(|error| error.to_string())?;
        let changes = changes.as_deref().unwrap_or("null");
        show(&format!("{{\"changes\":{changes},\"violations\":{violations}}}"), options)?;
    } else {
        changes.map_or(Ok(()), |changes| show(&changes, options))?;
        for violation in &violations {
            tell(&format!("{}: {violation}", violation.limit.strength));
        }
    }
    if refused {
        return Ok(ExitCode::FAILURE);
    }
    if options.output == Output::Document {
        print(text.strip_suffix('\n').unwrap_or(&text))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a warning, as JSON if the changes on standard error are JSON.
fn warn(warning: &str, options: &Options) {
    match (options.format, options.output) {
        (Format::Json, Output::Document) => tell(&json!({"warning": warning}).to_string()),
        _ => tell(&format!("warning: {warning}")),
    }
}

/// Returns an error with the name of the file that causes it.
fn in_file(error: &metadata_merge::Error, document: &Document, patch: &str) -> String {
    let file = if error.is_from_request() { patch } else { &document.name };
    format!("{file}: {error}")
}

/// The kind of a change. Values are compared with `json_eq`, so 1 equals 1.0.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Changed {
    /// No change, except for whitespace around the document.
    Nothing,
    /// Only the text changes.
    Text,
    /// A value changes.
    Values,
}

impl Changed {
    pub(crate) fn of(no_value: bool, before: &str, after: &str) -> Changed {
        match no_value {
            false => Changed::Values,
            true if before.trim_ascii() == after.trim_ascii() => Changed::Nothing,
            true => Changed::Text,
        }
    }
}

/// Returns the printed changes.
pub(crate) fn shown(
    changes: &(impl Display + Serialize),
    changed: Changed,
    options: &Options,
) -> Result<String, String> {
    match options.format {
        Format::Text if changed == Changed::Text => Ok(REWRITTEN.to_owned()),
        Format::Text => Ok(changes.to_string()),
        Format::Json => serde_json::to_string(changes).map_err(|error| error.to_string()),
    }
}

fn show(text: &str, options: &Options) -> Result<(), String> {
    match options.output {
        Output::Changes => print(text),
        Output::Document => {
            tell(text);
            Ok(())
        }
    }
}
