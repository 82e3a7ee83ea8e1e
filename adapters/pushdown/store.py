"""What the stores of this folder share: a command-line client, and statements from files."""

import json
import os
import re
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from plan import Patch, Plan
from metadata_merge import JsonValue
from metadata_merge.resource import RESOURCES, Mode
from metadata_merge.value import Document

ADAPTERS = Path(__file__).parent.parent

# Errors are expected: the tests and the judge send what a database rejects. VERBOSE shows them.
ERRORS = None if os.environ.get("VERBOSE") else subprocess.DEVNULL


class Outcome(NamedTuple):
    """A resource before and after a plan. If `after` is None, nothing has changed."""

    before: Document
    after: Document | None


def dumps(value: JsonValue) -> str:
    """Writes JSON as most serializers do, which do not escape what is not ASCII."""
    return json.dumps(value, ensure_ascii=False)


class Client:
    """The command-line client of a database. It is fed statements and prints rows."""

    def __init__(self, command: list[str], end: str, environment: Mapping[str, str]) -> None:
        self._end = end
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=ERRORS, encoding="utf-8", env=environment
        )

    def run(self, *statements: str) -> list[list[str]]:
        """Returns the rows that the statements print. An error prints none."""
        assert self._process.stdin and self._process.stdout
        # In a thread, because the client prints rows before it has read long statements to their end.
        writer = threading.Thread(target=self._write, args=(statements,), daemon=True)
        writer.start()
        rows: list[list[str]] = []
        for line in self._process.stdout:
            if line == ".\n":
                writer.join()
                return rows
            rows.append(line.removesuffix("\n").split("\t"))
        sys.exit("the client of the database has died")

    def _write(self, statements: tuple[str, ...]) -> None:
        print(*statements, self._end, sep="\n", file=self._process.stdin, flush=True)


class Store(ABC):
    """A store of one resource of each kind, in a table that is called like the kind, in the plural.

    `encode` and `decode` hide what the database cannot hold.
    """

    def __init__(
        self,
        folder: str,
        client: Client,
        encode: Callable[[JsonValue], str] = dumps,
        decode: Callable[[str], Any] = json.loads,
    ) -> None:
        self.client, self.encode, self.decode = client, encode, decode
        files = (ADAPTERS / folder).glob("*.sql")
        self.statements = {file.stem: re.sub(r"(?m)^--.*\n", "", file.read_text()).rstrip() for file in files}

    def create_tables(self, suffix: str = "", checked: bool = True) -> None:
        """Creates the table of schema.sql for each kind of resource, with a line for each field."""
        for kind, resource in RESOURCES.items():
            lines = []
            for line in self.statements["schema"].replace("users", kind + "s" + suffix).splitlines():
                names = resource.fields if "user_metadata" in line else [""]
                lines.append(",\n".join(line.replace("user_metadata", name) for name in names))
            schema = "\n".join(lines)
            self.client.run(schema if checked else self.unchecked(schema))

    def unchecked(self, schema: str) -> str:
        """Returns a schema without its constraints."""
        return re.sub(r"(?m) CHECK \(.*\)(,?)$", r"\1", schema)

    def fill(self, name: str, **parameters: str) -> str:
        """Returns a statement or an expression with its parameters."""
        return Template(self.statements[name]).substitute(parameters)

    def put(self, kind: str, stored: Document, suffix: str = "") -> None:
        """Stores a resource, at version 1."""
        fields = RESOURCES[kind].fields
        attributes = {name: value for name, value in stored.items() if name not in fields}
        cells = [self.json(attributes)]
        cells += [self.json(stored[name]) if name in stored else "NULL" for name in fields]
        table = kind + "s" + suffix
        self.client.run(f"DELETE FROM {table};", f"INSERT INTO {table} VALUES ('x', 1, {', '.join(cells)});")

    def execute(self, kind: str, plan: Plan, version: int | None = None, suffix: str = "") -> Outcome | None:
        """Executes a plan on the stored resource. Returns None if there is none, or after an error."""
        assignments, guards = self.assignments(plan)
        expected = "NULL" if version is None else str(version)
        statement = self.fill(
            "update",
            table=kind + "s" + suffix,
            id="'x'",
            version=expected,
            assignments=", ".join(f"{column} = {new}" for column, new in assignments.items()),
            guards=" AND ".join(guards or ["true"]),
        )
        return self.outcome(kind, self.client.run(statement))

    def read(self, kind: str, suffix: str = "") -> tuple[int, Document]:
        """Returns the version of the stored resource and the resource."""
        ((_, version, *cells),) = self.client.run(f"SELECT * FROM {kind}s{suffix};")
        return int(version), self.resource(kind, cells)

    def resource(self, kind: str, cells: list[str]) -> Document:
        """Returns the resource in the columns of a row. A column that is NULL is an absent field."""
        whole: Document = self.decode(cells[0])
        for name, cell in zip(RESOURCES[kind].fields, cells[1:], strict=True):
            if cell != "NULL":
                whole[name] = self.decode(cell)
        return whole

    @abstractmethod
    def json(self, value: JsonValue) -> str:
        """Returns a literal of a JSON value."""

    @abstractmethod
    def assignments(self, plan: Plan) -> tuple[dict[str, str], list[str]]:
        """Returns an expression for each column that a plan changes, and the guards."""

    @abstractmethod
    def outcome(self, kind: str, rows: list[list[str]]) -> Outcome | None:
        """Reads the rows of update.sql."""


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def attributes_of(plan: Plan) -> tuple[Patch, dict[str, Patch]]:
    """Returns the plain attributes of a plan as one patch, and the patches of those that merge."""
    merges = {name: value for name, value in plan.attributes.items() if isinstance(value, Patch)}
    plain = {name: value for name, value in plan.attributes.items() if not isinstance(value, Patch)}
    return Patch.of(plain)._replace(clear=False), merges


def is_merged(plan: Plan, field: str) -> bool:
    return plan.resource.fields[field].mode is Mode.MERGE
