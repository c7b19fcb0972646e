"""Other servers' clocks: what is wrong with them is learnt, and what was long on its way is still long past."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.matrix import clocks
from adapters.matrix.clocks import Clocks
from botkit.bot import Bot
from botkit.context import Context
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff import plugin as handoff
from tests.adapters.matrix.bots import matrix_of, parrot, running, until
from tests.adapters.matrix.test_federation import ENCRYPTED, among_both, said_by
from tests.matrix.federation import Pair
from tests.matrix.keys import hides

HOME, AWAY = "near.example", "far.example"
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{name: 1}) for name in ("seconds", "minutes", "hours", "days"))


def event(at: datetime, server: str = AWAY, **more: Any) -> dict[str, Any]:
    """Something that somebody's server says was made then."""
    plain = {"type": "m.room.message", "content": {}, "sender": f"@wang:{server}"}
    return {**plain, "origin_server_ts": int(at.timestamp() * 1000), **more}


def hears(known: Clocks, *arrivals: tuple[timedelta, timedelta]) -> list[timedelta]:
    """Things arrive so long after noon, made so long after noon by their server's clock: how old each counts as."""
    found = []
    for arrived, made in arrivals:
        now = NOON + arrived
        known.heard(event(NOON + made), now)
        found.append(now - known.moment(event(NOON + made), now))
    return found


def test_a_clock_that_is_right_is_believed() -> None:
    known = Clocks(HOME)
    assert hears(known, (SECOND, 0 * SECOND), (MINUTE, MINUTE - SECOND)) == [SECOND, SECOND]
    # What was held up: an hour's talk, all of it at once, and the rest of it a little later.
    late = hears(known, (HOUR, MINUTE), (HOUR, 20 * MINUTE), (HOUR + 5 * SECOND, 40 * MINUTE))
    assert late == [59 * MINUTE, 40 * MINUTE, 20 * MINUTE + 5 * SECOND]
    assert not known.changed


@pytest.mark.parametrize("behind", [HOUR, DAY, 2000 * DAY])
def test_a_clock_that_is_behind_is_known_from_the_second_word(behind: timedelta) -> None:
    known = Clocks(HOME)
    ages = hears(known, *((n * MINUTE + SECOND, n * MINUTE - behind) for n in range(3)))
    assert ages == [behind + SECOND, 0 * SECOND, 0 * SECOND]
    # What it holds up is late by that much, and no more.
    assert hears(known, (HOUR, 10 * MINUTE - behind)) == [50 * MINUTE - SECOND]
    # Put right, it is believed at once.
    assert hears(known, (2 * HOUR, 2 * HOUR), (3 * HOUR, 2 * HOUR)) == [0 * SECOND, HOUR]


def test_a_clock_that_is_ahead_is_known_at_once() -> None:
    known = Clocks(HOME)
    assert hears(known, (SECOND, 2 * DAY), (HOUR, 2 * DAY + 10 * MINUTE)) == [0 * SECOND, 50 * MINUTE - SECOND]
    # Less wrong than it was: known from the second word on.
    ages = hears(known, (2 * HOUR, DAY + 2 * HOUR), (2 * HOUR + MINUTE, DAY + 2 * HOUR + MINUTE))
    assert ages == [DAY - SECOND, 0 * SECOND]


def test_who_comes_in_bears_the_time_of_who_let_him_in() -> None:
    known, now = Clocks(HOME), NOON + DAY
    joined = {"type": "m.room.member", "content": {"membership": "join"}, "state_key": f"@wang:{AWAY}"}
    assert hears(known, (SECOND, 2 * DAY)) == [0 * SECOND]
    known.heard(event(now - SECOND, **joined), now)
    refused = {"type": "m.room.member", "content": {"membership": "leave"}, "state_key": f"@wang:{AWAY}"}
    known.heard(event(now - SECOND, **refused), now)
    assert known.behind(AWAY) < -DAY and known.moment(event(now - SECOND, **joined), now) == now - SECOND
    # Which of the two clocks it was is not told: it is taken for the later one.
    hears(known, (2 * DAY, DAY), (2 * DAY + MINUTE, DAY + MINUTE))
    assert known.behind(AWAY) == DAY
    for showed in (0 * DAY, DAY):
        assert known.moment(event(NOON + 2 * DAY - showed, **joined), NOON + 2 * DAY) == NOON + 2 * DAY


