"""Holds the statements of ../postgresql and ../mariadb against the definition, by random plans.

    python3 adapters/pushdown/test.py [postgresql] [mariadb]

It starts its own servers. SEED is the seed, CASES the number of cases for each database, and ORACLE the
adapter that knows the definition (python3 adapters/python/adapter.py). Then it breaks each statement on
purpose, and expects the cases to notice. VERBOSE=1 shows the errors of the databases.
"""

import json
import os
import random
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from plan import plan
from store import ADAPTERS, Store, dumps
from mariadb import MariaDB
from postgresql import PostgreSQL
from metadata_merge import JsonValue, Rejected, json_equal
from metadata_merge.resource import RESOURCES
from metadata_merge.value import Document, expect_object

SERVERS = {"postgresql": "PGHOST", "mariadb": "MYSQL_UNIX_PORT"}
STORES: dict[str, Callable[[], Store]] = {"postgresql": PostgreSQL, "mariadb": MariaDB}
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
CASES = int(os.environ.get("CASES") or 3000)
UNCHECKED = "_unchecked"

KEYS = ["a", "b", "c"]
ODD_KEYS = [
    *("", "A", "a ", "é", "e\u0301", "😀", 'q"', "q'", "q\\", "$", "*", "[0]", "a.b", "/", "%s", "?", "\n", "\x01"),
]
SCALARS: list[JsonValue] = [
    *(True, False, 0, 1, 1.0, -1, 0.1, 1e-7, 1e22, 2**53, 12.5),
    *("", "x", "1", "null", "it's", 'say "x"', "back\\slash", "\\u0041", "😀", "\n\t\x7f", "{}", "$a", "?", "%s"),
]


def nested(levels: int) -> JsonValue:
    value: JsonValue = 1
    for _ in range(levels):
        value = [value]
    return value


WITH_NUL: list[Document] = [{"a": "\0"}, {"a\0": 1}, {"a": [{"\0": 1}]}]
# The JSON functions of MariaDB read 31 levels.
TOO_DEEP: list[Document] = [{"a": nested(31)}, {"a": nested(40)}]
HELD: list[Document] = [{"a\0": None, "b": 1}, {"a": nested(30)}]
# The largest document, in keys. MariaDB compares each stored key with each named one.
WIDE = {"postgresql": 1500, "mariadb": 150}


class Case(NamedTuple):
    kind: str
    stored: Document
    bodies: list[Document]
    version: int | None


class Samples:
    """Random resources and bodies. They have few keys, so that these collide, but for one case in 40."""

    def __init__(self, seed: int, widest: int) -> None:
        self.random, self.widest, self.is_wide = random.Random(seed), widest, False

    def case(self, faults: bool) -> Case:
        self.is_wide = self.random.random() < 1 / 40
        kind = self.random.choice([*RESOURCES, "client", "user"])
        stored = self.resource(kind, faults)
        bodies = [self.resource(kind, False) for _ in range(self.random.choice([1, 1, 2, 3]))]
        return Case(kind, stored, bodies, self.random.choice([None, None, 1, 1, 2]))

    def resource(self, kind: str, faults: bool) -> Document:
        resource: Document = {}
        merged = ["a"] if kind == "client" else []
        for name in [*RESOURCES[kind].fields, *merged]:
            if self.random.random() < 0.7:
                resource[name] = self.value(0) if faults and self.random.random() < 0.4 else self.document()
        for _ in range(self.random.choice([0, 0, 1, 2])):
            resource[self.key()] = self.random.choice([self.value, lambda _: self.document()])(0)
        return resource

    def document(self) -> Document:
        if self.is_wide:
            keys = [f"k{number}" for number in range(self.random.randrange(self.widest))]
            self.random.shuffle(keys)
            nulls = self.random.choice([0.1, 0.5, 0.9, 1])
            return {key: None if self.random.random() < nulls else self.value(2) for key in keys}
        return {self.key(): self.value(0) for _ in range(self.random.choice([0, 1, 1, 2, 3, 4]))}

    def key(self) -> str:
        return self.random.choice(KEYS if self.random.random() < 0.8 else ODD_KEYS)

    def value(self, depth: int) -> JsonValue:
        choice = self.random.random()
        if choice < 0.3:
            return None
        if choice < 0.6 or depth > 2:
            return self.random.choice(SCALARS)
        count = self.random.choice([0, 1, 2])
        if choice < 0.75:
            return [self.value(depth + 1) for _ in range(count)]
        return {self.key(): self.value(depth + 1) for _ in range(count)}


class Oracle:
    """An adapter that knows the definition."""

    def __init__(self) -> None:
        command = shlex.split(os.environ.get("ORACLE") or f"python3 {ADAPTERS}/python/adapter.py")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def update(self, case: Case) -> Document | None:
        """Returns the stored resource after the bodies, or None if it is rejected."""
        assert self.process.stdin and self.process.stdout
        stored = case.stored
        for body in case.bodies:
            request = {"seq": 1, "op": "update", "resource": case.kind, "stored": stored, "body": body}
            print(json.dumps(request), file=self.process.stdin, flush=True)
            reply = json.loads(self.process.stdout.readline())
            if "rejected" in reply:
                return None
            stored = reply["result"]
        return stored


