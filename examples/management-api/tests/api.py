"""The server without an SDK, on each store: vectors through PATCH, bad requests, paging, concurrent writers, kills.

    python3 tests/api.py
"""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.parse

from server import BINARY, PACKAGE, TOKEN, Client, Server, postgres, quoted

RULES = [rule for file in sorted((PACKAGE / "../../tests/vectors").glob("*.json")) for rule in json.loads(file.read_text()).get("rules", [])]
METADATA = {"users": ["user_metadata", "app_metadata"], "clients": ["client_metadata"]}
EMAIL = iter(f"user{number}@example.com" for number in range(1_000_000_000))


def user(client, **attributes):
    status, created = client.call("POST", "users", {"email": next(EMAIL), **attributes})
    assert status == 201, created
    return "users/" + quoted(created["user_id"])


def read(client, path):
    status, stored = client.call("GET", path)
    assert status == 200, stored
    return stored


def refused(answer, status, contains):
    """An error of the service's form that says what is wrong."""
    actual, body = answer
    assert actual == status, answer
    assert set(body) == {"statusCode", "error", "message", "errorCode"}, body
    assert body["statusCode"] == status and contains in body["message"], (contains, body)


def storable(value):
    return "\\u0000" not in json.dumps(value)


def cases(*operations):
    found = [case for rule in RULES for case in rule["cases"] if case["op"] in operations]
    assert found, operations
    return found


def vectors_of_one_field_pass_through_patch(store, client):
    pushed = unreached = others = 0
    for case in cases("merge"):
        target, patch = case["target"], case["patch"]
        if not isinstance(target, dict):
            others += 1  # A field that is not an object is never stored.
            continue
        for field in METADATA["users"]:
            path = user(client)
            if not storable([target, patch]):
                refused(client.call("PATCH", path, {field: patch}), 400, "U+0000")
                continue
            # A root null, or a key that a limit refuses, is not stored by a request, but may come from elsewhere.
            if not store.put(path, {field: target}):
                if any(value is None or "." in key or "$" in key for key, value in target.items()):
                    unreached += 1
                    continue
                for body in [target] if target else [{"a": 1}, {"a": None}]:
                    assert client.call("PATCH", path, {field: body})[0] == 200
            before = read(client, path)
            assert before[field] == target, case
            status, answer = client.call("PATCH", path, {field: patch})
            pushed += 1
            if case.get("rejected"):
                refused((status, answer), 400, f'the field "{field}" must be a JSON object, but is')
                assert read(client, path) == before, case
                continue
            new = {key: value for key, value in (patch or {}).items() if value is not None and key not in target}
            if any("." in key or "$" in key for key in new):
                refused((status, answer), 400, "key-characters")
                assert read(client, path) == before, case
                continue
            absent = field == "app_metadata" and patch == {}
            assert status == 200 and answer.get(field) == (None if absent else case["result"]), (case, answer)
            assert read(client, path) == answer
    assert pushed > 130, pushed
    unreached = f"; {unreached} passed over, since no request stores them" if unreached else ""
    return f"{pushed} patches, {others} targets that are not objects and never stored{unreached}"


def vectors_of_whole_requests_pass(store, client):
    checked = unreached = 0
    for case in cases("create", "update"):
        if case["resource"] not in ("user", "client"):
            continue
        collection = case["resource"] + "s"
        own = {"email": next(EMAIL)} if collection == "users" else {"name": "myclient"}
        body, wanted = case["body"], case.get("result")
        if isinstance(body, dict) and "email" in body:
            own["email"] = next(EMAIL)
            body = {**body, "email": own["email"]}
        if case["op"] == "create":
            # A client must have a name. What no body sets is in the answer too.
            status, answer = client.call("POST", collection, {**own, **body} if isinstance(body, dict) else body)
            before = None
        else:
            status, created = client.call("POST", collection, own)
            path = f"{collection}/{quoted(created[case['resource'] + '_id'])}"
            stored = case["stored"]
            if not isinstance(stored, dict) or not store.put(path, {**stored, **own}):
                # Without access to the store: only what a request can store.
                if not isinstance(stored, dict) or client.call("PATCH", path, {**stored, **own})[0] != 200:
                    unreached += 1
                    continue
                for name in [name for name, value in stored.items() if value == {} and name == "app_metadata"]:
                    client.call("PATCH", path, {name: {"a": 1}})
                    client.call("PATCH", path, {name: {"a": None}})
                if any(read(client, path).get(name, "absent") != value for name, value in stored.items() if name not in own):
                    unreached += 1
                    continue
            before = read(client, path)
            status, answer = client.call("PATCH", path, body)
        checked += 1
        if case.get("rejected"):
            # What is stored and is not an object is the fault of the store.
            fault = before and any(not isinstance(before.get(name, {}), dict) for name in METADATA[collection])
            assert status == (500 if fault else 400), (case, answer)
            assert before is None or read(client, path) == before, case
            continue
        assert status in (200, 201), (case, answer)
        wanted = {**own, **wanted, **({"email": own["email"]} if "email" in own else {})}
        if case["op"] == "create" or not (isinstance(body, dict) and "name" in body):
            wanted.update({"name": own["name"]} if "name" in own and "name" not in case.get("result", {}) else {})
        answer = {name: value for name, value in answer.items() if name != case["resource"] + "_id"}
        assert answer == wanted, (case, answer)
    assert checked > 70, checked
    return f"{checked} requests" + (f"; {unreached} passed over, since no request stores them" if unreached else "")


