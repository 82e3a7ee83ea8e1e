"""What an adversary, a broken database or an order to stop does to the server, on each store.

    python3 tests/faults.py

| fault | test |
|---|---|
| many small PATCHes make a resource that is slow to read, or a list that fills the memory | what_is_stored_is_bounded |
| the database hangs, or forgets connections | a_hanging_database_is_answered_with_503, forgotten_connections_are_replaced |
| another program locks the file or the row | a_lock_delays_writes_and_not_reads, a_stop_does_not_wait_for_a_lock |
| a small body has an answer of many megabytes | violations_are_capped |
| the answer to COMMIT is lost | a_lost_answer_to_a_commit_is_told_apart |
| a list sorts or counts all users | a_list_is_read_from_an_index |
| a client hangs up before an order to stop, or the audit log is locked | a_stop_waits_for_clients_that_hung_up, a_stop_sends_no_commit_to_a_locked_audit_log |
| standard error cannot be written | a_closed_log_stops_nothing |
| an administrator ends a connection, or lets the database only be read | an_ended_backend_is_answered_with_503, a_read_only_database_says_so |
| the disk of SQLite is full, read-only or broken | a_full_or_read_only_disk_is_answered_and_changes_nothing, a_file_that_fails_is_answered_with_503 (src/store/sqlite.rs) |
| an email is too long for an index | a_long_email_is_refused |
| two reasons to refuse a request differ between the stores | a_taken_email_is_reported_before_a_refused_key |
| a web page sends requests to this machine | web_pages_are_refused_without_a_token |
| PostgreSQL rewrites numbers, or writes them long | numbers_keep_their_value, numbers_that_postgresql_writes_long_are_bounded |
| the database is not UTF-8, or does not exist; the token ends with a line feed | starts_are_refused |
| connections are idle | idle_connections_do_not_stop_the_service |
| one request removes all keys of a large field | all_keys_are_removed_in_about_linear_time |
| U+0000 in a body | bad_requests_have_answers_and_change_nothing (api.py); for other servers, the examples in the library's docs |
| a client hangs up, or repeats a DELETE | clients_that_hang_up_leave_nothing_open, deletes_of_one_version_are_harmless |
| nobody reads the log | a_log_that_nobody_reads_stops_nothing |
"""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time

from api import EMAIL, PostgresStore, SqliteStore, read, refused, report, user
from proxy import Proxy
from server import BINARY, TOKEN, Client, Server, postgres, quoted


def what_is_stored_is_bounded(store, client):
    path = user(client)
    body = lambda prefix: json.dumps({"user_metadata": {f"{prefix}{number:06}": "x" * 80 for number in range(9_000)}})
    assert client.call("PATCH", path, body("a"))[0] == 200
    before = read(client, path)
    refused(client.call("PATCH", path, body("b")), 400, "too-large")
    assert read(client, path) == before
    assert client.call("PATCH", path, {"user_metadata": {"small": 1}})[0] == 200
    others = [user(client) for _ in range(5)]
    for other in others:
        assert client.call("PATCH", other, body("a"))[0] == 200
    total = client.call("GET", "users?per_page=0&include_totals=true")[1]["total"]
    refused(client.call("GET", "users?per_page=100"), 400, "ask for a smaller per_page")
    status, listed = client.call("GET", f"users?per_page=1&page={total - 1}")
    assert status == 200 and listed == [read(client, others[-1])]
    for one in [path, *others]:
        client.call("DELETE", one)


def violations_are_capped(store, client):
    keys = json.dumps({"name": "c", "client_metadata": {f"{number:x}é": "" for number in range(70_000)}}, ensure_ascii=False, separators=(",", ":"))
    assert len(keys.encode()) < 1 << 20
    status, answer = client.call("POST", "clients", keys)
    refused((status, answer), 400, "too-many-keys")
    assert "; 69901 more" in answer["message"] and len(json.dumps(answer)) < 40_000, len(answer["message"])
    status, answer = client.call("POST", "clients", {"name": "c", "client_metadata": {"x" * 1_000_000: ""}})
    refused((status, answer), 400, "/client_metadata/xxx")
    assert len(json.dumps(answer)) < 2_000


