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
mod implementation;
pub mod laws;
mod merge;
mod patch;
#[cfg(feature = "proptest")]
pub mod strategy;

pub use changes::Changes;
pub use error::{Error, JsonType, Side};
pub use merge::{merge, merge_in_place};
pub use patch::Patch;
