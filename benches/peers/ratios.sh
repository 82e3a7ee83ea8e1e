#!/usr/bin/env bash
# Prints the table of ratios in README.md, from a fresh run under both of serde_json's maps.
set -euo pipefail
cd "$(dirname "$0")"
echo '| map | this crate | peer | tiny | typical | flat-large | nested-large | delete-heavy | patch-large | clear |'
echo '|---|---|---|---|---|---|---|---|---|---|'
cargo run --locked --quiet --release
cargo run --locked --quiet --release --features preserve_order
