#!/bin/sh
# Judges every adapter by the vectors and by generated samples: adapters/check.sh
#
# SAMPLES is the number of samples (2,000), and SEED their seed. An adapter is skipped if its language is
# not installed, unless CI=true. On Debian:
# apt-get install --no-install-recommends golang-go mariadb-server nodejs postgresql python3 ruby
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

store_adapter() { # NAME
    server=adapters/$1/server.sh check python3 "adapters/$1/adapter.py"
}

cargo build --quiet --release -p metadata-merge-cli
judge Python python3 check python3 adapters/python/adapter.py
judge JavaScript node check node adapters/javascript/adapter.mjs
judge Go go go_adapter
judge Ruby ruby check ruby adapters/ruby/adapter.rb
judge SQLite python3 check python3 adapters/sqlite/adapter.py
initdb=$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -n 1)
judge PostgreSQL "python3 psql ${initdb:-initdb}" store_adapter postgresql
judge MariaDB "python3 mariadb mariadbd" store_adapter mariadb
judge "Push-down" "python3 psql ${initdb:-initdb} mariadb mariadbd" python3 adapters/pushdown/test.py
judge "Push-down in the docs" python3 python3 adapters/pushdown/docs.py
[ -z "$failed" ]
