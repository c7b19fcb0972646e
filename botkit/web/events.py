"""Live updates: server-sent events, one stream a page, that end when the server stops."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import Any

from aiohttp import web

from botkit.live import Live
from botkit.staff import CASE_ROLES, Member
from botkit.web.sessions import MEMBER, find_member, member, staff
from botkit.web.shell import SHELL, services_of, shell_of

BEAT = 15.0
"""Seconds between heartbeats: proxies close what is silent, and pages notice a dead line by their absence."""

News = tuple[str, Mapping[str, Any]]


class Ended(Exception):
    """The listener was too slow: the page must connect again and read what it missed."""


class Listener:
    """A subscription that can be waited on with a time limit.

    From ``async with`` on nothing is missed, so read the database after entering, not before.
    """

    def __init__(self, live: Live, topics: Iterable[str]) -> None:
        self._news = live.listen(topics)
        self._next: asyncio.Future[News]

    async def __aenter__(self) -> Listener:
        self._next = asyncio.ensure_future(anext(self._news))
        # The subscription is made when the future first runs.
        await asyncio.sleep(0)
        return self

    async def next(self, seconds: float = BEAT) -> News | None:
        """The next news, or None when there was none for so long. Raises ``Ended``."""
        done, _ = await asyncio.wait({self._next}, timeout=seconds)
        if not done:
            return None
        try:
            news = self._next.result()
        except StopAsyncIteration:
            raise Ended from None
        self._next = asyncio.ensure_future(anext(self._news))
        return news

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._next.cancel()
        with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
            await self._next
        await self._news.aclose()  # type: ignore[attr-defined]  # Live.listen is an async generator


class Stream:
    """An open response of server-sent events."""

    def __init__(self, response: web.StreamResponse) -> None:
        self.response = response

    async def send(self, event: str, data: Any, event_id: str = "") -> None:
        """Send one event; ``data`` becomes JSON on one line."""
        head = f"id: {event_id}\n" if event_id else ""
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        await self.response.write(f"{head}event: {event}\ndata: {body}\n\n".encode())

    async def beat(self) -> None:
        """Say that the line is alive."""
        await self.send("beat", 0)


@contextlib.asynccontextmanager
async def stream(request: web.Request) -> AsyncIterator[Stream]:
    """Open a stream that ends with the page, or when the server stops."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    task = asyncio.current_task()
    assert task is not None
    streams = shell_of(request).streams
    streams.add(task)
    try:
        await response.prepare(request)
        yield Stream(response)
    except (ConnectionError, Ended):
        # The page went away, or must come again: either way it knows how.
        pass
    finally:
        streams.discard(task)


def topics_of(person: Member) -> list[str]:
    """What somebody of the station may listen to: the desk (those who see cases), their roles, themselves."""
    topics = [f"role:{role}" for role in sorted(person.roles)] + [person.actor]
    return ["desk", *topics] if person.may(CASE_ROLES) else topics


@staff()
async def events(request: web.Request) -> web.StreamResponse:
    """All news for a member of staff. ``ready`` names the topics: whatever shows them reads again then."""
    person, services = member(request), services_of(request)
    topics = topics_of(person)
    async with stream(request) as out, Listener(services.live, topics) as news:
        await out.send("ready", topics)
        while True:
            item = await news.next()
            if item is not None:
                await out.send("news", {"topic": item[0], **item[1]})
                continue
            # A session that was ended, or a role that was taken away, ends the stream too.
            del request[MEMBER]
            again = await find_member(request)
            if again is None or topics_of(again) != topics:
                break
            await out.beat()
    return out.response


async def end_streams(app: web.Application) -> None:
    """For ``on_shutdown``: open streams would hold up the server's end."""
    for task in tuple(app[SHELL].streams):
        task.cancel()