class Broken(Exception):
    """A statement does not do what the definition says."""


def check(store: Store, oracle: Oracle, case: Case, suffix: str) -> None:
    """Executes the bodies as one plan, and compares the resource before, returned and stored."""
    expected = oracle.update(case)
    try:
        planned = plan(case.kind, *case.bodies)
    except Rejected:
        expect(expected is None, "the plan is rejected", case, expected)
        return
    if planned.is_omit():
        expect(expected == case.stored, "the plan omits everything", case, expected)
        return
    store.put(case.kind, case.stored, suffix)
    outcome = store.execute(case.kind, planned, case.version, suffix)
    version, stored = store.read(case.kind, suffix)
    if outcome:
        expect(json_equal(outcome.before, case.stored), "before", case, outcome.before)
    if expected is None or case.version == 2:
        expect(not outcome or outcome.after is None, "the plan must not be executed", case, outcome)
        expect(version == 1 and json_equal(stored, case.stored), "the resource must not change", case, stored)
        return
    if not outcome or outcome.after is None:
        raise Broken(f"the plan is not executed: {case}")
    expect(version == 2, "the version", case, version)
    expect(json_equal(outcome.after, stored), "what is returned is not stored", case, outcome.after)
    if len(case.bodies) > 1:
        # One patch cannot tell a clear from a clear and removals. Absent and {} of a field are equal.
        expected, stored = (without_empty(case.kind, resource) for resource in (expected, stored))
    expect(json_equal(stored, expected), f"expected {expected}", case, stored)


def expect(holds: bool, what: str, case: Case, found: object) -> None:
    if not holds:
        raise Broken(f"{what}: {case}\nfound {found}")


def without_empty(kind: str, resource: Document) -> Document:
    fields = RESOURCES[kind].fields
    return {name: value for name, value in resource.items() if name not in fields or value != {}}


def random_plans(name: str, store: Store, oracle: Oracle, cases: int = CASES) -> None:
    """Runs random cases. Every fourth may hold stored faults, in tables without the constraint."""
    samples = Samples(SEED, WIDE[name])
    for number in range(cases):
        faults = number % 4 == 0
        check(store, oracle, samples.case(faults), UNCHECKED if faults else "")


def fixed_cases(name: str, store: Store, oracle: Oracle) -> None:
    """Checks what random plans do not reach: the constraint, a missing row, and what a database cannot hold."""
    constraint(store)
    rejected = WITH_NUL if name == "postgresql" else TOO_DEEP
    for patch in rejected:
        refuse(store, {"user_metadata": {"a": 1}}, {"user_metadata": patch})
    if name == "postgresql":
        numbers(store, {"1.10": "1.10", "1e5": "100000", "-0": "0", "1E-7": "0.0000001"})
        many_removals(store, oracle)
        return
    numbers(store, {text: text for text in ("1.10", "1e5", "-0", "1E-7", "1e999")})
    for patch in [*WITH_NUL, *HELD]:
        stored: Document = {"user_metadata": {"a\0": 2, "x": "\0"}}
        check(store, oracle, Case("user", stored, [{"user_metadata": patch}], None), "")
    # Without the constraint, text that the JSON functions cannot read must not become NULL.
    refuse(store, {"user_metadata": {"a": nested(40)}}, {"user_metadata": {"b": 1}}, UNCHECKED)


def constraint(store: Store) -> None:
    """Expects the constraint to reject faults, and a plan for a missing row to do nothing."""
    faults: list[JsonValue] = [None, [], "x", 1, True]
    for fault in faults:
        store.put("user", {})
        store.put("user", {"user_metadata": fault})
        outcome = store.execute("user", plan("user", {"user_metadata": {}}))
        if outcome or store.client.run("SELECT * FROM users;"):
            raise Broken(f"the constraint accepts {fault}")


def refuse(store: Store, stored: Document, body: Document, suffix: str = "") -> None:
    """Expects an error, or no match, and an unchanged resource."""
    store.put("user", stored, suffix)
    outcome = store.execute("user", plan("user", body), suffix=suffix)
    if (outcome and outcome.after is not None) or store.read("user", suffix) != (1, stored):
        raise Broken(f"{body} must change nothing in {stored}, found {outcome}")


def numbers(store: Store, held_for: dict[str, str]) -> None:
    """Expects the text that a database holds for the text of a number."""
    for sent, held in held_for.items():
        store.put("user", {"user_metadata": {"b": 1}})
        store.encode = lambda value, sent=sent: dumps(value).replace("123456789", sent)  # type: ignore[misc]
        store.execute("user", plan("user", {"user_metadata": {"a": 123456789}}))
        store.encode = dumps
        text = store.client.run("SELECT user_metadata FROM users;")[0][0]
        if sorted(text.strip("{}").split(", ")) != [f'"a": {held}', '"b": 1']:
            raise Broken(f"{sent} must be held as {held}, found {text}")


