"""What a metadata PATCH does, in Python: copy it, it needs the standard library alone.

Documents and bodies are what `loads` makes of JSON. Whatever the rules refuse is a `Rejected`, and nothing is changed in place.
"""

import json
import re


class Rejected(ValueError):
    """The rules refuse the input."""


def merge(target, patch):
    """`target` after a PATCH with `patch`."""
    _object(target, "the document")
    _object(patch, "the patch")
    if not patch:
        return {}
    merged = {**target, **patch}
    # By the patch's nulls alone: a null that is stored stays until it is named.
    return {key: value for key, value in merged.items() if not _removes(patch, key)}


def compose(patches):
    """The shortest list of bodies that does what `patches` do in their order."""
    if not isinstance(patches, list):
        raise Rejected("the patches must be a list")
    clear, entries = False, {}
    for patch in patches:
        if _object(patch, "the patch"):
            entries = {**entries, **patch}
        else:
            clear, entries = True, {}
    if clear:
        # What is removed is gone already; a body of nulls alone would say nothing.
        entries = {key: value for key, value in entries.items() if value is not None}
    return [{}] * clear + [entries] * bool(entries)


def diff(before, after):
    """The smallest body, in a list, that turns `before` into `after`; no body, and never `{}`, where they are the same."""
    _object(before, "the document before")
    _object(after, "the document after")
    body = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before or not same(before[key], value):
            if value is None:
                raise Rejected(f"no patch sets the root key {json.dumps(key)} to null")
            body[key] = value
    return [body] if body else []


def undo(document, patch):
    """The smallest body, in a list, that brings `document` back after `patch`."""
    return diff(merge(document, patch), document)


def commute(first, second):
    """Whether either order of two bodies gives the same, for every document."""
    _object(first, "the first patch")
    _object(second, "the second patch")
    if not first or not second:
        # After a clear a removal finds nothing, and so comes to the same before it; a set does not.
        return all(value is None for value in {**first, **second}.values())
    return all(same(first[key], second[key]) for key in first.keys() & second.keys())


def changes(target, patch):
    """What `patch` really changes in `target`."""
    merged = merge(target, patch)
    return {
        "added": {key: new for key, new in merged.items() if key not in target},
        "replaced": {
            key: {"old": target[key], "new": new}
            for key, new in merged.items()
            if key in target and not same(target[key], new)
        },
        "removed": {key: old for key, old in target.items() if key not in merged},
    }


def merge_text(target, patch):
    """The texts' merge, in which the text of every value, and so of every number, stays as it is."""
    stored, sent = _members(target, "the document"), _members(patch, "the patch")
    # The texts of the values are values too, as long as null is null.
    texts = merge(stored, {key: None if text == "null" else text for key, text in sent.items()})
    return "{" + ", ".join(f"{json.dumps(key)}: {text}" for key, text in texts.items()) + "}"


def same(left, right):
    """Whether two values are the same JSON. Not `==`, to which `True`, `1` and `1.0` are one."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def loads(text):
    """JSON, and nothing else that Python's parser takes: NaN and Infinity, and numbers so large that they become it."""
    return _DECODER.decode(text)


def dumps(value):
    """JSON in ASCII, in which a lone surrogate is a `\\ud800` and no error of some later encoder."""
    return json.dumps(value, allow_nan=False)


def _object(value, name):
    if not isinstance(value, dict):
        raise Rejected(f"{name} must be a JSON object")
    return value


def _removes(patch, key):
    return key in patch and patch[key] is None


def _no_number(text):
    raise ValueError(f"{text} is no JSON")


def _finite(text):
    number = float(text)
    return number if abs(number) != float("inf") else _no_number(text)


_DECODER = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)
# Only where a value ends is of interest, not what it is: numbers may have any length.
_SCANNER = json.JSONDecoder(parse_constant=_no_number, parse_float=str, parse_int=str)
_SPACE = re.compile(r"[ \t\n\r]*")


def _members(text, name):
    """The root members of an object's text, each value as its text; of a repeated key the last."""
    if not isinstance(text, str):
        raise Rejected(f"{name} must be a string that holds JSON")
    members = {}
    try:
        at = _token(text, 0, "{")
        if text[at] == "}":
            _end(text, at + 1)
            return members
        while True:
            if text[at] != '"':
                raise ValueError("a key must be a string")
            key, at = _SCANNER.raw_decode(text, at)
            at = _token(text, at, ":")
            _, end = _SCANNER.raw_decode(text, at)
            members[key] = text[at:end]
            at = _SPACE.match(text, end).end()
            if text[at] == "}":
                _end(text, at + 1)
                return members
            at = _token(text, at, ",")
    except (ValueError, IndexError, RecursionError) as error:
        raise Rejected(f"{name} must be the text of a JSON object: {error}") from None


def _token(text, at, token):
    """Where the next token stands after this one."""
    at = _SPACE.match(text, at).end()
    if text[at] != token:
        raise ValueError(f"{token} is missing")
    return _SPACE.match(text, at + 1).end()


def _end(text, at):
    if _SPACE.match(text, at).end() != len(text):
        raise ValueError("something follows the object")
