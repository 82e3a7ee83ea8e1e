//! Two documents and three bodies, one per line: this crate keeps every law.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use metadata_merge::conformance::Reference;
use metadata_merge::laws::{self, Sample};
use metadata_merge_fuzz::lines;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some([a, b, p, q, r]) = lines(input) else { return Corpus::Reject };
    if let Err(counterexample) = laws::check(&mut Reference, &Sample::new([a, b], [p, q, r])) {
        panic!("{counterexample}");
    }
    Corpus::Keep
});
