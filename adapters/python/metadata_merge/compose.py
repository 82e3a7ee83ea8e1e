"""The algebra of patches: several in a row as one, and whether two may change places."""

from .equality import json_equal
from .value import Body, JsonValue, Rejected, expect_object, kind


def compose(patches: JsonValue) -> list[Body]:
    """Returns the shortest list of bodies that does what `patches` do in their order."""
    if not isinstance(patches, list):
        raise Rejected(f"patches: expected an array, found {kind(patches)}")
    clears = False
    entries: Body = {}
    for patch in patches:
        body = expect_object(patch, "the patch")
        if not body:
            clears, entries = True, {}
        entries.update(body)
    if not clears:
        return [entries] if entries else []
    # After a clear there is nothing to remove. An empty second body would be another clear.
    sets: Body = {key: value for key, value in entries.items() if value is not None}
    return [{}, sets] if sets else [{}]


def commute(first: JsonValue, second: JsonValue) -> bool:
    """Returns whether either order of two bodies gives the same result, for every document."""
    one, other = expect_object(first, "the first patch"), expect_object(second, "the second patch")
    if not one or not other:
        # A removal before a clear is as good as one after it. A set survives only after it.
        return all(value is None for value in [*one.values(), *other.values()])
    return all(json_equal(one[key], other[key]) for key in one.keys() & other.keys())
