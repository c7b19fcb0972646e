"""Spaces as stations: what one lists is allowed, at once and no longer than it is listed; it is never a chat itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from adapters.matrix import Matrix, spaces
from adapters.matrix.settings import MatrixSettings
from botkit.adapter import Adapter, Batch
from tests.adapters.matrix.bots import matrix_of, running, table, until
from tests.matrix.config import DOMAIN
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Person
from tests.matrix.relay import Relay

CHILD = "m.space.child"


async def space(person: Person, **options: Any) -> str:
    """A space that somebody makes."""
    return await person.room("站", space=True, **options)


async def lists(homeserver: Homeserver, person: Person, parent: str, child: str, *, via: object = (DOMAIN,)) -> None:
    """Somebody puts a room on a space's list, or with an empty ``via`` takes it off."""
    await homeserver.sends(person, CHILD, {"via": list(via)} if via else {}, parent, state_key=child)


async def opens(homeserver: Homeserver, person: Person, room: str, to: str) -> None:
    """Somebody lets the members of a space into a room."""
    rule = {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": to}]}
    await homeserver.sends(person, "m.room.join_rules", rule, room, state_key="")


async def declined(person: Person, account: Account, room: str) -> None:
    """Wait until the bot has said no to an invitation."""
    await person.syncs()
    await person.until(lambda lines: account.id not in person.client.rooms[room].invited_users, room)
    assert not person.present(account, room)


async def test_invitations_to_what_a_space_lists(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    station = await space(li, invite=[account])
    inner, hidden = await space(li, public=True), await space(li)
    listed, nested, unseen, deep = [await li.room(name) for name in ("甲", "乙", "丙", "丁")]
    deeper = await space(li, public=True)
    for parent, child in (
        (station, listed), (station, inner), (station, hidden), (inner, nested), (hidden, unseen), (inner, deeper),
        (deeper, deep),
    ):  # fmt: skip
        await lists(homeserver, li, parent, child)
    # Nor do entries that are none disturb the others.
    for child, content in (
        ("nowhere", {"via": [DOMAIN]}),
        ("!a:b.example", {"via": 7}),
        ("!c:d.example", {"via": [7]}),
    ):
        await homeserver.sends(li, CHILD, content, station, state_key=child)
    async with running(tmp_path, table(homeserver.url, account, invites=[station])) as bot:
        await li.meets(account, station)
        for room in (listed, nested):
            await li.client.room_invite(room, account.id)
            await li.meets(account, room)
        # Two levels down, and what stands on a list that the bot can't see, are nobody's of the station.
        for room in (unseen, deep):
            await li.client.room_invite(room, account.id)
            await declined(li, account, room)
        # A room counts from the moment it is listed on, and no longer than it is; an entry has to name servers.
        late = await li.room("戊")
        await lists(homeserver, li, station, late)
        await lists(homeserver, li, station, late, via=())
        await li.client.room_invite(late, account.id)
        await declined(li, account, late)
        await homeserver.sends(li, CHILD, {"order": "a"}, station, state_key=late)
        await li.client.room_invite(late, account.id)
        await declined(li, account, late)
        await lists(homeserver, li, station, late)
        await li.client.room_invite(late, account.id)
        await li.meets(account, late)
        # Nobody told it to come by itself.
        assert not li.present(account, inner) and not li.present(account, deep)
        await li.mentions(account, "{} hello", station)
        await li.mentions(account, "{} hello", listed)
        await li.sees("echo hello", listed, of=account.id)
        await bot.drain()
        rows = await bot.services.database.read("SELECT platform_id FROM chat WHERE kind = 'group'")
        assert {row["platform_id"] for row in rows} == {listed, nested, late}
        assert not [line for line in await li.reads(station) if line.sender == account.id]


async def test_coming_by_itself(homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A long list comes in pages.
    monkeypatch.setattr(spaces, "PAGE", 2)
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    station = await space(li, invite=[account])
    public, restricted, closed = await li.room("甲", public=True), await li.room("乙"), await li.room("丙")
    inner = await space(li, public=True)
    nested = await li.room("丁", public=True)
    await opens(homeserver, li, restricted, station)
    for parent, child in ((station, public), (station, closed), (station, inner), (inner, nested)):
        await lists(homeserver, li, parent, child)
    matrix = table(homeserver.url, account, invites=[station], join_spaces=True)
    async with Relay(homeserver.url) as relay, running(tmp_path, {**matrix, "homeserver": relay.url}) as bot:
        # The homeserver lets nobody join too much at once.
        relay.refusals = [("/join/", 429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 20})] * 3
        for room in (station, public, inner, nested):
            await li.meets(account, room)
        assert not relay.refusals
        # What is listed later is come into at once, here by right of being in the space.
        await lists(homeserver, li, station, restricted)
        await li.meets(account, restricted)
        assert not li.present(account, closed)
        # Taken out, it does not come back by itself: not when it looks again, and not after a restart.
        await li.client.room_kick(public, account.id)
        await until(lambda: bot.services.adapters["matrix"].describe()["rooms"] == 4)
        another = await li.room("戊", public=True)
        await lists(homeserver, li, inner, another)
        await li.meets(account, another)
        await bot.drain()
        assert not li.present(account, public)
        adapter = Matrix(MatrixSettings.model_validate(matrix))
        told = {finding.what.key: finding for finding in await adapter.check(bot.services)}
        assert told["matrix.check.listed"].what.args == {"count": 7}
        blind = Matrix(MatrixSettings.model_validate({**matrix, "invites": [closed]}))
        assert [finding.wrong for finding in await blind.check(bot.services) if "listed" in finding.what.key] == [True]
    last = await li.room("己", public=True)
    await lists(homeserver, li, station, last)
    async with running(tmp_path, matrix):
        await li.meets(account, last)
        assert not li.present(account, public)
        # Whoever wants it back invites it.
        await li.client.room_invite(public, account.id)
        await li.meets(account, public)
        await li.mentions(account, "{} hello", public)
        await li.sees("echo hello", public, of=account.id)


async def test_taken_out_while_it_looks_it_does_not_come_back(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    station = await space(li, public=True)
    square, yard = await li.room("甲", public=True), await li.room("乙", public=True)
    await lists(homeserver, li, station, square)
    matrix = table(homeserver.url, account, invites=[station], join_spaces=True)
    async with Relay(homeserver.url) as relay, running(tmp_path, {**matrix, "homeserver": relay.url}) as bot:
        adapter = matrix_of(bot)
        await until(lambda: adapter.describe()["rooms"] == 2)
        await bot.drain()
        committed, accept = asyncio.Event(), bot.intake.accept

        async def held(adapter: Adapter, batch: Batch) -> None:
            # That it was taken out is read, and not yet stored.
            if any(event.data.get("event") == "bot.removed" for event in batch.events):
                await committed.wait()
            await accept(adapter, batch)

        bot.intake.accept = held  # type: ignore[method-assign]  # looked at, not changed
        await li.client.room_kick(square, account.id)
        await until(lambda: adapter.describe()["rooms"] == 1)
        before = len(relay.asked)
        adapter.receiving.errands.look()
        adapter.receiving.errands.wake()
        await until(lambda: any("/hierarchy" in asked.path for asked in relay.asked[before:]))
        committed.set()
        await lists(homeserver, li, station, yard)
        await li.meets(account, yard)
        assert not li.present(account, square)


async def test_taken_out_before_it_was_told_that_it_is_in_it_does_not_come_back(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    station, square = await space(li, public=True), await li.room("甲", public=True)
    matrix = table(homeserver.url, account, invites=[station], join_spaces=True)
    async with Relay(homeserver.url) as relay, running(tmp_path, {**matrix, "homeserver": relay.url}) as bot:
        adapter = matrix_of(bot)
        await until(lambda: adapter.describe()["rooms"] == 1 and not adapter.describe()["errands"])

        async def looks(rooms: int) -> None:
            """The bot looks at the list, and has done what follows from that."""
            before = len(relay.asked)
            adapter.receiving.errands.look()
            adapter.receiving.errands.wake()
            await until(lambda: any("/hierarchy" in asked.path for asked in relay.asked[before:]))
            await until(lambda: joined() == rooms and not adapter.describe()["errands"])

        def joined() -> int:
            return len([asked for asked in relay.asked if "/join/" in asked.path and square in unquote(asked.path)])

        # It comes in, and what tells it so is on its way for long; it looks once more, is taken out, and looks again.
        relay.tells.clear()
        await lists(homeserver, li, station, square)
        await looks(1)
        await looks(1)
        await li.client.room_kick(square, account.id)
        relay.tells.set()
        await bot.drain()
        yard = await li.room("乙", public=True)
        await lists(homeserver, li, station, yard)
        await li.meets(account, yard)
        assert joined() == 1 and not li.present(account, square)
