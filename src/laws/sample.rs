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

/// Two documents and three bodies, as [`check`](super::check) takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// Stored documents.
    pub documents: [Value; 2],
    /// Bodies that clients may send: sets, removals, both, or `{}`.
    pub patches: [Value; 3],
}

impl Sample {
    /// Returns a sample of these documents and bodies, which may be any JSON.
    #[must_use]
    pub fn new(documents: [Value; 2], patches: [Value; 3]) -> Sample {
        Sample { documents, patches }
    }

    /// Generates a sample of objects. `below(n)` chooses a number below `n`, which is never 0, and
    /// the same choices give the same sample. A choice of `n` or more is taken modulo `n`.
    ///
    /// Nine of ten samples are *narrow*: four root keys, so that collisions are common, and small
    /// values, so that counterexamples are short. One of ten is *wide*: up to 400 members, long and
    /// unusual keys, strings and numbers, and documents that nest up to 100 levels deep. All documents
    /// and bodies of a wide sample draw from the same members, so that they collide too.
    ///
    /// ```
    /// use metadata_merge::conformance::Reference;
    /// use metadata_merge::laws::{self, Profile, Sample};
    ///
    /// let mut state = 2026_u64; // the seed
    /// let mut below = |bound: usize| {
    ///     state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
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
    /// O(n) time, memory and choices, where n is the size of the sample as JSON: about a kilobyte on
    /// average, and less than a megabyte.
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

    /// Returns the documents and a third one, which is the first after a patch, so that a three-way reconcile meets keys
    /// that changed and keys that did not.
    pub(super) fn three_documents(&self) -> [Value; 3] {
        let [a, b] = &self.documents;
        let [p, ..] = &self.patches;
        [a.clone(), b.clone(), merge(a, p).unwrap_or_else(|_| a.clone())]
    }
}
