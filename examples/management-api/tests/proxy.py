"""A proxy before PostgreSQL's socket that forgets connections, or swallows the answer to COMMIT."""

import contextlib
import os
import socket
import tempfile
import threading
import urllib.parse


class Proxy:
    def __init__(self, url):
        address = urllib.parse.urlsplit(url)
        directory = urllib.parse.unquote(address.netloc.partition("@")[2])
        self.target = os.path.join(directory, ".s.PGSQL.5432")
        self.directory = tempfile.TemporaryDirectory(prefix="management-api-proxy-")
        self.url = url.replace(urllib.parse.quote(directory, safe=""), urllib.parse.quote(self.directory.name, safe=""))
        self.forgotten, self.swallow = set(), None
        self.connections = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(self.directory.name, ".s.PGSQL.5432"))
        self.listener.listen(100)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.target)
                self.connections.append((client, server))
                for pair in [(client, server), (server, client)]:
                    threading.Thread(target=self.copy, args=pair, daemon=True).start()

    def copy(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if source in self.forgotten or target in self.forgotten:
                    continue
                if self.swallow and self.swallow in data:
                    # The database does its work, and the connection breaks before its answer.
                    self.forgotten |= {source, target}
                    target.sendall(data)
                    target.recv(65536)
                    source.shutdown(socket.SHUT_RDWR)
                    continue
                target.sendall(data)
            # Only this direction has ended: the database may still carry out what it has received.
            target.shutdown(socket.SHUT_WR)

    def forget(self):
        """From now on, nothing passes on the connections that are open."""
        self.forgotten |= {end for pair in self.connections for end in pair}

    def close(self):
        self.listener.close()
        for client, server in self.connections:
            client.close()
            server.close()
        self.directory.cleanup()
