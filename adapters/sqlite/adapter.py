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
from metadata_merge import Rejected, loads, merge_text  # noqa: E402
from protocol import serve  # noqa: E402

database = sqlite3.connect(":memory:", isolation_level=None)
database.create_function("metadata_patch", 2, merge_text, deterministic=True)
database.execute("CREATE TABLE users (user_metadata TEXT NOT NULL)")
database.execute("INSERT INTO users VALUES ('{}')")


def text(target, patch):
    """The metadata after a PATCH: what was stored, and then the one statement that a server would run."""
    statement = "UPDATE users SET user_metadata = metadata_patch(user_metadata, ?) RETURNING user_metadata"
    try:
        database.execute("UPDATE users SET user_metadata = ?", (target,))
        ((patched,),) = database.execute(statement, (patch,)).fetchall()
    except sqlite3.Error as error:
        # The function has refused, and the row is as it was.
        raise Rejected(str(error)) from None
    return patched


def merge(target, patch):
    return loads(text(json.dumps(target), json.dumps(patch)))


serve({"merge": (merge, "target", "patch"), "text": (text, "target", "patch")})