def many_removals(store: Store, oracle: Oracle) -> None:
    """Removes all keys of a field and of an attribute. A quadratic statement does not end in time."""
    document: Document = dict.fromkeys((f"k{number}" for number in range(60_000)), 1)
    store.client.run("SET statement_timeout = '4s';")
    for kind, name in (("user", "user_metadata"), ("client", "a")):
        check(store, oracle, Case(kind, {name: document}, [{name: dict.fromkeys(document)}], None), "")
    store.client.run("RESET statement_timeout;")


def concurrent_writers(name: str, store: Store, oracle: Oracle) -> None:
    """Lets writers of different keys meet. None may be lost, and each must see what the last one wrote."""
    writers, writes = 4, 40
    store.put("user", {})
    sizes: list[tuple[int, int]] = []

    def write(writer: int) -> None:
        mine = STORES[name]()
        for number in range(writes):
            outcome = mine.execute("user", plan("user", {"user_metadata": {f"{writer}-{number}": number}}))
            if outcome and outcome.after:
                before, after = (resource.get("user_metadata", {}) for resource in (outcome.before, outcome.after))
                sizes.append((len(expect_object(before, "")), len(expect_object(after, ""))))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if sorted(sizes) != [(size, size + 1) for size in range(writers * writes)]:
        raise Broken(f"{name}: concurrent writers lose writes, or an audit log misses one: {sorted(sizes)}")


# What a mistake in each file looks like: the file, a text in it, and what stands there by mistake.
MISTAKES = {
    "postgresql": [
        ("merge", "(COALESCE($stored, '{}') || $sets) -", "($stored || $sets) -"),
        ("merge", "|| $sets) - $removals::text[]", "|| $sets)"),
        ("merge", "THEN $sets", "THEN '{}'"),
        ("merge", "WHEN $clear", "WHEN false"),
        ("merge", "WHERE NOT (SELECT jsonb_object($removals, $removals)) ? key", ""),
        ("merge", ") || $sets\n", ")\n"),
        ("attributes", "CASE jsonb_typeof(attribute.value) WHEN 'object' THEN attribute.value END", "attribute.value"),
        ("attributes", "NOT patch.value ? key", "true"),
        ("attributes", "WHERE value <> 'null'", ""),
        ("attributes", "LEFT JOIN", "JOIN"),
        ("update", "AND $guards", ""),
        ("update", "old.version = $version", "true"),
        ("update", "SELECT old.*", "SELECT new.*"),
    ],
    "mariadb": [
        ("merge", "COALESCE($stored, '{}')", "$stored"),
        ("merge", "JSON_MERGE_PATCH(COALESCE($stored, '{}'), $nulls)", "COALESCE($stored, '{}')"),
        ("merge", "JSON_MERGE_PRESERVE", "JSON_MERGE_PATCH"),
        ("merge", "$sets)", "'{}')"),
        ("attributes", "JSON_COMPACT", ""),
        ("attributes", "COALESCE(JSON_TYPE(JSON_EXTRACT(attributes, $path)), '')", "'OBJECT'"),
        ("attributes", "JSON_MERGE_PRESERVE", "JSON_MERGE_PATCH"),
        ("update", "AND $guards", ""),
        ("update", "version = $version", "true"),
    ],
}


def mistakes(name: str, store: Store, oracle: Oracle) -> None:
    """Breaks each statement, and expects a random plan to notice."""
    for file, text, mistake in MISTAKES[name]:
        right = store.statements[file]
        if text not in right:
            raise Broken(f"{name}/{file}.sql has no {text!r} to break")
        store.statements[file] = right.replace(text, mistake)
        try:
            random_plans(name, store, oracle, max(CASES, 10_000))
        except (Broken, ValueError):
            continue  # ValueError: a column that is never NULL is NULL
        finally:
            store.statements[file] = right
        raise Broken(f"nothing notices {mistake!r} instead of {text!r} in {name}/{file}.sql")


def main(names: list[str]) -> None:
    """Starts the servers that are not there yet, and tests each store."""
    for name in names:
        if SERVERS[name] not in os.environ:
            server = str(ADAPTERS / name / "server.sh")
            os.execv(server, [server, sys.executable, *sys.argv])
    print(f"SEED={SEED} CASES={CASES}", flush=True)
    oracle = Oracle()
    for name in names:
        store = STORES[name]()
        store.create_tables()
        store.create_tables(UNCHECKED, checked=False)
        for part in (random_plans, fixed_cases, concurrent_writers, mistakes):
            start = time.monotonic()
            part(name, store, oracle)
            print(f"{name}: {part.__name__.replace('_', ' ')}: passed in {time.monotonic() - start:.1f} s", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:] or list(SERVERS))
    except Broken as broken:
        sys.exit(str(broken)[:5000])
