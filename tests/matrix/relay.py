"""A relay before the homeserver: counts what a bot asks, delivers an event twice, holds up and spoils what it sends."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp import web

_LARGEST = 64 * 1024**2
_HOP = frozenset({"host", "connection", "transfer-encoding", "content-length", "content-encoding"})
_HEADERS = frozenset({"content-type", "content-disposition"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: when it came (by the monotonic clock), and whether the homeserver answered."""

    at: float
    method: str
    path: str
    answered: bool


class Relay:
    """Passes everything on to ``target``. Where nobody answers there, it hangs up, as a dead server does."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._events: dict[str, tuple[str, dict[str, Any]]] = {}
        self._again: list[str] = []
        self.asked: list[Asked] = []
        self.lets_pass = asyncio.Event()
        """While it is not set, events that are sent wait here, before the homeserver has seen them."""
        self.lets_pass.set()
        self.tells = asyncio.Event()
        """While it is not set, what a sync brought waits here."""
        self.tells.set()
        self.held = 0
        """How many events wait for that."""
        self.spoiled: list[tuple[int, dict[str, Any]]] = []
        """What the next events are answered with, though the homeserver takes them."""
        self.refusals: list[tuple[str, int, dict[str, Any]]] = []
        """Part of a path, and what the next request there is answered with; the homeserver does not see it."""
        self.changes: Callable[[dict[str, Any]], object] = lambda news: None
        """Changes what a sync brings."""

    async def __aenter__(self) -> Relay:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(None), auto_decompress=False)
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        await self._http.close()

    @property
    def refused(self) -> list[Asked]:
        """The requests that nobody answered."""
        return [one for one in self.asked if not one.answered]

    def repeat(self, event: str) -> None:
        """Deliver an event once more, after what comes next in its room."""
        self._again.append(event)

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        body, began = await request.read(), time.monotonic()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        headers["Accept-Encoding"] = "identity"
        if self.refusals and self.refusals[0][0] in request.path:
            _, status, told = self.refusals.pop(0)
            return web.json_response(told, status=status)
        sends = "/send/" in request.path
        if sends:
            self.held += 1
            await self.lets_pass.wait()
            self.held -= 1
        try:
            async with self._http.request(
                request.method, f"{self._target}{request.path_qs}", data=body, headers=headers
            ) as answer:
                content = await answer.read()
        except aiohttp.ClientError:
            self.asked.append(Asked(began, request.method, request.path, False))
            if request.transport:
                request.transport.abort()
            return web.Response(status=502)
        self.asked.append(Asked(began, request.method, request.path, True))
        if request.path.endswith("/sync") and answer.status == 200:
            await self.tells.wait()
            content = self._add(content)
        if sends and self.spoiled:
            status, told = self.spoiled.pop(0)
            return web.json_response(told, status=status)
        kept = {name: value for name, value in answer.headers.items() if name.lower() in _HEADERS}
        return web.Response(status=answer.status, body=content, headers=kept)

    def _add(self, content: bytes) -> bytes:
        news = json.loads(content)
        rooms = news.get("rooms", {}).get("join", {})
        for room, info in rooms.items():
            events = info.get("timeline", {}).get("events", [])
            self._events |= {event["event_id"]: (room, event) for event in events}
            # What nobody was told yet can't be told again: it waits for the next answer.
            due = [name for name in self._again if events and self._events.get(name, ("",))[0] == room]
            self._again = [name for name in self._again if name not in due]
            events += [self._events[name][1] for name in due]
        self.changes(news)
        return json.dumps(news).encode()
