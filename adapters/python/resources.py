"""Whole resources: a user, a client, a custom domain or an organization, and the body of a request on it."""

import json

from metadata_merge import Rejected, merge

# By resource, each metadata field: whether it merges (or is replaced as a whole), and whether it is absent after a clear.
FIELDS = {
    "user": {"user_metadata": (True, False), "app_metadata": (True, True)},
    "client": {"client_metadata": (True, False)},
    "custom_domain": {"domain_metadata": (True, False)},
    "organization": {"metadata": (False, True)},
}

_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CLIENT_CHARACTERS = frozenset(_ALPHANUMERIC + ':,-+=_*?"/\\()<>@\t ')
_RESERVED = frozenset(
    "__tenant _id blocked clientID created_at email_verified email globalClientID global_client_id identities lastIP "
    "lastLogin loginsCount metadata multifactor_last_modified multifactor updated_at user_id".split()
)


def create(resource, body):
    """What is stored after a resource was created with `body`: an update of nothing."""
    return update(resource, {}, body)


def update(resource, stored, body):
    """`stored` after a PATCH with `body`. If any part of the body is rejected, none of it is applied."""
    fields = _fields(resource)
    if not isinstance(stored, dict) or not isinstance(body, dict):
        raise Rejected("a resource and a body must be JSON objects")
    updated = dict(stored)
    for name, sent in body.items():
        if name not in fields:
            updated[name] = sent
            continue
        merges, absent_after_clear = fields[name]
        if merges:
            updated[name] = merge(stored.get(name, {}), sent)
        elif sent is None or isinstance(sent, dict):
            updated[name] = sent
        else:
            raise Rejected(f"the field {name} must be a JSON object or null")
        # A clear is what was sent: what removals have emptied stays as {}.
        if not sent and absent_after_clear:
            del updated[name]
    return updated


def limits(resource, stored):
    """The limits that a stored resource breaks, each as its path, its name, and how strong it is."""
    _fields(resource)
    if not isinstance(stored, dict):
        raise Rejected("a resource must be a JSON object")
    found = []

    def judge(field, limit, breaks):
        metadata = stored.get(field, {})
        if not isinstance(metadata, dict):
            raise Rejected(f"the field {field} must be a JSON object")
        found.extend(_violation(limit, field, key) for key, value in metadata.items() if breaks(key, value))

    if resource == "client":
        judge("client_metadata", "key-too-long", lambda key, _: len(key) > 255)
        judge("client_metadata", "key-characters", lambda key, _: not _CLIENT_CHARACTERS.issuperset(key))
        judge("client_metadata", "value-type", lambda _, value: not isinstance(value, str))
        judge("client_metadata", "value-too-long", lambda _, value: isinstance(value, str) and len(value) > 255)
        if len(stored.get("client_metadata", {})) > 10:
            found.append(_violation("too-many-keys", "client_metadata"))
    if resource == "user":
        for field in ("user_metadata", "app_metadata"):
            judge(field, "key-characters", lambda key, _: "." in key or "$" in key)
        judge("app_metadata", "reserved-name", lambda key, _: key in _RESERVED)
        if _size(stored) > 10_240:
            found.append({**_violation("profile-too-large"), "strength": "warned"})
    return found


def _fields(resource):
    # Of a list, `in` would ask for a hash.
    if not isinstance(resource, str) or resource not in FIELDS:
        raise Rejected("there is no such resource")
    return FIELDS[resource]


def _violation(limit, *path):
    pointer = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)
    return {"path": pointer, "limit": limit, "strength": "refused"}


def _size(stored):
    """In bytes, as compact JSON."""
    return len(json.dumps(stored, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
