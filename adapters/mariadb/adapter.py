"""The statements of this folder as an adapter (../PROTOCOL.md), on the server of MYSQL_UNIX_PORT."""

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "pushdown"))
from serving import serve_store
from mariadb import MariaDB
from store import dumps
from metadata_merge import JsonValue

# The JSON functions accept 31 levels of nesting. A merge does not look into values.
LEVELS = 16
MARK = "\ue000"


def hidden(value: JsonValue) -> str:
    """Writes a mark and JSON text as a string for what is nested deeper, or starts with the mark."""
    return dumps(_hide(value, LEVELS))


def _hide(value: JsonValue, levels: int) -> JsonValue:
    is_deep = not levels and isinstance(value, (list, dict))
    if is_deep or (isinstance(value, str) and value.startswith(MARK)):
        return MARK + json.dumps(value)
    if isinstance(value, list):
        return [_hide(item, levels - 1) for item in value]
    if isinstance(value, dict):
        return {key: _hide(member, levels - 1) for key, member in value.items()}
    return value


def shown(text: str) -> JsonValue:
    """Parses what `hidden` has written."""
    return _show(json.loads(text))


def _show(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and value.startswith(MARK):
        text: JsonValue = json.loads(value.removeprefix(MARK))
        return text
    if isinstance(value, list):
        return [_show(item) for item in value]
    if isinstance(value, dict):
        return {key: _show(member) for key, member in value.items()}
    return value


serve_store(MariaDB(hidden, shown))
