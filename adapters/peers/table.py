"""Judges what people merge by instead, and writes the tables of README.md: table.sh [--check]"""

import json
import os
import pathlib
import platform
import re
import sqlite3
import subprocess
import sys
from typing import Any, NamedTuple

HERE = pathlib.Path(__file__).parent
README = HERE / "README.md"
CHECK = [os.environ["PROGRAM"], "check", "--json", "--random", "500", "--seed", "1", "--no-nul"]
JSON_PATCH = os.environ["JSON_PATCH"].split()
START, END = "<!-- The table: made by adapters/peers/table.sh -->", "<!-- The table ends. -->"


class Peer(NamedTuple):
    """An adapter, and where it comes from."""

    name: str
    version: str
    command: list[str | pathlib.Path]


class Rule(NamedTuple):
    """What the report says of a rule: the other rule that explains a failure, and the smallest input."""

    id: str
    holds: bool
    because_of: str | None
    smallest: dict[str, Any] | None

    def mark(self) -> str:
        if self.holds:
            return "holds"
        return f"*({self.because_of})*" if self.because_of else "**breaks**"


def rules_of(report: dict[str, Any]) -> list[Rule]:
    """Reads the report of `check --json`. A rule that no case of `merge` tests has `holds` null.

    `smallest` has `target` and `patch`, and `expected` and `found`, which are replies of the protocol.
    """
    rules = [Rule(rule["id"], rule["holds"], rule["because_of"], rule["smallest"]) for rule in report["rules"]]
    return [rule for rule in rules if rule.holds is not None]


def reported(pattern: str, *command: str | pathlib.Path) -> str:
    """Returns the version that a command reports."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    match = re.search(pattern, output)
    if not match:
        sys.exit(f"no version in the output of {command[0]}")
    return match[1]


def npm(name: str) -> str:
    version: str = json.loads((HERE / "javascript/node_modules" / name / "package.json").read_text())["version"]
    return version


def pip(name: str) -> str:
    return reported(r"Version: (\S+)", HERE / "python/.venv/bin/pip", "show", name)


def peers() -> list[Peer]:
    node = "Node " + reported(r"v(\d+)", "node", "--version")
    py = "Python " + ".".join(platform.python_version_tuple()[:2])
    jq_version = "jq " + reported(r"jq-(\S+)", "jq", "--version")
    server = "PostgreSQL " + reported(r"(\d+)", "psql", "--no-psqlrc", "-Atc", "SHOW server_version", "postgres")
    crate = reported(r'name = "json-patch"\nversion = "(\S+)"', "cat", HERE / "../../Cargo.lock")
    javascript: list[str | pathlib.Path] = ["node", HERE / "javascript/adapter.mjs"]
    python: list[str | pathlib.Path] = [HERE / "python/.venv/bin/python", HERE / "python/adapter.py"]
    jq: list[str | pathlib.Path] = [HERE / "jq.sh"]
    postgresql: list[str | pathlib.Path] = [sys.executable, HERE / "postgresql.py"]
    stripped = "jsonb_strip_nulls($1 || $2)"
    return [
        Peer("JavaScript `{...document, ...patch}`", node, [*javascript, "spread"]),
        Peer("npm lodash, `merge`", npm("lodash"), [*javascript, "lodash.merge"]),
        Peer("npm deepmerge", npm("deepmerge"), [*javascript, "deepmerge"]),
        Peer("npm json-merge-patch", npm("json-merge-patch"), [*javascript, "json-merge-patch"]),
        Peer("Python `document \\| patch`", py, [*python, "dict union"]),
        Peer("PyPI json-merge-patch", pip("json-merge-patch"), [*python, "json-merge-patch"]),
        Peer("PyPI mergedeep", pip("mergedeep"), [*python, "mergedeep"]),
        Peer("crate json-patch, `merge`", crate, [*JSON_PATCH]),
        Peer("jq `.document + .patch`", jq_version, [*jq, ".target + .patch"]),
        Peer("jq `.document * .patch`", jq_version, [*jq, ".target * .patch"]),
        Peer(
            "SQLite `json_patch(document, patch)`", f"SQLite {sqlite3.sqlite_version}", [*python, "SQLite json_patch"]
        ),
        Peer("PostgreSQL `document \\|\\| patch`", server, [*postgresql, "$1 || $2"]),
        Peer("PostgreSQL `jsonb_strip_nulls(document \\|\\| patch)`", server, [*postgresql, stripped]),
    ]


def judged(peer: Peer) -> list[Rule]:
    run = subprocess.run([*CHECK, "--", *peer.command], check=False, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"{peer.name}: {run.stderr}")
    return rules_of(json.loads(run.stdout))


def cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True).replace("|", "\\|")
    return f"`{text}`"


def reply(outcome: dict[str, Any]) -> str:
    return "rejected" if "rejected" in outcome else cell(outcome["result"])


def tables(verdicts: list[tuple[Peer, list[Rule]]]) -> str:
    ids = [rule.id for rule in verdicts[0][1]]
    lines = ["| | " + " | ".join(f"`{id}`" for id in ids) + " |", "|---" * (len(ids) + 1) + "|"]
    for peer, rules in verdicts:
        marks = {rule.id: rule.mark() for rule in rules}
        lines.append(f"| {peer.name} ({peer.version}) | " + " | ".join(marks[id] for id in ids) + " |")
    lines += ["", "A smallest input for each:", ""]
    lines += ["| | breaks | document | patch | expected | found |", "|---|---|---|---|---|---|"]
    for peer, rules in verdicts:
        for rule in rules:
            if rule.smallest and rule.mark() == "**breaks**":
                inputs = [cell(rule.smallest[name]) for name in ("target", "patch")]
                replies = [reply(rule.smallest[name]) for name in ("expected", "found")]
                lines.append(f"| {peer.name} | `{rule.id}` | " + " | ".join(inputs + replies) + " |")
    return "\n".join(lines)


def main() -> None:
    verdicts = [(peer, judged(peer)) for peer in peers()]
    readme = README.read_text()
    before, rest = readme.split(START)
    after = rest.split(END)[1]
    fresh = f"{before}{START}\n\n{tables(verdicts)}\n\n{END}{after}"
    if "--check" not in sys.argv[1:]:
        README.write_text(fresh)
    elif fresh != readme:
        old, new = readme.splitlines(), fresh.splitlines()
        differ = [f"- {line}" for line in old if line not in new] + [f"+ {line}" for line in new if line not in old]
        sys.exit("adapters/peers/README.md differs from the runs of table.sh:\n" + "\n".join(differ))


main()
