"""The life of a case against a simple model: no illegal step, no state that contradicts itself, nothing forgotten."""

from __future__ import annotations

import os
import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botkit.messages import MessageKind
from botkit.plugins.handoff import states
from botkit.plugins.handoff.errors import HandoffError, IllegalStep
from botkit.plugins.handoff.models import Case, CaseClock
from botkit.plugins.handoff.officers import handing, merging, speaking, work
from botkit.plugins.handoff.states import ENDED, HELD, TABLE, State, Step
from botkit.staff import Member
from botkit.storage.models import Timer
from tests.plugins.handoff.station import desk, later, station

MACHINE_STEPS = 100_000 if os.environ.get("BOTKIT_SOAK") else 800
"""Random steps on the real tables. The full figure takes minutes: ``make soak``."""


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
        # A merged case has come to its end, and yet may be parted again.
        assert bool(ways) is (state not in ENDED or state is State.MERGED)
    assert all(states.sources(step) for step in Step)


ACTIONS = (
    "claim",
    "release",
    "reply",
    "resolve",
    "await",
    "agency",
    "keep",
    "urgent",
    "offer",
    "accept",
    "merge",
    "unmerge",
)
PEOPLE = ("zhang", "wang", "chief")
OFFICERS = tuple(f"{action} {who}" for action in ACTIONS for who in PEOPLE)
STEPS = ("says", "cancels", "unsolved", "helped", "days", "hours", *OFFICERS)


class Model:
    """What should be true of one case, in a few lines."""

    def __init__(self) -> None:
        self.state = "queued"
        self.holder: str | None = None
        self.offered: str | None = None
        self.urgent = False
        self.asked = False
        self.waits = 0

    def may(self, step: str) -> bool:
        """Whether an officer's step is legal, and what follows from it."""
        action, _, who = step.partition(" ")
        held = self.state in ("claimed", "waiting_resident", "waiting_agency")
        mine = held and self.holder == who
        match action:
            case "claim":
                legal = self.state == "queued" or mine
                if self.state == "queued":
                    self._to("claimed", who)
            case "release":
                legal = mine or (held and who == "chief")
                if legal:
                    self._to("queued", None)
            case "resolve":
                legal = mine
                if legal:
                    self._to("resolved", who)
                    self.asked = True
            case "await" | "agency":
                legal = mine and self.state == "claimed"
                if legal:
                    self.state, self.waits = ("waiting_resident" if action == "await" else "waiting_agency"), 0
            case "keep":
                legal = mine
                self.state = "claimed" if legal else self.state
            case "urgent":
                legal = not self.urgent and (held or self.state == "queued")
                self.urgent = self.urgent or legal
            case "offer":
                legal = mine and who != "wang"
                self.offered = "wang" if legal else self.offered
            case "accept":
                legal = mine or (held and self.offered == who)
                if legal and not mine:
                    self._to("claimed", who)
            case "merge":
                legal = self.state == "queued" or mine or (held and who == "chief")
                if legal:
                    self._to("merged", None)
            case "unmerge":
                legal = self.state == "merged"
                if legal:
                    self._to("queued", None)
            case _:
                legal = mine
        return legal

    def _to(self, state: str, holder: str | None) -> None:
        self.state, self.holder, self.offered, self.waits = state, holder, None, 0


async def acts(
    bot: Any, case: Case, action: str, person: Member, key: str, people: dict[str, Member], into: Case | None = None
) -> bool:
    """An officer's action on the case as it is now: whether it was done. Merging goes into ``into``."""
    what = work.Action(person, case.id, case.epoch, key)
    the_desk = desk(bot)
    other = into or await Case.get_or_none(number="0311-02")
    until = bot.clock.now() + timedelta(days=2)
    jobs: dict[str, Any] = {
        "claim": lambda unit: work.claim(the_desk, unit, what),
        "release": lambda unit: work.release(the_desk, unit, what),
        "reply": lambda unit: speaking.reply(the_desk, unit, what, "在看了"),
        "resolve": lambda unit: speaking.resolve(the_desk, unit, what, "handled", "办好了"),
        "await": lambda unit: work.await_resident(the_desk, unit, what),
        "agency": lambda unit: work.await_agency(the_desk, unit, what, until, "城管"),
        "keep": lambda unit: work.keep(the_desk, unit, what),
        "urgent": lambda unit: work.urgent(the_desk, unit, what),
        "offer": lambda unit: handing.offer(the_desk, unit, what, people["wang"], "交接"),
        "accept": lambda unit: handing.accept(the_desk, unit, what),
        "merge": lambda unit: merging.merge(the_desk, unit, what, other),
        "unmerge": lambda unit: merging.unmerge(the_desk, unit, what),
    }
    try:
        await bot.services.unit(jobs[action])
    except HandoffError:
        return False
    return True


async def agree(model: Model, case_id: int, people: dict[str, Member]) -> None:
    case = await Case.get(id=case_id)
    assert case.state == model.state
    state = State(case.state)
    if state in HELD:
        assert case.holder_id == people[model.holder or ""].id
    elif state not in (State.RESOLVED, State.CLOSED):
        assert case.holder_id is None and case.lease_until is None
    assert (case.lease_until is not None) is (state is State.CLAIMED) or state in HELD
    assert (case.wait_until is not None) is (state in (State.WAITING_RESIDENT, State.WAITING_AGENCY))
    assert (case.merged_into is not None) is (state is State.MERGED)
    assert (case.ended_at is not None) is (state in (State.CLOSED, State.CANCELLED))
    assert (case.result is not None) is (case.state in ("resolved", "closed"))
    clocks = await CaseClock.filter(case_id=case.id, round=case.reopened)
    assert len(clocks) == 3
    await nothing_forgotten(case)


