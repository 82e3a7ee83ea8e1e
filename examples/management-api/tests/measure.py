"""Requests a second on each store, and the median time of PATCHes that remove all keys. Nothing here fails.

    python3 tests/measure.py [SECONDS]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from server import PACKAGE, TARGET, TOKEN, Server, postgres, quoted

COUNTS = [80, 800, 8_000, 80_000]
ROUNDS = 11
SECONDS = sys.argv[1] if len(sys.argv) > 1 else "3"


def load(address, connections, users="own"):
    command = [TARGET / "release" / "examples" / "load", address, TOKEN, str(connections), SECONDS, users]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def removals(client, count):
    """The seconds that one request takes that removes all keys."""
    keys = [format(number, "05x") for number in range(count)]
    created = client.call("POST", "users", {"user_metadata": {key: 0 for key in keys}})[1]
    body = json.dumps({"user_metadata": {key: None for key in keys}}, separators=(",", ":"))
    begin = time.time()
    status, answer = client.call("PATCH", "users/" + quoted(created["user_id"]), body)
    assert status == 200 and answer["user_metadata"] == {}, answer
    return time.time() - begin


def measure(name, url):
    with Server(url) as server:
        for connections, users in [(1, "own"), (16, "own"), (16, "shared")]:
            print(f"{name}, {connections} connections, user {users}: {load(server.address, connections, users)}", flush=True)
        # In turns, so that other work on this machine slows all of them. The first round warms up.
        rounds = [[removals(server.client(), count) for count in COUNTS] for _ in range(ROUNDS + 1)][1:]
        for count, seconds in zip(COUNTS, zip(*rounds)):
            print(f"{name}, {count} of {count} keys removed: {statistics.median(seconds):.4f} s", flush=True)


def main():
    subprocess.run(["cargo", "build", "-q", "--locked", "--release", "--bins", "--examples"], cwd=PACKAGE, check=True)
    with tempfile.TemporaryDirectory(prefix="management-api-") as directory:
        measure("SQLite in a file", "sqlite:" + os.path.join(directory, "users.sqlite"))
        database = postgres()
        if database:
            try:
                measure("PostgreSQL", database.fresh())
            finally:
                database.close()


if __name__ == "__main__":
    main()
