//! `metadata-merge reconcile`: a three-way reconcile.

use std::ffi::OsStr;
use std::fmt::Display;
use std::process::ExitCode;

use metadata_merge::Patch;
use metadata_merge::resource::Resource;
use serde_json::{Map, Value};

use crate::documents;
use crate::output::{print_body, tell};

/// What happens to conflicts.
#[derive(Clone, Copy, PartialEq)]
pub enum Conflicts {
    /// They are left alone.
    Kept,
    /// They are overwritten.
    Forced,
}

/// Prints the body that brings `theirs` to `mine`, and the conflicts on standard error.
///
/// # Errors
///
/// One line on what is wrong with the input.
pub fn run(files: [&OsStr; 3], resource: Option<Resource<'_>>, conflicts: Conflicts) -> Result<ExitCode, String> {
    let [base, mine, theirs] = documents::read_exact(files)?.map(|document| document.object);
    let (found, body) = match resource {
        None => {
            let result = Patch::reconcile(&base, &mine, &theirs).map_err(|error| error.to_string())?;
            let found = result.conflicts.iter().map(|conflict| line(conflict, conflicts)).collect();
            let patch = if conflicts == Conflicts::Forced { result.force() } else { result.patch };
            (found, patch.bodies().next())
        }
        Some(resource) => {
            let result = resource.reconcile(&base, &mine, &theirs).map_err(|error| error.to_string())?;
            let found = result.conflicts.iter().map(|conflict| line(conflict, conflicts)).collect();
            let forced = conflicts == Conflicts::Forced;
            (found, if forced { result.force(&resource) } else { result.body().cloned() })
        }
    };
    settle(found, body, conflicts)
}

fn line(conflict: &impl Display, conflicts: Conflicts) -> String {
    let verb = if conflicts == Conflicts::Forced { "overwritten" } else { "conflict" };
    format!("{verb}: {conflict}")
}

fn settle(found: Vec<String>, body: Option<Map<String, Value>>, conflicts: Conflicts) -> Result<ExitCode, String> {
    print_body(body)?;
    found.iter().for_each(|line| tell(line));
    let unsettled = conflicts == Conflicts::Kept && !found.is_empty();
    Ok(if unsettled { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
