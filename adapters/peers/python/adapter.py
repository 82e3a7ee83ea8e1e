"""What Python programs merge by, each as an adapter: adapter.py NAME"""

import importlib
import json
import sqlite3
import sys


def sqlite_json_patch(target, patch):
    ((merged,),) = sqlite3.connect(":memory:").execute(
        "SELECT json_patch(?, ?)", (json.dumps(target), json.dumps(patch))
    )
    return json.loads(merged)


PEERS = {
    "dict union": lambda: lambda target, patch: target | patch,
    "json-merge-patch": lambda: importlib.import_module("json_merge_patch").merge,
    "mergedeep": lambda: importlib.import_module("mergedeep").merge,
    "SQLite json_patch": lambda: sqlite_json_patch,
}

merge = PEERS[sys.argv[1]]()
for line in sys.stdin:
    request = json.loads(line)
    reply = {"seq": request["seq"]}
    if request["op"] == "merge":
        try:
            reply["result"] = merge(request["target"], request["patch"])
        except Exception as error:  # any exception is a rejection
            reply["rejected"] = str(error)
    else:
        reply["unsupported"] = True
    print(json.dumps(reply), flush=True)
