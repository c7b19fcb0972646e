"""Keys that are asked for: who gives them, from whom they are taken, and what is done where a session broke."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import nio
import pytest

from adapters.matrix import devices, leftout
from adapters.matrix.keystore import STORE
from adapters.matrix.login import folder
from botkit.bot import Bot
from botkit.messages import Chat, ChatKind, Outgoing
from tests.adapters.matrix.bots import matrix_of, until
from tests.adapters.matrix.meetings import meeting
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.keys import FORWARDED, WITHHELD, asked, exhausts, hides, key_of, tells
from tests.matrix.person import Person
from tests.matrix.timeline import LOCKED


def waiting(bot: Bot) -> Any:
    """How many events the bot can't read yet."""
    return bot.services.adapters["matrix"].describe()["waiting_for_keys"]


async def forwards(li: Person, who: Account, room: str, session: str, **other: Any) -> None:
    """Give a key to the device that asks for it."""
    [device] = li.client.olm.device_store.active_user_devices(who.id)
    await tells(li, device, FORWARDED, {**key_of(li, room, session), **other})


async def heard(li: Person, account: Account, room: str) -> None:
    """What was sent to the bot before is taken in: it answers something later."""
    await li.mentions(account, "{} are you there", room)
    await li.sees("are you there", room, of=account.id)


async def test_a_key_is_taken_from_the_device_that_made_it_alone(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path, "楼", others=["wang"])
    account, li, room, [wang] = met.account, met.li, met.room, met.others
    async with met.bot() as bot:
        await hides(li, "Bot: hidden", room, account)
        await li.until(lambda _: asked(li, account), room)
        [request] = asked(li, account)
        session = request.session_id
        # Another reader of the room has the key as well. What he says of it is no word of hers: nothing vouches for it.
        await wang.sees("hidden", room)
        assert not asked(wang, account)
        await forwards(wang, account, room, session)
        await forwards(wang, account, room, session, sender_key=wang.client.olm.account.identity_keys["curve25519"])
        # A key that has the name of what is missing, and is another.
        await li.says("something else", room)
        [other] = [one.id for one in li.client.olm.inbound_group_store if one.room_id == room and one.id != session]
        await forwards(li, account, room, session, session_key=key_of(li, room, other)["session_key"])
        await forwards(li, account, room, session, forwarding_curve25519_key_chain=["of another"])
        await heard(li, account, room)
        assert waiting(bot) == 1 and not [line for line in await li.reads(room) if line.text == "echo hidden"]
        await forwards(li, account, room, session)
        await li.sees("echo hidden", room)
        assert waiting(bot) == 0
        # Who was asked is told that it is done.
        await li.until(lambda _: [one for one in li.letters if isinstance(one, nio.RoomKeyRequestCancellation)], room)


async def test_a_session_that_broke_is_begun_anew(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    account, li, room, store = met.account, met.li, met.room, folder(tmp_path) / STORE
    async with met.bot():
        pass
    shutil.copy(store, tmp_path / "backup")
    async with met.bot():
        await li.says("before", room)
        await li.sees("echo before", room)
    # Somebody puts a backup back: of what the two devices agreed on since, the bot knows nothing.
    shutil.copy(tmp_path / "backup", store)
    async with met.bot():
        li.client.invalidate_outbound_session(room)
        hidden = await li.says("after", room)
        await li.until(lambda _: asked(li, account), room)
        assert [letter for letter in li.letters if isinstance(letter, nio.DummyEvent)]
        session = asked(li, account)[-1].session_id
        assert session == li.client.olm.outbound_group_sessions[room].id
        await forwards(li, account, room, session)
        line = await li.sees("echo after", room)
        assert hidden and line.sender == account.id
        # From now on it is as it was before.
        li.client.invalidate_outbound_session(room)
        await li.says("at last", room)
        await li.sees("echo at last", room)


async def test_reached_when_all_its_keys_are_used_up(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    account, li, room = met.account, met.li, met.room
    async with met.bot():
        await li.says("first", room)
        await li.sees("echo first", room)
    last = await exhausts(homeserver, li, account)
    phone = await homeserver.again(li)
    await phone.knows(account)
    await phone.says("while nobody was there", room)
    async with met.bot():
        await phone.sees("echo while nobody was there", room)
        await phone.says("second", room)
        await phone.sees("echo second", room)
    # There are new ones, and another for the time when those are used up.
    assert await exhausts(homeserver, li, account) != last


async def test_who_can_not_be_written_to_is_told_and_tried_again(
    homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = await meeting(homeserver, tmp_path, "楼", others=["wang", "zhao"])
    account, li, room, [wang, zhao] = met.account, met.li, met.room, met.others

    def excuses(person: Person) -> list[str]:
        return [one.source["content"]["code"] for one in person.letters if getattr(one, "type", "") == WITHHELD]

    async with met.bot():
        for person in (wang, zhao):
            assert await exhausts(homeserver, li, person) == ""
        await li.mentions(account, "{} first", room)
        await li.sees("first", room, of=account.id)
        for person in (wang, zhao):
            await person.until(lambda _, who=person: excuses(who), room)
        # One begins a session with the bot, and is given the key with the next message; the other is tried again later.
        [device] = wang.client.olm.device_store.active_user_devices(account.id)
        await tells(wang, device, "m.dummy", {})
        await li.mentions(account, "{} second", room)
        await wang.sees("second", room, of=account.id)
        # It makes new keys; its library overlooks that none is left.
        zhao.client.olm.uploaded_key_count = 0
        await zhao.syncs()
        monkeypatch.setattr(leftout, "AGAIN", timedelta())
        await li.mentions(account, "{} third", room)
        await zhao.sees("third", room, of=account.id)
        await li.mentions(account, "{} fourth", room)
        for person in (wang, zhao):
            await person.sees("fourth", room, of=account.id)
            assert excuses(person) == ["m.no_olm"]
        shown = [[line.text for line in await who.reads(room) if line.sender == account.id] for who in (wang, zhao)]
        assert shown == [
            [LOCKED, "echo second", "echo third", "echo fourth"],
            [LOCKED, LOCKED, "echo third", "echo fourth"],
        ]


async def test_somebody_comes_while_the_key_is_being_given(
    homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = await meeting(homeserver, tmp_path, "楼")
    wang, send = await homeserver.person("wang"), devices.send
    given: list[int] = []

    async def slowly(*what: Any) -> None:
        given.append(len(given))
        if len(given) == 1:
            await met.li.client.room_invite(met.room, wang.id)
            await wang.enters(met.room)
            await until(lambda: wang.id in matrix_of(bot).rooms.enter(met.room).members)
        await send(*what)

    async with met.bot() as bot:
        monkeypatch.setattr(devices, "send", slowly)
        said = await matrix_of(bot).send(Outgoing("1", Chat("matrix", met.room, ChatKind.GROUP), "停水通知"))
        # What was begun was for others than are there now: all of them read it.
        for person in (met.li, wang):
            assert (await person.finds(said, met.room)).text == "停水通知"
        assert len(given) > 1
