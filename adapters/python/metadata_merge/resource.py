"""Whole resources: the metadata fields of each, and the body of a request on one."""

from dataclasses import dataclass
from enum import Enum, auto

from .merge import merge
from .value import Document, JsonValue, Rejected, expect_object, kind


class Mode(Enum):
    """How a stored value and the one of the body come together."""

    MERGE = auto()
    REPLACE = auto()


class Cleared(Enum):
    """How a field reads back after a clear."""

    EMPTY = auto()
    ABSENT = auto()


@dataclass(frozen=True)
class Field:
    """A metadata field."""

    mode: Mode
    cleared: Cleared


@dataclass(frozen=True)
class Resource:
    """The metadata fields of a resource by name, and the mode of its attributes that are objects."""

    fields: dict[str, Field]
    attributes: Mode = Mode.REPLACE


RESOURCES = {
    "user": Resource(
        {
            "user_metadata": Field(Mode.MERGE, Cleared.EMPTY),
            "app_metadata": Field(Mode.MERGE, Cleared.ABSENT),
        }
    ),
    "client": Resource({"client_metadata": Field(Mode.MERGE, Cleared.EMPTY)}, attributes=Mode.MERGE),
    "custom_domain": Resource({"domain_metadata": Field(Mode.MERGE, Cleared.EMPTY)}),
    "organization": Resource({"metadata": Field(Mode.REPLACE, Cleared.ABSENT)}),
    "session": Resource({"session_metadata": Field(Mode.REPLACE, Cleared.ABSENT)}),
    "refresh_token": Resource({"refresh_token_metadata": Field(Mode.REPLACE, Cleared.ABSENT)}),
}


def find(resource: JsonValue) -> Resource:
    """Returns the resource of this name."""
    if not isinstance(resource, str) or resource not in RESOURCES:
        raise Rejected(f"expected the resource {', '.join(RESOURCES)}")
    return RESOURCES[resource]


def create(resource: JsonValue, body: JsonValue) -> Document:
    """Returns what a create with `body` stores."""
    return update(resource, {}, body)  # create


def update(resource: JsonValue, stored: JsonValue, body: JsonValue) -> Document:
    """Returns `stored` after a PATCH with `body`."""
    kinds = find(resource)
    updated = dict(expect_object(stored, "the stored resource"))  # omit; atomic: a copy
    for name, sent in expect_object(body, "the body").items():  # independent
        field = kinds.fields.get(name)
        if field is None:
            value = _attribute(kinds.attributes, updated.get(name), sent)
        else:
            value = _field(name, field, updated.get(name, {}), sent)  # absent
        if value is None:
            updated.pop(name, None)
        else:
            updated[name] = value
    return updated


def _attribute(mode: Mode, stored: JsonValue, sent: JsonValue) -> JsonValue:
    """Returns what an attribute stores, or `None` if it is removed."""
    if mode is Mode.MERGE and isinstance(sent, dict):
        return merge(stored if isinstance(stored, dict) else {}, sent)  # attribute-object
    return sent  # attribute, attribute-null


def _field(name: str, field: Field, stored: JsonValue, sent: JsonValue) -> Document | None:
    """Returns what a metadata field stores, or `None` if it is absent after a clear."""
    if field.mode is Mode.MERGE:
        value = merge(expect_object(stored, f"the stored {name}"), expect_object(sent, name))  # field-null
    elif sent is None or isinstance(sent, dict):
        value = sent or {}  # replace
    else:
        raise Rejected(f"{name}: expected an object or null, found {kind(sent)}")  # replace
    # A clear is what was sent. A document that removals have emptied stays `{}`.
    if not sent and field.cleared is Cleared.ABSENT:
        return None  # cleared-form
    return value
