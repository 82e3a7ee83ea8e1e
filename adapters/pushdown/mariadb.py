"""The statements of ../mariadb, run by the command-line client on the server of MYSQL_UNIX_PORT.

A driver would bind the parameters. Here they are quoted.
"""

import json
import os
from collections.abc import Callable
from typing import Any

from plan import Patch, Plan, clears_to_absent
from store import Client, Outcome, Store, attributes_of, dumps, is_merged, literal
from metadata_merge import JsonValue

COMMAND = "mariadb --no-defaults --user=root --default-character-set=utf8mb4 --max-allowed-packet=1G --batch --raw"


class MariaDB(Store):
    def __init__(self, encode: Callable[[JsonValue], str] = dumps, decode: Callable[[str], Any] = json.loads) -> None:
        command = [*COMMAND.split(), "--skip-column-names", "--unbuffered", "--force"]
        client = Client(command, "SELECT '.';", os.environ)
        # The mode is for `literal`. A driver that binds parameters does not need it.
        client.run("CREATE DATABASE IF NOT EXISTS metadata; USE metadata;")
        client.run("SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES';")
        super().__init__("mariadb", client, encode, decode)

    def unchecked(self, schema: str) -> str:
        # The type JSON is LONGTEXT with a constraint of its own.
        return super().unchecked(schema).replace(" JSON", " LONGTEXT")

    def json(self, value: JsonValue) -> str:
        return literal(self.encode(value))

    def assignments(self, plan: Plan) -> tuple[dict[str, str], list[str]]:
        assignments, guards = {}, []
        for name, action in plan.fields.items():
            if is_merged(plan, name):
                guards.append(f"COALESCE(JSON_VALID({name}) AND JSON_TYPE({name}) = 'OBJECT', TRUE)")
            if clears_to_absent(plan.resource.fields[name], action):
                assignments[name] = "NULL"
                continue
            sets = self.json(action.sets if isinstance(action, Patch) else action)
            guards.append(f"JSON_VALID({sets})")
            if isinstance(action, Patch) and not action.clear:
                assignments[name] = self.merge(name, action, sets)
            else:
                assignments[name] = sets
        if plan.attributes:
            plain, merges = attributes_of(plan)
            sets = self.json(plain.sets)
            guards.append(f"JSON_VALID({sets})")
            members = ", ".join(f"{self.name(name)}, {self.attribute(name, patch)}" for name, patch in merges.items())
            named = plain._replace(removals=[*plain.removals, *merges])
            sets = f"JSON_MERGE_PRESERVE({sets}, JSON_OBJECT({members}))"
            assignments["attributes"] = self.merge("attributes", named, sets)
        return assignments, guards

    def merge(self, stored: str, patch: Patch, sets: str) -> str:
        return self.fill("merge", stored=stored, nulls=self.nulls(patch), sets=sets)

    def attribute(self, name: str, patch: Patch) -> str:
        sets = self.json(patch.sets)
        if patch.clear:
            return f"JSON_COMPACT({sets})"
        path = literal("$." + dumps(name))
        return self.fill("attributes", path=path, nulls=self.nulls(patch), sets=sets)

    def nulls(self, patch: Patch) -> str:
        return ", ".join(self.json({key: None}) for key in [*patch.sets, *patch.removals])

    def name(self, name: str) -> str:
        """Returns a literal of a name. The client reads no U+0000 between quotes."""
        return f"CONVERT(x'{name.encode().hex()}' USING utf8mb4)"

    def outcome(self, kind: str, rows: list[list[str]]) -> Outcome | None:
        if len(rows) != 3:
            return None  # There is no such resource.
        (_, _, *before), (count,), (_, _, *after) = rows
        changed = count == "1"
        return Outcome(self.resource(kind, before), self.resource(kind, after) if changed else None)
