"""Equality of JSON values, with numbers by value (rule `equal-numbers`)."""

from typing import TypeGuard

from .value import JsonValue


def json_equal(left: JsonValue, right: JsonValue) -> bool:
    """Returns whether two values are equal. Not `==`, which takes `True` and `1` for equal."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(json_equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(json_equal, left, right))
    if _is_number(left) and _is_number(right):
        # Python compares an integer and a double as real numbers.
        return _number(left) == _number(right)
    return type(left) is type(right) and left == right


def _is_number(value: JsonValue) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: float) -> float:
    """Returns an integer of more than 128 bits as its nearest double, any other number as itself."""
    if isinstance(value, float) or -(2**127) <= value < 2**128:
        return value
    try:
        return float(value)
    except OverflowError:
        return value
