"""The router: which handler or stage decides a message. Reads, never writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import replace
from typing import Any

from botkit import unheard
from botkit.context import Context
from botkit.decision import Decision, Disposition, answer, merge, silent
from botkit.handlers import Handler, TextIndex, parse_command, single
from botkit.language.segments import split
from botkit.messages import MessageKind, tr
from botkit.patience import within
from botkit.plugin import Plugin, Stage, StepHandler

HANDLER_TIMEOUT = 10.0
"""Seconds that one message's handlers may take together."""

_NOTED = {
    MessageKind.DELETED: Disposition.SYSTEM,
    MessageKind.STICKER: Disposition.SILENT,
    MessageKind.REACTION: Disposition.SILENT,
}
_PARTS = (Stage.GUARD, Stage.DIRECTORY, Stage.SMALLTALK)
LONGEST = 4000
"""Characters of a message that are understood; a longer one goes to a human as a whole."""

Next = Callable[[Context], Coroutine[Any, Any, Decision | None]]


class Router:
    """All plugins' handlers and stages, in order.

    ``choices`` gives the buttons of a chat's last messages, newest first; ``conversation`` the step a person
    is in.
    """

    def __init__(
        self,
        plugins: Iterable[Plugin],
        *,
        choices: Callable[[int], Awaitable[list[list[tuple[str, str]]]]],
        conversation: Callable[[int, int], tuple[str, Any] | None],
        timeout: float = HANDLER_TIMEOUT,
    ) -> None:
        plugins = list(plugins)
        self.timeout = timeout
        self._choices = choices
        self._conversation = conversation
        self._commands: dict[str, Handler] = single((p.commands for p in plugins), "command")
        self._buttons: dict[str, Handler] = single((p.buttons for p in plugins), "button")
        self.steps: dict[str, StepHandler] = single((p.steps for p in plugins), "step")
        self._events: dict[str, Handler] = single((p.events for p in plugins), "event")
        self._texts = TextIndex(wanted for p in plugins for wanted in p.texts)
        stages = sorted(((s, h) for p in plugins for s, h in p.stages), key=lambda pair: pair[0])
        self._stages: dict[Stage, list[Handler]] = {}
        for stage, handler in stages:
            self._stages.setdefault(stage, []).append(handler)
        self._entry: Next = self._decide
        for plugin in reversed(plugins):
            for middleware in reversed(plugin.middlewares):
                self._entry = _wrap(middleware, self._entry)

    async def __call__(self, context: Context) -> Decision:
        """Decide a message. Raises ``TimeoutError``, and whatever a handler raises."""
        decision = await within(self.timeout, self._entry(context))
        return decision if decision is not None else silent(rule="nobody")

    async def _decide(self, context: Context) -> Decision | None:
        message = context.message
        if message.kind is MessageKind.SYSTEM:
            name = str(message.data.get("event", ""))
            event = self._events.get(name)
            noted = Decision(Disposition.SYSTEM, (), unheard.effects(context), reason={"kind": message.kind.value})
            decision = await event(context) if event is not None else None
            return noted if decision is None else replace(decision, effects=(*noted.effects, *decision.effects))
        if message.chat.kind.staffed:
            # Those who work there are no residents: what no command and no room handler takes is their own talk.
            decision = None if message.kind in _NOTED or message.revision else await self._command(context)
            return decision or await self._stage(Stage.ROOM, context) or silent(rule="room")
        decision = await self._staff_step(context) or await self._stage(Stage.ROOM, context)
        if decision is not None:
            return decision
        if message.kind in _NOTED:
            return Decision(_NOTED[message.kind], reason={"kind": message.kind.value})
        decision = await self._stage(Stage.SAFETY, context)
        if decision is not None:
            return decision
        if message.revision:
            # What was said first is answered already; whoever keeps the case shows what became of it.
            return silent(rule="revision")
        decision = await self._command(context)
        if decision is not None:
            return decision
        decision = await self._stage(Stage.TAKEOVER, context)
        if decision is not None:
            return decision
        if len(message.text) > LONGEST:
            return await self._stage(Stage.HANDOFF, context)
        return await self._by_segment(context)

    async def _by_segment(self, context: Context) -> Decision | None:
        message = context.message
        segments = split(message.text) or ("",)
        context.segments = segments
        decided: list[Decision] = []
        rest: list[str] = []
        for segment in segments:
            context.segment = segment
            for stage in _PARTS:
                decision = await self._stage(stage, context)
                if decision is not None:
                    decided.append(decision)
                    break
            else:
                rest.append(segment)
        serious = [d for d in decided if d.disposition is not Disposition.SMALLTALK]
        if rest and not any(d.disposition is Disposition.ESCALATED for d in decided):
            context.segment = "\n".join(rest)
            decision = await self._stage(Stage.HANDOFF, context)
            if decision is not None:
                serious.append(decision)
        # A greeting around a question needs no answer of its own.
        parts = serious or decided
        return merge(parts) if parts else None

    async def _stage(self, stage: Stage, context: Context) -> Decision | None:
        for handler in self._stages.get(stage, ()):
            decision = await handler(context)
            if decision is not None:
                return decision
        return None

    async def _command(self, context: Context) -> Decision | None:
        message, text = context.message, context.message.text
        if message.kind is MessageKind.BUTTON:
            return await self._press(context, str(message.data.get("value", "")))
        if text.startswith("/"):
            command = parse_command(text)
            if command is not None:
                handler = self._commands.get(command[0])
                if handler is not None:
                    context.args = command[1]
                    # Somebody who gives a command has moved on from what the bot was asking.
                    context.stepped = self._conversation(context.chat_id, context.identity_id) is not None
                    return await handler(context)
        stripped = text.strip(" .。．、)）\u3000")
        if len(stripped) <= 2 and stripped.isdigit():
            # A number answers the last thing said, if that offered choices; otherwise it is just a number.
            offers = await self._choices(context.chat_id)
            number = int(stripped)
            if offers and 1 <= number <= len(offers[0]):
                return await self._run_button(context, offers[0][number - 1][1])
        decision = await self._step(context)
        if decision is not None:
            return decision
        if self._texts:
            for handler, match in self._texts.find(text):
                context.match = match
                decision = await handler(context)
                if decision is not None:
                    return decision
        return None

    async def _step(self, context: Context, *, staff: bool = False) -> Decision | None:
        step = self._conversation(context.chat_id, context.identity_id)
        known = self.steps.get(step[0]) if step is not None else None
        if step is None or known is None or (staff and not known.staff):
            return None
        context.data = step[1]
        decision = await known.handler(context)
        context.stepped = decision is not None
        return decision

    async def _staff_step(self, context: Context) -> Decision | None:
        """The step of somebody who works on cases: their words on danger raise no alarm."""
        plain = context.message.kind is MessageKind.TEXT and not context.message.revision
        if not plain or context.message.text.startswith("/"):
            return None
        return await self._step(context, staff=True)

    async def _press(self, context: Context, value: str) -> Decision | None:
        # A press is a claim by the client: only what was really offered in this chat counts.
        offers = await self._choices(context.chat_id)
        if _works_here(context) or any(value == known for offer in offers for _, known in offer):
            decision = await self._run_button(context, value)
            if decision is not None:
                return decision
        return answer(tr("kernel.button.stale"), rule="stale")

    async def _run_button(self, context: Context, value: str) -> Decision | None:
        action, _, payload = value.partition("|")
        handler = self._buttons.get(action)
        if handler is None:
            return None
        context.payload = payload
        return await handler(context)


def _works_here(context: Context) -> bool:
    """Whether the presser works on cases: much is said after a card, and the handlers ask anew who presses."""
    chat = context.message.chat
    return chat.kind.staffed or context.services.officers.known(chat.adapter, context.sender.id)


def _wrap(middleware: Callable[..., Awaitable[Decision | None]], inner: Next) -> Next:
    async def outer(context: Context) -> Decision | None:
        return await middleware(context, inner)

    return outer
