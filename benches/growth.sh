#!/usr/bin/env bash
# Counts the instructions a root key that operations take on documents of 1,000, 10,000 and 100,000 keys, under both of
# serde_json's maps, and fails where they grow from the first to the last by more than the sorted map's depth does (log 100,000 :
# log 1,000 = 5 : 3), or at all (a fifth is left for rounding) in the map that keeps order. Needs valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v valgrind >/dev/null; then
    echo "SKIPPED: benches/growth.sh needs valgrind" >&2
    exit 0
fi
failed=0
printf '| map | operation | 1,000 | 10,000 | 100,000 |\n|---|---|---|---|---|\n'
for features in "" serde_json/preserve_order; do
    bound=$([ -z "$features" ] && echo 167 || echo 120)
    program=$(cargo bench --locked --quiet --bench growth --features "$features" --no-run --message-format json |
        grep -o '"executable":"[^"]*/growth-[^"]*"' | cut -d'"' -f4)
    for operation in remove-all remove-half set-all set-half-remove-half add-all-remove-all clear then diff; do
        row=()
        for keys in 1000 10000 100000; do
            count=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='growth::measured*' \
                "$program" "$operation" "$keys" 2>&1 | sed -n 's/.*Collected : //p')
            row+=($((count / keys)))
        done
        printf '| %s | %s | %s | %s | %s |\n' "${features:-default}" "$operation" "${row[@]}"
        if ((row[0] < 1 || row[2] * 100 > row[0] * bound)); then
            echo "FAILED: $operation grows faster than the document" >&2
            failed=1
        fi
    done
done
exit $failed
