#!/usr/bin/env bash
# Prints the table of ratios from a fresh run.
#
#   ratios.sh              the table in README.md
#   ratios.sh REVISION     also compares with the crate at a revision, and builds everything twice: with 16 codegen units and with 1
#
# The revision needs `text::merge`, `merge`, `merge_in_place` and `resource::USER.update_text`. MAPS=sorted skips the other map.
set -euo pipefail
cd "$(dirname "$0")"
manifest=Cargo.toml
builds=(16)

if [ $# -gt 0 ]; then
    # A lockfile cannot hold two packages of one name, so the earlier crate gets another one.
    work=$PWD/target/before
    rm -rf "$work"
    mkdir -p "$work/crate"
    git -C ../.. archive "$1" | tar -x -C "$work/crate"
    sed -i -e '0,/^name = "metadata-merge"/s//name = "metadata-merge-before"/' -e '/^metadata-merge = /d' "$work/crate/Cargo.toml"
    sed -e "s|path = \"|path = \"$PWD/|" -e '/^\[\[bench\]\]/,/^$/d' -e '/^\[dev-dependencies\]/,/^$/d' Cargo.toml >"$work/Cargo.toml"
    sed -i '/^\[dependencies\]/a metadata-merge-before = { path = "crate" }' "$work/Cargo.toml"
    cp Cargo.lock "$work"
    manifest=$work/Cargo.toml
    export RUSTFLAGS="--cfg before"
    builds=(16 1)
fi

for units in "${builds[@]}"; do
    export CARGO_PROFILE_RELEASE_CODEGEN_UNITS=$units CARGO_TARGET_DIR=$PWD/target/$units-units
    ((${#builds[@]} == 1)) || printf '\nWith %s codegen units:\n\n' "$units"
    echo '| map | this crate | peer | tiny | typical | flat-large | nested-large | delete-heavy | patch-large | clear | user |'
    echo '|---|---|---|---|---|---|---|---|---|---|---|'
    cargo run --quiet --release --manifest-path "$manifest" --bin ratios
    [ "${MAPS:-}" = sorted ] ||
        cargo run --quiet --release --manifest-path "$manifest" --bin ratios --features preserve_order
done
