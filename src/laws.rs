//! The algebra of patches, as a table of laws that an implementation can break.
//!
//! [`check`] tests any [`Implementation`] with all [`LAWS`] on one [`Sample`]. Call it with
//! generated samples, from a property test or a fuzz target. A law is skipped if it needs an
//! operation that the implementation does not offer. Lists of patches are compared by their effect
//! on a document, as [`merge`](crate::merge()) computes it.
//!
//! ```
//! use metadata_merge::conformance::{Reference, merge_only};
//! use metadata_merge::laws::{self, Sample};
//! use serde_json::json;
//!
//! let documents = [json!({"a": 1, "b": 1}), json!({"b": {"c": null}})];
//! let sample = Sample::new(documents, [json!({"a": null}), json!({}), json!({"a": 2, "b": 3})]);
//! assert_eq!(laws::check(&mut Reference, &sample), Ok(()));
//!
//! let mut strips_nulls = merge_only(|document, patch| {
//!     let mut patch = patch.clone();
//!     patch.as_object_mut().ok_or("not an object")?.retain(|_, value| !value.is_null());
//!     metadata_merge::merge(document, &patch).map_err(|_| "not an object")
//! });
//! let counterexample = laws::check(&mut strips_nulls, &sample).unwrap_err();
//! assert_eq!(counterexample.law.name, "Definition");
//! ```

use crate::conformance::Implementation;

mod calls;
mod composition;
mod diff;
mod guards;
mod law;
mod merging;
mod reconcile;
mod sample;
mod update;

pub use self::law::{Counterexample, Law};
pub use self::sample::{Profile, Sample};

/// All laws, in the order in which [`check`] tests them.
pub const LAWS: &[&[Law]] =
    &[merging::LAWS, composition::LAWS, diff::LAWS, guards::LAWS, reconcile::LAWS, update::LAWS];

/// Returns all laws, in the order of [`LAWS`].
pub fn all() -> impl Iterator<Item = &'static Law> {
    LAWS.iter().copied().flatten()
}

/// Tests all laws on one sample.
///
/// Documents and patches may be any JSON. An implementation must reject those that are not objects.
/// Most laws need objects and are skipped for such a sample.
///
/// # Errors
///
/// The counterexample to the first law that is broken, in the order of [`LAWS`].
///
/// # Complexity
///
/// O(1) calls of the implementation.
pub fn check(implementation: &mut impl Implementation, sample: &Sample) -> Result<(), Counterexample> {
    let documents = sample.three_documents();
    for law in all() {
        for count in law.patches.clone() {
            law.check(implementation, &documents, sample.patches.get(..count).unwrap_or_default())?;
        }
    }
    Ok(())
}
