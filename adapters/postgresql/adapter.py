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
    """Writes marks, which start with U+E000, for characters that would be lost.

    jsonb cannot hold U+0000. psql does not print the last two code points of a plane; a driver does.
    """
    return re.sub(r"\\(ud[89ab]..\\ud[c-f]..|u[0-9a-f]{4}|.)", _hide, json.dumps(value))


def _hide(escape: re.Match[str]) -> str:
    if escape[1][0] != "u":
        return escape[0]
    character: str = json.loads(f'"{escape[0]}"')
    if character == "\0":
        return "\\ue0000"
    if character == "\ue000":
        return "\\ue0001"
    if ord(character) & 0xFFFE == 0xFFFE:
        return f"\\ue0002{ord(character):06x}"
    return escape[0]


def shown(text: str) -> JsonValue:
    """Parses what `hidden` has written."""
    value: JsonValue = json.loads(re.sub("\ue000(0|1|2[0-9a-f]{6})", _show, text))
    return value


def _show(mark: re.Match[str]) -> str:
    kind, code = mark[1][0], mark[1][1:]
    return {"0": "\\u0000", "1": "\ue000"}.get(kind) or chr(int(code, 16))


serve_store(PostgreSQL(hidden, shown))
