"""A temporary Synapse on loopback, for tests: it can be stopped and started again, on the same port and data."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.matrix.config import DOMAIN, SHIFT, service, settings

ROOT = Path(__file__).parents[2]
MEMORY, ENOUGH = Path("/dev/shm"), 1 << 30
"""A folder in memory, where there is one, and the bytes that must be free there."""
START = 60.0
"""Seconds that Synapse may take to start."""
STOP = 20.0
"""Seconds that it may take to stop, before it is killed."""
_REQUEST = re.compile(r'Processed request: .* "(?P<method>[A-Z]+) (?P<path>\S+) HTTP/')


class NoSynapse(Exception):
    """There is no Synapse on this machine."""


def installed() -> Path:
    """The interpreter of the environment that Synapse is in: BOTKIT_SYNAPSE, or the one that servers.sh makes."""
    folder = Path(os.environ.get("BOTKIT_SYNAPSE") or ROOT / ".venv-synapse")
    python = folder / "bin" / "python"
    if not python.exists() or not list(folder.glob("lib/python*/site-packages/synapse/app/homeserver.py")):
        raise NoSynapse(
            f"no Synapse in {folder.name}: run tests/setup/servers.sh, or name its folder in BOTKIT_SYNAPSE"
        )
    return python


def _memory() -> Path | None:
    """Where data need not outlive the machine: a quarter of what Synapse costs is waiting for a disk."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        return MEMORY
    return None


class Synapse:
    """One server, without telemetry, whose data outlive a stop. Under a name of its own it talks to other servers,
    and may not know some versions of rooms.

    ``secret`` registers users, ``service_token`` acts as an application service: as any user, at any time.
    """

    def __init__(self, name: str = DOMAIN, unknown: Sequence[str] = ()) -> None:
        self._python = installed()
        self.domain = name
        self.folder = Path(tempfile.mkdtemp(prefix="botkit-synapse-", dir=_memory()))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.secret = os.urandom(16).hex()
        self.service_token = os.urandom(16).hex()
        self._process: subprocess.Popen[bytes] | None = None
        service(self.folder, self.service_token)
        settings(self.folder, self.port, self.secret, name, unknown)

    def start(self) -> None:
        """Start the server, and return when it answers."""
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [str(self._python), "-m", "synapse.app.homeserver", "--config-path", "homeserver.yaml"],
                cwd=self.folder,
                stdout=output,
                stderr=output,
                # Nothing of this process's environment is meant for the server's interpreter.
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            )
        limit = time.monotonic() + START
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"Synapse did not start:\n{self.output()}")
            time.sleep(0.05)

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped since."""
        return self._process is not None

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """Stop the server; its data stay."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def shifts(self, milliseconds: int) -> None:
        """Let its clock be wrong by so much from now on. Only a server among others can."""
        # Replaced as a whole: the server may be reading it.
        new = self.folder / f"{SHIFT}.new"
        new.write_text(str(milliseconds), "ascii")
        new.replace(self.folder / SHIFT)

    def remove(self) -> None:
        """Stop the server and remove its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def output(self) -> str:
        """What it said on its way up, and its warnings."""
        files = [self.folder / "output", self.folder / "homeserver.log"]
        return "\n".join(path.read_text("utf-8", "replace")[-4000:] for path in files if path.exists())

    def requests(self) -> list[tuple[str, str]]:
        """Method and path of every request that it answered, in order."""
        log = self.folder / "requests.log"
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return [(found["method"], found["path"]) for line in lines if (found := _REQUEST.search(line))]

    def proof(self, nonce: str, name: str, password: str, *, admin: bool = False) -> str:
        """What proves to the registration that one knows the shared secret."""
        told = "\0".join((nonce, name, password, "admin" if admin else "notadmin"))
        return hmac.new(self.secret.encode(), told.encode(), hashlib.sha1).hexdigest()
