#!/bin/sh
# Runs all tests of the management API against the built server, on SQLite and on PostgreSQL from the
# system's packages (started here, in a directory of its own), with curl and both official SDKs. What
# this machine lacks is skipped with a line that begins with SKIPPED.
set -eu
cd "$(dirname "$0")/.."
cargo build --locked --release --bins --examples
cargo test --locked --release
python3 tests/api.py
python3 tests/faults.py
python3 tests/sdks.py