def a_long_email_is_refused(store, client):
    email = os.urandom(1350).hex()
    refused(client.call("POST", "users", {"email": email}), 400, "the attribute email has more than 320 characters")
    refused(client.call("PATCH", user(client), {"email": email}), 400, "the attribute email has more than 320 characters")
    assert client.call("POST", "users", {"email": "ÿ" * 320})[0] == 201


def a_taken_email_is_reported_before_a_refused_key(store, client):
    email = next(EMAIL)
    user(client, email=email)
    other = user(client)
    for body in [{"email": email, "user_metadata": {"a.b": 1}}, {"email": email.upper(), "app_metadata": {"email": 1}}]:
        refused(client.call("POST", "users", body), 409, "already exists")
        refused(client.call("PATCH", other, body), 409, "already exists")


def numbers_keep_their_value(store, client):
    path = user(client)
    text = '{"user_metadata": {"a": -0.0, "b": 1e16, "c": 1e300, "d": 5e-324, "e": [-0, 1E2, 0.10], "f": 12345678901234567000}}'
    wanted = json.loads(text)["user_metadata"]
    assert client.call("PATCH", path, text)[1]["user_metadata"] == wanted
    assert read(client, path)["user_metadata"] == wanted


def numbers_that_postgresql_writes_long_are_bounded(store, client):
    """`jsonb` writes 5e-324 with 326 characters, which each read of the resource would pay for."""
    body = '{"user_metadata": {"a": [' + ",".join(["5e-324"] * 100_000) + "]}}"
    answer = client.call("POST", "users", body)
    # The version is compared first, on each store.
    refused(client.call("PATCH", user(client), body, {"if-match": '"9"'}), 412, "If-Match")
    if store.name != "PostgreSQL":
        assert answer[0] == 201
        return
    refused(answer, 400, "too large where numbers are written without exponents")
    path = user(client, user_metadata={"a": [5e-324] * 12_000})
    assert len(read(client, path)["user_metadata"]["a"]) == 12_000


def a_dry_run_answers_the_changes_and_writes_nothing(store, client):
    taken = next(EMAIL)
    user(client, email=taken)
    path = user(client, nickname="j", user_metadata={"a": 1, "b": 2})
    before, etag = read(client, path), client.etag
    body = {"nickname": None, "user_metadata": {"a": None, "b": 3, "c": 4}}
    status, answer = client.call("PATCH", path + "?dry_run=true", body)
    metadata = {"added": {"c": 4}, "replaced": {"b": {"old": 2, "new": 3}}, "removed": {"a": 1}}
    assert status == 200 and answer["changes"]["fields"]["user_metadata"] == metadata, answer
    assert answer["changes"]["attributes"]["removed"] == {"nickname": "j"}, answer
    assert read(client, path) == before and client.etag == etag
    # It is refused as the PATCH would be.
    refused(client.call("PATCH", path + "?dry_run=true", {"user_metadata": {"a.b": 1}}), 400, "key-characters")
    refused(client.call("PATCH", path + "?dry_run=true", {"email": taken}), 409, "already exists")
    refused(client.call("PATCH", "users/nobody?dry_run=true", body), 404, "does not exist")
    refused(client.call("PATCH", path + "?dry_run=true", body, {"if-match": '"77"'}), 412, "If-Match")
    assert client.call("PATCH", path + "?dry_run=true", {})[1]["changes"]["fields"] == {}
    refused(client.call("PATCH", path + "?dry_run=yes", body), 400, "dry_run")
    refused(client.call("PATCH", path + "?dryrun=true", body), 400, "unknown field `dryrun`, expected `dry_run`")
    refused(client.call("POST", "users?dry_run=true", {}), 400, "unknown field `dry_run`")
    refused(client.call("DELETE", path + "?dry_run=true"), 400, "unknown field `dry_run`")
    refused(client.call("GET", "openapi.json?x=1"), 400, "unknown field `x`")
    assert read(client, path) == before
    assert client.call("PATCH", path + "?dry_run=false", body)[0] == 200