def test_what_arrives_together_says_nothing_of_a_clock() -> None:
    known = Clocks(HOME)
    assert hears(known, *(((HOUR + n * SECOND / 10), n * SECOND / 10) for n in range(5))) == [HOUR] * 5


def test_our_own_server_counts_for_itself_and_others_may_be_counted_for() -> None:
    known, now = Clocks(HOME), NOON
    aged = {"unsigned": {"age": 5000}}
    assert known.moment(event(NOON - DAY, HOME, **aged), now) == NOON - 5 * SECOND
    # What its clock showed is no count of its own; what differs from it is.
    assert known.moment(event(NOON - 5 * SECOND, **aged), now) == NOON - 5 * SECOND
    assert known.moment(event(NOON - DAY, **aged), now) == NOON - 5 * SECOND
    known.heard(event(NOON - DAY, HOME), now)
    known.heard(event(NOON - DAY, HOME), now + HOUR)
    assert not known.changed and known.behind(HOME) == clocks.NONE
    assert known.moment(event(NOON, origin_server_ts="x"), now) == now


def test_what_is_kept_is_taken_in_again_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "MOST", 3)
    known = Clocks(HOME)
    for n in range(5):
        known.heard(event(NOON + DAY, f"{n}.example"), NOON)
    assert known.changed == {f"{n}.example" for n in range(5)}
    kept = [(server, payload) for server in known.changed if (payload := known.kept(server)) is not None]
    assert {server for server, _ in kept} == {"2.example", "3.example", "4.example"}
    again = Clocks(HOME)
    again.load([(server, json.loads(json.dumps(payload))) for server, payload in kept])
    assert again.behind("4.example") == -DAY and not again.changed
    for n in range(5):
        known.heard(event(NOON - HOUR, f"old-{n}.example"), NOON)
    assert len(known._samples) == 3


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(-(10**9), 10**9)), max_size=20))
def test_nothing_is_of_later_than_now(arrivals: list[tuple[int, int]]) -> None:
    known, now = Clocks(HOME), NOON
    for wait, off in arrivals:
        now += timedelta(milliseconds=wait)
        something = event(now + timedelta(seconds=off))
        known.heard(something, now)
        assert known.moment(something, now) <= now


def answering() -> Plugin:
    """A plugin that answers every question."""
    plugin = Plugin("answering")

    @plugin.stage(Stage.DIRECTORY)
    async def everything(context: Context) -> str:
        return f"heard {context.message.text}"

    return plugin


async def ages(bot: Bot) -> list[timedelta]:
    """How old what was said counted as when it was received."""
    said = "SELECT payload, received_at FROM inbox WHERE payload LIKE '%停%' OR payload LIKE '%来水%' ORDER BY id"
    rows = await bot.services.database.read(said)
    found = []
    for row in rows:
        at = datetime.fromisoformat(json.loads(row["payload"])["at"])
        found.append(datetime.fromisoformat(row["received_at"]) - at)
    return found


