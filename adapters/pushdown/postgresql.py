"""The statements of ../postgresql, run by psql on the server of PGHOST.

A driver would bind the parameters. Here they are quoted.
"""

import json
import os
from collections.abc import Callable
from typing import Any

from plan import Patch, Plan, clears_to_absent
from store import Client, Outcome, Store, attributes_of, dumps, is_merged, literal
from metadata_merge import JsonValue
from metadata_merge.resource import RESOURCES


class PostgreSQL(Store):
    def __init__(self, encode: Callable[[JsonValue], str] = dumps, decode: Callable[[str], Any] = json.loads) -> None:
        command = "psql --no-psqlrc --quiet --tuples-only --no-align --dbname=postgres --pset=null=NULL".split()
        environment = {**os.environ, "PGCLIENTENCODING": "UTF8"}
        super().__init__(
            "postgresql", Client([*command, "--field-separator=\t"], "\\echo .", environment), encode, decode
        )

    def json(self, value: JsonValue) -> str:
        return literal(self.encode(value)) + "::jsonb"

    def keys(self, keys: list[str]) -> str:
        # A key is a JSON string too, so what the database cannot hold is hidden in the same way.
        return "ARRAY[" + ", ".join(literal(json.loads(self.encode(key))) for key in keys) + "]::text[]"

    def assignments(self, plan: Plan) -> tuple[dict[str, str], list[str]]:
        assignments, guards = {}, []
        for name, action in plan.fields.items():
            if is_merged(plan, name):
                guards.append(f"COALESCE(jsonb_typeof(old.{name}), 'object') = 'object'")
            if clears_to_absent(plan.resource.fields[name], action):
                assignments[name] = "NULL"
            elif isinstance(action, Patch):
                assignments[name] = self.merge("old." + name, action)
            else:
                assignments[name] = self.json(action)
        if plan.attributes:
            plain, merges = attributes_of(plan)
            sets = self.json({**plain.sets, **{name: patch.sets for name, patch in merges.items() if patch.clear}})
            bodies = {name: patch.body() for name, patch in merges.items() if not patch.clear}
            if bodies:
                sets = f"({sets} || {self.fill('attributes', merges=self.json(bodies))})"
            assignments["attributes"] = self.merge("old.attributes", plain, sets)
        return assignments, guards

    def merge(self, stored: str, patch: Patch, sets: str | None = None) -> str:
        clear = str(patch.clear)
        return self.fill(
            "merge",
            stored=stored,
            clear=clear,
            sets=sets or self.json(patch.sets),
            removals=self.keys(patch.removals),
        )

    def outcome(self, kind: str, rows: list[list[str]]) -> Outcome | None:
        if not rows:
            return None
        width = 2 + 1 + len(RESOURCES[kind].fields)
        (row,) = rows
        before, after = row[2:width], row[width + 2 :]
        # An id is never NULL.
        changed = row[width] != "NULL"
        return Outcome(self.resource(kind, before), self.resource(kind, after) if changed else None)
