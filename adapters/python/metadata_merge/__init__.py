"""What a metadata PATCH does, in Python. Copy this package: it needs the standard library alone.

Values are what `loads` returns. No function changes its arguments. Input that the rules reject
raises `Rejected`. A comment names the rule that a line implements by its id.
"""

from .changes import changes
from .compose import commute, compose
from .diff import diff, undo
from .equality import json_equal
from .guards import deny_removals, deny_wipe
from .limits import limits
from .merge import merge
from .reconcile import reconcile
from .reconcile_resource import reconcile_resource
from .resource import create, update
from .syntax import dumps, loads
from .text import merge_text
from .value import Body, Document, JsonValue, Rejected

__all__ = [
    "Body",
    "Document",
    "JsonValue",
    "Rejected",
    "changes",
    "commute",
    "compose",
    "create",
    "deny_removals",
    "deny_wipe",
    "diff",
    "dumps",
    "json_equal",
    "limits",
    "loads",
    "merge",
    "merge_text",
    "reconcile",
    "reconcile_resource",
    "undo",
    "update",
]
