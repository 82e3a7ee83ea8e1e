"""Both official SDKs, end to end, on each store. They are installed here with pinned versions, from PyPI and npm.

    python3 tests/sdks.py
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from server import PACKAGE, TOKEN, Server, postgres

TESTS = pathlib.Path(__file__).resolve().parent
INSTALLED = PACKAGE / "target" / "sdks"


def python():
    """The command that runs the Python SDK's test."""
    program = INSTALLED / "python" / "bin" / "python"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", INSTALLED / "python"], check=True)
    subprocess.run([program, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", TESTS / "requirements.txt"], check=True)
    return [program, TESTS / "sdk_python.py"]


def javascript():
    """The command that runs the JavaScript SDK's test."""
    for name in ["npm", "node"]:
        if not shutil.which(name):
            raise FileNotFoundError(f"there is no {name}")
    folder = INSTALLED / "javascript"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ["package.json", "package-lock.json", "sdk_javascript.mjs"]:
        shutil.copy(TESTS / name, folder)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return ["node", folder / "sdk_javascript.mjs"]


def main():
    commands = {}
    for name, install in [("auth0-python", python), ("auth0 for JavaScript", javascript)]:
        try:
            commands[name] = install()
        except (FileNotFoundError, subprocess.CalledProcessError) as why:
            print(f"SKIPPED {name}: {why}", flush=True)
    with tempfile.TemporaryDirectory(prefix="management-api-") as directory:
        database = postgres()
        try:
            stores = {"SQLite": "sqlite:" + os.path.join(directory, "users.sqlite")}
            stores |= {"PostgreSQL": database.fresh()} if database else {}
            for store, url in stores.items():
                with Server(url) as server:
                    for name, command in commands.items():
                        subprocess.run([*command, server.address, TOKEN], check=True, timeout=120)
                        print(f"ok  {store}: {name}", flush=True)
        finally:
            if database:
                database.close()


if __name__ == "__main__":
    main()
