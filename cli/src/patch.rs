//! `metadata-merge patch`: a document after a patch.

use std::ffi::OsStr;
use std::fmt::Display;
use std::process::ExitCode;

use metadata_merge::limits::Strength;
use metadata_merge::resource::Resource;
use metadata_merge::{Patch, text};
use serde::Serialize;

use crate::documents::{self, Document};
use crate::output::{print, tell};

/// What a preview says if the text changes and no value does.
pub(crate) const REWRITTEN: &str = "no value changes, but the text does: a value is written in another way";

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

/// Prints the document after the patch, and the changes.
///
/// # Errors
///
/// One line on what is wrong with the input.
pub fn run(document: &OsStr, patch: &OsStr, options: &Options) -> Result<ExitCode, String> {
    let [document, patch] = documents::read([document, patch])?;
    for file in [&document, &patch] {
        if let Some(found) = file.wide_integer() {
            tell(&format!("warning: {found}: the changes show it rounded"));
        }
    }
    let hide = |key: &str| options.mask.iter().any(|masked| masked == key);
    let (after, violations) = match options.resource {
        None => {
            let parsed = Patch::from_body(patch.object);
            let after = text::merge(&document.text, &patch.text).map_err(|error| error.to_string())?;
            show(&parsed.changes(&document.object).masked(hide), options)?;
            (after, Vec::new())
        }
        Some(resource) => {
            let of_file = |error: metadata_merge::Error| in_file(&error, &document, &patch.name);
            let plan = resource.plan(patch.object).map_err(of_file)?;
            let changes = plan.changes(&document.object).map_err(of_file)?;
            let limits = if options.limits == Limits::Judged { resource.limits() } else { &[] };
            let violations = plan.check(limits, &document.object).map_err(of_file)?;
            let after = resource.update_text(&document.text, &patch.text).map_err(of_file)?;
            show(&changes.masked(hide), options)?;
            (after, violations)
        }
    };
    for violation in &violations {
        tell(&format!("{}: {violation}", violation.limit.strength));
    }
    if violations.iter().any(|violation| violation.limit.strength == Strength::Refused) {
        return Ok(ExitCode::FAILURE);
    }
    if options.output == Output::Document {
        print(after.strip_suffix('\n').unwrap_or(&after))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Names the file that an error is about.
fn in_file(error: &metadata_merge::Error, document: &Document, patch: &str) -> String {
    let file = if error.is_from_request() { patch } else { &document.name };
    format!("{file}: {error}")
}

fn show(changes: &(impl Display + Serialize), options: &Options) -> Result<(), String> {
    let text = match options.format {
        Format::Text => changes.to_string(),
        Format::Json => serde_json::to_string(changes).map_err(|error| error.to_string())?,
    };
    match options.output {
        Output::Changes => print(&text),
        Output::Document => {
            tell(&text);
            Ok(())
        }
    }
}
