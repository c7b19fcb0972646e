"""Claims: of many who press at once exactly one holds the case, on both databases."""

from __future__ import annotations

import asyncio
import os

from botkit.plugins.handoff.errors import HandoffError, Taken
from botkit.plugins.handoff.models import Case, CaseEvent
from botkit.plugins.handoff.officers import work
from botkit.staff import Member
from botkit.testing import BotHarness
from tests.plugins.handoff.station import desk, only_case, station

PRESSES = 100
ROUNDS = 1_000 if os.environ.get("BOTKIT_SOAK") else 60
"""Rounds in which eight officers press at once. The full figure: ``make soak``."""


async def test_a_hundred_presses_one_owner(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        people = [Member(n, f"o{n}", f"O{n}", "社区民警", frozenset({"officer"})) for n in range(1, PRESSES + 1)]

        async def press(person: Member) -> Case:
            action = work.Action(person, case.id, case.epoch)
            return await bot.services.unit(lambda unit: work.claim(desk(bot), unit, action))

        results = await asyncio.gather(*(press(person) for person in people), return_exceptions=True)
        winners = [result for result in results if isinstance(result, Case)]
        losers = [result for result in results if isinstance(result, HandoffError)]
        assert len(winners) == 1 and len(losers) == PRESSES - 1
        assert all(isinstance(loser, Taken) and loser.told.args["at"] == winners[0].claimed_at for loser in losers)
        case = await only_case()
        assert (case.state, case.holder_id, case.epoch) == ("claimed", winners[0].holder_id, 1)
        assert case.lease_until is not None and case.claimed_at is not None
        assert (case.lease_until - case.claimed_at).total_seconds() == 4 * 3600
        assert await CaseEvent.filter(what="case.claimed").count() == 1
        await bot.settle()
        assert len([text for text in bot.news() if "已接手" in text]) == 1


async def test_one_person_pressing_often_is_one_claim() -> None:
    async with station() as bot:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        person = Member(7, "o", "O", "社区民警", frozenset({"officer"}))
        action = work.Action(person, case.id, case.epoch)
        done = await asyncio.gather(
            *(bot.services.unit(lambda unit: work.claim(desk(bot), unit, action)) for _ in range(10))
        )
        assert {found.holder_id for found in done} == {7}
        assert await CaseEvent.filter(what="case.claimed").count() == 1


async def test_many_residents_at_once_get_numbers_of_their_own(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await bot.deliver(*(bot.message("我的案子有进展吗", who=f"r{n}") for n in range(120)))
        numbers = [case.number for case in await Case.all().order_by("id")]
        assert numbers == [f"0311-{n:02d}" for n in range(1, 121)]
        assert len(bot.news()) == 120


async def test_round_after_round_eight_press_and_one_wins(database_url: str) -> None:
    people = [Member(n, f"o{n}", f"O{n}", "社区民警", frozenset({"officer"})) for n in range(1, 9)]
    async with station(database_url=database_url) as bot:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        winners = []
        for _ in range(ROUNDS):
            case = await Case.get(id=case.id)
            actions = [work.Action(person, case.id, case.epoch) for person in people]
            results = await asyncio.gather(*(press(bot, action) for action in actions))
            won = [person for person, result in zip(people, results, strict=True) if result is None]
            lost = [result for result in results if result is not None]
            assert len(won) == 1 and len(lost) == 7 and all(isinstance(each, Taken) for each in lost)
            winners.append(won[0].id)
            held = await Case.get(id=case.id)
            assert held.holder_id == won[0].id and held.epoch == case.epoch + 1
            back = work.Action(won[0], case.id, held.epoch)
            await bot.services.unit(lambda unit, back=back: work.release(desk(bot), unit, back))
        assert await CaseEvent.filter(what="case.claimed").count() == ROUNDS == len(winners)


async def press(bot: BotHarness, action: work.Action) -> HandoffError | None:
    """A press of 接了: None for who won, else why not."""
    try:
        await bot.services.unit(lambda unit: work.claim(desk(bot), unit, action))
    except HandoffError as problem:
        return problem
    return None
