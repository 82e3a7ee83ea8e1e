"""The service's limits on what is stored. They are opt-in and separate from the rules."""

import json
import string
from collections.abc import Callable
from dataclasses import dataclass

from .pointer import pointer
from .value import Document, JsonValue, Rejected, expect_object


@dataclass(frozen=True)
class KeyLimit:
    """A limit that each key of a field keeps or breaks, with its value."""

    field: str
    id: str
    breaks: Callable[[str, JsonValue], bool]


@dataclass(frozen=True)
class Table:
    """The limits of one resource: on each key, on the number of keys, and on the size in bytes."""

    keys: tuple[KeyLimit, ...]
    max_keys: dict[str, int]
    max_size: int | None = None


ALPHANUMERIC = string.digits + string.ascii_letters
RESERVED = frozenset(
    "__tenant _id blocked clientID created_at email_verified email globalClientID global_client_id identities lastIP "
    "lastLogin loginsCount metadata multifactor_last_modified multifactor updated_at user_id".split()
)


def _key_too_long(field: str, at_most: int) -> KeyLimit:
    return KeyLimit(field, "key-too-long", lambda key, _: len(key) > at_most)


def _key_characters(field: str, allowed: str) -> KeyLimit:
    return KeyLimit(field, "key-characters", lambda key, _: not set(key) <= set(allowed))


def _no_dot_or_dollar(field: str) -> KeyLimit:
    return KeyLimit(field, "key-characters", lambda key, _: "." in key or "$" in key)


def _strings(field: str, at_most: int) -> tuple[KeyLimit, ...]:
    return (
        KeyLimit(field, "value-type", lambda _, value: not isinstance(value, str)),
        KeyLimit(field, "value-too-long", lambda _, value: isinstance(value, str) and len(value) > at_most),
    )


def _session(field: str) -> Table:
    characters = _key_characters(field, ALPHANUMERIC + "_-")
    return Table((_key_too_long(field, 255), characters, *_strings(field, 255)), {field: 25})


TABLES = {
    "user": Table(
        (
            _no_dot_or_dollar("user_metadata"),
            _no_dot_or_dollar("app_metadata"),
            KeyLimit("app_metadata", "reserved-name", lambda key, _: key in RESERVED),
        ),
        {},
        max_size=10_240,
    ),
    "client": Table(
        (
            _key_too_long("client_metadata", 255),
            _key_characters("client_metadata", ALPHANUMERIC + ':,-+=_*?"/\\()<>@\t '),
            *_strings("client_metadata", 255),
        ),
        {"client_metadata": 10},
    ),
    "custom_domain": Table(_strings("domain_metadata", 255), {"domain_metadata": 10}),
    "organization": Table((_key_too_long("metadata", 255), *_strings("metadata", 255)), {"metadata": 25}),
    "session": _session("session_metadata"),
    "refresh_token": _session("refresh_token_metadata"),
    # For limits alone: what a user's metadata may be at sign-up.
    "sign_up": Table((_key_too_long("user_metadata", 100), *_strings("user_metadata", 500)), {"user_metadata": 10}),
}


def limits(resource: JsonValue, stored: JsonValue) -> list[JsonValue]:
    """Returns every limit that a stored resource breaks."""
    if not isinstance(resource, str) or resource not in TABLES:
        raise Rejected(f"expected the resource {', '.join(TABLES)}")
    table = TABLES[resource]
    fields = expect_object(stored, "the stored resource")
    found: list[JsonValue] = []
    for limit in table.keys:
        for key, value in _document(fields, limit.field).items():
            if limit.breaks(key, value):
                found.append(_violation(limit.id, limit.field, key))
    for field, at_most in table.max_keys.items():
        if len(_document(fields, field)) > at_most:
            found.append(_violation("too-many-keys", field))
    if table.max_size is not None and size(fields) > table.max_size:
        found.append({**_violation("too-large"), "strength": "warned"})
    return found


def size(value: JsonValue) -> int:
    """Returns the number of bytes of a value as compact JSON, in which non-ASCII is not escaped."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _document(fields: Document, field: str) -> Document:
    return expect_object(fields.get(field, {}), field)


def _violation(limit: str, *path: str) -> Document:
    return {"path": pointer(*path), "limit": limit, "strength": "refused"}
