"""The smallest patch between two documents, and the patch that takes another one back."""

from .equality import json_equal
from .merge import merge
from .syntax import dumps
from .value import Body, JsonValue, Rejected, expect_object


def diff(before: JsonValue, after: JsonValue) -> list[Body]:
    """Returns the smallest body that turns `before` into `after`, or an empty list if they are equal.

    It never clears: a key that somebody else adds meanwhile survives.
    """
    old, new = expect_object(before, "the document before"), expect_object(after, "the document after")
    body: Body = {key: None for key in old if key not in new}
    for key, value in new.items():
        if key in old and json_equal(old[key], value):
            continue
        if value is None:
            raise Rejected(f"no patch stores null at the root key {dumps(key)}")
        body[key] = value
    return [body] if body else []


def undo(document: JsonValue, patch: JsonValue) -> list[Body]:
    """Returns the smallest body that brings `document` back after `patch`, or an empty list."""
    return diff(merge(document, patch), document)
