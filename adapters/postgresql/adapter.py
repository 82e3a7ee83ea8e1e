"""The statement of patch.sql as an adapter (../PROTOCOL.md), run by psql on the server of PGHOST.

A driver would bind the three parameters; here they are quoted. The rest is what a server in any
language does: it parses the body, splits it into its plan, and hides U+0000, which jsonb cannot hold.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent / "python"))
from metadata_merge import JsonValue, Rejected
from protocol import serve

psql = subprocess.Popen(
    ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname=postgres"],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    encoding="utf-8",
    env={**os.environ, "PGCLIENTENCODING": "UTF8"},
)


def run(*statements: str) -> list[str]:
    """Returns the lines that the statements print."""
    assert psql.stdin and psql.stdout
    print(*statements, "\\echo .", sep="\n", file=psql.stdin, flush=True)
    return [line.removesuffix("\n") for line in iter(psql.stdout.readline, ".\n")]


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def hidden(value: JsonValue) -> str:
    """Returns JSON text with U+E000 and `0` for U+0000, and U+E000 and `1` for U+E000."""
    escapes = {"\\u0000": "\\ue0000", "\\ue000": "\\ue0001"}
    return re.sub(r"\\(u[0-9a-f]{4}|.)", lambda escape: escapes.get(escape[0], escape[0]), json.dumps(value))


def shown(text: str) -> JsonValue:
    """Parses text of `hidden`."""
    value: JsonValue = json.loads(re.sub("\ue000([01])", lambda it: "\\u0000" if it[1] == "0" else "\ue000", text))
    return value


def merge(target: JsonValue, patch: JsonValue) -> JsonValue:
    """Stores `target`, and then runs the one statement that a server would run."""
    if not isinstance(target, dict) or not isinstance(patch, dict):
        raise Rejected("expected two objects")
    sets: JsonValue = {key: value for key, value in patch.items() if value is not None}
    # A key is a JSON string too, so it is hidden in the same way.
    removals = [json.loads(hidden(key)) for key in patch if patch[key] is None]
    array = "ARRAY[" + ", ".join(map(literal, removals)) + "]::text[]"
    rows = run(
        f"EXECUTE store({literal(hidden(target))});",
        f"EXECUTE patch({not patch}, {literal(hidden(sets))}, {array});",
    )
    if not rows:
        # psql has printed the reason on standard error.
        raise Rejected("rejected by PostgreSQL")
    return shown(rows[0])


run(pathlib.Path(__file__).with_name("patch.sql").read_text())
serve({"merge": (merge, ("target", "patch"))})
