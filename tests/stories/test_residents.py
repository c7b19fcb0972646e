"""Residents in private: answered, warned, handed to a human, told the truth (R)."""

from __future__ import annotations

from tests.stories.telling import story
from tests.stories.world import World


@story("R1")
async def test_a_locksmith_is_named_with_what_one_must_know(world: World) -> None:
    li = world.resident("li")
    await li.says("附近有开锁的吗")
    await li.reads("开锁换锁", "全天有人接", "上海全市", "未核实", "12345")


@story("R2")
async def test_the_answer_is_in_the_language_of_the_message(world: World) -> None:
    li = world.resident("li")
    await li.says("who do I call about my gas bill")
    await li.reads("962777", "Gas")
    await li.says("煤气公司电话多少")
    await li.reads("962777", "燃气热线")


@story("R3")
async def test_danger_comes_first(world: World) -> None:
    li = world.resident("li")
    await li.says("煤气公司电话多少，家里煤气味很大，楼道里着火了")
    assert (await li.reads("119")).splitlines()[0].startswith("请立即拨打")
