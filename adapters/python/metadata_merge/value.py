"""The types of JSON values, and the error for input that the rules reject."""

from typing import TypeAlias, Union

JsonValue: TypeAlias = Union[None, bool, int, float, str, "list[JsonValue]", "dict[str, JsonValue]"]
Document: TypeAlias = dict[str, JsonValue]
Body: TypeAlias = dict[str, JsonValue]


class Rejected(ValueError):
    """The rules reject the input."""


def expect_object(value: JsonValue, name: str) -> dict[str, JsonValue]:
    """Returns `value` if it is an object."""
    if not isinstance(value, dict):
        raise Rejected(f"{name}: expected an object, found {kind(value)}")
    return value


def kind(value: JsonValue) -> str:
    """Names the type of a value, for errors."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return {str: "a string", list: "an array", dict: "an object"}[type(value)]
