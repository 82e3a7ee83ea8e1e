"""Plans: the effect of a body on each column, whatever is stored. A store executes them."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).parent.parent / "python"))
from metadata_merge import JsonValue, Rejected
from metadata_merge.resource import Cleared, Field, Mode, Resource, find
from metadata_merge.value import Document, expect_object, kind


class Patch(NamedTuple):
    """A patch in its parts. A removal after a clear is left out."""

    clear: bool
    sets: Document
    removals: list[str]

    @classmethod
    def of(cls, body: Document) -> "Patch":
        """Returns the patch that a body is."""
        sets: Document = {key: value for key, value in body.items() if value is not None}
        return cls(not body, sets, [key for key, value in body.items() if value is None])

    def body(self) -> Document:
        """Returns the body of a patch that does not clear."""
        return {**self.sets, **dict.fromkeys(self.removals)}

    def then(self, following: "Patch") -> "Patch":
        """Returns the patch that does both."""
        if following.clear:
            return following
        sets = {key: value for key, value in self.sets.items() if key not in following.removals}
        removals = {} if self.clear else dict.fromkeys([*self.removals, *following.removals])
        kept = [key for key in removals if key not in following.sets]
        return Patch(self.clear, {**sets, **following.sets}, kept)


CLEAR = Patch(True, {}, [])


@dataclass
class Plan:
    """The effect of one body, or of several in a row. The resource tells what each field does.

    A value of `fields` is the patch of a field that merges, and the object of one that is replaced;
    an empty one clears. A value of `attributes` is None if the attribute is removed, and the patch of
    one that merges.
    """

    resource: Resource
    fields: dict[str, Patch | Document] = field(default_factory=dict)
    attributes: dict[str, JsonValue | Patch] = field(default_factory=dict)

    def then(self, body: JsonValue) -> "Plan":
        """Adds a body, or raises `Rejected`."""
        for name, sent in expect_object(body, "the body").items():
            known = self.resource.fields.get(name)
            if known:
                self.fields[name] = self._field(name, known, sent)
            else:
                self.attributes[name] = self._attribute(name, sent)
        return self

    def _field(self, name: str, known: Field, sent: JsonValue) -> Patch | Document:
        if known.mode is Mode.MERGE:
            patch = Patch.of(expect_object(sent, name))
            first = self.fields.get(name)
            return first.then(patch) if isinstance(first, Patch) else patch
        if sent is not None and not isinstance(sent, dict):
            raise Rejected(f"{name}: expected an object or null, found {kind(sent)}")
        return sent or {}

    def _attribute(self, name: str, sent: JsonValue) -> JsonValue | Patch:
        if self.resource.attributes is Mode.REPLACE or not isinstance(sent, dict):
            return sent
        if name not in self.attributes:
            return Patch.of(sent)
        first = self.attributes[name]
        # Whatever was stored is gone, so the patch applies to {}.
        return (first if isinstance(first, Patch) else CLEAR).then(Patch.of(sent))

    def is_omit(self) -> bool:
        """Returns whether there is nothing to execute."""
        return not self.fields and not self.attributes


def plan(resource: JsonValue, *bodies: JsonValue) -> Plan:
    """Plans bodies in their order, as one."""
    planned = Plan(find(resource))
    for body in bodies:
        planned.then(body)
    return planned


def clears_to_absent(known: Field, action: Patch | Document) -> bool:
    """Returns whether the action leaves SQL NULL."""
    return known.cleared is Cleared.ABSENT and action in (CLEAR, {})
