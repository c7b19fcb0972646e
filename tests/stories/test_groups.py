"""Groups and who comes into them: consent, settings, cards, and what platforms tell of a group (G, N)."""

from __future__ import annotations

from tests.stories.telling import story
from tests.stories.world import World

FIRE = "3号楼着火了"


@story("N1", "E18", needs=("groups",))
async def test_nobody_who_comes_or_goes_is_spoken_to(world: World) -> None:
    group = await world.group("3号楼")
    zhao = world.resident("zhao")
    await group.joins(zhao)
    await group.leaves(zhao)
    await group.is_renamed("3号楼邻里")
    await group.hears_nothing()


@story("N1", "N2", "E18", needs=("groups",))
async def test_who_comes_in_gets_the_card_in_private_where_the_group_wants_that(world: World) -> None:
    group, wu, zhao = await world.group("3号楼"), world.resident("wu"), world.resident("zhao")
    await wu.asks("/settings greet on", group)
    if not world.can.can_start_dm:
        await group.reads("不让我先找人私聊", "/card")
        return
    await group.reads("私下问候新人：开", "群里不出声")
    await group.joins(zhao)
    await world.advance(minutes=1)
    await zhao.reads("不是真人", "我能答", "我转给民警", "110")
    await group.leaves(zhao)
    await group.joins(zhao)
    await world.advance(hours=1)
    await zhao.hears_nothing()
    await group.hears_nothing()


@story("N2", needs=("groups",))
async def test_a_card_says_what_the_bot_is_for_and_leads_to_it(world: World) -> None:
    group = await world.group("3号楼")
    await world.resident("wu").asks("/card", group)
    card = await group.reads("我能答", "我转给民警", "110")
    if world.can.pin:
        assert await group.pinned() == [card]


@story("N2", deep=True)
async def test_who_follows_the_link_reads_three_lines_and_has_two_choices(world: World) -> None:
    li = world.resident("li")
    await li.says("/start start")
    assert len((await li.reads("我能答", "民警", "110")).split("\n1. ")[0].splitlines()) == 3
    await li.presses("你是谁？")
    await li.reads("不是真人")
    await li.says("/start start")
    await li.news()
    await li.presses("转给民警")
    await li.reads("已经转过去了", "#0311-01")


@story("N3", needs=("groups",))
async def test_a_new_name_is_the_same_person_and_the_same_matter(world: World) -> None:
    li = world.resident("li")
    await li.says("我的案子有进展吗")
    await li.news()
    await li.is_renamed("幸福一家")
    await li.says("就是上周那件")
    await li.reads("已补充到 #0311-01")


@story("N4", needs=("groups",), deep=True)
async def test_a_card_in_english(world: World) -> None:
    group = await world.group("3号楼")
    await world.resident("wu").asks("/card en", group)
    await group.reads("I answer", "I pass to an officer", "call 110")


@story("G1", needs=("groups", "sees_plain_group"))
async def test_before_the_owner_agrees_nothing_is_read_or_said(world: World) -> None:
    group = await world.group("3号楼", enabled=False)
    await group.reads("值守机器人", "/enable")
    li = world.resident("li")
    await li.says(FIRE, group)
    await li.asks("停水了怎么办", group)
    await group.hears_nothing()
    await li.asks("/enable", group)
    await group.reads("抱歉", "群主")
    await world.resident("wu").asks("/enable", group)
    await group.reads("我看什么", "我存什么", "什么时候说话", "/settings", "/disable")
    await li.says(FIRE, group)
    await group.reads("119")


@story("G2", needs=("groups",), deep=True)
async def test_the_owner_chooses_how_the_bot_behaves(world: World) -> None:
    group, wu, li = await world.group("3号楼"), world.resident("wu"), world.resident("li")
    await li.asks("/settings mentions on", group)
    await group.reads("抱歉")
    for choice, shown in (("mentions on", "开"), ("language en", "英文"), ("lines 5", "5")):
        await wu.asks(f"/settings {choice}", group)
        assert shown in (await group.news())[-1]
    await world.advance(minutes=61)
    await li.asks("停水了怎么办", group)
    await group.reads("962740", "water")


@story("G2", needs=("groups", "sees_plain_group"), deep=True)
async def test_an_owner_who_wants_no_interjections_has_none(world: World) -> None:
    group, wu, li = await world.group("3号楼"), world.resident("wu"), world.resident("li")
    await wu.asks("/settings dangers off", group)
    await group.news()
    await li.says(FIRE, group)
    await group.hears_nothing()
    await li.asks(FIRE, group)
    await group.reads("119")


@story("G3", needs=("groups",))
async def test_removed_it_leaves_without_a_word(world: World) -> None:
    group, wu = await world.group("3号楼"), world.resident("wu")
    before = await group.shown()
    await group.removes_the_bot()
    assert await group.shown() == before
    await wu.hears_nothing()


@story("G4", needs=("groups",), deep=True)
async def test_the_rules_are_shown_and_are_the_owners(world: World) -> None:
    group, wu, li = await world.group("3号楼"), world.resident("wu"), world.resident("li")
    await wu.asks("/rules set 不发广告，有事好好说。", group)
    await group.news()
    await li.asks("/rules", group)
    await group.reads("不发广告，有事好好说。")
    await li.asks("/rules set 随便发", group)
    await group.reads("抱歉")


@story("G5", needs=("groups", "sees_plain_group"))
async def test_settings_follow_a_group_to_its_new_id(world: World) -> None:
    group, wu, li = await world.group("3号楼", small=True), world.resident("wu"), world.resident("li")
    await wu.asks("/settings mentions on", group)
    await group.news()
    await group.moves()
    await group.news()
    await li.says("警官，停水了怎么办", group)
    await group.hears_nothing()
    await li.asks("停水了怎么办", group)
    await group.reads("962740")


@story("G6", needs=("groups", "sees_plain_group"), hidden=True)
async def test_where_plain_talk_is_hidden_the_group_hears_of_it(world: World) -> None:
    group, wu = await world.group("3号楼", enabled=False), world.resident("wu")
    await group.news()
    await wu.asks("/enable", group)
    assert "看不到" not in await group.reads("已启用")
    await group.hides_talk()
    assert await group.is_blind()
    await group.reads("看不到", "110")
