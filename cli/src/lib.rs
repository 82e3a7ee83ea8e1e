//! The commands of the program `metadata-merge`.
//!
//! This library is not an API: it only lets tests call the commands. The API is the crate
//! `metadata-merge`.

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
