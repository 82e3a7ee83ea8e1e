//! The crate json-patch (RFC 7396) as an adapter: `cargo test --test json-patch -- --adapter`.

use std::env;

use metadata_merge::conformance::merge_only;
use metadata_merge_cli::adapter;

fn main() -> Result<(), String> {
    if env::args().nth(1).as_deref() != Some("--adapter") {
        return Ok(());
    }
    adapter::run(&mut merge_only(|document, patch| {
        let mut merged = document.clone();
        json_patch::merge(&mut merged, patch);
        Ok::<_, ()>(merged)
    }))
}
