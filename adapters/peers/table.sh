#!/bin/sh
# Regenerates the table in adapters/README.md from real runs, or, with --check, fails if it differs: table.sh [--check]
#
# Needs jq, node, npm, python3 with venv, and PostgreSQL; installs the rest beside itself, in the versions that are written there.
set -eu
cd "$(dirname "$0")/../.."
peers=adapters/peers
export TARGET="${CARGO_TARGET_DIR:-$PWD/target}"

cargo build --quiet --release --example conformance
cargo build --quiet --release --locked --manifest-path "$peers/rust/Cargo.toml" --target-dir "$TARGET/peer-rust"
npm ci --silent --prefix "$peers/javascript"
python3 -m venv "$peers/python/.venv"
"$peers/python/.venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$peers/python/requirements.txt"
adapters/postgresql/server.sh "$peers/python/.venv/bin/python" "$peers/table.py" "$@"
