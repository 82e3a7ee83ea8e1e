#!/bin/sh
# Runs COMMAND with a temporary MariaDB server: server.sh COMMAND…
set -eu

directory=$(mktemp -d)

# The server refuses to run as root.
as_mysql() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=mysql --regid=mysql --clear-groups "$@"
    else
        "$@"
    fi
}

stop() {
    if [ -s "$directory/pid" ]; then
        server=$(cat "$directory/pid")
        as_mysql kill -9 "$server" 2>/dev/null || true
        while as_mysql kill -0 "$server" 2>/dev/null; do sleep 0.05; done
    fi
    as_mysql rm -rf "$directory"
}
trap stop EXIT
trap 'exit 130' INT TERM

if [ "$(id -u)" = 0 ]; then
    chown mysql: "$directory"
fi
cd "$directory"
as_mysql mariadb-install-db --no-defaults --datadir="$directory/data" --auth-root-authentication-method=normal \
    --skip-test-db >/dev/null 2>&1
as_mysql mariadbd --no-defaults --datadir="$directory/data" --socket="$directory/socket" --pid-file="$directory/pid" \
    --skip-networking --character-set-server=utf8mb4 --innodb-flush-log-at-trx-commit=0 \
    --max-allowed-packet=1G >"$directory/log" 2>&1 &
cd "$OLDPWD"

export MYSQL_UNIX_PORT="$directory/socket"
tries=300
until mariadb --no-defaults --user=root --execute="SELECT 1" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { cat "$directory/log" >&2; exit 1; }
    sleep 0.1
done
"$@"
