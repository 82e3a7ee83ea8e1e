"""The preview of a patch."""

from .equality import json_equal
from .merge import merge
from .value import JsonValue, expect_object


def changes(target: JsonValue, patch: JsonValue) -> dict[str, JsonValue]:
    """Returns what `patch` changes in `target`. A key that gets an equal value is no change."""
    old, new = expect_object(target, "the document"), merge(target, patch)
    return {
        "added": {key: value for key, value in new.items() if key not in old},
        "replaced": {
            key: {"old": old[key], "new": value}
            for key, value in new.items()
            if key in old and not json_equal(old[key], value)
        },
        "removed": {key: value for key, value in old.items() if key not in new},
    }
