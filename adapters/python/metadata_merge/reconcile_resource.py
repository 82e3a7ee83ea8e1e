"""Three-way reconcile of a whole resource (rule `reconcile-resource`)."""

from .pointer import pointer
from .reconcile import ABSENT, Absent, Held, Sides, reconcile_members
from .resource import Field, Mode, Resource, find
from .syntax import dumps
from .value import Body, Document, JsonValue, Rejected, expect_object, kind


def reconcile_resource(resource: JsonValue, base: JsonValue, mine: JsonValue, theirs: JsonValue) -> Document:
    """Returns the body that brings what `base` and `mine` hold to `mine`, and the conflicts by pointer."""
    kinds = find(resource)
    before, wanted = expect_object(base, "base"), expect_object(mine, "mine")
    stored = expect_object(theirs, "theirs")
    body: Body = {}
    conflicts: dict[str, JsonValue] = {}
    for name in {**before, **wanted, **stored}:
        held = Sides(before.get(name, ABSENT), wanted.get(name, ABSENT), stored.get(name, ABSENT))
        documents = _documents(kinds, name, held)
        if documents is None:
            change, conflict = _reconcile_unit(kinds, name, held)
            body.update(change)
            if conflict:
                conflicts[pointer(name)] = held.shown()
            continue
        members, by_key = reconcile_members(*documents)
        if members:  # an empty one would clear
            body[name] = members
        conflicts.update({pointer(name, key): sides for key, sides in by_key.items()})
    return {"bodies": [body] if body else [], "conflicts": conflicts}


def _documents(kinds: Resource, name: str, held: Sides) -> list[Document] | None:
    """Returns each side as a document if it is reconciled by member, or `None` if it is one unit."""
    field = kinds.fields.get(name)
    if field:
        if field.mode is Mode.REPLACE:
            return None
        return [{} if isinstance(side, Absent) else expect_object(side, name) for side in held]
    if kinds.attributes is Mode.REPLACE or not isinstance(held.mine, dict):
        return None
    documents = [{} if side is None or isinstance(side, Absent) else side for side in held]
    objects = [document for document in documents if isinstance(document, dict)]
    return objects if len(objects) == len(documents) else None


def _reconcile_unit(kinds: Resource, name: str, held: Sides) -> tuple[Body, bool]:
    """Returns the members for the body, at most one, and whether there is a conflict."""
    field = kinds.fields.get(name)
    sides = [_unit(name, field, side) for side in held]
    # A unit is the one member of a document.
    body, conflicts = reconcile_members(*sides)
    if body or conflicts:
        _, mine, theirs = sides
        if name in mine and field and not isinstance(mine[name], dict):
            raise Rejected(f"{name}: expected an object or null, found {kind(mine[name])}")
        if not field and kinds.attributes is Mode.MERGE:
            _expect_storable(name, mine.get(name), theirs.get(name))
    return body, bool(conflicts)


def _unit(name: str, field: Field | None, side: Held) -> Document:
    """Returns a side as a document of one member. Null counts as absent, and so does `{}` in a field."""
    if side is None or isinstance(side, Absent) or (field and side == {}):
        return {}
    return {name: side}


def _expect_storable(name: str, mine: JsonValue, theirs: JsonValue) -> None:
    """Rejects a root null that `mine` wants and `theirs` does not hold, since no merge stores it."""
    wanted = mine if isinstance(mine, dict) else {}
    stored = theirs if isinstance(theirs, dict) else {}
    for key, value in wanted.items():
        if value is None and stored.get(key, ABSENT) is not None:
            raise Rejected(f"no patch stores null at {dumps(pointer(name, key))}")  # reconcile-reject
