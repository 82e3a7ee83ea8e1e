"""The adapter protocol (../PROTOCOL.md): one JSON request a line, one JSON reply a line."""

import sys
from collections.abc import Callable
from typing import Any

from metadata_merge import JsonValue, Rejected, dumps, loads

# A function, and the names of its arguments in order.
Operation = tuple[Callable[..., Any], tuple[str, ...]]


def serve(operations: dict[str, Operation]) -> None:
    """Answers standard input until it ends."""
    # Bytes, since a text stream takes other characters for the end of a line too.
    for line in sys.stdin.buffer:
        print(dumps(_reply(line, operations)), flush=True)


def _reply(line: bytes, operations: dict[str, Operation]) -> JsonValue:
    try:
        request = loads(line.decode("utf-8"))
    except ValueError as error:
        return {"seq": None, "rejected": f"expected a line of JSON: {error}"}
    if not isinstance(request, dict):
        return {"seq": None, "rejected": "expected an object"}
    seq, op = request.get("seq"), request.get("op")
    # `True` is an `int` to isinstance.
    if type(seq) is not int or not isinstance(op, str):
        return {"seq": None, "rejected": "expected an integer `seq` and a string `op`"}
    if op not in operations:
        return {"seq": seq, "unsupported": True}
    operation, names = operations[op]
    # Null is an argument. Only an absent one is missing.
    missing = [name for name in names if name not in request]
    if missing:
        return {"seq": seq, "rejected": f"{op} needs the argument {missing[0]}"}
    try:
        return {"seq": seq, "result": operation(*(request[name] for name in names))}
    except Rejected as error:
        return {"seq": seq, "rejected": str(error)}
