"""Guards: merges that deny a loss of data."""

from .merge import merge
from .syntax import dumps
from .value import Document, JsonValue, Rejected, expect_object


def deny_removals(target: JsonValue, patch: JsonValue) -> Document:
    """Merges, unless that removes a stored root key."""
    merged = merge(target, patch)
    for key in expect_object(target, "the document"):
        if key not in merged:
            raise Rejected(f"the patch would remove the root key {dumps(key)}")  # deny-removals
    return merged


def deny_wipe(target: JsonValue, patch: JsonValue) -> Document:
    """Merges, unless that leaves a document empty that was not."""
    merged = merge(target, patch)
    if target and not merged:
        raise Rejected("the patch would leave the document empty")  # deny-wipe
    return merged
