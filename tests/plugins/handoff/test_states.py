"""The life of a case against a simple model: no illegal step, no state that contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botkit.messages import MessageKind
from botkit.plugins.handoff import states, work
from botkit.plugins.handoff.errors import HandoffError, IllegalStep
from botkit.plugins.handoff.models import Case, CaseClock
from botkit.plugins.handoff.states import ENDED, OPEN, TABLE, State, Step
from botkit.staff import Member
from botkit.storage.models import Timer
from tests.plugins.handoff.station import desk, later, only_case, station

ZHANG = Member(1, "zhang", "Zhang", "社区民警", frozenset({"officer"}))
WANG = Member(2, "wang", "Wang", "社区民警", frozenset({"officer"}))
CHIEF = Member(3, "chief", "Chief", "所长", frozenset({"commander"}))


@given(st.lists(st.sampled_from(list(Step)), max_size=30))
def test_the_table_is_the_only_way(steps: list[Step]) -> None:
    state = State.QUEUED
    for step in steps:
        if (state, step) in TABLE:
            state = states.after(state, step)
            assert state is states.target(step)
        else:
            with pytest.raises(IllegalStep):
                states.after(state, step)


def test_every_state_can_be_reached_and_ends() -> None:
    reached = {State.QUEUED} | set(TABLE.values())
    assert reached == set(State)
    for state in State:
        ways = [end for (start, _), end in TABLE.items() if start is state]
        assert bool(ways) is (state not in ENDED)
    assert all(states.sources(step) for step in Step)


ACTIONS = ("claim", "release", "reply", "resolve")
OFFICERS = tuple(f"{action} {who}" for action in ACTIONS for who in ("zhang", "wang", "chief"))
STEPS = ("says", "cancels", "unsolved", "helped", "days", *OFFICERS)


class Model:
    """What should be true, in a few lines."""

    def __init__(self) -> None:
        self.state = "queued"
        self.holder: str | None = None
        self.asked = False

    def may(self, step: str) -> bool:
        """Whether an officer's step is legal, and what follows from it."""
        action, _, who = step.partition(" ")
        if action == "claim" and (self.state == "queued" or (self.state == "claimed" and self.holder == who)):
            self.state, self.holder = "claimed", who
            return True
        if self.state != "claimed" or (self.holder != who and not (action == "release" and who == "chief")):
            return False
        if action == "release":
            self.state, self.holder = "queued", None
        elif action == "resolve":
            self.state, self.asked = "resolved", True
        return True


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=14))
async def test_a_case_and_its_model_agree(steps: list[str]) -> None:
    people = {"zhang": ZHANG, "wang": WANG, "chief": CHIEF}
    async with station() as bot:
        await bot.says("我的案子有进展吗")
        model, number = Model(), 0
        for step in steps:
            case = await Case.all().order_by("id").first()
            assert case is not None
            if step == "says":
                await bot.says("还是不行" if model.state == "resolved" else "补充一句")
                if model.state == "resolved":
                    model.state, model.holder = "queued", None
                elif model.state in ("closed", "cancelled"):
                    break
            elif step == "cancels":
                if model.state not in ("queued", "claimed"):
                    continue
                await bot.says("不用了")
                model.state = "cancelled" if model.state == "queued" else model.state
            elif step == "days":
                await later(bot, days=15)
                model.state = "closed" if model.state == "resolved" else model.state
            elif step in ("unsolved", "helped"):
                if not model.asked or model.state in ("closed", "cancelled"):
                    continue
                value = f"handoff.{step}|{case.ref}"
                await bot.says(kind=MessageKind.BUTTON, data={"value": value})
                if step == "unsolved" and model.state == "resolved":
                    model.state, model.holder = "queued", None
            else:
                number += 1
                legal = model.may(step)
                action, _, who = step.partition(" ")
                assert await acts(bot, case, action, people[who], f"k{number}") is legal, step
            await agree(model, case.id, people)


async def acts(bot: Any, case: Case, action: str, person: Member, key: str) -> bool:
    """An officer's action on the case as it is now: whether it was done."""
    what = work.Action(person, case.id, case.epoch, key)
    jobs: dict[str, Any] = {
        "claim": lambda unit: work.claim(desk(bot), unit, what),
        "release": lambda unit: work.release(desk(bot), unit, what),
        "reply": lambda unit: work.reply(desk(bot), unit, what, "在看了"),
        "resolve": lambda unit: work.resolve(desk(bot), unit, what, "handled", "办好了"),
    }
    try:
        await bot.services.unit(jobs[action])
    except HandoffError:
        return False
    await bot.settle()
    return True


async def agree(model: Model, case_id: int, people: dict[str, Member]) -> None:
    case = await Case.get(id=case_id)
    assert case.state == model.state
    if case.state == "claimed":
        assert case.holder_id == people[model.holder or ""].id and case.lease_until is not None
    elif case.state in ("queued", "cancelled"):
        assert case.holder_id is None and case.lease_until is None and case.claimed_at is None
    assert (case.ended_at is not None) is (State(case.state) in ENDED)
    assert (case.result is not None) is (case.state in ("resolved", "closed"))
    clocks = await CaseClock.filter(case_id=case.id, round=case.reopened)
    assert len(clocks) == 3
    if case.state in ("resolved", "closed"):
        assert all(clock.met_at is not None for clock in clocks)
    # A case is open with a clock that runs, or waits for its closing, or has ended: none is forgotten.
    due = await Timer.filter(plugin="handoff", name="close", key=str(case.id)).count()
    assert due == (1 if case.state == "resolved" else 0)
    if State(case.state) in OPEN:
        assert any(clock.met_at is None for clock in clocks)


async def test_a_restart_loses_nothing(tmp_path: Any) -> None:
    async with station(folder=tmp_path) as bot:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        await acts(bot, case, "claim", ZHANG, "a")
        clock = bot.clock
    async with station(folder=tmp_path, clock=clock) as bot:
        assert list(desk(bot).chats) == [case.chat_id]
        await bot.says("在吗")
        bot.kept_silent()
        assert await acts(bot, await only_case(), "resolve", ZHANG, "b")
        assert len(bot.news()) == 2
    async with station(folder=tmp_path, clock=clock) as bot:
        await later(bot, days=14)
        assert (await only_case()).state == "closed"
        assert not desk(bot).chats
