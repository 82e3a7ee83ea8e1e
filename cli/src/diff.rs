//! `metadata-merge diff`: computes the smallest body between two documents.

use std::ffi::OsStr;

use metadata_merge::Patch;
use metadata_merge::resource::Resource;

use crate::documents;
use crate::output::print_body;

/// Prints the smallest body that turns `before` into `after`, or nothing if they are equal.
///
/// # Errors
///
/// Invalid input, or a key that no body can set.
pub fn run(before: &OsStr, after: &OsStr, resource: Option<Resource<'_>>) -> Result<(), String> {
    let [before, after] = documents::read_exact([before, after])?;
    let of_file = |error| documents::in_file(&error, [&before, &after, &before]);
    let body = match resource {
        None => Patch::diff(&before.object, &after.object).map(|patch| patch.bodies().next()),
        // There are no conflicts, because `theirs` is `base`.
        Some(resource) => {
            let result = resource.reconcile(&before.object, &after.object, &before.object);
            result.map(|result| result.body().cloned())
        }
    };
    print_body(body.map_err(of_file)?)
}