def vectors_of_limits_pass(store, client):
    checked = 0
    for case in cases("limits"):
        stored = case["stored"]
        if case["resource"] not in ("user", "client") or not isinstance(stored, dict) or case.get("rejected"):
            continue
        collection = case["resource"] + "s"
        own = {"email": next(EMAIL)} if collection == "users" else {"name": "myclient"}
        if not storable(stored) or any(value is None for name in METADATA[collection] for value in (stored.get(name) or {}).values()):
            continue  # No request stores a root null.
        status, answer = client.call("POST", collection, {**stored, **own})
        checked += 1
        refusals = [violation for violation in case["result"] if violation["strength"] == "refused"]
        for violation in refusals:
            refused((status, answer), 400, violation["limit"])
        assert refusals or status == 201, (case, answer)
    assert checked > 30, checked
    path = user(client)
    assert client.call("PATCH", path, {"user_metadata": {"notes": "x" * 11_000}})[0] == 200, "a warning refuses nothing"
    return f"{checked} creates"


def attributes_are_removed_and_merged(store, client):
    """Null removes an attribute. An object merges into a client's, and replaces a user's. What the schema protects stays."""
    path = user(client, nickname="j", address={"city": "A", "zip": "1"}, blocked=True)
    before = read(client, path)
    status, answer = client.call("PATCH", path, {"nickname": None, "blocked": None, "absent": None, "address": {"city": None}})
    assert status == 200 and "nickname" not in answer and "blocked" not in answer and answer["address"] == {"city": None}, answer
    assert read(client, path) == answer
    email = before["email"]
    assert "email" not in client.call("PATCH", path, {"email": None})[1]
    assert client.call("POST", "users", {"email": email})[0] == 201, "a removed email is free"
    for name in ["user_id", "created_at", "updated_at", "identities"]:
        refused(client.call("PATCH", path, {name: None, "nickname": "x"}), 400, f"the attribute {name} cannot be set")
    refused(client.call("PATCH", path, {"connection": None}), 400, "the attribute connection must be a string, but is null")

    _, created = client.call("POST", "clients", {"name": "c", "logo_uri": "x", "jwt_configuration": {"alg": "RS256", "lifetime": 60}, "callbacks": ["a"]})
    path = "clients/" + created["client_id"]
    steps = [
        ({"jwt_configuration": {"alg": "HS256"}}, {"jwt_configuration": {"alg": "HS256", "lifetime": 60}}),
        ({"jwt_configuration": {"lifetime": None, "scopes": {"a": None}}}, {"jwt_configuration": {"alg": "HS256", "scopes": {"a": None}}}),
        ({"mobile": {"ios": None}, "addons": {}, "logo_uri": None}, {"mobile": {}, "addons": {}, "logo_uri": ...}),
        ({"jwt_configuration": {}, "callbacks": {"a": 1, "b": None}}, {"jwt_configuration": {}, "callbacks": {"a": 1}}),
        ({"jwt_configuration": [], "callbacks": None, "sso": True}, {"jwt_configuration": [], "callbacks": ..., "sso": True}),
        ({"mobile": {"": 1, "'": {"x": 1}}, "it's": {"a": 1}, "sso": None}, {"mobile": {"": 1, "'": {"x": 1}}, "it's": {"a": 1}, "sso": ...}),
        # Many at once, removals and merges.
        ({f"o{n}": {"a": n, "b": None} for n in range(600)} | {f"s{n}": n for n in range(600)}, {"o599": {"a": 599}, "s599": 599}),
        ({f"o{n}": {"a": None, "c": n} for n in range(600)} | {f"s{n}": None for n in range(600)}, {"o599": {"c": 599}, "s599": ...}),
        ({f"o{n}": None for n in range(600)}, {"o599": ...}),
        ({"big": {f"k{n}": n for n in range(600)}}, {}),
        ({"big": {f"k{n}": None for n in range(1, 600)}}, {"big": {"k0": 0}}),
    ]
    expected = read(client, path)
    for body, changed in steps:
        status, answer = client.call("PATCH", path, body)
        for name, value in body.items():
            if name not in changed and name[0] in "os" and name[1:].isdigit():
                changed[name] = ... if value is None else {k: v for k, v in {**(expected.get(name) or {}), **value}.items() if v is not None} if isinstance(value, dict) else value
            elif name not in changed:
                changed[name] = value
        expected = {name: value for name, value in {**expected, **changed}.items() if value is not ...}
        assert status == 200 and answer == expected, (body, answer)
        assert read(client, path) == expected
    for name in ["client_id", "tenant", "global", "signing_keys"]:
        refused(client.call("PATCH", path, {name: {"a": None}, "sso": True}), 400, f"the attribute {name} cannot be set")
    refused(client.call("PATCH", path, {"name": None, "sso": True}), 400, "the attribute name must be a string, but is null")
    refused(client.call("PATCH", path, {"name": {}}), 400, "the attribute name must be a string, but is an object")
    assert read(client, path) == expected, "a refused request changes nothing"


