"""Keys that are not given: at once a human has it and the resident knows what to do; nobody says so for another."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import nio
import pytest

from adapters.matrix import Matrix, withheld
from adapters.matrix.notes import WITHHELD as WITHHELD_NOTE
from adapters.matrix.rooms import Rooms
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.withheld import Notice, Withheld, read
from botkit.messages import MessageKind
from botkit.plugins.groups import plugin as groups
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.safety import plugin as safety
from botkit.storage import Write
from botkit.testing import BotHarness
from tests.adapters.matrix.bots import parrot
from tests.adapters.matrix.meetings import meeting
from tests.adapters.matrix.test_blindness import blind
from tests.adapters.matrix.test_chat import listening, matrix_of, until
from tests.matrix.homeserver import Homeserver
from tests.matrix.keys import FORWARDED, WITHHELD, asked, hides, key_of, refusal, refuses, tells
from tests.matrix.person import Person

SOUND: dict[str, Any] = {
    "type": WITHHELD,
    "sender": "@li:matrix.test",
    "content": {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": "!room",
        "session_id": "session",
        "sender_key": "key",
        "code": "m.unverified",
        "reason": "a stranger's text",
    },
}


def notice(**content: Any) -> Notice | None:
    """What is read of a notice that is sound but for this."""
    return read({**SOUND, "content": {**SOUND["content"], **content}})


def test_what_a_notice_says() -> None:
    assert notice() == Notice("@li:matrix.test", "key", "!room", "session", "m.unverified")
    assert read({**SOUND, "type": "org.matrix.room_key.withheld"}) == notice()
    whys = {code: found.why for code in ("unverified", "blacklisted", "unauthorised", "history_not_shared", "new")
            if (found := notice(code=f"m.{code}"))}  # fmt: skip
    assert whys == {
        "unverified": "unverified",
        "blacklisted": "blocked",
        "unauthorised": "withheld",
        "history_not_shared": "withheld",
        "new": "withheld",
    }
    # Who can't reach the bot at all names no session; and if one is named, it is of no concern.
    alone = Notice("@li:matrix.test", "key", "", "", "m.no_olm")
    assert notice(code="m.no_olm") == notice(code="m.no_olm", room_id=7, session_id=None) == alone


@pytest.mark.parametrize("field", ["algorithm", "room_id", "session_id", "sender_key", "code"])
@pytest.mark.parametrize("value", [None, 7, "", [], {}, "x" * 256, "line\nbreak"])
def test_a_notice_that_is_none(field: str, value: Any) -> None:
    assert notice(**{field: value}) is None


@pytest.mark.parametrize(
    "event", [None, 7, [], {}, {"type": WITHHELD}, {**SOUND, "content": 7}, {**SOUND, "sender": 7}]
)
def test_no_notice_at_all(event: Any) -> None:
    assert read(event) is None


async def test_refusals_are_remembered_but_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withheld, "MOST", 2)
    own = {"homeserver": "https://h.example", "user": "@desk:h.example", "device": "D", "token": "secret"}
    adapter = Matrix(MatrixSettings.model_validate(own))
    async with BotHarness(adapter=adapter, database_url=f"sqlite://{tmp_path / 'a.sqlite3'}", folder=tmp_path) as bot:
        notes, rooms, writes = matrix_of(bot.bot).notes, Rooms("matrix", "@desk:h.example"), list[Write]()
        rooms.enter("!room")

        def why(known: Withheld, session: str, **more: str) -> str | None:
            return known.why("!room", {"sender": "@li:matrix.test", "content": {"session_id": session, **more}})

        known = Withheld(notes, rooms, bot.clock.now)
        for session, code in (("a", "unverified"), ("a", "blacklisted"), ("b", "blacklisted"), ("c", "unauthorised")):
            said = notice(session_id=session, code=f"m.{code}")
            assert said is not None
            known.heard(said)
            known.heard(said._replace(room="!elsewhere"))
        known.settle(writes)
        await notes.write(*writes)
        # What was said first of a session counts; the oldest makes room; it is the same after a restart.
        for _ in range(2):
            assert [why(known, session) for session in "abc"] == [None, "blocked", "withheld"]
            assert why(known, "b", sender_key="key") == "blocked" and why(known, "b", sender_key="other") is None
            known = Withheld(notes, rooms, bot.clock.now)
            await known.load()
        bot.clock.step(withheld.KEPT + timedelta(seconds=1))
        await known.load()
        assert why(known, "b") is None and await notes.all(WITHHELD_NOTE) == []


async def test_a_refusal_is_told_at_once(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    li, room = met.li, met.room
    plugin, told = listening()
    async with met.bot(plugin) as bot:
        hidden = await hides(li, "hidden", room, met.account)
        await until(lambda: matrix_of(bot).describe()["waiting_for_keys"])
        assert not told
        await refuses(li, met.account, room, hidden.session.id, "m.unverified")
        await until(lambda: told)
        assert (told[0].kind, told[0].data) == (MessageKind.UNKNOWN, {"unreadable": "unverified"})
        facts = matrix_of(bot).describe()
        assert (facts["unreadable"], facts["unreadable_unverified"]) == (1, 1)
    # It is said once a session: also what is written after a restart, with the same, is told at once.
    async with met.bot(plugin) as bot:
        await hidden.says("hidden too")
        await until(lambda: len(told) == 2)
        assert told[1].data == {"unreadable": "unverified"}
        # The key comes after all.
        await hidden.give()
        await li.says("open", room)
        await li.sees("heard open", room)
        await bot.drain()
        rows = await bot.services.database.read("SELECT revision, payload FROM inbox ORDER BY id")
        assert [(row["revision"], json.loads(row["payload"]).get("text", "")) for row in rows] == [
            (0, ""), (0, ""), (1, "hidden"), (1, "hidden too"), (0, "open"),
        ]  # fmt: skip
        assert matrix_of(bot).describe()["waiting_for_keys"] == 0


async def test_what_the_resident_and_the_officer_see(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    li, room = met.li, met.room
    async with met.bot(safety, handoff) as bot:
        hidden = await hides(li, "hidden", room, met.account)
        session = hidden.session.id
        # Said before the message, inside the encryption, by the very device.
        [device] = li.client.olm.device_store.active_user_devices(met.account.id)
        await tells(li, device, WITHHELD, refusal(li, room, session, "m.blacklisted"))
        line = await li.sees("屏蔽", room)
        assert "110" in line.text and "#" in line.text
        [case] = await bot.services.database.read("SELECT topic, level FROM case_file")
        assert (case["topic"], case["level"]) == ("unreadable", "routine")


async def test_nobody_refuses_for_another(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path, "楼", others=["wang"])
    li, room, [wang] = met.li, met.room, met.others
    plugin, _ = listening()
    async with met.bot(plugin) as bot:
        await li.meets(wang, room)
        hidden = await hides(li, "hidden", room, met.account)
        session, own = hidden.session.id, li.client.olm.account.identity_keys["curve25519"]
        # Another member, in his own name and in that of her device; in the open, and closed for the bot alone.
        await refuses(wang, met.account, room, session, "m.unverified", sender_key=own)
        await refuses(wang, met.account, room, session, "m.unverified")
        forged = {**refusal(wang, room, session, "m.unverified"), "sender_key": own}
        [device] = wang.client.olm.device_store.active_user_devices(met.account.id)
        await tells(wang, device, WITHHELD, forged)
        # She herself, of another room, of another session, of one that another device made.
        other = wang.client.olm.account.identity_keys["curve25519"]
        await refuses(li, met.account, room, session, "m.unverified", room_id="!elsewhere:matrix.test")
        await refuses(li, met.account, room, "another", "m.unverified")
        await refuses(li, met.account, room, session, "m.unverified", sender_key=other)
        [device] = li.client.olm.device_store.active_user_devices(met.account.id)
        await tells(li, device, WITHHELD, {**refusal(li, room, session, "m.unverified"), "sender_key": other})
        # That a key is not there any device may say: of those that she has, it need not be the one that made it.
        phone = await homeserver.again(li)
        await phone.knows(met.account)
        await phone.mentions(met.account, "{} open", room)
        await li.sees("heard open", room)
        await refuses(phone, met.account, room, session, "m.unavailable", sender_key=own)
        await wang.mentions(met.account, "{} still there", room)
        await wang.sees("still there", room, of=met.account.id)
        facts = matrix_of(bot).describe()
        assert (facts["waiting_for_keys"], facts.get("unreadable")) == (1, None)


async def test_a_group_is_told_once_and_sees_again(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path, "楼", others=["wang"])
    li, room, [wang] = met.li, met.room, met.others
    async with met.bot(safety, groups, parrot()) as bot:
        await li.mentions(met.account, "{} /enable", room)
        await li.sees("已启用", room, of=met.account.id)
        hidden = await hides(li, "hidden", room, met.account)
        await refuses(li, met.account, room, hidden.session.id, "m.unverified")
        line = await li.sees("已验证", room, of=met.account.id)
        assert "110" in line.text and await blind(bot, room)
        # What another says is read, and changes nothing of that.
        await wang.mentions(met.account, "{} seen", room)
        await wang.sees("seen", room, of=met.account.id)
        await hidden.says("hidden too")
        await until(lambda: matrix_of(bot).describe()["unreadable"] == 2)
        assert await blind(bot, room)
    # Nor does a restart; she changes what her app does.
    async with met.bot(safety, groups, parrot()) as bot:
        li.client.invalidate_outbound_session(room)
        await li.mentions(met.account, "{} at last", room)
        await li.sees("at last", room, of=met.account.id)
        await bot.drain()
        assert not await blind(bot, room)
        lines = [line.text for line in await li.reads(room) if line.sender == met.account.id]
        assert len([text for text in lines if "已验证" in text]) == 1


async def test_who_can_not_reach_the_bot_is_reached_by_it(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    li, room = met.li, met.room
    async with met.bot() as bot:
        await refuses(li, met.account, room, "", "m.no_olm")
        hidden = await hides(li, "hidden", room, met.account)
        await li.until(lambda _: asked(li, met.account) and _begun(li), room)
        # It waits as before: that is no refusal, and the key may come now.
        facts = matrix_of(bot).describe()
        assert (facts["waiting_for_keys"], facts.get("unreadable")) == (1, None)
        session = hidden.session.id
        [device] = li.client.olm.device_store.active_user_devices(met.account.id)
        await tells(li, device, FORWARDED, key_of(li, room, session))
        await li.sees("echo hidden", room)


def _begun(li: Person) -> list[Any]:
    return [letter for letter in li.letters if isinstance(letter, nio.DummyEvent)]


async def test_who_has_one_device_says_that_a_key_is_lost(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    li, room = met.li, met.room
    plugin, told = listening()
    async with met.bot(plugin) as bot:
        await li.says("open", room)
        await li.sees("heard open", room)
        hidden = await hides(li, "hidden", room, met.account)
        await li.until(lambda _: asked(li, met.account), room)
        await refuses(li, met.account, room, hidden.session.id, "m.unavailable")
        await until(lambda: len(told) == 2)
        assert told[1].data == {"unreadable": "withheld"} and matrix_of(bot).describe()["unreadable_withheld"] == 1
