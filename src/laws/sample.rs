//! The sample on which the laws are tested.

use serde_json::Value;

use self::choices::Choices;
use crate::merge::merge;

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod choices;
mod narrow;
mod profile;
mod strings;
mod wide;
mod words;

pub use self::profile::Profile;

/// The input of [`check`](super::check).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// Stored documents.
    pub documents: [Value; 2],
    /// Patches that clients may send: sets, removals, both, or `{}`.
    pub patches: [Value; 3],
}

impl Sample {
    /// Returns a sample of these documents and patches, which may be any JSON.
    #[must_use]
    pub fn new(documents: [Value; 2], patches: [Value; 3]) -> Sample {
        Sample { documents, patches }
    }

    /// Generates a sample of objects. `below(n)` chooses a number below `n`, which is at least 1; a
    /// larger number is taken modulo `n`. The same choices give the same sample.
    ///
    /// Nine of ten samples are *narrow*: documents and patches share four root keys, and values are
    /// small, so that counterexamples are short. One of ten is *wide*: up to 400 members, long and
    /// unusual keys, strings and numbers, and up to 100 levels of nesting. Its documents and
    /// patches draw from the same members.
    ///
    /// ```
    /// use metadata_merge::conformance::Reference;
    /// use metadata_merge::laws::{self, Profile, Sample};
    ///
    /// let mut state = 2026_u64; // the seed
    /// let mut below = |bound: usize| {
    ///     state = state
    ///         .wrapping_mul(6_364_136_223_846_793_005)
    ///         .wrapping_add(1_442_695_040_888_963_407);
    ///     (state >> 33) as usize % bound
    /// };
    /// for _ in 0..50 {
    ///     let sample = Sample::generate(Profile::new(), &mut below);
    ///     assert_eq!(laws::check(&mut Reference, &sample), Ok(()));
    /// }
    /// ```
    ///
    /// # Complexity
    ///
    /// O(n) time, memory and choices, where n is the size of the sample as JSON: about 1 KB on
    /// average, and less than 1 MB.
    #[must_use]
    pub fn generate(profile: Profile, mut below: impl FnMut(usize) -> usize) -> Sample {
        let mut choices = Choices::new(profile, &mut below);
        if choices.below(10) == 9 { wide::sample(&mut choices) } else { narrow::sample(&mut choices) }
    }

    /// Generates a wide sample.
    #[cfg(feature = "proptest")]
    pub(crate) fn generate_wide(profile: Profile, mut below: impl FnMut(usize) -> usize) -> Sample {
        wide::sample(&mut Choices::new(profile, &mut below))
    }

    /// Returns both documents, and the first one after a patch. A reconcile then finds changed and
    /// unchanged keys.
    pub(super) fn three_documents(&self) -> [Value; 3] {
        let [a, b] = &self.documents;
        let [p, ..] = &self.patches;
        [a.clone(), b.clone(), merge(a, p).unwrap_or_else(|_| a.clone())]
    }
}
