#!/usr/bin/env bash
# Fuzzes each target, or those that are named, for a number of seconds, from its seeds:
#
#   fuzz/run.sh SECONDS [TARGET...]
#
# It needs cargo-fuzz (cargo install --locked cargo-fuzz@0.13.2) and a C++ compiler. There is no unsafe code, so no sanitizer is
# needed, and the stable compiler is enough. FEATURES=preserve_order selects the other one of serde_json's maps.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
shift
targets=("$@")
((${#targets[@]})) || mapfile -t targets < <(cargo fuzz list | grep -v '^planted')
for target in "${targets[@]}"; do
    mkdir -p "fuzz/corpus/$target"
    # The choices of wide samples, of which the first is 9 of 10. The fuzzer alone grows its inputs too slowly.
    for number in {1..8}; do
        { printf '\t' && head -c 6000 /dev/urandom; } >"fuzz/corpus/$target/wide-$number"
    done
    cargo fuzz run --sanitizer none --features "${FEATURES:-}" "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -dict=fuzz/json.dict -max_total_time="$seconds" -max_len=8192 -print_final_stats=1 -verbosity=0
done
