#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

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
