"""What no proper client sends: the bot takes each event to exactly one end, and goes on answering."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from botkit.bot import Bot
from botkit.context import Context
from botkit.decision import Decision, Disposition
from botkit.messages import MessageKind, say
from botkit.plugin import Plugin, Stage
from tests.adapters.matrix.bots import running, table
from tests.adapters.matrix.malformed import LAX, LOOSE, MALFORMED, STATES, TEXT
from tests.matrix.homeserver import ApiError, Homeserver
from tests.matrix.person import Person
from tests.matrix.relay import Relay


def lettered(number: int) -> str:
    """A number in letters, a for nought."""
    return str(number).translate(str.maketrans("0123456789", "abcdefghij"))


def counting() -> Plugin:
    """A plugin that tells how long a text is, in letters: numbers would be withheld."""
    plugin = Plugin("counting")

    @plugin.stage(Stage.HANDOFF)
    async def everything(context: Context) -> Decision:
        message = context.message
        told = f"{lettered(len(message.text))} {message.text[:20]}"
        return (
            Decision(Disposition.ANSWERED, (say(told),))
            if message.kind is MessageKind.TEXT
            else Decision(Disposition.SILENT)
        )

    return plugin


async def sent(homeserver: Homeserver, li: Person, room: str, events: list[tuple[str, Any]]) -> int:
    """How many of these the homeserver took; what it refuses itself can't reach the bot."""
    taken = 0
    for kind, content in events:
        try:
            await homeserver.sends(li, kind, content, room)
            taken += 1
        except ApiError as refused:
            # Some of it the homeserver itself falls over.
            assert refused.status in (400, 403, 413, 500), (kind, content, refused)
    return taken


def locked(li: Person, kind: str, content: dict[str, Any], room: str) -> tuple[str, dict[str, Any]]:
    """An event inside the encryption, with nothing of it outside."""
    outer, sealed = li.client.encrypt(room, kind, dict(content))
    return outer, {name: value for name, value in sealed.items() if name != "m.relates_to"}


async def unharmed(bot: Bot) -> None:
    """Nothing failed, and every event that was kept has an end."""
    await bot.drain()
    assert not any(sample.value for metric in bot.services.metrics.failed.collect() for sample in metric.samples)
    rows = await bot.services.database.read("SELECT platform_id, disposition FROM inbox")
    assert all(row["disposition"] for row in rows)
    assert len({row["platform_id"] for row in rows}) >= 1


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_malformed_events(homeserver: Homeserver, tmp_path: Path, encrypted: bool) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=encrypted)
    room = await li.room(invite=[account], encrypted=encrypted, direct=True)
    async with running(tmp_path, table(homeserver.url, account, keys=encrypted), [counting()]) as bot:
        await li.meets(account, room)
        await li.knows(account)
        if encrypted:
            # Inside the encryption the homeserver checks nothing.
            await li.says("hello", room)
            for kind, content in (*MALFORMED, *LAX):
                await homeserver.sends(li, *locked(li, kind, content, room), room)
            await li.sends(TEXT, {"msgtype": 7, "body": {}}, room)
            await li.sends(TEXT, {}, room)
        assert await sent(homeserver, li, room, MALFORMED) > len(MALFORMED) * 0.7
        await li.says("still there?", room)
        await li.sees("still there?", room)
        await unharmed(bot)


async def test_what_another_homeserver_would_hand_on(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    room, other = await li.room(invite=[account], direct=True), await li.room("楼", invite=[account])

    def changes(news: dict[str, Any]) -> None:
        for info in news.get("rooms", {}).get("join", {}).values():
            known = info.setdefault("timeline", {}).setdefault("events", [])
            info["timeline"]["events"] = [*LOOSE, *known, *LOOSE]
            state = info.setdefault("state", {}).setdefault("events", [])
            for event in (*state, *known):
                if event["type"] == "m.room.create":
                    # A version that nobody has heard of.
                    event["content"]["room_version"] = "org.example.99"
            info["state"]["events"] = [*state, *LOOSE]
            info["summary"] = []
            info["account_data"] = {"events": [7, {"type": "m.tag", "content": {"tags": []}}]}

    async with Relay(homeserver.url) as relay:
        relay.changes = changes
        async with running(tmp_path, table(relay.url, account, keys=False), [counting()]) as bot:
            for place in (room, other):
                await li.meets(account, place)
                await li.mentions(account, "{} still there?", place)
                await li.sees("still there?", place, of=account.id)
            assert bot.services.adapters["matrix"].describe()["malformed"] > len(LOOSE)
            await unharmed(bot)


async def test_malformed_state(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    room = await li.room(invite=[account], direct=True)
    async with running(tmp_path, table(homeserver.url, account, keys=False), [counting()]) as bot:
        await li.meets(account, room)
        for kind, content in STATES:
            try:
                await homeserver.sends(li, kind, content, room, state_key="")
            except ApiError as refused:
                assert refused.status in (400, 403), (kind, refused)
        await li.says("still there?", room)
        await li.sees("still there?", room)
        await unharmed(bot)


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_events_as_large_as_they_may_be(homeserver: Homeserver, tmp_path: Path, encrypted: bool) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=encrypted)
    room = await li.room(invite=[account], encrypted=encrypted, direct=True)
    async with running(tmp_path, table(homeserver.url, account, keys=encrypted), [counting()]) as bot:
        await li.meets(account, room)
        await li.knows(account)
        # Encryption adds a third, and its JSON writes out what is not ASCII.
        for letter, count in (("a", 45_000), ("警", 7_500)) if encrypted else (("a", 64_000), ("警", 21_000)):
            await li.says(letter * count, room)
            await li.sees(f"{lettered(count)} {letter * 20}", room)
        await unharmed(bot)


async def test_clocks_that_are_wrong(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    room = await li.room(invite=[account], direct=True)
    async with running(tmp_path, table(homeserver.url, account, keys=False), [counting()]) as bot:
        await li.meets(account, room)
        # 1970, a day ago, in a day, the year 2286, and what no calendar has.
        for name, moment in (("a", 0), ("b", 1_790_000_000_000), ("c", 9_999_999_999_000), ("d", 2**53 - 1)):
            await homeserver.sends_at(moment, li, {"msgtype": "m.text", "body": f"clock {name}"}, room)
            await li.sees(f"clock {name}", room, of=account.id)
        await unharmed(bot)
        # None of it waited for its day, nor was taken for something long past.
        now = bot.services.clock.now()
        rows = await bot.services.database.read("SELECT payload FROM inbox")
        said = [datetime.fromisoformat(json.loads(row["payload"])["at"]) for row in rows]
        assert len(said) == 4 and all(now - timedelta(minutes=1) < at <= now for at in said)
