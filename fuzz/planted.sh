#!/usr/bin/env bash
# Fuzzes the wrong merge of this package, which must be found wrong within so many seconds (60): run.sh [SECONDS]
#
# Needs cargo-fuzz (cargo install --locked cargo-fuzz@0.13.2) and a C++ compiler.
set -euo pipefail
cd "$(dirname "$0")"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

cargo fuzz build --fuzz-dir . --sanitizer none merge
if cargo fuzz run --fuzz-dir . --sanitizer none merge -- -max_total_time="${1:-60}" -seed=1 >"$log" 2>&1; then
    cat "$log"
    echo "the bug was not found" >&2
    exit 1
fi
# By a law, and by no other crash; with the sample that breaks it.
grep --quiet 'broken law: ' "$log" || {
    cat "$log"
    exit 1
}
sed -n '/broken law: /,/actual/p; /^Output of/,/^Reproduce/p' "$log"
