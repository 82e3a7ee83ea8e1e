//! Any two texts as a stored resource and a body, or those of a sample: limits of a text are those of its tree, and a checked update
//! reports what a comparison of the texts before and after reports.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge_fuzz::check_limits;

fuzz_target!(|input: &[u8]| {
    check_limits(
        |resource, limits, stored, body| {
            let checked = resource.update_text_checked(limits, stored, body)?;
            Ok((checked.text, checked.violations))
        },
        input,
    );
});
