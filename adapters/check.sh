#!/bin/sh
# Judges every adapter by the vectors and by generated samples: adapters/check.sh
#
# SAMPLES is the number of samples (2,000), and SEED their seed. An adapter is skipped if its language is
# not installed, unless CI=true. On Debian:
# apt-get install --no-install-recommends golang-go nodejs postgresql python3
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
program=$target/release/metadata-merge

failed=
judge() { # NAME, "TOOL…", COMMAND…
    name=$1 tools=$2
    shift 2
    echo "== $name"
    for tool in $tools; do
        if ! command -v "$tool" >/dev/null; then
            echo "SKIPPED: there is no $tool" >&2
            [ "${CI:-}" != true ] || failed=yes
            return 0
        fi
    done
    "$@" || failed=yes
}

check() {
    ${server:-} "$program" check --random "${SAMPLES:-2000}" ${SEED:+--seed "$SEED"} "$@"
}

go_adapter() {
    (cd adapters/go && go vet ./... && go build -o "$target/adapter-go" ./cmd/adapter) && check "$target/adapter-go"
}

postgresql_adapter() {
    server=adapters/postgresql/server.sh check python3 adapters/postgresql/adapter.py
}

cargo build --quiet --release -p metadata-merge-cli
judge Python python3 check python3 adapters/python/adapter.py
judge JavaScript node check node adapters/javascript/adapter.mjs
judge Go go go_adapter
judge SQLite python3 check python3 adapters/sqlite/adapter.py
initdb=$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -n 1)
judge PostgreSQL "python3 psql ${initdb:-initdb}" postgresql_adapter
[ -z "$failed" ]