def limits_judge_the_result(store, client):
    status, created = client.call("POST", "clients", {"name": "c", "client_metadata": {f"k{n}": "v" for n in range(9)}})
    path = "clients/" + created["client_id"]
    assert client.call("PATCH", path, {"client_metadata": {"k9": "v"}})[0] == 200
    before = read(client, path)
    for body in [{"k10": "v"}, {"k10": "v", "k0": 1}]:
        refused(client.call("PATCH", path, {"name": "renamed", "client_metadata": body}), 400, "too-many-keys")
        assert read(client, path) == before, "a refused update changes nothing"
    assert client.call("PATCH", path, {"client_metadata": {"k10": "v", "k0": None}})[0] == 200
    path = user(client)
    refused(client.call("PATCH", path, {"app_metadata": {"a": 1, "email": "x"}}), 400, '"/app_metadata/email": the name is reserved')
    assert "app_metadata" not in read(client, path)


def bad_requests_have_answers_and_change_nothing(store, client):
    path = user(client, user_metadata={"a": 1}, app_metadata={"b": 2}, name="Jane")
    _, created = client.call("POST", "clients", {"name": "myclient", "client_metadata": {"c": "3"}})
    other = "clients/" + created["client_id"]
    before = [read(client, path), read(client, other)]
    deep = lambda depth: '{"user_metadata": {"a": ' + "[" * depth + "]" * depth + "}}"
    bad = [
        ("", "not JSON"), ("{", "not JSON"), ("nonsense", "not JSON"), ("{} {}", "not JSON"), (b"\xff{}", "not UTF-8"),
        ('{"a": 1,}', "not JSON"), ("{'a': 1}", "not JSON"), ('{"a": NaN}', "not JSON"), ('{"a": "\\ud800"}', "not JSON"),
        ("[]", "the body must be a JSON object, but is an array"), ('[{"name": "x"}]', "an array"), ("null", "is null"),
        ("7", "a number"), ('"{}"', "a string"), ("true", "a boolean"),
        (deep(126), "recursion limit"), (deep(100_000), "recursion limit"),
        ('{"user_metadata": {"a": "\\u0000"}}', "U+0000"), ('{"user_metadata": {"\\u0000": 1}}', "U+0000"), ('{"name": "\\u0000"}', "U+0000"),
        ('{"user_metadata": {"a": 1e400}}', "not JSON"), ('{"user_metadata": {"a": 12345678901234567890123}}', "rounded"),
        ('{"user_metadata": {"a": 0.1234567890123456789}}', "rounded"), ('{"user_metadata": {"a": 1e-400}}', "rounded"),
        (r'{"user_metadata": {"a\\\u0000": 1}}', "U+0000"),
    ]
    for number in ["18446744073709551616", "-9223372036854775809", "0.12345678901234567890", "1.00000000000000000001"]:
        bad.append((f'{{"user_metadata": {{"a": [{number}]}}}}', "rounded"))
    for number in ["[]", "null", "false", "0", '"{}"', "[{}]"]:
        bad += [(f'{{"name": "x", "{field}": {number}}}', f'the field "{field}" must be a JSON object, but is') for field in ["user_metadata", "app_metadata"]]
        refused(client.call("PATCH", other, f'{{"name": "x", "client_metadata": {number}}}'), 400, 'the field "client_metadata" must be')
        refused(client.call("POST", "clients", f'{{"name": "x", "client_metadata": {number}}}'), 400, 'the field "client_metadata" must be')
    for name in ["email", "name", "nickname", "given_name", "family_name", "picture", "username", "phone_number", "connection"]:
        bad += [(json.dumps({name: value, "user_metadata": {"z": 1}}), f"the attribute {name} must be a string") for value in [1, True, [], {}]]
    for name in ["blocked", "email_verified", "phone_verified"]:
        bad += [(json.dumps({name: value, "user_metadata": {"z": 1}}), f"the attribute {name} must be a boolean") for value in [1, [], "true", {}]]
    bad += [(json.dumps({name: "x"}), f"the attribute {name} cannot be set") for name in ["user_id", "identities", "created_at"]]
    for body, why in bad:
        refused(client.call("PATCH", path, body), 400, why)
        refused(client.call("POST", "users", body), 400, why)
    for value in [None, 1, [], {}]:
        refused(client.call("PATCH", other, {"name": value}), 400, "the attribute name must be a string")
    refused(client.call("POST", "clients", {"client_metadata": {}}), 400, "the attribute name is missing")
    refused(client.call("PATCH", other, {"client_id": "x"}), 400, "cannot be set")
    large = json.dumps({"user_metadata": {"a": "x" * (1 << 20)}})
    refused(client.call("PATCH", path, large), 413, "1048576")
    assert [read(client, path), read(client, other)] == before

    for missing in ["users/auth0%7Cnobody", "users/auth0|nobody", "users/%00", "users/%ff", "users/a%2Fb", "users/%F0%9F%98%80", "users/" + "x" * 5_000, "clients/nobody"]:
        refused(client.call("GET", missing), 404, "does not exist")
        refused(client.call("PATCH", missing, {"name": "x"}), 404, "does not exist")
        refused(client.call("PATCH", missing, {}), 404, "does not exist")
        assert client.call("DELETE", missing) == (204, None), "there is nothing to delete: a retry is safe"
    refused(client.call("GET", "nothing"), 404, "no such route")
    refused(client.call("PUT", "users", {}), 405, "method")
    refused(client.call("POST", path, {}), 405, "method")
    for query in ["page=-1", "page=x", "page=", "per_page=101", "include_totals=yes", "q=email:x", "sort=email:1", "page=1&fields=email"]:
        refused(client.call("GET", "users?" + query), 400, "validation")

    for header in ["", "Bearer", "Bearer ", "Bearer wrong", "Bearer " + TOKEN + "x", "Bearer " + TOKEN[:-1], "Basic " + TOKEN, TOKEN]:
        refused(client.call("GET", path, headers={"authorization": header}), 401, "Invalid token")
        refused(client.call("DELETE", path, headers={"authorization": header}), 401, "Invalid token")
    anonymous = Client(f"{client.connection.host}:{client.connection.port}", None)
    refused(anonymous.call("GET", path), 401, "Missing authentication")
    refused(anonymous.call("GET", "nothing"), 401, "Missing authentication")
    assert client.call("GET", path, headers={"authorization": "bearer " + TOKEN})[0] == 200
    assert [read(client, path), read(client, other)] == before
    return f"{2 * len(bad)} bodies, and more"


