//! Two documents and three bodies, one per line, or any sample: this crate keeps every law.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::conformance::Reference;
use metadata_merge::laws::{self, Sample};
use metadata_merge_fuzz::{lines, sample};

fuzz_target!(|input: &[u8]| {
    let sample = match lines(input) {
        Some([a, b, p, q, r]) => Sample::new([a, b], [p, q, r]),
        None => sample(input),
    };
    if let Err(counterexample) = laws::check(&mut Reference, &sample) {
        panic!("{counterexample}");
    }
});
