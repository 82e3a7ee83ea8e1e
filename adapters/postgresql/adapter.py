"""The statement of patch.sql behind the adapter protocol, run by psql on the server that PGHOST and the like say.

A driver would bind the three parameters; here they are quoted. All else is what a server in any language does: parse the body,
split it into its plan, and hide U+0000, which jsonb cannot hold.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent / "python"))
from metadata_merge import Rejected  # noqa: E402
from protocol import serve  # noqa: E402

psql = subprocess.Popen(
    ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname=postgres"],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    encoding="utf-8",
    env={**os.environ, "PGCLIENTENCODING": "UTF8"},
)


def run(*statements):
    """The lines that the statements print."""
    print(*statements, "\\echo .", sep="\n", file=psql.stdin, flush=True)
    return [line.removesuffix("\n") for line in iter(psql.stdout.readline, ".\n")]


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def hidden(value):
    """A value as JSON text in which U+0000 stands as U+E000 and 0, and so U+E000 as itself and 1."""
    escapes = {"\\u0000": "\\ue0000", "\\ue000": "\\ue0001"}
    return re.sub(r"\\(u[0-9a-f]{4}|.)", lambda escape: escapes.get(escape[0], escape[0]), json.dumps(value))


def shown(text):
    """The value that was hidden."""
    return json.loads(re.sub("\ue000([01])", lambda escape: "\\u0000" if escape[1] == "0" else "\ue000", text))


def merge(target, patch):
    if not isinstance(target, dict) or not isinstance(patch, dict):
        raise Rejected("the document and the patch must be JSON objects")
    sets = {key: value for key, value in patch.items() if value is not None}
    # The text of a key is the text of a JSON string: so it is hidden in the same way.
    removals = [json.loads(hidden(key)) for key in patch if patch[key] is None]
    array = "ARRAY[" + ", ".join(map(literal, removals)) + "]::text[]"
    rows = run(
        f"EXECUTE store({literal(hidden(target))});",
        f"EXECUTE patch({not patch}, {literal(hidden(sets))}, {array});",
    )
    if not rows:
        # psql has said why on standard error.
        raise Rejected("by PostgreSQL")
    return shown(rows[0])


run(pathlib.Path(__file__).with_name("patch.sql").read_text())
serve({"merge": (merge, "target", "patch")})
