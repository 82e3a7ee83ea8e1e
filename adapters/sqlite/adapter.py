"""A PATCH inside SQLite, as one statement, behind the adapter protocol.

SQLite's own JSON functions cannot do it: json_patch is RFC 7396 (it merges deep, and its `{}` changes nothing), json_set has no
path to a key that holds a quote, and what json_each takes apart comes back with 15 digits, 1 for true, and without what follows
a U+0000. What it takes is a function of one's own, which SQLite runs inside the UPDATE; it is a few lines in every language
that embeds SQLite, and since it works on text, the numbers keep theirs.
"""

import json
import pathlib
import sqlite3
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent / "python"))
from metadata_merge import Rejected, dumps, loads, merge_text  # noqa: E402

database = sqlite3.connect(":memory:", isolation_level=None)
database.create_function("metadata_patch", 2, merge_text, deterministic=True)
database.execute("CREATE TABLE users (user_metadata TEXT NOT NULL)")
database.execute("INSERT INTO users VALUES ('{}')")


def patch(stored, body):
    """The metadata after a PATCH: what was stored, and then the one statement that a server would run."""
    database.execute("UPDATE users SET user_metadata = ?", (stored,))
    statement = "UPDATE users SET user_metadata = metadata_patch(user_metadata, ?) RETURNING user_metadata"
    try:
        ((patched,),) = database.execute(statement, (body,)).fetchall()
    except sqlite3.OperationalError as error:
        # The function refused, and the row is as it was.
        raise Rejected(str(error)) from None
    return patched


def answer(request):
    target, body = request["target"], request["patch"]
    if request["op"] == "merge":
        return loads(patch(json.dumps(target), json.dumps(body)))
    if not isinstance(target, str) or not isinstance(body, str):
        raise Rejected("target and patch must be strings")
    return patch(target, body)


for line in sys.stdin:
    request = loads(line)
    reply = {"seq": request["seq"]}
    try:
        if request["op"] in ("merge", "text"):
            reply["result"] = answer(request)
        else:
            reply["unsupported"] = True
    except Rejected as why:
        reply["rejected"] = str(why)
    print(dumps(reply), flush=True)
