//! The programs of `examples/`, for the tests that run them.

use std::env;
use std::path::{Path, PathBuf};

/// An example that `cargo test` has built beside the test; `cargo test --test NAME` alone does not build it anew.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = env::current_exe().expect("this test is a file");
    let target = test.parent().and_then(Path::parent).expect("in a folder of cargo's");
    let program = target.join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{program:?} is not built: cargo build --examples makes it");
    program
}
