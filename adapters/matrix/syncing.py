"""Syncing: our own loop over ``/sync``, with our own token, which is saved in the commit of the events it brought."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

import structlog

from adapters.matrix import raw
from adapters.matrix.base import Base
from adapters.matrix.errands import Errands
from adapters.matrix.notes import Start
from adapters.matrix.raw import Raw, table, text
from adapters.matrix.reading import Reading
from adapters.matrix.unread import Unread
from adapters.matrix.wire import GONE, MatrixError, path_of
from botkit.adapter import Batch
from botkit.errors import UserError
from botkit.messages import Chat
from botkit.storage import Write

if TYPE_CHECKING:
    from botkit.services import Services

log = structlog.get_logger()

LIMIT = 500
"""Events of a room that are asked for at once; servers may give fewer, then the gap is filled."""
POLL = 30
"""Seconds that the homeserver may hold a request open."""
SLACK = 30
"""Seconds beyond that until a request counts as lost."""
FIRST, LONGEST = 1.0, 15.0
"""Seconds of the first and of the longest pause after a fault."""
PROMPT = timedelta(seconds=5)
"""Between an answer and the next question, at most, if all that comes then has only just come."""
FOLLOWED = 10.0
"""Seconds that new rooms wait for what is known of the old ones."""
REFUSED = 60.0
"""Seconds between two attempts where the homeserver doesn't know the token: somebody must log in."""
_NONE = {"not_types": ["*"]}
FILTER = {
    "presence": _NONE,
    "account_data": {"types": ["m.direct"]},
    "room": {
        "timeline": {"limit": LIMIT, "lazy_load_members": True},
        "state": {"lazy_load_members": True},
        "ephemeral": _NONE,
        "account_data": {"types": ["m.tag"]},
    },
}
_INVITES = {
    "presence": _NONE,
    "account_data": _NONE,
    "room": {"timeline": {"limit": 1, **_NONE}, "state": _NONE, "ephemeral": _NONE, "account_data": _NONE},
}
"""Of the first answer only the invitations matter, and where it ends."""


class Syncing:
    """The receiving side of one account."""

    def __init__(
        self,
        base: Base,
        services: Services,
        start: Start,
        introduce: Callable[[], Awaitable[None]],
        reading: Reading,
        unread: Unread,
        errands: Errands,
    ) -> None:
        self._base = base
        self._services = services
        self._start = start
        self._introduce = introduce
        self._reading = reading
        self._unread = unread
        self._errands = errands
        self._faults = 0
        self._answered: datetime | None = None

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """What comes, for as long as the adapter is open. A fault of the network or the homeserver is waited out."""
        since: str | None = None
        full = True
        reading = self._reading
        while True:
            try:
                if since is None:
                    since = await self._begin()
                live = not full and self._prompt()
                answer = await self._ask(since, full)
                self._answered = self._base.clock.now()
                batches = await reading.read(answer, since, live=live)
            except UserError as problem:
                await self._halt(problem)
            except GONE as problem:
                self._base.health.away = True
                await self._pause(type(problem).__name__)
                continue
            except MatrixError as problem:
                await self._pause(problem.code or str(problem.status), problem)
                continue
            self._faults, self._base.health.away = 0, False
            if reading.moves:
                yield Batch(reading.moves)
                await self._followed([str(move.data["to"]) for move in reading.moves])
            for batch in batches[:-1]:
                yield batch
            since = text(answer, "next_batch") or since
            yield Batch(batches[-1].events, since, batches[-1].writes)
            full = False
            reading.committed()
            await self._unread.committed()
            self._base.rooms.ready.set()
            self._errands.wake()

    async def _begin(self) -> str:
        """Where to go on. The first time it is now: what was said before the bot came is not answered."""
        base = self._base
        await self._introduce()
        known = self._services.cursor(base.name) or await self._start.read()
        if known is None:
            query = {"filter": json.dumps(_INVITES), "timeout": "0"}
            answer = await base.wire.call("GET", path_of("sync"), query=query, timeout=SLACK)
            writes: list[Write] = []
            for room_id, info in table(answer, "rooms", "invite").items():
                self._errands.invited(room_id, raw.rows(table(info, "invite_state"), "events"), writes)
            known = await self._start.keep(text(answer, "next_batch"), writes)
        return known

    def _prompt(self) -> bool:
        """Whether all that comes now has only just reached the homeserver: it was asked a moment ago."""
        now = self._base.clock.now()
        return not self._faults and self._answered is not None and now - self._answered < PROMPT

    async def _ask(self, since: str, full: bool) -> Raw:
        # The first answer in each process tells all rooms anew, and comes at once.
        wait = 0.0 if full else self._unread.patience(POLL)
        query = {"since": since, "filter": json.dumps(FILTER), "timeout": str(int(wait * 1000))}
        if full:
            query["full_state"] = "true"
        timeout = SLACK + (LIMIT if full else wait)
        return await self._base.wire.call("GET", path_of("sync"), query=query, timeout=timeout)

    async def _halt(self, problem: UserError) -> NoReturn:
        """Nothing comes until somebody puts this right and starts the bot again: that is said once, not in a loop."""
        log.error("matrix.halted", adapter=self._base.name, problem=problem.what, fix=problem.fix)
        self._base.health.halted = problem
        await asyncio.Event().wait()
        raise AssertionError  # nobody sets it

    async def _followed(self, rooms: list[str]) -> None:
        """Wait until what is known of the old rooms is moved to the new ones, if anybody moves it."""
        chats, name = self._services.chats, self._base.name
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FOLLOWED):
                while any(chats.find(Chat(name, room)) is None for room in rooms):
                    # It is the bot's own dispatch that is waited for: it tells nobody, and takes no time to speak of.
                    await asyncio.sleep(0.02)

    async def _pause(self, problem: str, refused: MatrixError | None = None) -> None:
        clock, seconds = self._base.clock, min(LONGEST, FIRST * 2**self._faults)
        self._faults = min(self._faults + 1, 10)
        if refused is not None and refused.status == 401:
            log.error("matrix.refused", adapter=self._base.name, problem=problem, fix="run `botkit matrix login`")
            seconds = REFUSED
        elif refused is not None and refused.retry_after is not None:
            seconds = max(seconds, refused.retry_after)
        # Spread, so that many that were cut off together do not come back together.
        seconds *= random.uniform(0.5, 1.0)
        log.warning("matrix.pause", adapter=self._base.name, problem=problem, seconds=round(seconds, 1))
        await clock.sleep_until(clock.now() + timedelta(seconds=seconds))
