"""The dispatcher: every committed event to exactly one disposition, in one commit with all that follows from it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import structlog

from botkit.backlog import Backlog
from botkit.codec import encode, load
from botkit.composing import Composing
from botkit.context import NOBODY, Context
from botkit.conversations import Conversations
from botkit.decision import Concern, Decision, Disposition, Escalation, FollowUp, Manner, Verdict
from botkit.errors import StorageError
from botkit.fetching import Fetching
from botkit.intake import Item
from botkit.lanes import Lanes
from botkit.logs import where
from botkit.messages import Lane, Reply, Text, tr
from botkit.outgoing import Outgoing, OutRow
from botkit.patience import within
from botkit.router import Router
from botkit.services import Services
from botkit.sql import Write, moment, update
from botkit.storage import UnitOfWork
from botkit.tasks import ending
from botkit.turn import Turn

log = structlog.get_logger()

DONE = update("inbox", "disposition reason done_at")
WORKERS = 64
PLAINLY = Manner()


class Decided(NamedTuple):
    """A decision without effects: nothing but rows to write, and those of them that delivery gets."""

    key: Hashable
    item: Item
    decision: Decision
    writes: list[Write]
    rows: list[OutRow]


class Dispatcher:
    """Decides with the router, applies with the writer. Holds each chat's order; emergencies don't wait for it."""

    def __init__(
        self,
        services: Services,
        router: Router,
        outgoing: Outgoing,
        conversations: Conversations,
        appliers: dict[type, Callable[..., Any]],
    ) -> None:
        self._services = services
        self._router = router
        self._outgoing = outgoing
        self._conversations = conversations
        self._appliers = appliers
        self._lanes: Lanes[Item] = Lanes(self._work, workers=WORKERS, name="dispatch")
        self._backlog = Backlog(services.clock, self._open_rows, self._again_from)
        self._disposed = {each: services.metrics.disposed.labels(each.value) for each in Disposition}
        self._decided = Turn(self._write)
        self._composing = Composing(services)
        self._fetching = Fetching(services)
        self._advised: set[int] = set()
        self.deciding: set[int] = set()
        self.hung: frozenset[int] = frozenset()
        """Events whose handlers once blocked the whole process: they go to a human, past all handlers."""

    # in and out -------------------------------------------------------------------------------------------

    def offer(self, items: list[Item]) -> None:
        """Take freshly committed events. When there are too many they are read from the database later."""
        for item in items:
            emergency = item.verdict.concern is Concern.EMERGENCY
            if self._backlog.admit(item.inbox_id, always=emergency):
                self._put(item)

    def _put(self, item: Item) -> None:
        emergency = item.verdict.concern is Concern.EMERGENCY
        key: Hashable = ("emergency", item.inbox_id) if emergency else item.chat_id
        self._lanes.put(key, item, Lane.URGENT if emergency else Lane.REPLY)

    async def run(self) -> None:
        """Catch up from the database whenever memory holds less than there is. Works until cancelled."""
        await self._backlog.run()

    async def _open_rows(self, after: int, limit: int) -> list[dict[str, Any]]:
        return await self._services.database.read(
            "SELECT * FROM inbox WHERE done_at IS NULL AND id > ? ORDER BY id LIMIT ?", after, limit
        )

    def _again_from(self, row: Mapping[str, Any]) -> None:
        try:
            item = self._item(row)
        # What an older version or another hand has stored may be anything: it must not keep the rest from going on.
        except Exception as problem:
            log.error("inbox.unreadable", inbox=row["id"], problem=type(problem).__name__, where=where(problem))
            end = (Disposition.UNREADABLE.value, encode({"trouble": "row"}), self._services.clock.now(), row["id"])
            self._services.database.writer.write(
                [Write(DONE, end)], lambda result, error: self._ended(row["id"], error)
            )
            return
        self._put(item)

    def _ended(self, inbox_id: int, error: BaseException | None) -> None:
        if error is None:
            self._backlog.finish(inbox_id)
        else:
            self._backlog.drop(inbox_id)

    def _item(self, row: Mapping[str, Any]) -> Item:
        chat = self._services.chats.by_id(row["chat_id"])
        message = load(row["payload"], chat.chat, row["platform_id"], row["revision"])
        found = json.loads(row["verdict"]) if row["verdict"] else {}
        return Item(
            row["id"],
            row["chat_id"],
            row["identity_id"],
            message,
            Verdict(Concern(row["concern"]), **found),
            message.language or chat.language or self._services.settings.station.language,
            moment(row["received_at"]),
            advised=row["id"] in self._advised,
            troubled="blocked" if row["id"] in self.hung else "",
        )

    @property
    def waiting(self) -> int:
        """How many are held in memory."""
        return self._backlog.held

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return self._lanes.idle and self._backlog.settled

    async def close(self) -> None:
        """Stop deciding. What waits is in the database."""
        await self._lanes.close()
        await self._fetching.close()
        self._decided.end()

    # one event --------------------------------------------------------------------------------------------

    async def _work(self, key: Hashable, item: Item) -> None:
        if item.message.attachments and not item.troubled:
            await self._fetching.stored(item)
        context = Context(
            self._services,
            item.message,
            inbox_id=item.inbox_id,
            chat_id=item.chat_id,
            identity_id=item.identity_id,
            verdict=item.verdict,
            language=item.language,
        )
        if item.troubled:
            decision = trouble(item, item.troubled)
        else:
            self.deciding.add(item.inbox_id)
            composed = self._composing.begin(item)
            try:
                decision = await self._router(context)
            # Plugin code at the border of the process: whatever it does, this message goes to a human and
            # every other message goes on.
            except (Exception, asyncio.CancelledError, SystemExit) as problem:
                if isinstance(problem, asyncio.CancelledError) and ending():
                    raise
                self._report("handler.failed", item, problem)
                decision = trouble(item, "timeout" if isinstance(problem, TimeoutError) else "raised")
            finally:
                composed()
                self.deciding.discard(item.inbox_id)
        self._apply(key, item, context, decision)

    def _apply(self, key: Hashable, item: Item, context: Context, decision: Decision) -> None:
        now = self._services.clock.now()
        if item.advised:
            decision = replace(decision, replies=())
        rows: list[OutRow] = []
        try:
            end = Write(DONE, (decision.disposition.value, _reason(decision), now, item.inbox_id))
            plain = not decision.effects and decision.state is None and not context.stepped
            if plain:
                rows = [row for reply in decision.replies for row in self._render(context, decision, reply, {})]
        # A text that can't be rendered or must not be said, a reason that is no JSON: the plugin's fault, not
        # the resident's.
        except Exception as problem:
            self._again(key, item, problem)
            return
        if plain:
            station = self._services.database.station_id
            writes = [end, *[row.write(station) for row in rows]]
            self._decided.add(Decided(key, item, decision, writes, rows))
            return

        def done(result: Any, error: BaseException | None) -> None:
            self._done(key, item, decision, error)

        async def job(unit: UnitOfWork) -> None:
            await self._perform(unit, context, decision)
            unit.write(end.statement, *end.row)

        self._services.database.writer.submit(job, done, context=context)

    async def _perform(self, unit: UnitOfWork, context: Context, decision: Decision) -> None:
        """Apply the effects, then say what there is to say, all inside the message's savepoint."""
        facts: dict[str, Any] = {}
        lines: list[Text | str] = []
        told: list[Reply] = []
        manner = decision.manner or PLAINLY
        for effect in decision.effects:
            if isinstance(effect, FollowUp):
                unit.follow_up(effect)
                continue
            applier = self._appliers.get(type(effect))
            if applier is None:
                # Without the plugin that owns an effect the message still ends somewhere: in the list of
                # what nobody handled.
                unit.audit("effect.unowned", str(context.inbox_id), effect=type(effect).__name__)
                continue
            receipt = await applier(effect, unit) or {}
            lines.extend(receipt.get("lines", ()) if manner.receipts else ())
            facts.update(receipt)
            if isinstance(effect, Escalation) and effect.told and receipt.get("paged", "case" in receipt):
                told.append(effect.told)
        if lines and manner.expects and "expect" in facts:
            lines.append(manner.expects)
        replies = list(decision.replies)
        if lines and context.chat_id:
            here = next((n for n, reply in enumerate(replies) if reply.to is None), None)
            if here is None:
                replies.append(Reply(tuple(lines)))
            else:
                replies[here] = replace(replies[here], lines=(*replies[here].lines, *lines))
        self._conversations.move(unit, context, decision.state)
        for reply in (*replies, *told):
            self._outgoing.add(unit, self._render(context, decision, reply, facts))

    def _render(self, context: Context, decision: Decision, reply: Reply, facts: dict[str, Any]) -> list[OutRow]:
        urgent = decision.disposition is Disposition.EMERGENCY or decision.disposition is Disposition.FRAUD
        manner, ask = decision.manner, ""
        if manner is not None and reply.to is None:
            if manner.to is not None:
                reply = replace(reply, to=manner.to, language=reply.language or context.language)
            elif manner.unless_answered:
                ask = context.message.id
            if manner.silent:
                reply = replace(reply, silent=True)
        return self._outgoing.rows(
            reply,
            context.chat_id,
            language=context.language,
            facts=facts,
            inbox_id=context.inbox_id or None,
            message=context.message,
            lane=Lane.URGENT if urgent else None,
            ask=ask,
        )

    def _write(self, decided: list[Decided]) -> None:
        def done(result: Any, error: BaseException | None) -> None:
            if error is None:
                self._outgoing.offer([row for one in decided for row in one.rows])
            elif len(decided) > 1 and not isinstance(error, StorageError):
                # One of them spoils it for all: each alone shows which.
                for one in decided:
                    self._write([one])
                return
            for one in decided:
                self._done(one.key, one.item, one.decision, error)

        self._services.database.writer.write([write for one in decided for write in one.writes], done)

    def _done(self, key: Hashable, item: Item, decision: Decision, error: BaseException | None) -> None:
        if error is None:
            self._backlog.finish(item.inbox_id)
            self._disposed[decision.disposition].inc()
            self._lanes.done(key)
        elif isinstance(error, StorageError):
            # Nothing was written: the row still waits in the database, and is read again.
            log.error("dispatch.unwritten", inbox=item.inbox_id, problem=type(error).__name__)
            if item.advised:
                self._advised.add(item.inbox_id)
            self._backlog.drop(item.inbox_id)
            self._lanes.done(key)
        else:
            self._again(key, item, error)

    def _again(self, key: Hashable, item: Item, problem: BaseException) -> None:
        """A decision could not be applied: the second time the message is only noted as unreadable.

        Advice on danger is said all the same: it needs nothing but its text.
        """
        self._report("apply.failed", item, problem)
        context = Context(
            self._services, item.message, inbox_id=item.inbox_id, chat_id=item.chat_id,
            identity_id=item.identity_id, verdict=item.verdict, language=item.language,
        )  # fmt: skip
        if not item.troubled:
            item.troubled = type(problem).__name__
            self._apply(key, item, context, trouble(item, item.troubled))
        else:
            verdict = item.verdict
            replies: tuple[Reply, ...] = ()
            if verdict.concern is Concern.EMERGENCY and verdict.advice:
                replies = (Reply((tr(verdict.advice),), lane=Lane.URGENT),)
            elif item.message.private:
                replies = (Reply((tr("kernel.trouble"),)),)
            self._apply(
                key, item, context, Decision(Disposition.UNREADABLE, replies, reason={"trouble": item.troubled})
            )

    def _report(self, event: str, item: Item, problem: BaseException) -> None:
        self._services.metrics.failed.labels("dispatch").inc()
        log.error(event, inbox=item.inbox_id, problem=type(problem).__name__, where=where(problem))

    async def timer(self, plugin: str, name: str, key: str, data: dict[str, Any]) -> Any:
        """Decide a due timer now; returns the work that applies the decision inside a unit, or None."""
        owner = next((p for p in self._services.plugins if p.name == plugin), None)
        if plugin == "kernel":
            return await self._conversations.expire(key, self._router.steps, self._perform)
        handler = owner.timers.get(name) if owner else None
        if handler is None:
            # Its plugin is not running now. The promise stays, and is looked at again later.
            raise LookupError(f"no plugin here owns the timer {plugin}.{name}")
        context = Context(self._services, NOBODY, data=data, key=key)
        decision = await within(self._router.timeout, handler(context))
        if decision is None:
            return None

        async def work(unit: UnitOfWork) -> None:
            unit.context = context
            await self._perform(unit, context, decision)

        return work


def trouble(item: Item, why: str) -> Decision:
    """What happens when our own code fails over a message: advice on danger if any, a kind line, and a human."""
    verdict = item.verdict
    if verdict.concern is Concern.EMERGENCY:
        lines = (tr(verdict.advice),) if verdict.advice else ()
        return Decision(
            Disposition.EMERGENCY,
            (Reply(lines),) if lines else (),
            (Escalation(verdict.kind or "emergency", "emergency", why),),
            reason={"trouble": why, "rule": verdict.rule},
        )
    replies = (Reply((tr("kernel.trouble"),)),)
    return Decision(
        Disposition.ESCALATED, replies, (Escalation("bot_trouble", "routine", why),), reason={"trouble": why}
    )


def _reason(decision: Decision) -> str:
    return encode(dict(decision.reason)) if decision.reason else "{}"
