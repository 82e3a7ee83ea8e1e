"""A store as an adapter (../PROTOCOL.md). It stores the document, and then executes one plan on it."""

from plan import plan
from store import Store
from metadata_merge import JsonValue, Rejected
from metadata_merge.value import Document, expect_object
from protocol import serve

UNCHECKED = "_unchecked"


def serve_store(store: Store) -> None:
    """Answers standard input until it ends."""

    def merge(target: JsonValue, patch: JsonValue) -> JsonValue:
        field = "user_metadata"
        document = expect_object(target, "the document")
        store.put("user", {field: document})
        return execute("user", {field: patch}, "")[field]

    def update(resource: JsonValue, stored: JsonValue, body: JsonValue) -> Document:
        planned = plan(resource, body)
        before = expect_object(stored, "the stored resource")
        if planned.is_omit():
            return before
        # Without the constraint, since the resource may hold a fault that the body does not touch.
        store.put(str(resource), before, UNCHECKED)
        return execute(str(resource), body, UNCHECKED)

    def create(resource: JsonValue, body: JsonValue) -> Document:
        return update(resource, {}, body)

    def execute(resource: str, body: JsonValue, suffix: str) -> Document:
        outcome = store.execute(resource, plan(resource, body), suffix=suffix)
        if not outcome or outcome.after is None:
            raise Rejected("rejected by the database")
        return outcome.after

    store.create_tables()
    store.create_tables(UNCHECKED, checked=False)
    serve(
        {
            "merge": (merge, ("target", "patch")),
            "create": (create, ("resource", "body")),
            "update": (update, ("resource", "stored", "body")),
        }
    )