async def nothing_forgotten(case: Case) -> None:
    """A case has exactly the due row of its state, or has come to its end."""
    due = Timer.filter(plugin="handoff", key=str(case.id), name__in=["page", "lease", "wait", "close"])
    names = sorted([timer.name for timer in await due])
    wanted = {
        State.QUEUED: ["page"], State.CLAIMED: ["lease"], State.WAITING_RESIDENT: ["wait"],
        State.WAITING_AGENCY: ["wait"], State.RESOLVED: ["close"],
    }.get(State(case.state), [])  # fmt: skip
    assert names == wanted, (case.state, names)


async def enrolled(bot: Any) -> dict[str, Member]:
    roles = {"zhang": ["officer"], "wang": ["officer"], "chief": ["commander"]}
    return {
        who: (await bot.services.staff.create(who, who.title(), roles[who], title="民警", password="x" * 12))[0]
        for who in PEOPLE
    }  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=16))
async def test_a_case_and_its_model_agree(steps: list[str]) -> None:
    async with station() as bot:
        people = await enrolled(bot)
        await bot.says("我的案子有进展吗")
        await bot.says("我的案子有进展吗", who="other")
        model, number = Model(), 0
        for step in steps:
            case = await Case.get(number="0311-01")
            if step == "says":
                if model.state in ("closed", "cancelled"):
                    break
                await bot.says("还是不行" if model.state == "resolved" else "补充一句")
                if model.state == "resolved":
                    model._to("queued", None)
                    model.urgent = model.urgent
                elif model.state == "waiting_resident":
                    model.state = "claimed"
            elif step == "cancels":
                # Of a merged case it is the survivor that is cancelled, which is another story.
                if model.state not in ("queued", "claimed"):
                    continue
                await bot.says("不用了")
                model.state = "cancelled" if model.state == "queued" and not model.urgent else model.state
            elif step == "days":
                if model.state in HELD or model.state == "queued":
                    continue
                await later(bot, days=15)
                model.state = "closed" if model.state == "resolved" else model.state
            elif step == "hours":
                if model.state != "waiting_resident":
                    continue
                await later(bot, hours=24)
                model.waits += 1
                if model.waits > 2:
                    model.state, model.holder = "resolved", model.holder
            elif step in ("unsolved", "helped"):
                if not model.asked or model.state in ("closed", "cancelled", "merged"):
                    continue
                value = f"handoff.{step}|{case.ref}"
                await bot.says(kind=MessageKind.BUTTON, data={"value": value})
                if step == "unsolved" and model.state == "resolved":
                    model._to("queued", None)
            else:
                number += 1
                legal = model.may(step)
                action, _, who = step.partition(" ")
                assert await acts(bot, case, action, people[who], f"k{number}", people) is legal, (step, model.state)
                await bot.settle()
            await agree(model, case.id, people)


async def test_many_random_steps_leave_no_case_without_a_due_row() -> None:
    """Straight on the tables, without hypothesis: as many steps as there is time for, on many cases at once."""
    chance = random.Random(20261129)
    async with station(clock=None) as bot:
        people = await enrolled(bot)
        for n in range(40):
            await bot.says("我的案子有进展吗", who=f"r{n}")
        numbers = [case.id for case in await Case.all()]
        for count in range(MACHINE_STEPS):
            case = await Case.get(id=chance.choice(numbers))
            before = State(case.state)
            action = chance.choice(ACTIONS)
            person = people[chance.choice(PEOPLE)]
            into = await Case.get(id=chance.choice(numbers))
            done = await acts(bot, case, action, person, "", people, into)
            after = await Case.get(id=case.id)
            if State(after.state) is not before:
                assert done and State(after.state) in {end for (start, _), end in TABLE.items() if start is before}
            if count % 10 == 0:
                await nothing_forgotten(after)
        for number in numbers:
            await nothing_forgotten(await Case.get(id=number))


async def test_a_restart_loses_nothing(tmp_path: Any) -> None:
    async with station(folder=tmp_path) as bot:
        people = await enrolled(bot)
        await bot.says("我的案子有进展吗")
        await bot.says("别的事", who="other")
        case = await Case.get(number="0311-01")
        await acts(bot, case, "claim", people["zhang"], "a", people)
        await bot.settle()
        clock = bot.clock
    async with station(folder=tmp_path, clock=clock) as bot:
        assert case.chat_id in desk(bot).chats
        await bot.says("在吗")
        bot.kept_silent()
        assert await acts(bot, await Case.get(id=case.id), "resolve", people["zhang"], "b", people)
        await bot.settle()
        assert len(bot.news()) == 2
    async with station(folder=tmp_path, clock=clock) as bot:
        await later(bot, days=14)
        assert (await Case.get(id=case.id)).state == "closed"
        assert case.chat_id not in desk(bot).chats