def what_is_odd_and_right_is_stored(store, client):
    path = user(client)
    # The id as it is and percent-encoded is the same.
    plain = path.replace("%7C", "|")
    assert plain != path and read(client, plain) == read(client, path)
    # Of a repeated key the last value counts, of a repeated field too; a member that is shadowed is not merged.
    status, answer = client.call("PATCH", path, '{"user_metadata": {"x": 1}, "user_metadata": {"a": 1, "b": 2, "a": null, "c": 3, "c": 4}}')
    assert status == 200 and answer["user_metadata"] == {"b": 2, "c": 4}, answer
    # Numbers keep their value, though not always their text.
    numbers = '{"a": 1e2, "b": 1.50, "c": -0, "d": 1E+21, "e": 5e-324, "f": 1.7976931348623157e308, "g": 18446744073709551615, "h": -9223372036854775808, "i": 0.1, "j": 9007199254740993}'
    status, answer = client.call("PATCH", path, '{"app_metadata": ' + numbers + "}")
    assert status == 200 and answer["app_metadata"] == json.loads(numbers), answer
    assert read(client, path)["app_metadata"] == json.loads(numbers)
    for number in ["0", "-0.0", "1.0", "1E+2", "1e308", "0e999999999999999999999", "123456789.125", "1e21", "0.000001", "100e-2", "5e19", "18446744073709551615"]:
        status, answer = client.call("PATCH", path, '{"app_metadata": {"n": [{"n": ' + number + "}]}}")
        assert status == 200 and answer["app_metadata"]["n"] == [{"n": json.loads(number)}] == read(client, path)["app_metadata"]["n"], answer
    status, answer = client.call("PATCH", path, r'{"app_metadata": {"n": ["\\u0000", "\\\\u0000 \"18446744073709551616\u0001"]}}')
    assert status == 200 and answer["app_metadata"]["n"] == ["\\u0000", '\\\\u0000 "18446744073709551616\x01'], answer
    client.call("PATCH", path, {"app_metadata": {}})
    # Text is kept as it is, whatever it looks like to a database.
    odd = {"": 1, "'; DROP TABLE users; --": "$1", "\\": "\\u0000", "\u00e9": "e\u0301", "\U0001f600": ["\u2028", "\x1f"], "{m}": "{sets}", "null": None}
    status, answer = client.call("PATCH", path, {"user_metadata": odd})
    odd.pop("null")
    assert status == 200 and answer["user_metadata"] == {"b": 2, "c": 4, **odd}, answer
    status, answer = client.call("PATCH", path, {"user_metadata": {key: None for key in odd}})
    assert status == 200 and answer["user_metadata"] == {"b": 2, "c": 4}, answer
    # As deep as is allowed.
    nested = "[" * 98 + "]" * 98
    status, answer = client.call("PATCH", path, '{"user_metadata": {"deep": ' + nested + "}}")
    assert status == 200 and answer["user_metadata"]["deep"] == json.loads(nested)
    refused(client.call("PATCH", path, '{"user_metadata": {"deep": [' + nested + "]}}"), 400, "too-deep")
    # An empty body changes nothing; null removes; secrets are not stored.
    before = read(client, path)
    assert client.call("PATCH", path, {}) == (200, before)
    status, answer = client.call("PATCH", path, {"nickname": None, "locale": {"a": None}, "password": "secret"})
    assert (status, answer) == (200, {**before, "locale": {"a": None}}), answer


