#!/bin/sh
# Makes the tables of adapters/peers/README.md from real runs: table.sh [--check]
#
# With --check it fails if they differ. It needs jq, node, npm, python3 with venv, and PostgreSQL. It
# installs the packages of npm and PyPI beside itself, in pinned versions.
set -eu
cd "$(dirname "$0")/../.."
peers=adapters/peers
target=${CARGO_TARGET_DIR:-$PWD/target}
export PROGRAM="$target/release/metadata-merge"
# The crate json-patch as an adapter.
export JSON_PATCH="$target/release/json-patch"

cargo build --quiet --release --locked -p metadata-merge-cli
cargo build --quiet --release --locked -p metadata-merge-cli --bin json-patch
npm ci --silent --prefix "$peers/javascript"
python3 -m venv "$peers/python/.venv"
"$peers/python/.venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$peers/python/requirements.txt"
adapters/postgresql/server.sh "$peers/python/.venv/bin/python" "$peers/table.py" "$@"
