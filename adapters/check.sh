#!/bin/sh
# Judges every adapter here by the vectors of what it offers and by SAMPLES generated samples (2,000; SEED says which):
# adapters/check.sh
#
# An adapter whose language is not there is passed over, unless CI=true. What Debian has of them:
# apt-get install --no-install-recommends golang-go nodejs postgresql python3
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
runner=$target/release/examples/conformance

failed=
server=
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

conformance() {
    $server "$runner" --random "${SAMPLES:-2000}" ${SEED:+--seed "$SEED"} "$@"
}

go_adapter() {
    (cd adapters/go && go vet . && go build -o "$target/adapter-go" .) && conformance "$target/adapter-go"
}

postgresql_adapter() {
    server=adapters/postgresql/server.sh conformance python3 adapters/postgresql/adapter.py
}

cargo build --quiet --release --example conformance
judge Python python3 conformance python3 adapters/python/adapter.py
judge JavaScript node conformance node adapters/javascript/adapter.mjs
judge Go go go_adapter
judge SQLite python3 conformance python3 adapters/sqlite/adapter.py
initdb=$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -n 1)
judge PostgreSQL "python3 psql ${initdb:-initdb}" postgresql_adapter
[ -z "$failed" ]