def an_email_is_taken_once(store, client):
    email = next(EMAIL)
    first = user(client, email=email)
    refused(client.call("POST", "users", {"email": email}), 409, "already exists")
    refused(client.call("POST", "users", {"email": email.upper()}), 409, "already exists")
    second = user(client)
    before = read(client, second)
    refused(client.call("PATCH", second, {"email": email, "user_metadata": {"a": 1}}), 409, "already exists")
    assert read(client, second) == before, "a refused update changes nothing"
    assert client.call("PATCH", first, {"email": email})[0] == 200, "it is her own"
    assert client.call("PATCH", first, {"email": None})[0] == 200
    assert client.call("PATCH", second, {"email": email})[0] == 200, "it is free again"
    assert client.call("DELETE", second)[0] == 204
    assert client.call("POST", "users", {"email": email})[0] == 201, "and again"
    assert client.call("POST", "users", {})[0] == client.call("POST", "users", {})[0] == 201, "no email is no conflict"


def lists_page_in_the_order_of_creation(store, client):
    for collection, name in [("users", "user_id"), ("clients", "client_id")]:
        _, all_before = client.call("GET", f"{collection}?include_totals=true&per_page=0")
        start = all_before["total"]
        assert all_before[collection] == [] and all_before["length"] == 0
        ids = []
        for number in range(5):
            body = {"email": next(EMAIL)} if collection == "users" else {"name": f"client {number}"}
            ids.append(client.call("POST", collection, body)[1][name])
        client.call("PATCH", f"{collection}/{quoted(ids[0])}", {"description": "changed, and in its place"})
        listed = []
        page = 0
        while True:
            status, found = client.call("GET", f"{collection}?page={page}&per_page=2&include_totals=true")
            assert status == 200 and (found["start"], found["limit"], found["total"]) == (2 * page, 2, start + 5), found
            assert found["length"] == len(found[collection])
            if not found[collection]:
                break
            listed += [resource[name] for resource in found[collection]]
            page += 1
        assert listed[start:] == ids
        status, found = client.call("GET", collection)
        assert status == 200 and isinstance(found, list) and len(found) == min(start + 5, 50)


