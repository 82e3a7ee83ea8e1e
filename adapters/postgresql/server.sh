#!/bin/sh
# Runs COMMAND with a temporary PostgreSQL server: server.sh COMMAND…
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
bin=${bin:-$(dirname "$(command -v initdb || echo /none)")}
directory=$(mktemp -d)

# The server refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
    else
        "$@"
    fi
}

stop() {
    as_postgres "$bin/pg_ctl" -D "$directory/data" -m immediate stop >/dev/null 2>&1 || true
    as_postgres rm -rf "$directory"
}
trap stop EXIT
trap 'exit 130' INT TERM

if [ "$(id -u)" = 0 ]; then
    chown postgres: "$directory"
fi
cd "$directory"
as_postgres "$bin/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_postgres "$bin/pg_ctl" -D "$directory/data" -w -l "$directory/data/log" start \
    -o "-c listen_addresses='' -c unix_socket_directories='$directory' -c fsync=off" >/dev/null
cd "$OLDPWD"

export PGHOST="$directory" PGUSER=postgres
"$@"
