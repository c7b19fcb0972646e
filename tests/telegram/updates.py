"""The updates that wait for the bot: fetched with an offset, or posted to its webhook."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.telegram.checks import update_problems
from tests.telegram.errors import bad, conflict
from tests.telegram.signal import Signal

_DAY = 24 * 3600
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Sent only to who names them."""


@dataclass
class Webhook:
    """Where updates are posted to."""

    url: str = ""
    secret: str = ""
    max_connections: int | None = None
    last_error: str = ""
    last_error_at: int = 0


@dataclass
class Waiting:
    """An update that was not confirmed yet."""

    id: int
    body: dict[str, Any]
    at: float
    again: bool = False
    """Sent once more although it was confirmed."""


@dataclass
class Updates:
    """The queue. Kept for a day, as Telegram does."""

    clock: Callable[[], float]
    violations: list[str]
    waiting: list[Waiting] = field(default_factory=list)
    allowed: frozenset[str] | None = None
    webhook: Webhook = field(default_factory=Webhook)
    routes: dict[str, str] = field(default_factory=dict)
    """Public addresses, and where the tests' servers really listen."""
    posted: int = 0
    """Updates that a webhook took with a 2xx."""

    def __post_init__(self) -> None:
        self._next = 500_000_001
        self._changed = Signal()
        self.told = Signal()
        self._poller: object = None
        self._cause = ""

    def add(self, kind: str, payload: Any, *, checked: bool = True) -> dict[str, Any] | None:
        """Something happened; None if the bot did not ask for such updates."""
        wanted = kind not in _ON_REQUEST if self.allowed is None else kind in self.allowed
        if checked and not wanted:
            return None
        body = json.loads(json.dumps({"update_id": self._next, kind: payload}))
        if checked:
            self.violations.extend(update_problems(body))
        self.waiting.append(Waiting(self._next, body, self.clock()))
        self._next += 1
        self._changed.fire()
        return body

    def again(self, body: dict[str, Any]) -> None:
        """An update is delivered once more, confirmed or not."""
        self.waiting.insert(0, Waiting(body["update_id"], body, self.clock(), again=True))
        self._changed.fire()

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Which updates the bot wants from now on; an empty list stands for the usual ones."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    async def fetch(self, offset: int, limit: int, timeout: float, kinds: Sequence[str] | None) -> list[dict[str, Any]]:
        """Confirm what is older than the offset; return what comes after, at the latest after ``timeout`` seconds."""
        if self.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self.allow(kinds)
        self._confirm(offset)
        mine = object()
        self._replace(mine, "other getUpdates request; make sure that only one bot instance is running")
        try:
            async with asyncio.timeout(max(timeout, 0)):
                while not self.waiting and self._poller is mine:
                    await self._changed.wait()
        except TimeoutError:
            pass
        if self._poller is not mine:
            raise conflict(f"terminated by {self._cause}")
        self._poller = None
        taken = self.waiting[: max(1, min(limit, 100))]
        self.waiting = [one for one in self.waiting if not (one.again and one in taken)]
        return [one.body for one in taken]

    def _replace(self, poller: object, cause: str) -> None:
        """Somebody else gets the updates now; who waits for them is told why he won't."""
        self._poller, self._cause = poller, cause
        self._changed.fire()
        self.told.fire()

    def _confirm(self, offset: int) -> None:
        oldest = self.clock() - _DAY
        if offset < 0:
            self.waiting = self.waiting[offset:]
        self.waiting = [one for one in self.waiting if (one.again or one.id >= offset) and one.at > oldest]

    @property
    def polled(self) -> bool:
        """Whether somebody waits for updates at the moment."""
        return self._poller is not None

    def interrupt(self) -> None:
        """Let go of who is waiting: the emulator closes."""
        self._replace(None, "the end of the test")

    def set_webhook(self, url: str, secret: str, connections: int | None, *, drop: bool) -> None:
        """Post updates from now on; an empty address ends that."""
        if url and not url.startswith("https://"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = Webhook(url, secret, connections)
        if drop:
            self.waiting.clear()
        self._replace(None, "setWebhook request")

    async def deliver(self) -> None:
        """Post to the webhook for ever, in order, each until it is taken."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as http:
            pause = 0.05
            while True:
                if not (self.webhook.url and self.waiting):
                    await self._changed.wait()
                    continue
                hook, first = self.webhook, self.waiting[0]
                hook.last_error = await self._post(http, hook, first.body)
                if hook.last_error:
                    hook.last_error_at = int(self.clock())
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 0.5)
                    continue
                self.posted += 1
                self.told.fire()
                pause = 0.05
                self.waiting = [one for one in self.waiting if one is not first]

    async def _post(self, http: aiohttp.ClientSession, hook: Webhook, body: dict[str, Any]) -> str:
        """Post one update; what went wrong, in Telegram's words, or nothing."""
        url = hook.url
        for public, real in self.routes.items():
            url = real + url.removeprefix(public) if url.startswith(public) else url
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with http.post(url, json=body, headers=headers) as answer:
                if 200 <= answer.status < 300:
                    return ""
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError:
            return "Connection refused"
