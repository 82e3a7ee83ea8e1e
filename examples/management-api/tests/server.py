"""The server, PostgreSQL and a little HTTP client, as the tests here start and use them."""

import contextlib
import http.client
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

PACKAGE = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", PACKAGE / "target"))
BINARY = os.environ.get("MANAGEMENT_API", TARGET / "release" / "management-api")
TOKEN = "a-token-of-the-tests"


class Server:
    """A server on a port of its own. It is told to stop, or killed, and may be started again on the same store."""

    def __init__(self, database, token=TOKEN, arguments=()):
        self.database, self.token, self.arguments = database, token, list(arguments)
        self.lines = []
        self.start()

    def start(self):
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MANAGEMENT_API_TOKEN")}
        if self.token is not None:
            environment["MANAGEMENT_API_TOKEN"] = self.token
        command = [BINARY, "--listen", "127.0.0.1:0", "--database", self.database, *self.arguments]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        for line in self.process.stderr:
            self.lines.append(line)
            if '"listening"' in line:
                self.address = json.loads(line)["address"]
                break
        else:
            raise RuntimeError("the server did not start: " + "".join(self.lines))
        # The rest of the log goes to a file, so that the pipe never fills.
        self.tail = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=self.log)

    def stop(self, how=signal.SIGTERM):
        """The exit status, and the log since the start."""
        self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        self.process.stderr.close()
        self.tail.wait(timeout=30)
        self.log.seek(0)
        return status, self.log.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def client(self):
        return Client(self.address, self.token)


class Client:
    """One connection that is kept open."""

    def __init__(self, address, token):
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.headers = {"content-type": "application/json"}
        if token is not None:
            self.headers["authorization"] = "Bearer " + token

    def call(self, method, path, body=None, headers=None):
        """The status and the decoded answer. A body that is neither text nor bytes is encoded."""
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode("utf-8", "surrogatepass")
        self.connection.request(method, "/api/v2/" + path, body, {**self.headers, **(headers or {})})
        response = self.connection.getresponse()
        text = response.read()
        self.etag = response.headers["etag"]
        if response.status in (401, 403, 404, 405, 413, 415):
            # The server has not read the body, and may hang up.
            self.connection.close()
        if text and response.headers.get_content_type() != "application/json":
            raise AssertionError(f"not JSON: {response.headers} {text}")
        return response.status, json.loads(text) if text else None


def quoted(identifier):
    return urllib.parse.quote(identifier, safe="")


class Postgres:
    """A PostgreSQL server of its own, from the system's packages, in a fresh directory, on a socket there and no port."""

    def __init__(self):
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        programs = [path.parent for path in programs] or [pathlib.Path(path).parent for path in [shutil.which("initdb")] if path]
        if not programs:
            raise FileNotFoundError("no PostgreSQL server is installed (Debian: postgresql)")
        self.programs = programs[-1]
        self.directory = tempfile.mkdtemp(prefix="management-api-postgres-")
        # PostgreSQL does not run as root.
        self.user = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.directory, owner.pw_uid, owner.pw_gid)
            self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.data = os.path.join(self.directory, "data")
        self.run("initdb", "-A", "trust", "--no-sync", "-U", "postgres", "-D", self.data)
        self.url = f"postgres://postgres@{urllib.parse.quote(self.directory, safe='')}/postgres"
        self.start()

    def run(self, program, *arguments):
        command = [*self.user, self.programs / program, *arguments]
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        settings = ["listen_addresses=", f"unix_socket_directories={self.directory}", "max_connections=60"]
        settings = [word for setting in settings for word in ("-c", setting)]
        command = [*self.user, self.programs / "postgres", "-D", self.data, *settings]
        with open(os.path.join(self.directory, "log"), "a") as log:
            self.process = subprocess.Popen(command, cwd=self.directory, stdout=log, stderr=log)
        for _ in range(300):
            with contextlib.suppress(RuntimeError):
                return self.query("SELECT 1")
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start: " + pathlib.Path(self.directory, "log").read_text())

    def query(self, sql, url=None):
        command = [self.programs / "psql", "-qAt", "-v", "ON_ERROR_STOP=1", url or self.url]
        done = subprocess.run(command, input=sql, cwd=self.directory, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr}")
        return done.stdout.strip()

    def fresh(self):
        """The address of an empty database."""
        name = "fresh" + str(len(self.query("SELECT datname FROM pg_database").split()))
        self.query(f"CREATE DATABASE {name}")
        return self.url.removesuffix("postgres") + name

    def kill(self):
        """Kills the server and all that it has started, as a machine that loses its power."""
        _, *children = self.processes()
        self.process.kill()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.process.wait()
        # It would not start again beside one of them.
        while any(running(child) for child in children):
            time.sleep(0.01)

    def processes(self):
        """The server and all that it has started."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def close(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def running(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def postgres():
    """A PostgreSQL server, or none, with a line that says why."""
    try:
        return Postgres()
    except (FileNotFoundError, KeyError, RuntimeError) as why:
        print(f"SKIPPED everything on PostgreSQL: {why}", flush=True)
        return None
