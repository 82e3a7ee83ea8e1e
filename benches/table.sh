#!/usr/bin/env bash
# Runs the benches under both of serde_json's maps and prints the README's table: json-patch's time over ours, medians of one
# run. Needs jq.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v jq >/dev/null || { echo "benches/table.sh needs jq" >&2; exit 2; }
workloads=(tiny typical flat-large nested-large delete-heavy patch-large clear)
printf '| map | function |%s\n|---|---|%s\n' "$(printf ' %s |' "${workloads[@]}")" "$(printf -- '---|%.0s' "${workloads[@]}")"
for features in "" serde_json/preserve_order; do
    CRITERION_HOME=$(mktemp -d)
    export CRITERION_HOME
    cargo bench --locked --quiet --bench merge --features "$features" -- --noplot "$@" >&2
    median() { jq .median.point_estimate "$CRITERION_HOME/$1/$2/new/estimates.json"; }
    for function in merge_in_place merge then diff; do
        printf '| %s | `%s` |' "${features:-default}" "$function"
        for workload in "${workloads[@]}"; do
            jq -nj "$(median "$workload" json-patch) / $(median "$workload" "$function") | if . < 10 then . * 100 else . * 10 end | round | if . < 1000 then . / 100 else . / 10 end | \" \(.) |\""
        done
        echo
    done
    rm -r "$CRITERION_HOME"
done
