"""Conversations: which step takes a person's next message in a chat, and what happens when none comes."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botkit.clock import Clock
from botkit.context import NOBODY, Context
from botkit.decision import Decision, FollowUp, State
from botkit.patience import within
from botkit.router import HANDLER_TIMEOUT
from botkit.sql import Statement, moment

if TYPE_CHECKING:
    from botkit.plugin import StepHandler
    from botkit.services import Services
    from botkit.storage import Database, UnitOfWork

ENTER = Statement(
    "INSERT INTO conversation (id, station_id, chat_id, identity_id, step, data, expires_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (chat_id, identity_id)"
    " DO UPDATE SET step = excluded.step, data = excluded.data, expires_at = excluded.expires_at"
)
LEAVE = Statement("DELETE FROM conversation WHERE chat_id = ? AND identity_id = ?")
TIMER = "conversation"

Perform = Callable[["UnitOfWork", Context, Decision], Awaitable[None]]


class Conversations:
    """All conversations under way, in memory by chat and identity, each with its row and its timer."""

    def __init__(self, services: Services, limit: float = HANDLER_TIMEOUT) -> None:
        """``limit`` is what an ``on_timeout`` handler may take, in seconds."""
        self._services = services
        self._limit = limit
        self._clock: Clock = services.clock
        self._active: dict[tuple[int, int], tuple[str, Mapping[str, Any], datetime]] = {}

    async def load(self, database: Database) -> None:
        """Read what is stored."""
        for row in await database.read("SELECT * FROM conversation"):
            self._active[row["chat_id"], row["identity_id"]] = (
                row["step"],
                json.loads(row["data"]),
                moment(row["expires_at"]),
            )

    def step(self, chat_id: int, identity_id: int) -> tuple[str, Mapping[str, Any]] | None:
        """The step that waits for this person here, with its data."""
        found = self._active.get((chat_id, identity_id))
        if found is None or found[2] <= self._clock.now():
            return None
        return found[0], found[1]

    def move(self, unit: UnitOfWork, context: Context, state: State | None) -> None:
        """Go to a step, or end the conversation, with the unit's commit.

        It ends when its step took the message, when a command was given, and for a state without a step. Any
        other message leaves it as it is.
        """
        if not context.chat_id:
            return
        key = (context.chat_id, context.identity_id)
        name = f"{key[0]}/{key[1]}"
        if state is not None and state.step:
            expires = self._clock.now() + state.timeout
            data = json.dumps(dict(state.data), ensure_ascii=False)
            unit.write(ENTER, unit.new_id(), unit.database.station_id, *key, state.step, data, expires)
            unit.follow_up(FollowUp("kernel", TIMER, name, expires))
            entry = (state.step, dict(state.data), expires)
            unit.after_commit(lambda: self._active.__setitem__(key, entry))
        elif context.stepped or state is not None:
            unit.write(LEAVE, *key)
            unit.follow_up(FollowUp("kernel", TIMER, name, None))
            unit.after_commit(lambda: self._active.pop(key, None) and None)

    async def expire(self, name: str, steps: Mapping[str, StepHandler], perform: Perform) -> Any:
        """The work that ends a conversation nobody answered: its ``on_timeout`` handler speaks, if it has one."""
        chat_id, _, identity_id = name.partition("/")
        key = (int(chat_id), int(identity_id))
        found = self._active.get(key)
        if found is None or found[2] > self._clock.now():
            return None
        step = steps.get(found[0])
        context = Context(self._services, NOBODY, chat_id=key[0], identity_id=key[1], data=found[1])
        context.language = self._services.chats.by_id(key[0]).language or self._services.settings.station.language
        late = step.on_timeout if step else None
        decision = await within(self._limit, late(context)) if late else None

        async def work(unit: UnitOfWork) -> None:
            unit.context = context
            if decision is not None:
                await perform(unit, context, decision)
            if decision is None or decision.state is None:
                unit.write(LEAVE, *key)
                unit.after_commit(lambda: self._active.pop(key, None) and None)

        return work