def a_lost_update_is_prevented_by_if_match(store, client):
    path = user(client, user_metadata={"a": 1})
    first = client.etag or (read(client, path) and client.etag)
    read(client, path)
    assert client.etag == first == '"1"'
    status, _ = client.call("PATCH", path, {"user_metadata": {"a": 2}}, {"if-match": first})
    assert status == 200 and client.etag == '"2"'
    before = read(client, path)
    for stale in [first, 'W/"2"', '"x"', "2", '"02"', '"7", "8"', "", '"a,*,b"', '"7", *']:
        refused(client.call("PATCH", path, {"user_metadata": {"a": 3}}, {"if-match": stale}), 412, "If-Match")
        refused(client.call("PATCH", path, {}, {"if-match": stale}), 412, "If-Match")
        refused(client.call("DELETE", path, headers={"if-match": stale}), 412, "If-Match")
        assert read(client, path) == before and client.etag == '"2"'
    refused(client.call("PATCH", "users/nobody", {"name": "x"}, {"if-match": first}), 404, "does not exist")
    assert client.call("PATCH", path, {"name": "x"}, {"if-match": '"1", "2"'})[0] == 200
    assert client.call("PATCH", path, {"name": "y"}, {"if-match": "*"})[0] == 200 and client.etag == '"4"'
    refused(client.call("POST", "users", {}, {"if-match": '"9"'}), 412, "If-Match")
    # Of many writers that read one version, one succeeds.
    answers, address = [], f"{client.connection.host}:{client.connection.port}"
    write = lambda number: answers.append(Client(address, TOKEN).call("PATCH", path, {"user_metadata": {"n": number}}, {"if-match": '"4"'})[0])
    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == [200] + [412] * 15, answers
    assert client.call("DELETE", path, headers={"if-match": '"5"'})[0] == 204
    assert client.call("DELETE", path, headers={"if-match": '"5"'})[0] == 204, "a retry is harmless"


