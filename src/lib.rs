// Where the README links to the published documentation, this one links to itself.
//! [`Patch`]: Patch
//! [`Patch::apply`]: Patch::apply
//! [`Patch::bodies`]: Patch::bodies
//! [`Patch::changes`]: Patch::changes
//! [`Patch::clears`]: Patch::clears
//! [`Patch::deny_removals`]: Patch::deny_removals
//! [`Patch::deny_wipe`]: Patch::deny_wipe
//! [`Patch::diff`]: Patch::diff
//! [`Patch::reconcile`]: Patch::reconcile
//! [`Patch::removals`]: Patch::removals
//! [`Patch::sets`]: Patch::sets
//! [`Patch::then`]: Patch::then
//! [`Patch::undo`]: Patch::undo
#![cfg_attr(feature = "text", doc = "[`Resource::update_text`]: resource::Resource::update_text")]
//! [`conformance`]: conformance
//! [`laws`]: laws
//! [`limits`]: limits
//! [`limits::SIGN_UP`]: limits::SIGN_UP
//! [`merge`]: merge
//! [`merge_in_place`]: merge_in_place
//! [`resource`]: resource
#![cfg_attr(feature = "text", doc = "[`text`]: text")]
#![cfg_attr(feature = "text", doc = "[`text::merge`]: text::merge")]
//!
#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod apply;
#[cfg(feature = "arbitrary")]
pub mod arbitrary;
mod changes;
pub mod conformance;
mod diff;
mod error;
mod excerpt;
mod guards;
mod implementation;
pub mod laws;
pub mod limits;
mod merge;
mod patch;
mod plan;
mod reconcile;
pub mod resource;
mod resource_changes;
mod size;
#[cfg(feature = "proptest")]
pub mod strategy;
#[cfg(feature = "text")]
pub mod text;

pub use changes::Changes;
pub use error::{Error, Found, JsonType, Side, Wanted};
pub use merge::{merge, merge_in_place};
pub use patch::Patch;
pub use reconcile::{Conflict, Reconciliation};
