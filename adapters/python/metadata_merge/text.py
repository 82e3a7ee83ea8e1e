"""The merge of JSON texts, which keeps every value byte for byte (rule `stored-as-sent`)."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from .syntax import check, reject_constant
from .value import JsonValue, Rejected, kind


class Member(NamedTuple):
    """A root member: its key, and the texts of its key and of its value."""

    key: str
    key_text: str
    value_text: str


def merge_text(target: JsonValue, patch: JsonValue) -> str:
    """Returns the text of `target` after a PATCH with `patch`."""
    stored, sent = _parse(target, "the document"), _parse(patch, "the patch")
    entries: dict[str, Member] = {}
    for member in sent:
        _put_last(entries, member)  # repeated-key
    if not entries:
        return "{}"  # clear
    merged: dict[str, Member] = {}
    for member in stored:
        if member.key in entries:
            # A key keeps its text and its first place, whatever its new value.
            merged.setdefault(member.key, member._replace(value_text=entries[member.key].value_text))
        else:
            _put_last(merged, member)  # repeated-key
    for key, member in entries.items():
        merged.setdefault(key, member)
    kept = [
        f"{member.key_text}: {member.value_text}"
        for key, member in merged.items()
        if key not in entries or entries[key].value_text != "null"  # delete, stored-null
    ]
    return "{" + ", ".join(kept) + "}"


def _put_last(members: dict[str, Member], member: Member) -> None:
    """Puts a member at the end, even if its key is there already."""
    members.pop(member.key, None)
    members[member.key] = member


# Finds where a value ends, and evaluates no number: over text, `1e999` is a number.
_SCANNER = json.JSONDecoder(parse_constant=reject_constant, parse_float=str, parse_int=str)
_WHITESPACE = re.compile(r"[ \t\n\r]*")


def _parse(text: JsonValue, name: str) -> list[Member]:
    if not isinstance(text, str):
        raise Rejected(f"{name}: expected a string of JSON text, found {kind(text)}")
    try:
        check(text)
        return list(_members(text))
    except (ValueError, IndexError) as error:
        raise Rejected(f"{name}: expected the text of an object: {error}") from None


def _members(text: str) -> Iterator[Member]:
    at = _after(text, 0, "{")
    if text[at] != "}":
        while True:
            if text[at] != '"':
                raise ValueError(f"expected a key at offset {at}")
            key, key_end = _SCANNER.raw_decode(text, at)
            start = _after(text, key_end, ":")
            _, end = _SCANNER.raw_decode(text, start)
            yield Member(key, text[at:key_end], text[start:end])
            at = _skip(text, end)
            if text[at] == "}":
                break
            at = _after(text, at, ",")
    if _skip(text, at + 1) != len(text):
        raise ValueError(f"expected the end of the text at offset {at + 1}")


def _after(text: str, at: int, token: str) -> int:
    """Returns the offset of what follows `token` and whitespace."""
    at = _skip(text, at)
    if text[at] != token:
        raise ValueError(f"expected `{token}` at offset {at}")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    match = _WHITESPACE.match(text, at)
    return match.end() if match else at
