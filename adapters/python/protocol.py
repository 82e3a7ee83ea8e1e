"""The adapter protocol, for operations in Python: one JSON request a line, and one JSON reply a line."""

import sys

from metadata_merge import Rejected, dumps, loads


def serve(operations):
    """Answers standard input by `operations`: by name, a function and the names of its arguments."""
    # Bytes, since a text stream would take other characters for the end of a line too.
    for line in sys.stdin.buffer:
        print(dumps(_reply(line, operations)), flush=True)


def _reply(line, operations):
    try:
        request = loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return {"seq": None, "rejected": f"not a line of JSON: {error}"}
    if not isinstance(request, dict) or type(request.get("seq")) is not int or not isinstance(request.get("op"), str):
        return {"seq": None, "rejected": "not a request"}
    seq = request["seq"]
    if request["op"] not in operations:
        return {"seq": seq, "unsupported": True}
    operation, *names = operations[request["op"]]
    # Null is an argument; only what is not there is missing.
    missing = [name for name in names if name not in request]
    if missing:
        return {"seq": seq, "rejected": f"there is no {missing[0]}"}
    try:
        return {"seq": seq, "result": operation(*(request[name] for name in names))}
    except (Rejected, RecursionError) as why:
        return {"seq": seq, "rejected": str(why)}
