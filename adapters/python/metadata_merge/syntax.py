"""Strict JSON: what Python's own parser accepts beyond RFC 8259 is rejected (rule `json-text`)."""

import json
import math
import re

from .value import JsonValue

MAX_DEPTH = 127

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
# A surrogate pair, the first half of an escape that has no partner (the group), or another escape.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]\w\w\\u[dD][c-fC-F]|(u[dD][89a-fA-F])|.)", re.DOTALL)


def loads(text: str) -> JsonValue:
    """Parses JSON. Of a repeated key the last value counts (rule `repeated-key`)."""
    check(text)
    value: JsonValue = _DECODER.decode(text)
    return value


def dumps(value: JsonValue) -> str:
    """Writes JSON in ASCII, on one line."""
    return json.dumps(value, allow_nan=False)


def check(text: str) -> None:
    """Raises `ValueError` for what the parser lets pass: deep nesting and unpaired surrogates."""
    if text.count("[") + text.count("{") > MAX_DEPTH:
        depth = 0
        for token in _STRING_OR_BRACKET.finditer(text):
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
            if depth > MAX_DEPTH:
                raise ValueError(f"expected at most {MAX_DEPTH} levels of nesting")
    if "\\u" in text and any(escape[1] for escape in _ESCAPE.finditer(text)):
        raise ValueError("found an unpaired surrogate")


def reject_constant(text: str) -> float:
    """Rejects `NaN` and `Infinity`, which Python reads as numbers."""
    raise ValueError(f"expected JSON, found {text}")


def _finite(text: str) -> float:
    number = float(text)
    # Python would write it back as `Infinity`.
    return number if math.isfinite(number) else reject_constant("a number beyond the range of doubles")


_DECODER = json.JSONDecoder(parse_constant=reject_constant, parse_float=_finite)
