//! The sample on which the laws are tested.

use serde_json::Value;

use crate::merge::merge;

#[cfg(feature = "arbitrary")]
mod arbitrary;

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

    /// Returns the documents and a third one, which is the first after a patch, so that a three-way reconcile meets keys
    /// that changed and keys that did not.
    pub(super) fn three_documents(&self) -> [Value; 3] {
        let [a, b] = &self.documents;
        let [p, ..] = &self.patches;
        [a.clone(), b.clone(), merge(a, p).unwrap_or_else(|_| a.clone())]
    }
}
