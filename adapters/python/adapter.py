"""The package metadata_merge as an adapter (../PROTOCOL.md)."""

import metadata_merge
from protocol import serve

ARGUMENTS = {
    "merge": ("target", "patch"),
    "text": ("target", "patch"),
    "compose": ("patches",),
    "diff": ("before", "after"),
    "undo": ("document", "patch"),
    "commute": ("first", "second"),
    "changes": ("target", "patch"),
    "reconcile": ("base", "mine", "theirs"),
    "reconcile_resource": ("resource", "base", "mine", "theirs"),
    "deny_removals": ("target", "patch"),
    "deny_wipe": ("target", "patch"),
    "create": ("resource", "body"),
    "update": ("resource", "stored", "body"),
    "limits": ("resource", "stored"),
}

if __name__ == "__main__":
    functions = {op: getattr(metadata_merge, op) for op in ARGUMENTS if op != "text"}
    functions["text"] = metadata_merge.merge_text
    serve({op: (functions[op], names) for op, names in ARGUMENTS.items()})
