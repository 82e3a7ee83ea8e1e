//! A wrong judge of limits over text. The fuzzer must find its bug.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::Error;
use metadata_merge::limits::{Limit, Violation};
use metadata_merge::resource::Resource;
use metadata_merge_fuzz::check_limits;

fuzz_target!(|input: &[u8]| check_limits(judge, input));

fn judge(resource: &Resource, limits: &[Limit], stored: &str, body: &str) -> Result<(String, Vec<Violation>), Error> {
    let checked = resource.update_text_checked(limits, stored, body)?;
    let mut violations = checked.violations;
    // The bug: a body that removes a key is taken to add none.
    if body.contains("null") {
        violations.retain(|violation| violation.limit.check.id() != "too-many-keys");
    }
    Ok((checked.text, violations))
}
