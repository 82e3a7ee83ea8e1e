//! `metadata-merge reconcile`: reconciles three documents.

use std::ffi::OsStr;
use std::fmt::Display;
use std::process::ExitCode;

use metadata_merge::Patch;
use metadata_merge::resource::Resource;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::documents;
use crate::output::{print_body, tell};
use crate::patch::Format;

/// The options of the command.
pub struct Options {
    /// The resource type, if the files are whole resources.
    pub resource: Option<Resource<'static>>,
    /// Whether the body overwrites conflicts.
    pub conflicts: Conflicts,
    /// The format of the conflicts.
    pub format: Format,
    /// Keys whose values are hidden in the conflicts.
    pub mask: Vec<String>,
}

/// The treatment of keys in conflict.
#[derive(Clone, Copy, PartialEq)]
pub enum Conflicts {
    /// The body leaves them out.
    Kept,
    /// The body overwrites them.
    Forced,
}

/// Prints the body that turns `theirs` into `mine`, and the conflicts on standard error.
///
/// # Errors
///
/// Invalid input.
pub fn run(files: [&OsStr; 3], options: &Options) -> Result<ExitCode, String> {
    let [base, mine, theirs] = documents::read_exact(files)?;
    let of_file = |error| documents::in_file(&error, [&base, &mine, &theirs]);
    let hide = |key: &str| options.mask.iter().any(|masked| masked == key);
    let forced = options.conflicts == Conflicts::Forced;
    let (count, shown, body) = match options.resource {
        None => {
            let result = Patch::reconcile(&base.object, &mine.object, &theirs.object).map_err(of_file)?;
            let (count, shown) = (result.conflicts.len(), conflicts(&result.masked(hide), options)?);
            let patch = if forced { result.force() } else { result.patch };
            (count, shown, patch.bodies().next())
        }
        Some(resource) => {
            let result = resource.reconcile(&base.object, &mine.object, &theirs.object).map_err(of_file)?;
            let (count, shown) = (result.conflicts.len(), conflicts(&result.masked(hide), options)?);
            (count, shown, if forced { result.force(&resource) } else { result.body().cloned() })
        }
    };
    settle(count, &shown, body, options)
}

/// Returns the printed conflicts.
fn conflicts(masked: &(impl Display + Serialize), options: &Options) -> Result<String, String> {
    let forced = options.conflicts == Conflicts::Forced;
    if options.format == Format::Json {
        let all = serde_json::to_value(masked).map_err(|error| error.to_string())?;
        let name = if forced { "overwritten" } else { "conflicts" };
        return Ok(json!({name: all["conflicts"]}).to_string());
    }
    let text = masked.to_string();
    let verb = if forced { "overwritten" } else { "conflict" };
    // The last line is a summary.
    let lines = text.lines().rev().skip(1).map(|line| match line.strip_prefix("! ") {
        Some(conflict) => format!("{verb}: {conflict}"),
        None => line.to_owned(),
    });
    let mut lines: Vec<String> = lines.collect();
    lines.reverse();
    Ok(lines.join("\n"))
}

fn settle(count: usize, shown: &str, body: Option<Map<String, Value>>, options: &Options) -> Result<ExitCode, String> {
    print_body(body)?;
    if count > 0 || options.format == Format::Json {
        tell(shown);
    }
    let unsettled = options.conflicts == Conflicts::Kept && count > 0;
    Ok(if unsettled { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