def changes_are_logged(store, client):
    if store.url == "sqlite:":
        return "nobody but the server reads the memory"
    _, created = client.call("POST", "users", {"email": next(EMAIL), "user_metadata": {"a": 1}, "password": "secret"})
    path = "users/" + quoted(created["user_id"])
    client.call("PATCH", path, {"user_metadata": {"a": None, "deep": json.loads("[" * 98 + "]" * 98)}})
    refused(client.call("PATCH", path, {"user_metadata": {"a.b": 1}}), 400, "key-characters")
    client.call("PATCH", path + "?dry_run=true", {"user_metadata": {"x": 1}})
    client.call("DELETE", path)
    client.call("DELETE", path)
    log = store.audit(created["user_id"])
    assert [event for event, _ in log] == ["create", "update", "delete"], log
    assert "secret" not in str(log)
    assert log[0][1]["fields"]["user_metadata"]["added"] == {"a": 1}
    assert log[1][1]["fields"]["user_metadata"]["removed"] == {"a": 1}
    # Of many writers of one key, each entry holds what the one before has stored.
    path = user(client, user_metadata={"n": -1})
    address = f"{client.connection.host}:{client.connection.port}"
    threads = [threading.Thread(target=lambda n=n: [Client(address, TOKEN).call("PATCH", path, {"user_metadata": {"n": 10 * n + turn}}) for turn in range(10)]) for n in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    _, *updates = store.audit(read(client, path)["user_id"])
    values = [changes["fields"]["user_metadata"]["replaced"]["n"] for _, changes in updates]
    assert len(values) == 80 and [value["old"] for value in values] == [-1] + [value["new"] for value in values[:-1]], values
    assert values[-1]["new"] == read(client, path)["user_metadata"]["n"]


def the_openapi_document_names_the_routes(store, client):
    status, document = client.call("GET", "openapi.json")
    assert status == 200 and document["openapi"].startswith("3."), document
    assert set(document["paths"]) == {"/api/v2/users", "/api/v2/users/{id}", "/api/v2/clients", "/api/v2/clients/{id}"}
    for path, methods in document["paths"].items():
        assert set(methods) == ({"get", "patch", "delete"} if "{id}" in path else {"get", "post"}), methods
    listed = document["paths"]["/api/v2/users"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["oneOf"]
    assert [form.get("required", form.get("type")) for form in listed] == ["array", ["total", "users"]], listed
    new = document["paths"]["/api/v2/clients"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert new["allOf"][1]["required"] == ["name"], new
    client = document["components"]["schemas"]["client"]["properties"]
    assert client["tenant"]["readOnly"] is True, client
    types = {name: client[name]["type"] for name in ["client_metadata", "name", "description"]}
    assert types == {"client_metadata": "object", "name": "string", "description": ["string", "null"]}, types


def all_keys_are_removed_in_about_linear_time(store, client):
    def seconds(count):
        keys = [format(number, "05x") for number in range(count)]
        created = client.call("POST", "users", {"user_metadata": {key: 0 for key in keys}})[1]
        body = json.dumps({"user_metadata": {key: None for key in keys}}, separators=(",", ":"))
        begin = time.time()
        status, answer = client.call("PATCH", "users/" + quoted(created["user_id"]), body)
        assert status == 200 and answer["user_metadata"] == {}, answer
        return time.time() - begin

    few, many = min(seconds(8_000) for _ in range(3)), min(seconds(80_000) for _ in range(3))
    # A quadratic removal takes 9 s and more. The bound has room for a busy machine.
    assert many < max(10 * few, 3), (few, many)
    return f"{many / few:.1f} times as long for ten times as many: {few:.3f} s, {many:.3f} s"


TESTS = [
    a_dry_run_answers_the_changes_and_writes_nothing,
    a_lost_update_is_prevented_by_if_match,
    changes_are_logged,
    the_openapi_document_names_the_routes,
    violations_are_capped,
    a_long_email_is_refused,
    a_taken_email_is_reported_before_a_refused_key,
    numbers_keep_their_value,
    numbers_that_postgresql_writes_long_are_bounded,
    what_is_stored_is_bounded,
    all_keys_are_removed_in_about_linear_time,
]


def web_pages_are_refused_without_a_token():
    with Server("sqlite:", token=None) as server:
        port = server.address.rpartition(":")[2]
        client = server.client()
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain; application/json", ""]:
            refused(client.call("POST", "users", {"email": next(EMAIL)}, {"content-type": content_type}), 415, "application/json")
        for headers in [{"origin": "https://example.com"}, {"origin": "null"}, {"origin": "http://localhost.example.com"}, {"host": "example.com"}, {"host": "127.0.0.1.example.com:80"}, {"host": "10.0.0.1"}]:
            refused(client.call("POST", "users", {}, headers), 403, "this machine")
            refused(client.call("GET", "users", headers=headers), 403, "this machine")
        assert client.call("GET", "users") == (200, [])
        for headers in [{"origin": f"http://127.0.0.1:{port}"}, {"host": "localhost"}, {"host": "[::1]:80"}, {"origin": "http://LOCALHOST:3000"}]:
            assert client.call("POST", "users", {}, headers)[0] == 201, headers
        assert client.call("POST", "users", {}, {"content-type": "Application/JSON; charset=utf-8"})[0] == 201


def idle_connections_do_not_stop_the_service():
    with Server("sqlite:", arguments=["--timeout", "1"]) as server:
        host, port = server.address.split(":")
        idle = []
        for _ in range(1100):
            connection = socket.socket()
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                connection.connect((host, int(port)))
            idle.append(connection)
        # One has sent half of a header, and one waits after an answer.
        begin = time.time()
        path = user(server.client())
        waited = time.time() - begin
        assert waited < 15, waited
        for connection in idle:
            connection.close()
        kept = server.client()
        read(kept, path)
        half = socket.create_connection((host, int(port)))
        half.sendall(b"GET /api/v2/users HTTP/1.1\r\nhost: x\r\n")
        half.settimeout(10)
        kept.connection.sock.settimeout(10)
        for connection in [half, kept.connection.sock]:
            while connection.recv(1000):
                pass
        # One asks for a long list and does not read it.
        for _ in range(4):
            user(server.client(), user_metadata={f"{number:06}": "x" * 80 for number in range(9_000)})
        unread = socket.socket()
        unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        unread.connect((host, int(port)))
        unread.sendall(f"GET /api/v2/users HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n\r\n".encode() * 5)
        time.sleep(5)
        received = 0
        unread.settimeout(10)
        with contextlib.suppress(ConnectionResetError):
            while data := unread.recv(1 << 20):
                received += len(data)
        assert 0 < received < 15_000_000, received
        return f"answered after {waited:.1f} s"


def a_database_in_memory_has_two_names():
    with Server("sqlite::memory:") as server:
        assert read(server.client(), user(server.client()))


def starts_are_refused(database):
    def fails(url, token, contains):
        done = subprocess.run([BINARY, "--database", url], env={"MANAGEMENT_API_TOKEN": token}, capture_output=True, text=True, timeout=30)
        assert done.returncode == 2 and contains in done.stderr, done

    fails("sqlite:", "token\n", "visible ASCII")
    fails("sqlite:", "to ken", "visible ASCII")
    if database:
        fails(database.url.removesuffix("/postgres") + "/nothere", TOKEN, 'database "nothere" does not exist')
        database.query("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
        fails(database.url.removesuffix("/postgres") + "/latin", TOKEN, "must be UTF8, but is LATIN1")


@contextlib.contextmanager
def locked(store, path, lock=None):
    """Another program holds the resource, the whole file, or what `lock` names."""
    if isinstance(store, SqliteStore):
        with contextlib.closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
        return
    identifier = path.removeprefix("users/").replace("%7C", "|")
    command = [store.database.programs / "psql", "-qAt", store.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/") as psql:
        lock = lock or f"SELECT FROM management_api_users WHERE id = '{identifier}' FOR UPDATE"
        psql.stdin.write(f"BEGIN; {lock}; SELECT 'locked';\n")
        psql.stdin.flush()
        assert "locked" in iter(lambda: psql.stdout.readline().strip(), None)
        yield
        psql.stdin.close()


def a_lock_delays_writes_and_not_reads(store):
    with Server(store.url, arguments=["--timeout", "2"]) as server:
        path = user(server.client(), user_metadata={"a": 1})
        with locked(store, path):
            answers = []
            write = lambda: answers.append(server.client().call("PATCH", path, {"user_metadata": {"a": 2}}))
            begin = time.time()
            threads = [threading.Thread(target=write) for _ in range(8)]
            [thread.start() for thread in threads]
            time.sleep(0.3)
            reading = time.time()
            assert read(server.client(), path)["user_metadata"] == {"a": 1}
            assert time.time() - reading < 1.5
            [thread.join() for thread in threads]
            waited = time.time() - begin
            assert waited < 5, waited
            for answer in answers:
                refused(answer, 503, "The store is not available: ")
        assert read(server.client(), path)["user_metadata"] == {"a": 1}
        assert server.client().call("PATCH", path, {"user_metadata": {"a": 3}})[0] == 200
        return f"8 writes refused after {waited:.1f} s"


def a_stop_does_not_wait_for_a_lock(store):
    """The order to stop ends the server within 12 s, and nothing is written after it said that it stopped."""
    server = Server(store.url, arguments=["--timeout", "60"])
    path = user(server.client(), user_metadata={"a": 1})
    with locked(store, path):
        def write(*arguments):
            with contextlib.suppress(Exception):
                server.client().call(*arguments)

        threads = [threading.Thread(target=write, args=("PATCH", path, {"user_metadata": {"a": 2}})) for _ in range(3)]
        threads += [threading.Thread(target=write, args=("DELETE", path)) for _ in range(2)]
        [thread.start() for thread in threads]
        time.sleep(0.5)
        begin = time.time()
        status, log = server.stop()
        waited = time.time() - begin
        events = [json.loads(line)["event"] for line in log.splitlines()]
        assert status == 0 and waited < 12 and events[-1] == "stopped" and "overdue" in events, (status, waited, events)
        [thread.join() for thread in threads]
    time.sleep(1)
    with Server(store.url) as server:
        assert read(server.client(), path)["user_metadata"] == {"a": 1}
    return f"{waited:.1f} s"


def hung_up(server, path, body):
    """Sends a PATCH, and hangs up once the database has it."""
    body = json.dumps(body)
    head = f"PATCH /api/v2/{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    with socket.create_connection(tuple(server.address.split(":"))) as connection:
        connection.sendall((head + body).encode())
        time.sleep(0.5)


def a_stop_waits_for_clients_that_hung_up(store):
    """A write whose client has gone is finished before the server says that it stopped."""
    server = Server(store.url)
    path = user(server.client(), user_metadata={"a": 1})
    with locked(store, path):
        hung_up(server, path, {"user_metadata": {"a": 2}})
        server.process.terminate()
        time.sleep(0.5)
        assert server.process.poll() is None, "it waits"
    status, log = server.stop()
    assert status == 0 and [json.loads(line)["event"] for line in log.splitlines()][-1] == "stopped", log
    with Server(store.url) as server:
        assert read(server.client(), path)["user_metadata"] == {"a": 2}


def a_stop_sends_no_commit_to_a_locked_audit_log(store):
    """The entry of the audit log waits for longer than the server may. It is rolled back afterwards."""
    # Through a proxy, the database does not notice at once that the server has ended.
    proxy = Proxy(store.url)
    server = Server(proxy.url, arguments=["--timeout", "60"])
    path = user(server.client(), user_metadata={"a": 0})
    # The statements are prepared on the only connection.
    assert server.client().call("PATCH", path, {"user_metadata": {"a": 1}})[0] == 200
    with locked(store, path, "LOCK TABLE management_api_audit IN SHARE MODE"):
        hung_up(server, path, {"user_metadata": {"a": 2}})
        begin = time.time()
        status, log = server.stop()
        waited = time.time() - begin
        events = [json.loads(line)["event"] for line in log.splitlines()]
        assert status == 0 and 9 < waited < 12 and events[-2:] == ["overdue", "stopped"], (status, waited, events)
    time.sleep(1)
    proxy.close()
    with Server(store.url) as server:
        assert read(server.client(), path)["user_metadata"] == {"a": 1}


def deletes_of_one_version_are_harmless(store):
    """A DELETE that is repeated while the first one still waits is answered as the first one."""
    with Server(store.url) as server:
        path = user(server.client())
        answers = []
        delete = lambda: answers.append(server.client().call("DELETE", path, headers={"if-match": '"1"'})[0])
        threads = [threading.Thread(target=delete) for _ in range(3)]
        with locked(store, path):
            [thread.start() for thread in threads]
            time.sleep(0.5)
        [thread.join() for thread in threads]
        assert answers == [204] * 3, answers


def a_log_that_nobody_reads_stops_nothing(store):
    """The pipe of the log is full, and the service goes on, and stops in time."""
    command = [BINARY, "--listen", "127.0.0.1:0", "--database", store.url]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={"MANAGEMENT_API_TOKEN": TOKEN}) as process:
        address = json.loads(process.stderr.readline())["address"]
        client = Client(address, TOKEN)
        client.connection.timeout = 10
        for _ in range(3_000):
            assert client.call("GET", "users?per_page=0")[0] == 200
        begin = time.time()
        process.terminate()
        assert process.wait(timeout=12) == 0
        return f"stopped after {time.time() - begin:.1f} s"


def a_closed_log_stops_nothing():
    """Without a token, a warning is written before the log begins."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:" + str(free.getsockname()[1])
    with open("/dev/full", "w") as full:
        with subprocess.Popen([BINARY, "--listen", address], stderr=full, env={}) as process:
            deadline = time.time() + 10
            while process.poll() is None and time.time() < deadline:
                with contextlib.suppress(ConnectionRefusedError):
                    assert Client(address, None).call("GET", "users") == (200, [])
                    break
                time.sleep(0.05)
            process.terminate()
            assert process.wait(timeout=12) == 0
        assert subprocess.run([BINARY, "--database", "x"], stderr=full, env={}).returncode == 2


def a_read_only_database_says_so(database):
    url = database.fresh()
    with Server(url) as server:
        path = user(server.client())
        database.query(f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = on")
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
        server.client().call("GET", path)
        for call in [("PATCH", path, {"name": "x"}), ("DELETE", path), ("POST", "users", {})]:
            status, answer = server.client().call(*call)
            refused((status, answer), 503, "the database is read-only")
            assert answer["errorCode"] == "service_unavailable", answer
        assert read(server.client(), path)


def a_hanging_database_is_answered_with_503(database):
    with Server(database.fresh(), arguments=["--timeout", "1"]) as server:
        path = user(server.client(), user_metadata={"a": 1})
        stopped = database.processes()
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        slowest = 0
        try:
            answers = []

            def call(method, *arguments):
                begin = time.time()
                answers.append((server.client().call(method, path, *arguments), time.time() - begin))

            threads = [threading.Thread(target=call, args=("GET",)) for _ in range(40)]
            threads += [threading.Thread(target=call, args=("PATCH", {"user_metadata": {"b": 1}})) for _ in range(4)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            slowest = max(seconds for _, seconds in answers)
            assert slowest < 10, slowest
            for answer, _ in answers:
                refused(answer, 503, "The store is not available: ")
        finally:
            for process in stopped:
                os.kill(process, signal.SIGCONT)
        begin = time.time()
        while server.client().call("GET", path)[0] == 503 and time.time() - begin < 10:
            time.sleep(0.1)
        assert read(server.client(), path)
        return f"44 requests, the slowest {slowest:.1f} s; back after {time.time() - begin:.1f} s"


def forgotten_connections_are_replaced(database):
    proxy = Proxy(database.fresh())
    with contextlib.closing(proxy), Server(proxy.url, arguments=["--timeout", "1"]) as server:
        path = user(server.client())
        threads = [threading.Thread(target=lambda: read(server.client(), path)) for _ in range(16)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        proxy.forget()
        begin = time.time()
        refused(server.client().call("GET", path), 503, "does not answer")
        assert time.time() - begin < 8
        assert read(server.client(), path), "the others that were open are not tried"
        # A backend that an administrator ends.
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
        assert server.client().call("GET", path)[0] in (200, 503)
        assert read(server.client(), path)


def clients_that_hang_up_leave_nothing_open(store):
    """While a row is locked, clients send a PATCH and go. Their writes are made, and no transaction stays open."""
    with Server(store.url) as server:
        path = user(server.client())
        with locked(store, path):
            for number in range(6):
                hung_up(server, path, {"user_metadata": {f"k{number}": 1}})
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while store.database.query(waiting) != "6":
                time.sleep(0.05)
        deadline = time.time() + 10
        while len(read(server.client(), path).get("user_metadata", {})) < 6 and time.time() < deadline:
            time.sleep(0.1)
        assert read(server.client(), path)["user_metadata"] == {f"k{number}": 1 for number in range(6)}
        assert store.database.query("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'") == "0"


def an_ended_backend_is_answered_with_503(store):
    with Server(store.url) as server:
        path = user(server.client(), user_metadata={"a": 1})
        answers = []
        with locked(store, path):
            thread = threading.Thread(target=lambda: answers.append(server.client().call("PATCH", path, {"user_metadata": {"a": 2}})))
            thread.start()
            time.sleep(0.5)
            store.database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            thread.join()
        refused(answers[0], 503, "does not answer")
        assert read(server.client(), path)["user_metadata"] == {"a": 1}


def a_lost_answer_to_a_commit_is_told_apart(database):
    proxy = Proxy(database.fresh())
    with contextlib.closing(proxy), Server(proxy.url, arguments=["--timeout", "2"]) as server:
        path = user(server.client(), user_metadata={"a": 1})
        proxy.swallow = b"COMMIT"
        status, answer = server.client().call("PATCH", path, {"user_metadata": {"a": None, "b": 2}})
        refused((status, answer), 503, "The outcome is not known")
        assert answer["errorCode"] == "outcome_unknown", answer
        status, answer = server.client().call("POST", "users", {"email": next(EMAIL)})
        refused((status, answer), 503, "look for the id")
        identifier = answer["message"].split("the change of ")[1].split(" may")[0]
        status, answer = server.client().call("DELETE", "users/" + identifier)
        assert (status, answer["errorCode"]) == (503, "outcome_unknown"), answer
        proxy.swallow = None
        assert read(server.client(), path)["user_metadata"] == {"b": 2}, "it was stored"
        assert server.client().call("GET", "users/" + identifier)[0] == 404, "it was created, and deleted"
        # To repeat it is harmless.
        assert server.client().call("PATCH", path, {"user_metadata": {"a": None, "b": 2}})[1]["user_metadata"] == {"b": 2}
        assert server.client().call("DELETE", "users/" + identifier)[0] == 204


def a_list_is_read_from_an_index(store):
    with Server(store.url):
        pass
    store.database.query("INSERT INTO management_api_users (id, version, attributes) SELECT 'many|' || n, 1, '{}' FROM generate_series(1, 20000) AS n; ANALYZE management_api_users", store.url)
    plan = store.database.query("EXPLAIN SELECT * FROM management_api_users ORDER BY place LIMIT 50 OFFSET 100", store.url)
    assert "Index Scan" in plan and "Sort" not in plan, plan


def main():
    with tempfile.TemporaryDirectory(prefix="management-api-") as directory:
        database = postgres()
        report("start", starts_are_refused, starts_are_refused(database))
        report("start", a_database_in_memory_has_two_names, a_database_in_memory_has_two_names())
        report("start", a_closed_log_stops_nothing, a_closed_log_stops_nothing())
        report("HTTP", web_pages_are_refused_without_a_token, web_pages_are_refused_without_a_token())
        report("HTTP", idle_connections_do_not_stop_the_service, idle_connections_do_not_stop_the_service())
        stores = [SqliteStore(None), SqliteStore(os.path.join(directory, "users.sqlite"))]
        stores += [PostgresStore(database)] if database else []
        try:
            for store in stores:
                with Server(store.url) as server:
                    for test in TESTS:
                        report(store.name, test, test(store, server.client()))
            for store in stores[1:]:
                for test in [a_lock_delays_writes_and_not_reads, deletes_of_one_version_are_harmless, a_stop_does_not_wait_for_a_lock, a_stop_waits_for_clients_that_hung_up, a_log_that_nobody_reads_stops_nothing]:
                    report(store.name, test, test(store))
            if database:
                for test in [a_list_is_read_from_an_index, a_stop_sends_no_commit_to_a_locked_audit_log, clients_that_hang_up_leave_nothing_open, an_ended_backend_is_answered_with_503]:
                    report("PostgreSQL", test, test(stores[-1]))
                for test in [a_read_only_database_says_so, a_hanging_database_is_answered_with_503, forgotten_connections_are_replaced, a_lost_answer_to_a_commit_is_told_apart]:
                    report("PostgreSQL", test, test(database))
        finally:
            if database:
                database.close()


if __name__ == "__main__":
    main()
