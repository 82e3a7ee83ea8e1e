"""Puts what people merge by instead to the test, and writes what comes out into adapters/README.md: table.sh [--check]"""

import json
import os
import pathlib
import platform
import re
import sqlite3
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
README = HERE.parent / "README.md"
TARGET = os.environ["TARGET"]
RUNNER = [f"{TARGET}/release/examples/conformance", "--json", "--random", "2000", "--seed", "1"]
START, END = "<!-- The table: made by adapters/peers/table.sh -->", "<!-- The table ends. -->"


def said(pattern, *command):
    """What a command says of its version."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return re.search(pattern, output)[1]


def npm(name):
    return json.loads((HERE / "javascript/node_modules" / name / "package.json").read_text())["version"]


def pip(name):
    return said(r"Version: (\S+)", HERE / "python/.venv/bin/pip", "show", name)


def javascript(name):
    return ["node", HERE / "javascript/adapter.mjs", name]


def python(name):
    return [HERE / "python/.venv/bin/python", HERE / "python/adapter.py", name]


def jq(expression):
    return [HERE / "jq.sh", expression]


def postgresql(expression):
    return [sys.executable, HERE / "postgresql.py", expression]


def peers():
    node = "Node " + said(r"v(\d+)", "node", "--version")
    version = ".".join(platform.python_version_tuple()[:2])
    jq_version = "jq " + said(r"jq-(\S+)", "jq", "--version")
    server = "PostgreSQL " + said(r"(\d+)", "psql", "--no-psqlrc", "-Atc", "SHOW server_version", "postgres")
    rust = said(r'name = "json-patch"\nversion = "(\S+)"', "cat", HERE / "rust/Cargo.lock")
    return [
        ("JavaScript `{...document, ...patch}`", node, javascript("spread")),
        ("npm lodash, `merge`", npm("lodash"), javascript("lodash.merge")),
        ("npm deepmerge", npm("deepmerge"), javascript("deepmerge")),
        ("npm json-merge-patch", npm("json-merge-patch"), javascript("json-merge-patch")),
        ("Python `document \\| patch`", f"Python {version}", python("dict union")),
        ("PyPI json-merge-patch", pip("json-merge-patch"), python("json-merge-patch")),
        ("PyPI mergedeep", pip("mergedeep"), python("mergedeep")),
        ("crate json-patch, `merge`", rust, [f"{TARGET}/peer-rust/release/peer"]),
        ("jq `.document + .patch`", jq_version, jq(".target + .patch")),
        ("jq `.document * .patch`", jq_version, jq(".target * .patch")),
        ("SQLite `json_patch(document, patch)`", f"SQLite {sqlite3.sqlite_version}", python("SQLite json_patch")),
        ("PostgreSQL `document \\|\\| patch`", server, postgresql("$1 || $2")),
        (
            "PostgreSQL `jsonb_strip_nulls(document \\|\\| patch)`",
            server,
            postgresql("jsonb_strip_nulls($1 || $2)"),
        ),
    ]


def judged(command):
    run = subprocess.run([*RUNNER, "--", *command], capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"{command}: {run.stderr}")
    # Only the rules of one document and one patch: what is not offered neither holds nor breaks.
    return [rule for rule in json.loads(run.stdout)["rules"] if rule["holds"] is not None]


def cell(value):
    text = json.dumps(value, ensure_ascii=True).replace("|", "\\|")
    return f"`{text}`"


def outcome(outcome):
    return "rejected" if "rejected" in outcome else cell(outcome["document"])


def table(verdicts):
    rules = [rule["id"] for rule in verdicts[0][2]]
    lines = ["| | " + " | ".join(f"`{rule}`" for rule in rules) + " |", "|---" * (len(rules) + 1) + "|"]
    for name, version, verdict in verdicts:
        lines.append(f"| {name} ({version}) | " + " | ".join(map(mark, verdict)) + " |")
    lines += ["", "A smallest input for each:", ""]
    lines += ["| | breaks | document | patch | must be | is |", "|---|---|---|---|---|---|"]
    for name, _, verdict in verdicts:
        for rule in verdict:
            if mark(rule) == "**breaks**":
                smallest = rule["smallest"]
                cells = [cell(smallest["document"]), cell(smallest["patch"])]
                cells += [outcome(smallest["wanted"]), outcome(smallest["actual"])]
                lines.append(f"| {name} | `{rule['id']}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def mark(rule):
    if rule["holds"]:
        return "holds"
    return f"*({rule['because_of']})*" if rule["because_of"] else "**breaks**"


def main():
    verdicts = [(name, version, judged(command)) for name, version, command in peers()]
    readme = README.read_text()
    before, rest = readme.split(START)
    after = rest.split(END)[1]
    fresh = f"{before}{START}\n\n{table(verdicts)}\n\n{END}{after}"
    if "--check" not in sys.argv[1:]:
        README.write_text(fresh)
    elif fresh != readme:
        ours, theirs = readme.splitlines(), fresh.splitlines()
        differ = [f"- {line}" for line in ours if line not in theirs] + [f"+ {line}" for line in theirs if line not in ours]
        sys.exit("adapters/README.md is not what the runs show (adapters/peers/table.sh):\n" + "\n".join(differ))


main()
