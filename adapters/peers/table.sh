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

cargo build --quiet --release --locked -p metadata-merge-cli
# The crate json-patch as an adapter. Without arguments it does nothing, so this builds it.
export JSON_PATCH="cargo test --quiet --locked -p metadata-merge-cli --test json-patch -- --adapter"
${JSON_PATCH% -- --adapter}
npm ci --silent --prefix "$peers/javascript"
python3 -m venv "$peers/python/.venv"
"$peers/python/.venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$peers/python/requirements.txt"
adapters/postgresql/server.sh "$peers/python/.venv/bin/python" "$peers/table.py" "$@"
