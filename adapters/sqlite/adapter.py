"""A PATCH inside SQLite, as one statement, as an adapter (../PROTOCOL.md).

SQLite's own JSON functions cannot do it. `json_patch` is RFC 7396: it merges deep, and its `{}`
changes nothing. `json_set` has no path to a key that holds a quote. `json_each` returns numbers with
15 digits, 1 for true, and cuts strings at U+0000. A user-defined function can: SQLite runs it inside
the UPDATE. It works on text, so numbers keep theirs.
"""

import json
import pathlib
import sqlite3
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent / "python"))
from metadata_merge import JsonValue, Rejected, loads, merge_text
from protocol import serve

database = sqlite3.connect(":memory:", isolation_level=None)
database.create_function("metadata_patch", 2, merge_text, deterministic=True)
database.execute("CREATE TABLE users (user_metadata TEXT NOT NULL)")
database.execute("INSERT INTO users VALUES ('{}')")


def text(target: JsonValue, patch: JsonValue) -> str:
    """Stores `target`, and then runs the one statement that a server would run."""
    statement = "UPDATE users SET user_metadata = metadata_patch(user_metadata, ?) RETURNING user_metadata"
    if not isinstance(target, str) or not isinstance(patch, str):
        raise Rejected("expected two strings of JSON text")
    try:
        database.execute("UPDATE users SET user_metadata = ?", (target,))
        ((patched,),) = database.execute(statement, (patch,)).fetchall()
    except sqlite3.Error as error:
        # The function has rejected its input, and the row is unchanged.
        raise Rejected(str(error)) from None
    return str(patched)


def merge(target: JsonValue, patch: JsonValue) -> JsonValue:
    """Merges by way of text."""
    return loads(text(json.dumps(target), json.dumps(patch)))


serve({"merge": (merge, ("target", "patch")), "text": (text, ("target", "patch"))})
