"""How the bot behaves in a group: when it speaks, how briefly, and when it doesn't (E)."""

from __future__ import annotations

from botkit.messages import MessageKind
from tests.stories.telling import story
from tests.stories.world import World

TALK = ("groups", "sees_plain_group")
FIRE = "3号楼着火了，王阿姨家"
SCAM = "刷单兼职日结300 有手机就行 加V详聊 http://scam.example/x"


@story("E1", needs=TALK)
async def test_plain_talk_is_left_alone(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    for text in ("今天热死了", "火锅店火了", "谁卖自行车", "有人知道停水了找谁吗"):
        await li.says(text, group)
    await group.hears_nothing()


@story("E2", needs=TALK)
async def test_danger_in_plain_talk_gets_one_short_line(world: World) -> None:
    room, group = await world.officers_room(), await world.group("3号楼")
    await world.officer("zhang")
    await world.resident("li").says(FIRE, group)
    await world.advance(seconds=5)
    line = await group.reads("119", "已通知值班民警")
    assert len(line) <= 60 and "王阿姨" not in line
    assert "着火" in (await room.line("【紧急】#0311-01")).text
    await world.resident("zhao").says("真的着火了！快来人", group)
    await group.hears_nothing()
    await world.advance(minutes=31)
    await world.resident("zhao").says("隔壁又着火了", group)
    await group.reads("119")


@story("E3", needs=TALK)
async def test_a_posted_scam_gets_one_line_a_day(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    said = await li.says(SCAM, group)
    assert "scam.example" not in await group.reads("先别转账")
    await world.resident("other").says(SCAM, group)
    await group.hears_nothing()
    assert said.ref


@story("E4", needs=("groups",))
async def test_who_asks_the_bot_is_answered(world: World) -> None:
    group, li, zhao = await world.group("3号楼"), world.resident("li"), world.resident("zhao")
    await li.asks("停水了怎么办", group)
    await group.reads("962740")
    await zhao.says("煤气公司电话多少", group, reply_to=await group.line("962740"))
    await group.reads("962777")
    await li.asks("/human", group)
    await group.reads("#0311-01")


@story("E5", needs=TALK)
async def test_a_call_by_name_is_an_ask_until_an_officer_is_there(world: World) -> None:
    group, li, zhang = await world.group("3号楼"), world.resident("li"), await world.officer("zhang")
    await li.says("警官，停水了怎么办", group)
    await group.reads("962740")
    await zhang.says("大家晚上关好门窗", group)
    await li.says("警官，停电了怎么办", group)
    await group.hears_nothing()
    await world.advance(minutes=6)
    await li.says("警官，停电了怎么办", group)
    await group.reads("95598")


@story("E4", needs=TALK)
async def test_the_officers_place_is_the_bots_while_nobody_is_in_it(world: World) -> None:
    group, li, zhang = await world.group("3号楼"), world.resident("li"), await world.officer("zhang")
    await li.says("@社区民警 停水了怎么办", group)
    await group.hears_nothing()
    await world.leap(hours=13)
    await li.says("@社区民警 停水了怎么办", group)
    await group.reads("962740")
    await zhang.hears_nothing()


@story("E6", needs=TALK)
async def test_what_is_said_to_others_is_theirs(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    for text in ("@王阿姨 停水了怎么办", "民警同志昨天说停水了", "郭警官人真好，停水都管", "停水了 @物业"):
        await li.says(text, group)
    await group.hears_nothing()


@story("E7", needs=TALK)
async def test_where_a_neighbour_was_faster_the_bot_keeps_quiet(world: World) -> None:
    group, li, zhao = await world.group("3号楼"), world.resident("li"), world.resident("zhao")
    await group.joins(li)
    await group.joins(zhao)
    async with world.outage(seconds=5):
        asked = await li.asks("停水了怎么办", group)
        await zhao.says("打物业，马上来", group, reply_to=asked)
    await group.hears_nothing()


@story("E8", needs=("groups",))
async def test_a_private_matter_is_not_answered_in_front_of_everybody(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    if world.can.can_start_dm:
        await li.says("你好")
        await li.news()
    await li.asks("我想找个心理咨询", group)
    assert "12356" not in await group.reads("私")
    if world.can.can_start_dm:
        await li.reads("12356")


@story("E9", needs=("groups",))
async def test_the_same_question_is_pointed_to_its_answer(world: World) -> None:
    group = await world.group("3号楼")
    await world.resident("li").asks("停水了怎么办", group)
    await group.reads("962740")
    await world.advance(minutes=2)
    await world.resident("zhao").asks("停水了怎么办", group)
    assert "962740" not in await group.reads("见上面 10:00 的回答")


@story("E10", needs=("groups",))
async def test_who_asks_too_much_gets_one_hint_and_danger_still_passes(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    for text in ("停水了怎么办", "停电了怎么办", "煤气公司电话多少", "你好", "你是真人吗"):
        await li.asks(text, group)
    await group.news()
    await li.asks("垃圾怎么分类", group)
    await group.reads("10 分钟后")
    await li.asks("附近有开锁的吗", group)
    await group.hears_nothing()
    await li.asks("我家着火了", group)
    await group.reads("119")


@story("E11", needs=("groups",))
async def test_a_group_hears_ten_lines_an_hour(world: World) -> None:
    group = await world.group("3号楼")
    await world.advance(minutes=61)
    asks = ("停水了怎么办", "停电了怎么办", "煤气公司电话多少", "你好", "你是真人吗")
    people = [world.resident(name) for name in ("qian", "sun", "zhou")]
    for number in range(12):
        await people[number // 5].asks(asks[number % 5], group)
    assert len(await group.news()) <= 10
    await world.resident("li").asks("我家着火了", group)
    await group.reads("119")


@story("E12", needs=TALK)
async def test_forwards_of_channels_are_talk_but_an_edit_may_be_a_cry(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    await li.says("昨夜5号楼着火了，快来人", group, channel=True)
    said = await li.says("大家好", group)
    await group.hears_nothing()
    await li.edits(said, "大家好，我家着火了")
    await group.reads("119")


@story("E13", needs=("groups",))
async def test_at_night_it_answers_and_says_when_somebody_is_back(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    await world.leap(hours=13)
    await li.asks("停水了怎么办", group)
    await group.reads("962740")
    await li.asks("身份证丢了怎么补", group)
    await group.reads("#0311-01", "明天 08:30")


@story("E14", "D3")
async def test_where_an_officer_took_over_the_bot_is_silent(world: World) -> None:
    room, zhang, li = await world.officers_room(), await world.officer("zhang"), world.resident("li")
    await li.says("身份证丢了怎么补")
    await zhang.presses("接了", room)
    await li.news()
    for text in ("停水了怎么办", "你好", "谢谢"):
        await li.says(text)
    await li.hears_nothing()
    await li.says("我家着火了")
    assert "119" in (await li.news())[0]


@story("E15", needs=TALK)
async def test_an_empty_call_is_heard_and_waited_on(world: World) -> None:
    group, li, zhao = await world.group("3号楼"), world.resident("li"), world.resident("zhao")
    await li.asks("", group)
    await group.reads("在的，请说")
    await zhao.says("停水了怎么办", group)
    await group.hears_nothing()
    await li.says("停水了怎么办", group)
    await group.reads("962740")


@story("E16", needs=("groups",))
async def test_thanks_get_a_sign_at_most(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    thanks = await li.asks("谢谢", group)
    await li.asks("好的", group)
    await group.hears_nothing()
    if world.can.reactions:
        assert await group.signs(thanks) == ["👍"]


@story("E16", needs=TALK)
async def test_a_sticker_gets_no_word(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    await li.says("", group, kind=MessageKind.STICKER)
    await group.hears_nothing()


@story("E17")
async def test_abuse_is_met_calmly(world: World) -> None:
    li = world.resident("li")
    await li.says("傻逼机器人！滚！")
    await li.reads("我在听")
    await li.presses("转给民警")
    await li.reads("#0311-01")


@story("E17", needs=("groups",))
async def test_abuse_in_a_group_is_not_met_at_all(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    await li.asks("傻逼机器人！滚！", group)
    await group.hears_nothing()


@story("E19", "R12", needs=("groups",))
async def test_a_matter_is_never_told_in_public(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    await li.asks("楼道里堆满了杂物，3号楼502老张家的", group)
    said = await group.reads("#0311-01")
    assert "\n" not in said and not any(word in said for word in ("杂物", "502", "老张"))
    await li.asks("/case", group)
    await group.reads("私信")


@story("E20", "D8", needs=(*TALK, "edit"))
async def test_a_false_alarm_is_withdrawn_where_it_stands(world: World) -> None:
    room, zhang, group = await world.officers_room(), await world.officer("zhang"), await world.group("3号楼")
    li = world.resident("li")
    await li.says(FIRE, group)
    await group.reads("119")
    await zhang.presses("误报", room)
    assert (await group.shown())[-1] == "误报，抱歉。"
    await li.says("着火了，快来人", group)
    await group.hears_nothing()
    await world.advance(minutes=40)
    await li.says(FIRE, group)
    await group.reads("119")


@story("E20", needs=(*TALK, "edit"))
async def test_the_owner_may_say_so_too(world: World) -> None:
    group, li = await world.group("3号楼"), world.resident("li")
    await li.says(FIRE, group)
    line = await group.line("119")
    await li.says("误报", group, reply_to=line)
    assert "119" in (await group.line("119")).text
    await world.resident("wu").says("误报", group, reply_to=line)
    assert (await group.shown())[-1] == "误报，抱歉。"