@pytest.mark.parametrize("off", [2 * DAY, -DAY], ids=["ahead", "behind"])
async def test_who_is_on_a_server_with_a_wrong_clock_is_answered_in_the_group(
    pair: Pair, tmp_path: Path, off: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two words follow each other more quickly here, and a busy machine may keep one longer than the other.
    monkeypatch.setattr(clocks, "APART", timedelta(milliseconds=100))
    monkeypatch.setattr(clocks, "ALIKE", MINUTE)
    account, li, wang = await pair.near.account("bot"), await pair.near.person("li"), await pair.far.person("wang")
    pair.servers.far.shifts(int(off.total_seconds() * 1000))
    room = await li.room("楼", invite=[account, wang])
    matrix, plugins = among_both(pair, account), [handoff, answering()]
    async with running(tmp_path, matrix, plugins) as bot:
        await li.meets(account, room)
        # The time of her coming is that of the server that let her in.
        await wang.enters(room)
        await wang.meets(account, room)
        await until(lambda: wang.id in matrix_of(bot).rooms.enter(room).members)
        if off < timedelta():
            # From one word alone it can't be said whether it is old, or its clock is wrong: that is not for the group.
            await wang.mentions(account, "{} 停水了零", room)
            await wang.until(lambda lines: len(wang.invitations) == 1, room)
        for word in ("一", "二"):
            await wang.mentions(account, f"{{}} 停水了{word}", room)
            await wang.sees(f"heard 停水了{word}", room, of=account.id)
        await bot.drain()
        assert all(timedelta() <= age < MINUTE for age in (await ages(bot))[-2:])
        # Li's own server's is right, and order is that of arrival.
        await li.mentions(account, "{} 停水了三", room)
        await li.sees("heard 停水了三", room, of=account.id)
    # It is still known after a restart, when what comes may have come long ago.
    async with running(tmp_path, matrix, plugins) as bot:
        await until(lambda: matrix_of(bot).rooms.ready.is_set())
        known = matrix_of(bot).receiving.clocks.behind(pair.servers.far.domain)
        assert abs(known + off) < MINUTE
        pair.servers.far.shifts(0)
        await wang.mentions(account, "{} 停水了四", room)
        await wang.sees("heard 停水了四", room, of=account.id)
        assert matrix_of(bot).receiving.clocks.behind(pair.servers.far.domain) == clocks.NONE
        assert said_by(wang, room, account) == [f"heard 停水了{word}" for word in "一二三四"]


async def test_a_key_is_waited_for_from_when_it_was_missed(pair: Pair, tmp_path: Path) -> None:
    account, wang = await pair.near.account("bot"), await pair.far.person("wang")
    room = await wang.room(invite=[account], encrypted=True, direct=True)
    async with running(tmp_path, among_both(pair, account), [parrot()]) as bot:
        await wang.meets(account, room)
        await wang.knows(account)
        # Longer ago than anything is waited for, says her server.
        pair.servers.far.shifts(int(-8 * DAY.total_seconds() * 1000))
        hidden = await hides(wang, "停水了", room, account)
        await until(lambda: matrix_of(bot).describe()["waiting_for_keys"] == 1)
        await hidden.give()
        await wang.sees("echo 停水了", room)
        assert matrix_of(bot).describe()["waiting_for_keys"] == 0


@ENCRYPTED
async def test_what_was_an_hour_on_its_way_is_not_answered_in_the_group(
    pair: Pair, tmp_path: Path, encrypted: bool
) -> None:
    account, li, wang = await pair.near.account("bot"), await pair.near.person("li"), await pair.far.person("wang")
    room = await li.room("楼", invite=[account, wang], encrypted=encrypted)
    async with running(tmp_path, among_both(pair, account), [handoff, answering()]) as bot:
        await li.meets(account, room)
        await wang.enters(room)
        await wang.meets(account, room)
        await wang.knows(account)
        await wang.mentions(account, "{} 停水了", room)
        await wang.sees("heard 停水了", room, of=account.id)
        pair.servers.part()
        # As if it had waited over there: its clock is right, it showed this an hour ago.
        pair.servers.far.shifts(-3_600_000)
        await wang.mentions(account, "{} 停电了", room)
        pair.servers.far.shifts(0)
        pair.servers.meet()
        await wang.mentions(account, "{} 来水了", room)
        await wang.sees("heard 来水了", room, of=account.id)
        await bot.drain()
        assert said_by(wang, room, account) == ["heard 停水了", "heard 来水了"]
        assert sum(age > 50 * MINUTE for age in await ages(bot)) == 1
