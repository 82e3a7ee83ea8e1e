//! `metadata-merge patch`: a document after a patch.

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

/// What a preview says if the text changes and no value does.
const REWRITTEN: &str = "no value changes, but the text does (as from 1 to 1.0)";

/// The options of the command.
#[derive(Default)]
pub struct Options {
    /// The kind of resource, if the files are a whole resource and the body of a request.
    pub resource: Option<Resource<'static>>,
    /// What is judged besides.
    pub limits: Limits,
    /// What is printed.
    pub output: Output,
    /// How the changes are printed.
    pub format: Format,
    /// Keys whose values are hidden in the changes.
    pub mask: Vec<String>,
}

/// Whether limits are judged.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Limits {
    /// No limit is judged.
    #[default]
    Ignored,
    /// The limits of the resource are judged.
    Judged,
}

/// What goes to standard output.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Output {
    /// The new document; the changes go to standard error.
    #[default]
    Document,
    /// The changes alone.
    Changes,
}

/// The form of the changes.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// One line of JSON.
    Json,
}

/// The document after the patch, and what is said of it.
struct Patched {
    text: String,
    /// The changes, in the form that is printed.
    changes: String,
    violations: Vec<Violation>,
}

/// Prints the document after the patch, and the changes. If a limit refuses them, nothing changes,
/// and only the reason is printed.
///
/// # Errors
///
/// One line on what is wrong with the input.
pub fn run(document: &OsStr, patch: &OsStr, options: &Options) -> Result<ExitCode, String> {
    let [document, patch] = documents::read([document, patch])?;
    for file in [&document, &patch] {
        if let Some(found) = file.wide_integer() {
            warn(&format!("{found}: the changes show it rounded"), options);
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

/// Tells a warning in the form of its stream.
fn warn(warning: &str, options: &Options) {
    match (options.format, options.output) {
        (Format::Json, Output::Document) => tell(&json!({"warning": warning}).to_string()),
        _ => tell(&format!("warning: {warning}")),
    }
}

/// Names the file that an error is about.
fn in_file(error: &metadata_merge::Error, document: &Document, patch: &str) -> String {
    let file = if error.is_from_request() { patch } else { &document.name };
    format!("{file}: {error}")
}

/// What changes. Values are compared by `json_eq`, which takes 1 and 1.0 as equal.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Changed {
    /// No value, and the text at most around the document.
    Nothing,
    /// Only the text.
    Text,
    /// Some value.
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

/// Returns the changes in the form that is printed.
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
