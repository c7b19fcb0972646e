"""In-memory dispatch: from an update's bytes to the request with the reply, through the kernel's own parts.

All that happens to a message but waiting and writing: decoding, screen, row ids, language, router, rendering
with the guard on numbers, encoding. The parts are put together as intake, dispatcher and delivery do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import Handle, Sent, main
from benchmarks.ours.commands import commands
from benchmarks.ours.platform import NAME, Wire, decode
from botkit.adapter import Adapter
from botkit.bot import Bot
from botkit.context import Context
from botkit.conversations import Conversations
from botkit.decision import Concern
from botkit.language.detect import detect
from botkit.messages import Message, Outgoing
from botkit.outgoing import Outgoing as Renderer
from botkit.router import Router
from botkit.screen import Screen
from botkit.services import Services
from botkit.settings import Settings
from botkit.sql import Write


async def no_choices(chat_id: int) -> list[list[tuple[str, str]]]:
    """No buttons were offered."""
    return []


async def setup(number: int, sent: Sent) -> Handle:
    """A bot that is composed but not opened: it has no database."""
    services = Bot(Settings(), data=Path(), plugins=[commands(number)]).services
    return compose(services, NAME, Wire(sent), lambda raw: (decode(raw),))


def compose(services: Services, name: str, platform: Adapter, read: Callable[[bytes], Iterable[Message]]) -> Handle:
    """Everything that happens to an update's bytes, with a platform's way of reading and sending."""
    screen = Screen(hook for plugin in services.plugins for hook in plugin.screens)
    router = Router(services.plugins, choices=no_choices, conversation=Conversations(services).step)
    chats, ids = services.chats, services.database.ids
    renderer = Renderer(
        clock=services.clock,
        ids=ids,
        chats=chats,
        catalogues=services.catalogues,
        numbers=services.numbers,
        capabilities=lambda adapter: platform.capabilities,
        language="zh",
    )

    async def handle(raw: bytes) -> None:
        for message in read(raw):
            await one(message)

    async def one(message: Message) -> None:
        verdict = screen(message)
        writes: list[Write] = []
        chat = chats.enter(message.chat, writes)
        if verdict.concern is Concern.PLAIN:
            return
        context = Context(
            services,
            message,
            inbox_id=ids(),
            chat_id=chat.id,
            identity_id=chats.enter_identity(name, message.sender, writes),
            verdict=verdict,
            language=detect(message.text),
        )
        decision = await router(context)
        for reply in decision.replies:
            for row in renderer.rows(reply, chat.id, language=context.language, message=message):
                payload = row.payload
                out = Outgoing(str(row.id), chat.chat, payload["text"], reply_to=payload.get("reply_to"), lane=row.lane)
                await platform.send(out)

    return handle


if __name__ == "__main__":
    main("botkit", version("botkit-desk"), setup)
