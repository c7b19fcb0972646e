"""Somebody at a real Matrix client. A test with people reads like a chat."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from typing import Any

import nio

from tests.matrix.client import Client, fine, id_of


class Person(Client):
    """One user with one device, who makes rooms and says things.

    ``says`` and its like return the id of the event. Encrypted rooms need nothing special: whoever writes there first
    looks for new devices and members.
    """

    # rooms --------------------------------------------------------------------------------------------------

    async def room(
        self,
        name: str = "",
        *,
        invite: Sequence[Any] = (),
        encrypted: bool = False,
        direct: bool = False,
        public: bool = False,
        **options: Any,
    ) -> str:
        """Make a room and return its id. ``options`` are those of nio's ``room_create``."""
        state = list(options.pop("initial_state", ()))
        if encrypted:
            state.append(nio.EnableEncryptionBuilder().as_dict())
        made = await self.client.room_create(
            name=name or None,
            invite=[id_of(who) for who in invite],
            is_direct=direct,
            preset=nio.RoomPreset.public_chat if public else nio.RoomPreset.private_chat,
            initial_state=state,
            **options,
        )
        await self.syncs()
        room: str = fine(made).room_id
        return room

    async def enters(self, room: str) -> None:
        """Join a room, by invitation or because it is public."""
        fine(await self.client.join(room))
        await self.until(lambda lines: room in self.client.rooms, room)

    # saying -------------------------------------------------------------------------------------------------

    async def sends(self, kind: str, content: dict[str, Any], room: str, *, sync: bool = True) -> str:
        """Send an event, encrypted where the room is."""
        if self.client.olm and self.client.rooms[room].encrypted and sync:
            await self.syncs()
        sent = await self.client.room_send(room, kind, content, ignore_unverified_devices=True)
        event: str = fine(sent).event_id
        return event

    async def says(self, text: str, room: str, *, sync: bool = True, **extra: Any) -> str:
        """Say something; ``extra`` is added to the content. ``sync=False`` spares the look for new devices."""
        return await self.sends("m.room.message", {"msgtype": "m.text", "body": text, **extra}, room, sync=sync)

    async def mentions(self, who: Any, text: str, room: str, *, name: str = "Bot", **extra: Any) -> str:
        """Say something to somebody, with a pill as clients make them; ``{}`` in the text is where it goes."""
        user = id_of(who)
        pill = f'<a href="https://matrix.to/#/{user}">{escape(name)}</a>'
        content = {
            "format": "org.matrix.custom.html",
            "formatted_body": escape(text).replace("{}", pill),
            "m.mentions": {"user_ids": [user]},
            **extra,
        }
        return await self.says(text.replace("{}", name), room, **content)

    async def replies(self, text: str, to: str, room: str, *, fallback: bool = False, **extra: Any) -> str:
        """Answer a message, with the quotation that older clients put before it if ``fallback``."""
        content: dict[str, Any] = {"m.relates_to": {"m.in_reply_to": {"event_id": to}}, **extra}
        if fallback:
            line = await self.finds(to, room)
            quoted = "\n".join(f"> {part}" for part in f"<{line.sender}> {line.text}".split("\n"))
            content |= {
                "format": "org.matrix.custom.html",
                "formatted_body": f"<mx-reply><blockquote>{escape(line.text)}</blockquote></mx-reply>{escape(text)}",
            }
            text = f"{quoted}\n\n{text}"
        return await self.says(text, room, **content)

    async def threads(self, text: str, root: str, room: str, **extra: Any) -> str:
        """Say something in the thread that hangs on ``root``."""
        relation = {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": root},
        }
        return await self.says(text, room, **{"m.relates_to": relation, **extra})

    async def edits(self, event: str, text: str, room: str, **extra: Any) -> str:
        """Put another text in the place of one's own."""
        new = {"msgtype": "m.text", "body": text, **extra}
        relation = {"rel_type": "m.replace", "event_id": event}
        return await self.says(f"* {text}", room, **{"m.new_content": new, "m.relates_to": relation})

    async def redacts(self, event: str, room: str) -> str:
        """Take a message or a sign away."""
        redaction: str = fine(await self.client.room_redact(room, event)).event_id
        return redaction

    async def reacts(self, sign: str, event: str, room: str) -> str:
        """Put a sign on a message."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": sign}
        return await self.sends("m.reaction", {"m.relates_to": relation}, room)

    async def shows(
        self,
        data: bytes,
        room: str,
        *,
        name: str = "photo.jpg",
        mime: str = "image/jpeg",
        kind: str = "m.image",
        **extra: Any,
    ) -> str:
        """Send a file, encrypted where the room is."""
        locked = self.client.rooms[room].encrypted
        made, keys = await self.client.upload(
            lambda *_: io.BytesIO(data), content_type=mime, filename=name, encrypt=locked, filesize=len(data)
        )
        address = fine(made).content_uri
        place: dict[str, Any] = {"file": {"url": address, **(keys or {})}} if locked else {"url": address}
        info = {"mimetype": mime, "size": len(data)}
        content = {"msgtype": kind, "body": name, "filename": name, "info": info, **place, **extra}
        return await self.sends("m.room.message", content, room)