def thirty_two_writers_lose_nothing(store, client, *others):
    path = user(client, user_metadata={"kept": 1})
    addresses = [f"{one.connection.host}:{one.connection.port}" for one in [client, *others]]
    rounds, failures = 10, []

    def write(number):
        mine = Client(addresses[number % len(addresses)], TOKEN)
        for turn in range(rounds):
            body = {"user_metadata": {f"k{number}": turn, f"gone{number}": None if turn % 2 else turn}, f"attribute{number}": turn}
            if number % 2:
                body["app_metadata"] = {f"k{number}": turn}
            status, answer = mine.call("PATCH", path, body)
            if status != 200 or answer["user_metadata"].get(f"k{number}") != turn:
                failures.append((status, answer))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(32)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not failures, failures[:3]
    stored = read(client, path)
    assert stored["user_metadata"] == {"kept": 1, **{f"k{number}": rounds - 1 for number in range(32)}}, stored
    assert stored["app_metadata"] == {f"k{number}": rounds - 1 for number in range(1, 32, 2)}, stored
    assert all(stored[f"attribute{number}"] == rounds - 1 for number in range(32))
    return f"32 x {rounds} writes"


def the_calls_of_the_page_pass(store, client):
    if not subprocess.run(["which", "curl"], capture_output=True).stdout:
        print("SKIPPED the page's calls: there is no curl")
        return "skipped"
    host = f"http://{client.connection.host}:{client.connection.port}"

    def curl(method, path, data=None):
        command = ["curl", "-sS", "--request", method, "--url", host + path, "--header", f"authorization: Bearer {TOKEN}"]
        command += ["--header", "content-type: application/json", "--data", data] if data else []
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(done.stdout) if done.stdout else None

    # Users outlive a test on the same store: the page has one address for all.
    for left in client.call("GET", "users?per_page=100")[1]:
        if left.get("email") == "jane.doe@example.com":
            client.call("DELETE", "users/" + quoted(left["user_id"]))
    created = curl("POST", "/api/v2/users", '{"email": "jane.doe@example.com", "user_metadata": {"hobby": "surfing"}, "app_metadata": {"plan": "full"}}')
    user_id = created["user_id"]
    profile = {"user_id": user_id, "email": "jane.doe@example.com", "user_metadata": {"hobby": "surfing"}, "app_metadata": {"plan": "full"}}
    assert created == profile
    home, work = "123 Main Street, Anytown, ST 12345", "100 Industrial Way, Anytown, ST 12345"
    path = "/api/v2/users/" + user_id
    profile["user_metadata"]["addresses"] = {"home": home}
    assert curl("PATCH", path, '{"user_metadata": {"addresses": {"home": "%s"}}}' % home) == profile == curl("GET", path)
    profile["user_metadata"]["addresses"]["work"] = work
    assert curl("PATCH", path, '{"user_metadata": {"addresses": {"home": "%s", "work": "%s"}}}' % (home, work)) == profile
    profile["user_metadata"] = {}
    assert curl("PATCH", path, '{"user_metadata": {}}') == profile
    del profile["app_metadata"]
    assert curl("PATCH", path, '{"app_metadata": {}}') == profile == curl("GET", path)
    assert curl("DELETE", path) is None
    application = curl("POST", "/api/v2/clients", '{"name": "myclient", "client_metadata": {"mycolor": "red", "myflavor": "grape"}}')
    path = "/api/v2/clients/" + application["client_id"]
    application["client_metadata"]["mycolor"] = "blue"
    assert curl("PATCH", path, '{ "client_metadata": { "mycolor": "blue" } }') == application == curl("GET", path)
    del application["client_metadata"]["mycolor"]
    assert curl("PATCH", path, '{"client_metadata": {"mycolor": null}}') == application
    assert application["client_metadata"] == {"myflavor": "grape"}


TESTS = [
    the_calls_of_the_page_pass,
    vectors_of_one_field_pass_through_patch,
    vectors_of_whole_requests_pass,
    vectors_of_limits_pass,
    attributes_are_removed_and_merged,
    limits_judge_the_result,
    bad_requests_have_answers_and_change_nothing,
    what_is_odd_and_right_is_stored,
    an_email_is_taken_once,
    lists_page_in_the_order_of_creation,
    thirty_two_writers_lose_nothing,
]


