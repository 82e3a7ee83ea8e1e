#!/bin/sh
# All tests of the management API with real parts: the server as it is built for release, SQLite, PostgreSQL from the system's
# packages (started here, in a directory of its own), curl, and both official SDKs. What this machine lacks is skipped with a line
# that begins with SKIPPED.
set -eu
cd "$(dirname "$0")/.."
cargo test --locked
cargo build --locked --release
python3 tests/api.py
python3 tests/faults.py
python3 tests/sdks.py
