"""Partners, such as the property: given what is theirs, told nothing else (P)."""

from __future__ import annotations

from tests.stories.telling import story
from tests.stories.world import Group, Person, World

ROOM = ("groups", "officers_room")


async def handed(world: World) -> tuple[Group, Person, Group]:
    """Li's matter is with the property; returns its room, its keeper Sun, and the officers' room."""
    officers, zhang = await world.officers_room(), await world.officer("zhang")
    property_room, sun = await world.partners_room("丹桂物业"), await world.officer("sun", "partner", title="物业")
    await world.resident("li").says("3号楼楼道堆物，老张家的")
    await zhang.says("接 #0311-01", officers)
    await zhang.says("交办 #0311-01 丹桂物业 3号楼楼道清一下", officers)
    return property_room, sun, officers


@story("P1")
async def test_a_partner_reads_what_to_do_and_not_who_said_it(world: World) -> None:
    room, _, _ = await handed(world)
    given = await room.reads("#0311-01", "3号楼楼道清一下")
    assert not any(secret in given for secret in ("老张", "Li", "li"))


@story("P2")
async def test_a_partners_word_reaches_the_officer_and_the_resident_hears_who_is_at_it(world: World) -> None:
    room, sun, officers = await handed(world)
    li = world.resident("li")
    await li.news()
    await sun.says("接了 #0311-01", room)
    await li.reads("#0311-01", "丹桂物业已接手处理")
    await officers.news()
    await sun.sends_photo("办好了 #0311-01", room)
    assert any("回报：办好了" in line for line in await officers.news())
    await li.hears_nothing()


@story("P3", needs=("groups", "sees_plain_group", "officers_room"))
async def test_where_a_partner_answers_the_bot_keeps_quiet(world: World) -> None:
    group, li, sun = (
        await world.group("3号楼"),
        world.resident("li"),
        await world.officer("sun", "partner", title="物业"),
    )
    await group.joins(li)
    await group.joins(sun)
    async with world.outage(seconds=5):
        asked = await li.asks("停水了怎么办", group)
        await sun.says("在修，两点来水", group, reply_to=asked)
    await group.hears_nothing()


@story("P4")
async def test_a_partner_gets_nothing_else_out_of_the_bot(world: World) -> None:
    room, sun, _ = await handed(world)
    await world.resident("zhao").says("小孩上户口要带什么")
    await room.news()
    for words in ("/case 0311-02", "/queue", "#0311-02", "谁反映的？", "待接"):
        await sun.says(words, room, to_bot=True)
    await room.hears_nothing()


@story("P5", needs=("groups", "sees_plain_group"))
async def test_a_notice_to_all_is_none_to_the_bot(world: World) -> None:
    group, sun = await world.group("3号楼"), world.resident("sun")
    await sun.says("@所有人 明天上午停水，请大家提前储水", group)
    await sun.says("@全体成员 消防演习，看到烟雾不要慌", group)
    await group.hears_nothing()
