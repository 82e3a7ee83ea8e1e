//! `metadata-merge diff`: the smallest body between two documents.

use std::ffi::OsStr;

use metadata_merge::Patch;
use metadata_merge::resource::Resource;

use crate::documents;
use crate::output::print_body;

/// Prints the smallest body that turns the first file into the second; nothing if they are equal.
///
/// # Errors
///
/// One line on what is wrong with the input, or on the key that no body can set.
pub fn run(before: &OsStr, after: &OsStr, resource: Option<Resource<'_>>) -> Result<(), String> {
    let [before, after] = documents::read_exact([before, after])?.map(|document| document.object);
    let body = match resource {
        None => Patch::diff(&before, &after).map(|patch| patch.bodies().next()),
        // Nothing is in conflict, since `theirs` is `base`.
        Some(resource) => resource.reconcile(&before, &after, &before).map(|result| result.body().cloned()),
    };
    print_body(body.map_err(|error| error.to_string())?)
}
