"""A temporary PostgreSQL cluster from the system's binaries, for tests."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import asyncpg


class NoPostgres(Exception):
    """There are no PostgreSQL server binaries on this machine."""


class Cluster:
    """One server on loopback, without durability: tests of durability run on SQLite, where the files are ours."""

    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        on_path = shutil.which("initdb")
        if not found and not on_path:
            raise NoPostgres("no PostgreSQL server here: install Debian's package postgresql")
        self._bin = found[-1].parent if found else Path(str(on_path)).parent
        self._folder = Path(tempfile.mkdtemp(prefix="botkit-pg-"))
        self._user: str | None = None
        if os.getuid() == 0:
            # The server refuses to run as root.
            self._user = "postgres" if _exists("postgres") else "nobody"
            shutil.chown(self._folder, self._user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def _run(self, *command: str) -> None:
        subprocess.run(
            command,
            check=True,
            user=self._user,
            capture_output=True,
            cwd=self._folder,
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
        )

    def start(self) -> None:
        """Make and start the cluster."""
        data = str(self._folder / "data")
        self._run(str(self._bin / "initdb"), "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
            " -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
        )
        self._run(str(self._bin / "pg_ctl"), "-D", data, "-o", options, "-w", "-l", str(self._folder / "log"), "start")

    def stop(self) -> None:
        """Stop the server and remove its files."""
        data = self._folder / "data"
        if data.exists():
            subprocess.run(
                [str(self._bin / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"],
                user=self._user, capture_output=True, check=False,
            )  # fmt: skip
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgres://test@127.0.0.1:{self.port}/{name}"

    async def create(self, name: str) -> str:
        """Make an empty database and return its address."""
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()
        return self.url(name)

    async def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        finally:
            await connection.close()


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
