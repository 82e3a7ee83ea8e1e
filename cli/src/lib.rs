//! The commands of the program `metadata-merge`, one module for each.
//!
//! This library is not an API: it lets tests run the commands in their own process. The crate
//! `metadata-merge` is the API.

pub mod adapter;
pub mod check;
pub mod diff;
pub mod documents;
pub mod lines;
pub mod output;
pub mod patch;
pub mod reconcile;
pub mod vectors;
pub mod walkthrough;
