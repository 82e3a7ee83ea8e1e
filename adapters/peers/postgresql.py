"""An expression of PostgreSQL over $1 (the document) and $2 (the patch): postgresql.py EXPRESSION"""

import json
import subprocess
import sys

psql = subprocess.Popen(
    ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname=postgres"],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,  # an error is a rejection
    encoding="utf-8",
)


def run(statement):
    """Returns the lines that the statement prints."""
    print(statement, "\\echo .", sep="\n", file=psql.stdin, flush=True)
    return [line.removesuffix("\n") for line in iter(psql.stdout.readline, ".\n")]


def literal(value):
    return "'" + json.dumps(value).replace("'", "''") + "'"


run(f"PREPARE merge (jsonb, jsonb) AS SELECT {sys.argv[1]};")
for line in sys.stdin:
    request = json.loads(line)
    reply = {"seq": request["seq"]}
    if request["op"] == "merge":
        rows = run(f"EXECUTE merge({literal(request['target'])}, {literal(request['patch'])});")
        reply |= {"result": json.loads(rows[0])} if rows else {"rejected": "by PostgreSQL"}
    else:
        reply["unsupported"] = True
    print(json.dumps(reply), flush=True)
