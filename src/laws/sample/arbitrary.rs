//! Samples from the bytes of a fuzzer.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::{Profile, Sample};

/// Generates a sample for a fuzz target, as [`Sample::generate`] does. Few samples take more than
/// 4 KiB. When the bytes end, the rest of the sample is small.
///
/// ```
/// use arbitrary::{Arbitrary, Unstructured};
/// use metadata_merge::laws::{self, Sample};
/// use metadata_merge::{conformance::merge_only, merge};
///
/// // With cargo-fuzz: fuzz_target!(|sample: Sample| { … });
/// let sample = Sample::arbitrary(&mut Unstructured::new(b"the bytes of a fuzzer"))?;
/// assert_eq!(laws::check(&mut merge_only(merge), &sample), Ok(()));
/// # Ok::<(), arbitrary::Error>(())
/// ```
impl<'a> Arbitrary<'a> for Sample {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Sample> {
        Ok(Sample::generate(Profile::new(), |bound| bytes.int_in_range(0..=bound - 1).unwrap_or(0)))
    }
}
