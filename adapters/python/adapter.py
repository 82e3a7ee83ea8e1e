"""metadata_merge.py and resources.py behind the adapter protocol."""

import sys

import metadata_merge as rules
import resources

OPERATIONS = {
    "merge": (rules.merge, "target", "patch"),
    "text": (rules.merge_text, "target", "patch"),
    "compose": (rules.compose, "patches"),
    "diff": (rules.diff, "before", "after"),
    "undo": (rules.undo, "document", "patch"),
    "commute": (rules.commute, "first", "second"),
    "changes": (rules.changes, "target", "patch"),
    "create": (resources.create, "resource", "body"),
    "update": (resources.update, "resource", "stored", "body"),
    "limits": (resources.limits, "resource", "stored"),
}


def reply(line):
    try:
        request = rules.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return {"seq": None, "rejected": f"not a line of JSON: {error}"}
    if not isinstance(request, dict) or type(request.get("seq")) is not int or not isinstance(request.get("op"), str):
        return {"seq": None, "rejected": "not a request"}
    seq = request["seq"]
    if request["op"] not in OPERATIONS:
        return {"seq": seq, "unsupported": True}
    operation, *names = OPERATIONS[request["op"]]
    missing = [name for name in names if name not in request]
    if missing:
        return {"seq": seq, "rejected": f"there is no {missing[0]}"}
    if "patches" in names and not isinstance(request["patches"], list):
        return {"seq": seq, "rejected": "patches must be a list"}
    try:
        return {"seq": seq, "result": operation(*(request[name] for name in names))}
    except (rules.Rejected, RecursionError) as why:
        return {"seq": seq, "rejected": str(why)}


# Bytes, since a text stream would take other characters for the end of a line too.
for line in sys.stdin.buffer:
    print(rules.dumps(reply(line)), flush=True)
