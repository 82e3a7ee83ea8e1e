"""JSON Pointer, RFC 6901."""


def pointer(*path: str) -> str:
    """Returns the pointer to a member, by the keys on the way to it."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)
