"""metadata_merge.py and resources.py behind the adapter protocol."""

import metadata_merge as rules
import protocol
import resources

protocol.serve(
    {
        "merge": (rules.merge, "target", "patch"),
        "text": (rules.merge_text, "target", "patch"),
        "compose": (rules.compose, "patches"),
        "diff": (rules.diff, "before", "after"),
        "undo": (rules.undo, "document", "patch"),
        "commute": (rules.commute, "first", "second"),
        "changes": (rules.changes, "target", "patch"),
        "create": (resources.create, "resource", "body"),
        "update": (resources.update, "resource", "stored", "body"),
        "limits": (resources.limits, "resource", "stored"),
    }
)