def answered_writes_survive(store, kill, server):
    """Writers set keys of their own users until everything is killed; what was answered is there after a restart."""
    client = server.client()
    paths = [user(client) for _ in range(8)]
    answered, stop = [{} for _ in paths], threading.Event()

    def write(number):
        mine, turn = server.client(), 0
        while not stop.is_set():
            turn += 1
            try:
                status, _ = mine.call("PATCH", paths[number], {"user_metadata": {f"k{turn % 50}": turn}})
            except Exception:
                return
            if status == 200:
                answered[number][f"k{turn % 50}"] = turn

    threads = [threading.Thread(target=write, args=(number,)) for number in range(len(paths))]
    [thread.start() for thread in threads]
    time.sleep(1 + random.random() / 2)
    kill()
    stop.set()
    [thread.join() for thread in threads]
    server.start()
    client = server.client()
    writes = sum(max(values.values(), default=0) for values in answered)
    assert writes > 50, answered
    for path, values in zip(paths, answered):
        stored = read(client, path).get("user_metadata", {})
        for key, value in values.items():
            # One more may have been stored whose answer was lost.
            assert stored.get(key) in (value, value + 50), (store, key, value, stored)
    return f"{writes} answered writes"


def report(store, test, outcome):
    print(f"ok  {store}: {test.__name__.replace('_', ' ')}{f' ({outcome})' if outcome else ''}", flush=True)


def process_tests(directory):
    """The program itself: its options, its start without a token, its stop, its log."""
    def fails(arguments, environment, contains):
        clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MANAGEMENT_API_TOKEN")}
        done = subprocess.run([BINARY, *arguments], env={**clean, **environment}, capture_output=True, text=True, timeout=30)
        assert done.returncode == 2 and contains in done.stderr, done

    fails(["--listen", "0.0.0.0:0"], {}, "only a loopback address")
    fails(["--listen", "nowhere"], {}, "ADDRESS:PORT")
    fails(["--database"], {}, "a value is required")
    fails(["--database", "mysql://secret@host"], {}, "the database must be")
    fails(["extra"], {}, "--help")
    fails([], {"MANAGEMENT_API_TOKEN": ""}, "at least one")
    fails([b"--database", b"sqlite:\xff"], {}, "UTF-8")
    fails([], {"DATABASE_URL": b"\xff"}, "UTF-8")
    fails(["--timeout", "0"], {}, "3600")
    fails([], {"DATABASE_URL": "postgres://secret@%2Fnowhere/x"}, "PostgreSQL")
    fails(["--database", "sqlite:/nowhere/at/all"], {}, "SQLite")
    fails(["--database", "sqlite:file:x?mode=memory"], {}, "not a URI")
    helped = subprocess.run([BINARY, "--help"], capture_output=True, text=True)
    assert helped.returncode == 0 and "--database" in helped.stdout

    with Server("sqlite:", token=None) as server:
        assert "WARNING" in server.lines[0], server.lines
        path = user(server.client(), user_metadata={"secret-key": "secret-value"}, name="secret-name")
        server.client().call("PATCH", path, {"user_metadata": {"secret-key": []}, "email": 1})
        server.client().call("GET", "users?q=secret")
        server.client().call("GET", "secret")
        server.client().call("PATCH", path, {"user_metadata": {"a": "x" * 20_000}})
        status, log = server.stop()
        assert status == 0, status
        lines = [json.loads(line) for line in log.splitlines()]
        assert [line["event"] for line in lines][-2:] == ["stopping", "stopped"], lines
        assert all(abs(line.pop("unix_millis") / 1000 - time.time()) < 60 for line in lines), lines
        assert {"event": "limit", "resource": "user", "limit": "too-large"} in lines
        assert any(line.get("route") == "/api/v2/users/{id}" and line["status"] == 200 for line in lines)
        assert "secret" not in log and "auth0" not in log and "@" not in log, log
    print("ok  options, log and stop", flush=True)

    # A request that has begun is answered, and is on disk, though the order to stop comes in the meantime.
    with Server("sqlite:" + os.path.join(directory, "stop.sqlite")) as server:
        path = user(server.client())
        client = server.client()
        body = json.dumps({"user_metadata": {"late": True}}).encode()
        client.connection.putrequest("PATCH", "/api/v2/" + path)
        for name, value in {**client.headers, "content-length": str(len(body))}.items():
            client.connection.putheader(name, value)
        client.connection.endheaders(body[:5])
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        client.connection.send(body[5:])
        assert client.connection.getresponse().status == 200
        assert server.process.wait(timeout=10) == 0
        server.start()
        assert read(server.client(), path)["user_metadata"] == {"late": True}
    print("ok  a graceful stop answers what has begun", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="management-api-") as directory:
        process_tests(directory)
        database = postgres()
        stores = [SqliteStore(None), SqliteStore(os.path.join(directory, "users.sqlite"))]
        stores += [PostgresStore(database)] if database else []
        try:
            for store in stores:
                with Server(store.url) as server:
                    for test in TESTS:
                        report(store.name, test, test(store, server.client()))
            on_disk = [store for store in stores if store.url != "sqlite:"]
            for store in on_disk:
                with Server(store.url) as server, Server(store.url) as other:
                    outcome = thirty_two_writers_lose_nothing(store, server.client(), other.client())
                    print(f"ok  {store.name}: thirty two writers of two servers on one database lose nothing ({outcome})", flush=True)
                with Server(store.url) as server:
                    outcome = answered_writes_survive(store.name, lambda: server.stop(signal.SIGKILL), server)
                    print(f"ok  {store.name}: the server killed by SIGKILL ({outcome})", flush=True)
            if database:
                with Server(database.fresh()) as server:
                    def kill():
                        database.kill()
                        server.stop(signal.SIGKILL)
                        database.start()

                    outcome = answered_writes_survive("PostgreSQL", kill, server)
                    print(f"ok  PostgreSQL itself killed by SIGKILL ({outcome})", flush=True)
                    # Without a database there is an answer, and with it again there is no need of a restart.
                    path = user(server.client())
                    database.kill()
                    refused(server.client().call("GET", path), 503, "not available")
                    database.start()
                    assert read(server.client(), path)
                    print("ok  PostgreSQL gone and back", flush=True)
                # An engine that sends away all writers but one, as distributed ones do, is asked again.
                serializable = database.fresh() + "?options=-c%20default_transaction_isolation%3Dserializable"
                with Server(serializable) as server:
                    test = thirty_two_writers_lose_nothing
                    report("PostgreSQL, serializable", test, test(None, server.client()))
        finally:
            if database:
                database.close()


