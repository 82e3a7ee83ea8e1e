//! What judges an implementation in any language: the adapter protocol, and wrong implementations that show the judge at work.

pub mod mutants;
pub mod protocol;
