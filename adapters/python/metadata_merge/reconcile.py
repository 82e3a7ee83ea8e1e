"""Three-way reconcile of a document, for configuration tools."""

from typing import NamedTuple, TypeAlias

from .equality import json_equal
from .syntax import dumps
from .value import Body, Document, JsonValue, Rejected, expect_object


class Absent:
    """What a document holds at a key that it lacks. Null is another value."""


ABSENT = Absent()
Held: TypeAlias = JsonValue | Absent


class Sides(NamedTuple):
    """What was applied last, what is wanted, and what is stored now, each at one key."""

    base: Held
    mine: Held
    theirs: Held

    def shown(self) -> Document:
        """Returns what each side holds. A side that lacks the key has no member."""
        return {side: held for side, held in self._asdict().items() if held is not ABSENT}


def reconcile(base: JsonValue, mine: JsonValue, theirs: JsonValue) -> Document:
    """Returns the body that brings the keys of `base` and `mine` to `mine`, and the conflicts."""
    body, conflicts = reconcile_members(
        expect_object(base, "base"), expect_object(mine, "mine"), expect_object(theirs, "theirs")
    )  # reconcile-reject
    return {"bodies": [body] if body else [], "conflicts": conflicts}


def reconcile_members(base: Document, mine: Document, theirs: Document) -> tuple[Body, dict[str, JsonValue]]:
    """Reconciles root key by root key. The body never clears: if it is empty, there is nothing to do."""
    body: Body = {}
    conflicts: dict[str, JsonValue] = {}
    for key in {**base, **mine}:  # reconcile-foreign
        held = Sides(base.get(key, ABSENT), mine.get(key, ABSENT), theirs.get(key, ABSENT))
        if same(held.theirs, held.mine):
            continue  # reconcile-agreed
        if held.mine is None:
            raise Rejected(f"no patch stores null at the root key {dumps(key)}")  # reconcile-reject
        if same(held.theirs, held.base):
            body[key] = None if isinstance(held.mine, Absent) else held.mine  # reconcile
        else:
            conflicts[key] = held.shown()  # reconcile-conflict
    return body, conflicts


def same(left: Held, right: Held) -> bool:
    """Returns whether two sides hold the same."""
    if isinstance(left, Absent) or isinstance(right, Absent):
        return left is right
    return json_equal(left, right)