class SqliteStore:
    def __init__(self, path):
        self.path, self.url = path, "sqlite:" + (path or "")
        self.name = "SQLite in a file" if path else "SQLite in memory"

    def put(self, path, resource):
        """Stores what no request stores. In memory, nobody but the server can."""
        if self.path is None:
            return False
        collection, identifier = path.split("/")
        identifier = urllib.parse.unquote(identifier)
        resource = {**resource, {"users": "user_id", "clients": "client_id"}[collection]: identifier}
        with contextlib.closing(sqlite3.connect(self.path, timeout=10)) as connection, connection:
            connection.execute(f"UPDATE management_api_{collection} SET resource = ? WHERE id = ?", (json.dumps(resource), identifier))
        return True

    def audit(self, identifier):
        """The events of a resource, with their changes."""
        sql = "SELECT event, changes FROM management_api_audit WHERE id = ? ORDER BY place"
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            return [(event, json.loads(changes or "null")) for event, changes in connection.execute(sql, (identifier,))]


class PostgresStore:
    def __init__(self, database):
        self.database, self.url, self.name = database, database.fresh(), "PostgreSQL"

    def put(self, path, resource):
        """Stores what no request stores. A constraint refuses fields that are not objects."""
        quote = lambda value: "'" + value.replace("'", "''") + "'"
        collection, identifier = path.split("/")
        columns = {name: "NULL" for name in METADATA[collection]}
        columns |= {name: quote(json.dumps(resource[name])) for name in columns if name in resource}
        columns["attributes"] = quote(json.dumps({name: value for name, value in resource.items() if name not in columns}))
        sets = ", ".join(f"{name} = {value}" for name, value in columns.items())
        sql = f"UPDATE management_api_{collection} SET {sets} WHERE id = {quote(urllib.parse.unquote(identifier))}"
        try:
            self.database.query(sql, self.url)
        except RuntimeError as error:
            assert "violates check constraint" in str(error) and any(not isinstance(resource.get(name, {}), dict) for name in METADATA[collection])
            return False
        return True

    def audit(self, identifier):
        sql = f"SELECT json_build_array(event, changes::json) FROM management_api_audit WHERE id = '{identifier}' ORDER BY place"
        return [tuple(json.loads(line)) for line in self.database.query(sql, self.url).splitlines()]


if __name__ == "__main__":
    main()
