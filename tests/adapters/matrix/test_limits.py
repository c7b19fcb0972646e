"""What the homeserver does not take, or not now: its limits, a room's powers, members who are gone, its own faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from botkit.bot import Bot
from botkit.letters import letters
from botkit.messages import Chat, ChatKind, Lane, say
from tests.adapters.matrix.bots import matrix_of, parrot, running, table, until
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.operator import operator
from tests.matrix.person import Person
from tests.matrix.relay import Relay


async def rooms(bot: Bot, li: Person, account: Account, *, encrypted: bool = False, count: int = 1) -> list[str]:
    """Groups that the bot has come into."""
    made = []
    for number in range(count):
        room = await li.room("楼", invite=[account], encrypted=encrypted and not number)
        await li.meets(account, room)
        await until(lambda room=room: bot.services.chats.find(Chat("matrix", room)))
        made.append(room)
    if encrypted:
        await li.knows(account)
    await bot.drain()
    return made


async def says(bot: Bot, room: str, texts: str, lane: Lane = Lane.REPLY) -> None:
    """Let the bot say each letter in a room."""
    row = bot.services.chats.find(Chat("matrix", room))
    assert row is not None

    async def job(unit: Any) -> None:
        for text in texts:
            unit.say(say(text, lane=lane, quote=False), chat=row.id)

    await bot.services.unit(job)


async def heard(li: Person, account: Account, room: str) -> str:
    """What the bot said in a room, as somebody reads it."""
    return "".join(line.text for line in await li.reads(room) if line.sender == account.id)


async def test_a_limit_delays_the_account_and_urgent_words_go_first(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, operates = await homeserver.account("bot"), await homeserver.person("li"), await operator(homeserver)
    async with running(tmp_path, table(homeserver.url, account)) as bot:
        first, second, third = await rooms(bot, li, account, encrypted=True, count=3)
        await operates.limits(account, per_second=10)
        for room in (first, second):
            await says(bot, room, "abcd")

        async def waiting() -> list[Any]:
            return await bot.services.database.read("SELECT id FROM outbox WHERE problem = 'RetryLater'")

        while not await waiting():
            await li.syncs(50)
        await says(bot, third, "x", Lane.URGENT)
        await bot.drain()
        rows = await bot.services.database.read("SELECT lane, created_at, done_at FROM outbox")
        [since] = [row["created_at"] for row in rows if row["lane"] == Lane.URGENT]
        sent = sum(row["done_at"] < since for row in rows)
        assert [await heard(li, account, room) for room in (first, second, third)] == ["abcd", "abcd", "x"]
        said = [event for room in (first, second, third) for event in await homeserver.history(li, room)]
        order = sorted(
            (event["origin_server_ts"], event["room_id"] == third)
            for event in said
            if event["sender"] == account.id and event["type"] in ("m.room.message", "m.room.encrypted")
        )
        assert len(order) == 9
        # What was under way when it came went before it, and nothing else.
        assert [urgent for _, urgent in order].index(True) <= sent + 3
        rows = await bot.services.database.read("SELECT status, attempts FROM outbox")
        assert {(row["status"], row["attempts"]) for row in rows} == {("sent", 1)}
    asked = [path for method, path in homeserver.synapse.requests() if method == "PUT" and "/send/m.room." in path]
    assert 9 < sum(any(room[1:10] in path for room in (first, second, third)) for path in asked) < 9 * 4


async def test_without_the_power_to_speak_it_is_told_and_can_be_said_again(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    async with running(tmp_path, table(homeserver.url, account)) as bot:
        mute, other = await rooms(bot, li, account, count=2)
        await homeserver.sends(li, "m.room.power_levels", {"users": {}, "events_default": 50}, mute, state_key="")
        await says(bot, mute, "ab")
        await says(bot, other, "c")
        await bot.drain()
        found = await letters(bot.services.database)
        assert [(letter.status, letter.problem) for letter in found] == [("dead", "Unreachable")] * 2
        assert (await heard(li, account, mute), await heard(li, account, other)) == ("", "c")
        await homeserver.sends(li, "m.room.power_levels", {"users": {}}, mute, state_key="")
        for letter in reversed(found):
            assert await bot.delivery.retry(letter.id)
        await bot.drain()
        assert await heard(li, account, mute) == "ab" and not await letters(bot.services.database)


async def test_removed_while_something_waits(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    async with Relay(homeserver.url) as relay, running(tmp_path, table(relay.url, account)) as bot:
        left, other = await rooms(bot, li, account, count=2)
        relay.lets_pass.clear()
        await says(bot, left, "ab")
        await says(bot, other, "c")
        await li.client.room_kick(left, account.id)
        relay.lets_pass.set()
        await bot.drain()
        assert [letter.problem for letter in await letters(bot.services.database)] == ["Unreachable"] * 2
        assert (await heard(li, account, left), await heard(li, account, other)) == ("", "c")


async def test_nothing_is_said_into_a_private_room_that_its_person_has_left(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    room = await li.room(invite=[account], direct=True)
    async with Relay(homeserver.url) as relay, running(tmp_path, table(relay.url, account), [parrot()]) as bot:
        await li.meets(account, room)
        await li.says("hello", room)
        await li.sees("echo hello", room)
        relay.lets_pass.clear()
        await says(bot, room, "ab")
        await until(lambda: relay.held)
        await li.client.room_leave(room)
        await until(lambda: matrix_of(bot).rooms.enter(room).size == 1)
        relay.lets_pass.set()
        await bot.drain()
        # The first was on its way; the second knows that nobody is there.
        assert [letter.problem for letter in await letters(bot.services.database)] == ["Unreachable"]
        row = bot.services.chats.find(Chat("matrix", room))
        assert row is not None and row.chat.kind is ChatKind.DM


async def test_a_fault_of_the_homeserver_after_it_took_an_event_doubles_nothing(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    async with Relay(homeserver.url) as relay, running(tmp_path, table(relay.url, account)) as bot:
        [room] = await rooms(bot, li, account)
        relay.spoiled = [(500, {"errcode": "M_UNKNOWN"}), (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 10})]
        await says(bot, room, "ab")
        await bot.drain()
        assert not relay.spoiled and await heard(li, account, room) == "ab"
