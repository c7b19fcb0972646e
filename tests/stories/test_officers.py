"""Officers at work in their room: paged once with everything, never crossed, relieved, followed by others (D, B)."""

from __future__ import annotations

import asyncio

from tests.stories.telling import story
from tests.stories.world import World

TALK = ("groups", "sees_plain_group")
FIRE = "3号楼着火了"
PILE = "阳光花园3号楼楼道堆物"


@story("D1")
async def test_a_matter_comes_as_one_card_with_all_that_is_known(world: World) -> None:
    room, li = await world.officers_room(), world.resident("li")
    await world.officer("zhang")
    await li.says("第一件小事")
    await li.says("不用了")
    await room.news()
    if world.can.media_in:
        await li.sends_photo("阳光花园3号楼502漏水了")
    else:
        await li.says("阳光花园3号楼502漏水了")
    card = await room.line("【一般】", "#0311-02")
    for part in (
        "阳光花园 3号楼 502室",
        "来自：私信",
        "：阳光花园3号楼502漏水了",
        "机器人已答：",
        "此前案件：#0311-01",
    ):
        assert part in card.text
    assert "响应还剩" in card.text and ("照片 1 张" in card.text) == world.can.media_in
    for choice in ("接了", "稍后", "加急"):
        assert choice in card.buttons or choice in card.text


@story("D2")
async def test_answers_go_back_to_where_each_came_from(world: World) -> None:
    room, zhang = await world.officers_room(), await world.officer("zhang")
    li, zhao = world.resident("li"), world.resident("zhao")
    await li.says("楼道堆物")
    await zhao.says("飞线充电")
    for number in ("01", "02"):
        await zhang.says(f"接 #0311-{number}", room)
    await li.news()
    await zhao.news()
    for number, words in (("02", "答复给赵"), ("01", "答复给李")):
        await zhang.says(words, room, reply_to=await room.line("【", f"#0311-{number}"))
    await world.advance(seconds=10)
    for person, words in ((li, "答复给李"), (zhao, "答复给赵")):
        assert words in (await person.reads())


@story("D2", needs=("groups",))
async def test_who_asked_in_a_group_is_answered_there_if_the_officer_says_so_twice(world: World) -> None:
    room, zhang, group = await world.officers_room(), await world.officer("zhang"), await world.group("3号楼")
    li = world.resident("li")
    await li.asks("楼道里堆满了杂物", group)
    await group.reads("#0311-01")
    await zhang.says("接 #0311-01", room)
    await group.news()
    await zhang.says("明天清理", room, reply_to=await room.line("【", "#0311-01"))
    await world.advance(seconds=10)
    await group.hears_nothing()
    await zhang.presses("照发", room)
    await world.advance(seconds=10)
    assert "明天清理" in (await group.reads())
    await li.hears_nothing()


@story("D3")
async def test_an_officer_is_asked_whether_it_goes_on_and_the_resident_is_not(world: World) -> None:
    room, zhang, li = await world.officers_room(), await world.officer("zhang"), world.resident("li")
    await li.says("楼道堆物")
    await zhang.presses("接了", room)
    await li.news()
    await room.news()
    await world.leap(hours=4)
    assert any("#0311-01" in line for line in [*await zhang.news(), *await room.news()])
    await li.hears_nothing()
    await zhang.says("放回 #0311-01", room)
    await li.says("停水了怎么办")
    assert any("962740" in line for line in await li.news())


@story("D4")
async def test_of_two_who_take_a_matter_one_has_it(world: World) -> None:
    room, li = await world.officers_room(), world.resident("li")
    zhang, wang = await world.officer("zhang"), await world.officer("wang", "backup", title="值班民警")
    for officer in (zhang, wang):
        await room.joins(officer)
    await li.says("楼道堆物")
    await room.news()
    await asyncio.gather(zhang.says("接 #0311-01", room), wang.says("接 #0311-01", room))
    told = [line for line in await room.news() if "【" not in line and "接" in line]
    assert len(told) == 2 and sum("接手" in line for line in told) == 1, told
    card = (await room.line("【", "#0311-01")).text
    assert sum(name in card for name in ("Zhang", "Wang")) == 1


@story("D5")
async def test_an_officer_who_is_away_is_not_paged(world: World) -> None:
    room, zhang = await world.officers_room(), await world.officer("zhang")
    wang = await world.officer("wang", "backup", title="值班民警")
    await world.officer("chief", "commander", title="所长")
    await zhang.says("/leave 3-12")
    await zhang.news()
    await world.leap(days=1)
    await zhang.news()
    await wang.news()
    await room.news()
    await world.resident("li").says("楼道堆物")
    assert not any("#0312-01" in line for line in await zhang.news())
    assert any("#0312-01" in line for line in await wang.news())


