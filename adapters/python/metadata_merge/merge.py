"""The merge of one document and one patch: the definition that all else builds on."""

from .value import Document, JsonValue, expect_object


def merge(target: JsonValue, patch: JsonValue) -> Document:
    """Returns `target` after a PATCH with `patch`."""
    merged = dict(expect_object(target, "the document"))  # reject, keep, stored-null
    entries = expect_object(patch, "the patch")  # reject
    if not entries:
        return {}  # clear
    for key, value in entries.items():  # exact-keys
        if value is None:
            merged.pop(key, None)  # delete, delete-missing, emptied
        else:
            merged[key] = value  # set, shallow, verbatim
    return merged
