#!/usr/bin/env bash
# Counts instructions under both of serde_json's maps.
#
#   counts.sh           fails if a key costs more in a larger document, or if a count is more than 2 % above counts.md
#   counts.sh --write   makes counts.md anew
#
# Counts depend on the compiler. With another compiler than that of counts.md, only the growth is checked.
# It needs valgrind, jq and gungraun-runner (cargo install --locked gungraun-runner@0.20.0). If one is missing, it is
# skipped, or fails under CI=true.
set -euo pipefail
cd "$(dirname "$0")"
compiler=$(rustc --version)
write=false
[ "${1:-}" = --write ] && write=true
for tool in valgrind jq gungraun-runner; do
    command -v $tool >/dev/null && continue
    echo "SKIPPED: counts.sh needs $tool" >&2
    [ "${CI:-}" != true ]
    exit
done

# Symbols contain the path of a crate, and the compiler divides code by symbols. So every checkout is built at the same path,
# one at a time.
exec 9>/tmp/metadata-merge-counts.lock
flock 9
checkout=/tmp/metadata-merge-counts
ln -sfn "$(cd ../.. && pwd)" $checkout
trap 'rm -f $checkout' EXIT

# Prints a row for each benchmark: map, function, case, count. Text uses no map and is counted once.
count() {
    local map=$1 filter=$2 features=$3
    cargo bench --locked --quiet --manifest-path $checkout/benches/peers/Cargo.toml --bench counts --features "$features" -- \
        --output-format=json --callgrind-args=--cache-sim=no "counts::*::$filter" |
        jq -r --arg map "$map" '[
            $map, .function_name, .id, (.profiles[] | select(.tool == "Callgrind") | .data.total.metrics.Ir.values.new)
        ] | "| \(.[0]) | `\(.[1])` | \(.[2]) | \(.[3]) |"'
}

rows=$(count sorted '*' "" && count 'in order' 'tree*' preserve_order)
# Prints the instructions for each root key, for rows that are counted at several sizes. It fails if they grow by more than the
# depth of a sorted map or the passes of a sort (log 100,000 : log 1,000 = 5 : 3, and a little for longer keys). Without either,
# they may grow by a fifth, for rounding.
growth() {
    awk -F ' *[|] *' '
        match($4, /_1000*$/) {
            keys = substr($4, RSTART + 1)
            row = "| " $2 " | " $3 " | " substr($4, 1, RSTART - 1) " |"
            if (!(row in per)) order[++rows] = row
            each = $5 / keys
            per[row] = per[row] sprintf(" %.0f |", each)
            if (keys == 1000) first[row] = each
            bound = $2 == "sorted" && $3 ~ /tree|hostile/ ? 1.75 : 1.2
            if (keys == 100000 && each > first[row] * bound) { print "FAILED: grows faster than the document: " row per[row] >"/dev/stderr"; failed = 1 }
        }
        END { for (row = 1; row <= rows; row++) print order[row] per[order[row]]; exit failed }
    ' <<<"$rows"
}

if $write; then
    {
        echo "# Instructions"
        echo
        echo "Counted by \`counts.sh --write\` with $compiler. Text uses no map and is counted once."
        echo
        echo "## For each root key, as the document grows"
        echo
        echo '| map | function | patch | 1,000 keys | 10,000 | 100,000 |'
        echo '|---|---|---|---|---|---|'
        growth
        echo
        echo "## Totals"
        echo
        echo '| map | function | case | instructions |'
        echo '|---|---|---|---|'
        echo "$rows"
    } >counts.md
    exit
fi
growth >/dev/null
if ! grep -qF "$compiler" counts.md; then
    echo "SKIPPED: the counts themselves, since counts.md was made with another compiler than $compiler" >&2
    exit
fi
awk -F ' *[|] *' '
    /^## Totals/ { all = 1 }
    NR == FNR { if (all && $5 ~ /^[0-9]+$/) { wanted[$2, $3, $4] = $5; missing++ } next }
    !(($2, $3, $4) in wanted) { print "FAILED: not in the table: " $0; failed = 1; next }
    { missing-- }
    $5 > wanted[$2, $3, $4] * 1.02 { print "FAILED: was " wanted[$2, $3, $4] ": " $0; failed = 1 }
    END { if (missing) { print "FAILED: " missing " rows of the table were not counted"; failed = 1 } exit failed }
' counts.md <(echo "$rows") >&2
echo "$(wc -l <<<"$rows") instruction counts are at most 2 % above counts.md"