@story("D6")
async def test_by_night_only_danger_wakes_anybody(world: World) -> None:
    zhang, wang = await world.officer("zhang"), await world.officer("wang", "backup", title="值班民警")
    li, zhao = world.resident("li"), world.resident("zhao")
    await world.officers_room()
    await world.leap(hours=13)
    await zhang.news()
    await wang.news()
    await li.says("楼道堆物")
    for officer in (zhang, wang):
        await officer.hears_nothing()
    await zhao.says("我家着火了")
    assert any("#0311-02" in line for line in await wang.news())
    await zhang.news()
    await world.leap(hours=9, minutes=30)
    assert any("#0311-01" in line for line in await zhang.news())


@story("D7", needs=("groups",))
async def test_one_event_told_by_many_is_one_matter(world: World) -> None:
    room, zhang, group = await world.officers_room(), await world.officer("zhang"), await world.group("3号楼")
    tellers = [world.resident(name) for name in ("li", "zhao", "qian")]
    for person in tellers:
        await person.asks(PILE, group)
    cards = [line for line in await room.shown() if line.startswith("【")]
    assert len(cards) == 1 and all(person.name.title() in cards[0] for person in tellers), cards
    await zhang.says("拆出 #0311-01 3", room)
    assert len([line for line in await room.shown() if line.startswith("【")]) == 2


@story("D9", needs=(*TALK, "edit", "delete"))
async def test_an_officer_puts_a_public_line_right_or_takes_it_away(world: World) -> None:
    await world.officers_room()
    zhang, group, li = await world.officer("zhang"), await world.group("3号楼"), world.resident("li")
    await li.says(FIRE, group)
    line = await group.line("119")
    await li.says("/retract", group, to_bot=True, reply_to=line)
    await zhang.says("/correct 消防演习，大家不用慌", group, to_bot=True, reply_to=line)
    assert (await group.shown())[-1] == "消防演习，大家不用慌"
    await zhang.says("/retract", group, to_bot=True, reply_to=line)
    assert "消防演习，大家不用慌" not in await group.shown()


@story("D10", needs=(*TALK, "officers_room"))
async def test_the_bot_leaves_officers_own_words_alone(world: World) -> None:
    group, zhang = await world.group("3号楼"), await world.officer("zhang")
    for words in (FIRE, "刷单兼职日结300 有手机就行 加V详聊", "民警同志们辛苦了", "停水了怎么办", "谢谢"):
        await zhang.says(words, group)
    await group.hears_nothing()


@story("B1")
async def test_danger_that_nobody_takes_climbs(world: World) -> None:
    room, li = await world.officers_room(), world.resident("li")
    zhang = await world.officer("zhang")
    wang = await world.officer("wang", "backup", title="值班民警")
    chief = await world.officer("chief", "commander", title="所长")
    await li.says("楼道有焦味")
    assert any("#0311-01" in line for line in await zhang.news())
    await wang.hears_nothing()
    await world.advance(minutes=2)
    assert any("#0311-01" in line for line in await wang.news())
    await chief.hears_nothing()
    await world.advance(minutes=3)
    assert any("#0311-01" in line for line in await chief.news())
    await wang.says("接 #0311-01", room)
    for officer in (zhang, wang, chief):
        await officer.news()
    await world.advance(minutes=9)
    for officer in (zhang, chief):
        await officer.hears_nothing()


@story("B2")
async def test_a_matter_goes_to_those_whose_it_is(world: World) -> None:
    room, li, zhao = await world.officers_room(), world.resident("li"), world.resident("zhao")
    await li.says("小孩上户口要带什么")
    await room.reads("#0311-01", "综合")
    await zhao.says("我的案子有进展吗")
    await room.reads("#0311-02", "治安")


@story("B3")
async def test_what_waits_too_long_reaches_the_commander(world: World) -> None:
    await world.officers_room()
    wang = await world.officer("wang", "backup", title="值班民警")
    chief = await world.officer("chief", "commander", title="所长")
    await world.officer("zhang")
    await world.resident("li").says("楼道堆物")
    for officer in (wang, chief):
        await officer.hears_nothing()
    await world.leap(hours=12)
    assert any("#0311-01" in line for line in await wang.news())
    await chief.hears_nothing()
    await world.leap(hours=12)
    assert any("#0311-01" in line for line in await chief.news())


@story("B4")
async def test_what_is_handed_on_twice_is_the_commanders(world: World) -> None:
    room, zhang = await world.officers_room(), await world.officer("zhang")
    wang = await world.officer("wang", "backup", title="值班民警")
    chief = await world.officer("chief", "commander", title="所长")
    await world.resident("li").says("楼道堆物")
    await zhang.presses("接了", room)
    await zhang.says("转 #0311-01 wang 要找物业", room)
    await wang.presses("接手")
    await wang.says("转 #0311-01 zhang 还是你来吧", room)
    assert any("#0311-01" in line for line in await chief.news())


@story("B5")
async def test_with_nobody_there_danger_is_still_answered_rightly(world: World) -> None:
    li = world.resident("li")
    await li.says("我家着火了")
    line = await li.reads("119")
    assert line.startswith("请立即拨打 119") and "已通知" not in line
