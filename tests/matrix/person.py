"""Somebody at a real Matrix client. A test with people reads like a chat: nothing sleeps, everything is waited for."""

from __future__ import annotations

import asyncio
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

import nio
import pytest
from nio.store import SqliteMemoryStore

from tests.matrix.timeline import Line, Timeline

PATIENCE = 20.0
"""Seconds that anything may take."""
_POLL = 1_000
"""Milliseconds that the server holds a sync open; it answers at once when there is something."""


class Person:
    """One user with one device.

    ``says`` and its like return the id of the event; ``sees`` waits until a text is shown, and returns its line.
    Encrypted rooms need nothing special: whoever writes there first looks for new devices and members.
    """

    def __init__(self, url: str, user: str, device: str, token: str, *, encryption: bool = True) -> None:
        config = nio.AsyncClientConfig(
            store=SqliteMemoryStore,
            encryption_enabled=encryption,
            pickle_key=token,
            store_sync_tokens=False,
        )
        self.client = nio.AsyncClient(url, user, device, config=config)
        self.client.restore_login(user, device, token)
        self.id, self.token = user, token
        self.timelines: dict[str, Timeline] = defaultdict(Timeline)
        self.receipts: list[tuple[str, str, str]] = []
        """(room, reader, event) of read receipts, as they came."""
        self.invitations: list[str] = []
        self.limit = 500
        """How many events of a room the server is asked for at once; it may give fewer."""

    async def arrives(self) -> None:
        """Show one's keys and read what there is."""
        if self.client.should_upload_keys:
            _fine(await self.client.keys_upload())
        await self.syncs()

    async def leaves(self) -> None:
        """Close the client."""
        await self.client.close()
        if self.client.store:
            self.client.store.database.close()

    # seeing -------------------------------------------------------------------------------------------------

    async def syncs(self, wait: int = 0) -> None:
        """Read what is new, waiting for it at most ``wait`` ms; fill gaps, ask for devices, open what was locked."""
        since = self.client.next_batch
        wanted = {"room": {"timeline": {"limit": self.limit}, "ephemeral": {"types": ["m.receipt", "m.typing"]}}}
        answer = _fine(await self.client.sync(timeout=wait, sync_filter=wanted))
        for room, info in answer.rooms.join.items():
            timeline = self.timelines[room]
            if info.timeline.limited and since:
                await self._fill(room, info.timeline.prev_batch, since)
            for event in info.timeline.events:
                timeline.add(event)
            for event in info.ephemeral:
                if isinstance(event, nio.ReceiptEvent):
                    self.receipts += [(room, receipt.user_id, receipt.event_id) for receipt in event.receipts]
        self.invitations += [room for room in answer.rooms.invite if room not in self.invitations]
        if self.client.olm:
            await self._keeps_keys()
            if answer.to_device_events:
                self._unlock()

    async def _fill(self, room: str, start: str, end: str) -> None:
        missed: list[Any] = []
        place: str | None = start
        while place:
            page = _fine(await self.client.room_messages(room, place, end, limit=500))
            missed += page.chunk
            place = page.end if page.chunk else None
        for event in reversed(missed):
            self.timelines[room].add(event)

    async def _keeps_keys(self) -> None:
        if self.client.should_upload_keys:
            _fine(await self.client.keys_upload())
        if self.client.should_query_keys:
            _fine(await self.client.keys_query())
        if self.client.should_claim_keys:
            _fine(await self.client.keys_claim(self.client.get_users_for_key_claiming()))
        for answer in await self.client.send_to_device_messages():
            _fine(answer)

    def _unlock(self) -> None:
        for timeline in self.timelines.values():
            for event in list(timeline.locked.values()):
                try:
                    timeline.add(self.client.decrypt_event(event))
                except nio.EncryptionError:
                    continue

    async def until(self, condition: Callable[[list[Line]], Any], room: str) -> list[Line]:
        """Read on until the lines of a room meet a condition."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition(lines := list(self.timelines[room])):
                    await self.syncs(_POLL)
                return lines
        except TimeoutError:
            shown = [f"{line.sender}: {line.text}" for line in self.timelines[room]]
            pytest.fail(f"never came; {self.id} sees {shown}")

    async def sees(self, text: str, room: str, *, of: str | None = None) -> Line:
        """Wait until a text is part of what is shown, of somebody else (or of ``of``); returns the latest such line."""

        def found(lines: Iterable[Line]) -> list[Line]:
            wanted = [line for line in lines if line.sender == of or (of is None and line.sender != self.id)]
            return [line for line in wanted if text in line.text]

        return found(await self.until(found, room))[-1]

    async def reads(self, room: str) -> list[Line]:
        """The lines that are shown now."""
        await self.syncs()
        return list(self.timelines[room])

    async def finds(self, event: str, room: str) -> Line:
        """Wait until an event is shown; returns its line."""
        await self.until(lambda lines: event in self.timelines[room], room)
        return self.timelines[room][event]

    async def misses(self, event: str, room: str) -> None:
        """Wait until an event is no longer shown."""
        await self.until(lambda lines: event not in self.timelines[room], room)

    async def meets(self, who: Any, room: str) -> None:
        """Wait until somebody is in a room."""
        await self.until(lambda lines: self.present(who, room), room)

    async def knows(self, who: Any) -> None:
        """Wait until somebody's keys are on the server: what is said from now on, they can read."""
        olm, user = self.client.olm, _id(who)
        try:
            async with asyncio.timeout(PATIENCE):
                while olm and not list(olm.device_store.active_user_devices(user)):
                    olm.users_for_key_query.add(user)
                    await self.syncs()
        except TimeoutError:
            pytest.fail(f"{user} never showed any keys")

    def present(self, who: Any, room: str) -> bool:
        """Whether somebody was in a room, as of the last look."""
        user = self.client.rooms[room].users.get(_id(who)) if room in self.client.rooms else None
        return user is not None and not user.invited

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
            invite=[_id(who) for who in invite],
            is_direct=direct,
            preset=nio.RoomPreset.public_chat if public else nio.RoomPreset.private_chat,
            initial_state=state,
            **options,
        )
        await self.syncs()
        room: str = _fine(made).room_id
        return room

    async def enters(self, room: str) -> None:
        """Join a room, by invitation or because it is public."""
        _fine(await self.client.join(room))
        await self.until(lambda lines: room in self.client.rooms, room)

    # saying -------------------------------------------------------------------------------------------------

    async def sends(self, kind: str, content: dict[str, Any], room: str, *, sync: bool = True) -> str:
        """Send an event, encrypted where the room is."""
        if self.client.olm and self.client.rooms[room].encrypted and sync:
            await self.syncs()
        sent = await self.client.room_send(room, kind, content, ignore_unverified_devices=True)
        event: str = _fine(sent).event_id
        return event

    async def hides(self, text: str, room: str, who: Any) -> Callable[[], Any]:
        """Say something in an encrypted room without giving somebody the key.

        Returns what gives it after all: ``await (await li.hides(…))()``.
        """
        await self.syncs()
        client, olm = self.client, self.client.olm
        assert olm
        devices = list(olm.device_store.active_user_devices(_id(who)))
        for device in devices:
            client.blacklist_device(device)
        client.invalidate_outbound_session(room)
        _fine(await client.share_group_session(room, ignore_unverified_devices=True))
        session = olm.outbound_group_sessions[room]
        # As it is before the first message: later it opens only later ones.
        key = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "room_id": room,
            "session_id": session.id,
            "session_key": session.session_key,
        }
        event = await self.says(text, room, sync=False)
        for device in devices:
            client.unblacklist_device(device)

        async def give() -> str:
            for device in devices:
                if not olm.session_store.get(device.curve25519):
                    _fine(await client.keys_claim({device.user_id: [device.id]}))
                locked = olm._olm_encrypt(olm.session_store.get(device.curve25519), device, "m.room_key", key)
                message = nio.ToDeviceMessage("m.room.encrypted", device.user_id, device.id, locked)
                _fine(await client.to_device(message))
            return event

        return give

    async def says(self, text: str, room: str, *, sync: bool = True, **extra: Any) -> str:
        """Say something; ``extra`` is added to the content. ``sync=False`` spares the look for new devices."""
        return await self.sends("m.room.message", {"msgtype": "m.text", "body": text, **extra}, room, sync=sync)

    async def mentions(self, who: Any, text: str, room: str, *, name: str = "Bot", **extra: Any) -> str:
        """Say something to somebody, with a pill as clients make them; ``{}`` in the text is where it goes."""
        user = _id(who)
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
        redaction: str = _fine(await self.client.room_redact(room, event)).event_id
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
        address = _fine(made).content_uri
        place: dict[str, Any] = {"file": {"url": address, **(keys or {})}} if locked else {"url": address}
        info = {"mimetype": mime, "size": len(data)}
        content = {"msgtype": kind, "body": name, "filename": name, "info": info, **place, **extra}
        return await self.sends("m.room.message", content, room)

    async def gets(self, line: Line) -> bytes:
        """The bytes of a file that is shown, decrypted."""
        file = line.content.get("file")
        got = _fine(await self.client.download(mxc=file["url"] if file else line.content["url"]))
        if not file:
            plain: bytes = got.body
            return plain
        opened: bytes = nio.crypto.decrypt_attachment(got.body, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
        return opened


def _id(who: Any) -> str:
    return who if isinstance(who, str) else str(who.id)


def _fine(answer: Any) -> Any:
    """What the server answered; it said yes."""
    assert not isinstance(answer, nio.ErrorResponse), answer
    return answer
