"""The quick reference: the framework's platform in memory."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from botkit.adapter import Adapter, Rank
from botkit.messages import Attachment, Chat, ChatKind, Message, MessageKind, Sender
from botkit.testing import FakeAdapter
from botkit.testing.fake import FULL, Sent
from tests.stories.platforms.driver import Driver, Line, Said, Words


class Fake(Driver):
    """Everybody on ``FakeAdapter``."""

    name = "fake"
    capabilities = FULL

    def __init__(self) -> None:
        self._platform = FakeAdapter()
        self._numbers = itertools.count(1)
        self._revisions: dict[str, int] = {}
        self._names: dict[str, str] = {}

    def adapter(self) -> Adapter:
        return self._platform

    async def says(self, who: str, group: str | None, words: Words) -> str:
        files: tuple[Attachment, ...] = ()
        if words.photo is not None:
            stored = await self.station.services.files.put(words.photo, "image/jpeg")
            files = (Attachment(MessageKind.PHOTO, stored, mime="image/jpeg", size=len(words.photo)),)
        data = {"forwarded": "channel"} if words.channel else {}
        text = f"@desk {words.text}" if words.to_bot and not words.text.startswith("/") else words.text
        return await self._event(
            who, group, text=text.strip(), kind=words.kind, attachments=files, data=data, reply_to=words.reply_to,
            addressed=words.to_bot or (group is not None and self._is_bots(words.reply_to)),
        )  # fmt: skip

    async def shown(self, who: str, group: str | None) -> Sequence[Line]:
        chat = group or f"dm-{who}"
        return [_line(sent) for sent in self._platform.sent if sent.out.chat.id == chat]

    async def presses(self, who: str, group: str | None, line: Line, label: str) -> None:
        sent = next(sent for sent in self._platform.sent if sent.id == line.ref)
        value = next(value for shown, value in sent.out.buttons if shown == label)
        await self._done(who, group, kind=MessageKind.BUTTON, data={"value": value})

    async def edits(self, who: str, said: Said, words: Words) -> None:
        await self._done(who, said.group, id=said.ref, text=words.text, revision=self._next(said.ref))

    async def reacts(self, who: str, group: str, ref: str, sign: str) -> None:
        await self._done(who, group, kind=MessageKind.REACTION, reply_to=ref, data={"sign": sign}, addressed=True)

    async def is_renamed(self, who: str, name: str) -> None:
        self._names[who] = name

    async def group(self, title: str, owner: str, *, small: bool = False) -> str:
        self._platform.ranks[title, owner] = Rank.OWNER
        await self._tells(title, "bot.added", title=title)
        await self._tells(title, "bot.sighted")
        return title

    async def joins(self, who: str, group: str) -> None:
        await self._done(who, group, kind=MessageKind.SYSTEM, data={"event": "member.joined"})

    async def leaves(self, who: str, group: str) -> None:
        await self._done(who, group, kind=MessageKind.SYSTEM, data={"event": "member.left"})

    async def removes(self, group: str) -> None:
        await self._tells(group, "bot.removed")

    async def moves(self, group: str) -> str:
        new = f"{group}-moved"
        for (chat, who), rank in list(self._platform.ranks.items()):
            if chat == group:
                self._platform.ranks[new, who] = rank
        await self._tells(group, "chat.moved", to=new)
        return new

    async def renames(self, group: str, title: str) -> None:
        await self._tells(group, "chat.renamed", title=title)

    async def hides_talk(self, group: str) -> None:
        await self._tells(group, "bot.blinded")

    async def pinned(self, group: str) -> Sequence[str]:
        return self._platform.pinned

    async def signs(self, group: str, ref: str) -> Sequence[str]:
        return [sign for target, sign in self._platform.reactions if target == ref]

    # ------------------------------------------------------------------------------------------------------

    def _is_bots(self, ref: str | None) -> bool:
        return any(sent.id == ref for sent in self._platform.sent)

    def _next(self, ref: str) -> int:
        self._revisions[ref] = self._revisions.get(ref, 0) + 1
        return self._revisions[ref]

    async def _tells(self, group: str, event: str, **data: str) -> None:
        await self._done("platform", group, kind=MessageKind.SYSTEM, data={"event": event, **data})

    async def _done(self, who: str, group: str | None, **fields: Any) -> None:
        since = len(self.station.arrived)
        await self.heard(await self._event(who, group, **fields), since)

    async def _event(self, who: str, group: str | None, *, id: str = "", **fields: Any) -> str:
        chat = Chat("fake", group, ChatKind.GROUP) if group else Chat("fake", f"dm-{who}")
        made = Message(
            chat, Sender(who, self._names.get(who, who.title())), id or f"in-{next(self._numbers)}",
            self.station.clock.now(), **fields,
        )  # fmt: skip
        self._platform.put([made])
        return made.id


def _line(sent: Sent) -> Line:
    return Line(sent.id, sent.text, tuple(label for label, _ in sent.out.buttons), sent.out.thread)
