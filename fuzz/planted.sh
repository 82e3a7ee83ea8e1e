#!/usr/bin/env bash
# Fuzzes a wrong merge and a wrong judge of limits. Fails if a bug is not found within a number of seconds (60):
#
#   fuzz/planted.sh [SECONDS]
#
# It needs cargo-fuzz (cargo install --locked cargo-fuzz@0.13.2) and a C++ compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find_bug() { # TARGET PANIC
    cargo fuzz build --sanitizer none "$1"
    mkdir "$work/$1"
    if cargo fuzz run --sanitizer none "$1" "$work/$1" -- -max_total_time="$seconds" -seed=1 -artifact_prefix="$work/" \
        >"$work/log" 2>&1; then
        cat "$work/log"
        echo "FAILED: the bug was not found" >&2
        exit 1
    fi
    # The panic must be that of the bug, and not another crash.
    grep -q "$2" "$work/log" || {
        cat "$work/log"
        exit 1
    }
    sed -n "/$2/,/^ *\\(found\\|right\\)/p; /^Output of/,/^Reproduce/p" "$work/log"
}

find_bug planted 'broken law '
find_bug planted_limits 'wrong judgement of '
