"""How fast a PATCH of the typical user is: the one statement against read-modify-write on PostgreSQL, as a ratio of runs in turn,
and requests a second with their 99th percentile on each store. The figures are for people; nothing here fails.

    python3 tests/measure.py [SECONDS] [ROUNDS]
"""

import json
import os
import subprocess
import sys
import tempfile

import server
from server import PACKAGE, TOKEN, Server, postgres

SECONDS, ROUNDS = [int(argument) for argument in [*sys.argv[1:], *["3", "5"][len(sys.argv) - 1 :]]]


def build(*arguments, target):
    command = ["cargo", "build", "-q", "--locked", "--release", "--target-dir", PACKAGE / target, *arguments]
    subprocess.run(command, cwd=PACKAGE, check=True)
    return PACKAGE / target / "release"


def load(address, connections, users="own"):
    command = [STATEMENT / "examples" / "load", address, TOKEN, str(connections), str(SECONDS), users]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def start(folder, url):
    server.BINARY = folder / "management-api"
    return Server(url)


def main():
    with tempfile.TemporaryDirectory(prefix="management-api-") as directory:
        for name, url in [("SQLite in memory", "sqlite:"), ("SQLite in a file", "sqlite:" + os.path.join(directory, "users.sqlite"))]:
            with start(STATEMENT, url) as running:
                for connections in [1, 16]:
                    print(f"{name}, {connections} connections: {load(running.address, connections)}", flush=True)
        database = postgres()
        if not database:
            return
        try:
            for commit in ["on", "off"]:
                database.query(f"ALTER SYSTEM SET synchronous_commit = {commit}")
                database.query("SELECT pg_reload_conf()")
                with start(STATEMENT, database.fresh()) as statement, start(READ_MODIFY_WRITE, database.fresh()) as read_modify_write:
                    for connections, users in [(1, "own"), (16, "own"), (16, "shared")]:
                        pairs = []
                        for turn in range(ROUNDS):
                            # Each goes first in half of the rounds.
                            order = [statement, read_modify_write][:: 1 if turn % 2 else -1]
                            found = {running: load(running.address, connections, users) for running in order}
                            pairs.append((found[statement], found[read_modify_write]))
                        ratio = lambda pair: pair[0]["per_second"] / pair[1]["per_second"]
                        one, other = sorted(pairs, key=ratio)[ROUNDS // 2]
                        print(f"PostgreSQL, synchronous_commit {commit}, {connections} connections, user: {users}")
                        print(f"    one statement {one}")
                        print(f"    read-modify-write {other}")
                        ratios = sorted(map(ratio, pairs))
                        print(f"    requests a second, the one over the other: {ratios[ROUNDS // 2]:.2f} (from {ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True)
        finally:
            database.close()


if __name__ == "__main__":
    STATEMENT = build("--bins", "--examples", target="target")
    READ_MODIFY_WRITE = build("--features", "read-modify-write", target="target/read-modify-write")
    main()
