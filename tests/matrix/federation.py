"""Two homeservers that talk to each other, for what only another one can show. Started when a test asks for them."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.matrix.cable import Cable
from tests.matrix.homeserver import Homeserver
from tests.matrix.synapse import Synapse, installed

NEWER = "9"
"""A version of rooms that the far server knows, and the near one does not."""
_MAKE = Path(__file__).with_name("certificate.py")


@dataclass(frozen=True, slots=True)
class Servers:
    """``near`` has the bot's account, ``far`` is somebody else's; each has the cable that others reach it by."""

    near: Synapse
    far: Synapse
    to_near: Cable
    to_far: Cable

    def part(self) -> None:
        """Let neither hear of the other."""
        self.to_near.cut()
        self.to_far.cut()

    def meet(self) -> None:
        """Let them talk again. Each tells the other when it next has something to tell."""
        self.to_near.mend()
        self.to_far.mend()


@asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    """The two, running. Raises ``NoSynapse``."""
    python = installed()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="botkit-cable-")))
        certificate = folder / "certificate.pem"
        subprocess.run([str(python), "-I", str(_MAKE), str(certificate)], check=True, timeout=60)
        made: list[tuple[Synapse, Cable]] = []
        # The two names differ by more than the port, which lists of servers know nothing of.
        for host, unknown in (("localhost", (NEWER,)), ("127.0.0.1", ())):
            cable = Cable(certificate)
            port = await cable.start()
            stack.push_async_callback(cable.stop)
            # An address with a port needs no look-up: that is where the server is.
            server = Synapse(f"{host}:{port}", unknown)
            stack.callback(server.remove)
            cable.target = server.port
            made.append((server, cable))
        await asyncio.gather(*(asyncio.to_thread(server.start) for server, _ in made))
        (near, to_near), (far, to_far) = made
        yield Servers(near, far, to_near, to_far)


class Pair:
    """The two with people of one test. ``near`` and ``far`` make them."""

    def __init__(self, servers: Servers, near: Homeserver, far: Homeserver) -> None:
        self.servers = servers
        self.near = near
        self.far = far


@asynccontextmanager
async def pair(running: Servers) -> AsyncIterator[Pair]:
    """For one test, after which both run, talk to each other, and have the right time again."""
    async with Homeserver(running.near) as near, Homeserver(running.far) as far:
        try:
            yield Pair(running, near, far)
        finally:
            running.meet()
            for server in (running.near, running.far):
                server.shifts(0)
                if not server.running:
                    await asyncio.to_thread(server.start)
