//! Defines what a metadata PATCH does: root properties merge, nested ones are replaced whole, a key
//! sent as null is deleted, and the empty object clears everything.
//!
//! ```
//! use metadata_merge::merge;
//! use serde_json::json;
//!
//! let stored = json!({"hobby": "surfing", "addresses": {"home": "123 Main Street"}, "plan": "full"});
//! let body = json!({"addresses": {"work": "100 Industrial Way"}, "plan": null});
//! assert_eq!(
//!     merge(&stored, &body)?,
//!     json!({"hobby": "surfing", "addresses": {"work": "100 Industrial Way"}}),
//! );
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! The model is Auth0's Management API, which keeps metadata on users, applications and
//! organizations.
//! Every rule has an id, a statement and a basis in `RULES.md`, and cases in [`conformance`].
//!
//! | to | use |
//! |---|---|
//! | merge one document | [`merge`], [`merge_in_place`] |
//! | receive a patch in a typed request, or compose, preview, compare and revert patches | [`Patch`] |
//! | apply the body of a whole request | [`resource`] |
//! | limit what is stored | [`limits`] |
//! | merge JSON text without a tree | [`text`] |
//! | reconcile a configuration with what is stored | [`Patch::reconcile`], [`resource::Resource::reconcile`] |
//! | test another implementation | [`conformance`], [`laws`] |
//!
//! # Scope of this crate
//!
//! The crate is pure: no I/O, no clock, no global state. It does not implement RFC 7396 (JSON Merge
//! Patch), which merges deep, or RFC 6902 (JSON Patch).
//!
//! # How data gets lost
//!
//! - **An empty patch.** If unchanged entries are dropped from a patch, or nulls are stripped from
//!   it, it can become `{}`, which clears. No function of this crate turns a patch that is not a
//!   clear into `{}`.
//! - **A part of a nested object.** The patch `{"addresses": {"work": …}}` removes
//!   `addresses.home`. Send the whole object, and look at [`Patch::changes`] first.
//! - **The keys of others.** A [`Patch::diff`] from the stored document to the one that a tool wants
//!   removes every key that others wrote. Use [`Patch::reconcile`].
//! - **A configuration that was cut short.** Its patch is full of removals.
//!   [`Patch::deny_removals`] and [`Patch::deny_wipe`] deny it.
//! - **Null for "no value".** `serde_json` writes null for `None`, NaN and infinities. Skip the
//!   fields that have no value when you serialize a body.
//! - **Two requests.** A clear that is followed by sets takes two bodies, and either request may
//!   fail alone. See [`Patch::bodies`].
//! - **Read, modify, write.** Without a lock, concurrent writers of different keys overwrite each
//!   other. See [`resource`].
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `std` (default) | the standard library's parts of `serde` and `serde_json`; without it the crate needs `alloc` |
//! | `conformance` | [`conformance`] and [`laws`], to test other implementations |
//! | `proptest` | [`strategy`]: proptest strategies for documents, bodies, patches and samples |
//! | `arbitrary` | `Arbitrary` for [`laws::Sample`] |
// The docs link to modules of features, which docs.rs turns on.
#![cfg_attr(not(all(feature = "conformance", feature = "proptest")), allow(rustdoc::broken_intra_doc_links))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "conformance")]
pub mod conformance;
mod equality;
mod error;
mod excerpt;
mod in_place;
#[cfg(feature = "conformance")]
pub mod laws;
pub mod limits;
mod merge;
mod patch;
pub mod resource;
#[cfg(feature = "proptest")]
pub mod strategy;
pub mod text;

pub use equality::json_eq;
pub use error::{Error, ErrorKind, Expected, FieldType, Found, Input, JsonType, object};
pub use in_place::merge_in_place;
pub use merge::merge;
pub use patch::{Changes, Conflict, Masked, Parts, Patch, Reconciliation};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
