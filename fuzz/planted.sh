#!/usr/bin/env bash
# Fuzzes a wrong merge, and fails if its bug is not found within a number of seconds (60):
#
#   fuzz/planted.sh [SECONDS]
#
# It needs cargo-fuzz (cargo install --locked cargo-fuzz@0.13.2) and a C++ compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo fuzz build --sanitizer none planted
if cargo fuzz run --sanitizer none planted "$work" -- -max_total_time="${1:-60}" -seed=1 -artifact_prefix="$work/" \
    >"$work/log" 2>&1; then
    cat "$work/log"
    echo "FAILED: the bug was not found" >&2
    exit 1
fi
# The panic must be a broken law, and not another crash.
grep -q 'broken law ' "$work/log" || {
    cat "$work/log"
    exit 1
}
sed -n '/broken law /,/  found/p; /^Output of/,/^Reproduce/p' "$work/log"
