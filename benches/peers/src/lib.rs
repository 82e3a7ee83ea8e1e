//! What the programs of this package share: the workloads, and the peers.

pub mod peers;
#[path = "../../workloads/mod.rs"]
pub mod workloads;

pub use workloads::*;
