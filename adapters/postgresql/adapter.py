"""The statements of this folder as an adapter (../PROTOCOL.md), on the server of PGHOST."""

import json
import re
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "pushdown"))
from serving import serve_store
from postgresql import PostgreSQL
from metadata_merge import JsonValue


def hidden(value: JsonValue) -> str:
    """Writes U+E000 and `0` for U+0000, which jsonb cannot hold, and U+E000 and `1` for U+E000."""
    escapes = {"\\u0000": "\\ue0000", "\\ue000": "\\ue0001"}
    return re.sub(r"\\(u[0-9a-f]{4}|.)", lambda escape: escapes.get(escape[0], escape[0]), json.dumps(value))


def shown(text: str) -> JsonValue:
    """Parses what `hidden` has written."""
    value: JsonValue = json.loads(re.sub("\ue000([01])", lambda it: "\\u0000" if it[1] == "0" else "\ue000", text))
    return value


serve_store(PostgreSQL(hidden, shown))
