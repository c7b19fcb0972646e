"""The cable to a homeserver: what other homeservers reach it by, with TLS. It can be cut, and mended."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path

_CHUNK = 1 << 16
_GONE = (ConnectionError, ssl.SSLError, TimeoutError)


class Cable:
    """Carries what comes on its own port to ``target``, on the same machine. Nobody else need know of it."""

    def __init__(self, certificate: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._writers: set[asyncio.StreamWriter] = set()
        self._calls: set[asyncio.Task[None]] = set()
        self._whole = True
        self.target = 0
        self.refused = 0
        """How often somebody wanted to come through while it was cut."""

    async def start(self) -> int:
        """Begin to listen; returns the port."""
        self._server = await asyncio.start_server(self._called, "127.0.0.1", 0, ssl=self._context)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """End it."""
        self.cut()
        self._server.close()
        await self._server.wait_closed()
        await asyncio.gather(*self._calls)

    def cut(self) -> None:
        """From now on nothing comes through, and what was on its way is lost."""
        self._whole = False
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Let everything through again."""
        self._whole = True

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = asyncio.create_task(self._carry(reader, writer))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            self.refused += 1
            writer.transport.abort()
            return
        writers = {writer}
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
            writers.add(back)
            self._writers |= writers
            async with asyncio.TaskGroup() as ways:
                ways.create_task(_copy(reader, back))
                ways.create_task(_copy(there, writer))
        except* _GONE:
            # Either side may hang up at any time.
            pass
        finally:
            self._writers -= writers
            for each in writers:
                each.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        # Over TLS there is no end in one direction alone.
        writer.write_eof() if writer.can_write_eof() else writer.close()
