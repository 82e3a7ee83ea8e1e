//! Applies a metadata PATCH to a JSON document. Root keys merge, nested values are replaced, null
//! removes its key, and `{}` removes every key.
//!
//! ```
//! use metadata_merge::merge;
//! use serde_json::json;
//!
//! let stored = json!({"hobby": "surfing", "plan": "full", "addresses": {"home": "Here"}});
//! let body = json!({"addresses": {"work": "There"}, "plan": null});
//! assert_eq!(
//!     merge(&stored, &body)?,
//!     json!({"hobby": "surfing", "addresses": {"work": "There"}}),
//! );
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! The rules follow Auth0's Management API, called *the service* here. `RULES.md` (in the package)
//! states each rule under an id such as `clear`, with its source. [`conformance`] has cases for
//! each.
//!
//! | to | use |
//! |---|---|
//! | merge one document | [`merge`], [`merge_in_place`] |
//! | receive a patch in a typed request, or compose, preview, compare and revert patches | [`Patch`] |
//! | apply the body of a whole request | [`resource`] |
//! | check a resource against limits | [`limits`] |
//! | merge JSON text without decoding it into a `Value` | [`text`] |
//! | change a tool's own keys and find conflicts (three-way merge) | [`Patch::reconcile`], [`resource::Resource::reconcile`] |
//! | test another implementation | [`conformance`], [`laws`] |
//!
//! # Scope of this crate
//!
//! The crate is pure: no I/O, no clock, no global state. It implements neither RFC 7396 (JSON Merge
//! Patch), which merges recursively, nor RFC 6902 (JSON Patch).
//!
//! # How data gets lost
//!
//! - **An empty patch.** If unchanged entries are dropped from a patch, or nulls are stripped from
//!   it, it can become `{}`, which clears. This crate never turns a patch into `{}` unless the
//!   patch clears.
//! - **A part of a nested object.** The patch `{"addresses": {"work": …}}` removes
//!   `addresses.home`. Send the whole object, and look at [`Patch::changes`] first.
//! - **The keys of others.** A tool calls [`Patch::diff`] from the stored document to its own. The
//!   patch removes every key that others wrote. Use [`Patch::reconcile`].
//! - **A truncated configuration.** Its diff removes many keys. [`Patch::deny_removals`] denies any
//!   removal, and [`Patch::deny_wipe`] a patch that leaves nothing.
//! - **Null for "no value".** `serde_json` writes null for `None`, NaN and infinities. Skip the
//!   fields that have no value when you serialize a body.
//! - **Two requests.** To clear and then set keys, a client sends two bodies. One of the requests
//!   may fail. See [`Patch::bodies`].
//! - **Read, modify, write.** Without a lock, concurrent writers of different keys overwrite each
//!   other. See [`resource`].
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `std` (default) | `std` of `serde` and `serde_json`; without it, the crate uses only `core` and `alloc` |
//! | `conformance` | [`conformance`] and [`laws`], to test other implementations |
//! | `proptest` | [`strategy`]: proptest strategies for documents, bodies, patches and [`laws::Sample`] |
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
