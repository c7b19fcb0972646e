"""The homeserver and the people of the tests are what they say: two people chat, in the open and encrypted."""

from __future__ import annotations

import pytest

from tests.matrix.homeserver import ApiError, Homeserver
from tests.matrix.keys import hides
from tests.matrix.timeline import LOCKED


@pytest.mark.parametrize("encrypted", [False, True])
async def test_two_people_chat(homeserver: Homeserver, encrypted: bool) -> None:
    li, wang = await homeserver.person("li"), await homeserver.person("wang")
    room = await li.room("3 号楼", invite=[wang], encrypted=encrypted)
    await wang.enters(room)
    await li.meets(wang, room)
    first = await li.says("停水了吗", room)
    assert (await wang.sees("停水", room)).id == first
    answer = await wang.replies("停了", first, room, fallback=True)
    assert (await li.sees("停了", room)).reply_to == first
    await wang.edits(answer, "没停", room)
    assert (await li.sees("没停", room)).id == answer
    await li.reacts("👍", answer, room)
    await wang.until(lambda lines: any((li.id, "👍") in line.reactions for line in lines), room)
    inside = await wang.threads("三楼也没停", answer, room)
    assert (await li.finds(inside, room)).thread == answer
    await li.redacts(first, room)
    await wang.misses(first, room)
    photo = await wang.shows(b"\xff\xd8photo", room)
    assert await li.gets(await li.finds(photo, room)) == b"\xff\xd8photo"
    kinds = {event["type"] for event in await homeserver.history(li, room)}
    assert ("m.room.encrypted" in kinds, "m.room.message" in kinds) == (encrypted, not encrypted)
    await li.mentions(wang, "{}：谢谢", room, name="Wang")
    line = await wang.sees("Wang：谢谢", room)
    assert line.content["m.mentions"] == {"user_ids": [wang.id]} and wang.id in line.html


async def test_who_comes_later_cannot_read_what_was_said(homeserver: Homeserver) -> None:
    li, wang = await homeserver.person("li"), await homeserver.person("wang")
    room = await li.room(encrypted=True, public=True)
    await li.says("early", room)
    await wang.enters(room)
    await li.meets(wang, room)
    await li.says("late", room)
    await wang.sees("late", room)
    assert [line.text for line in await wang.reads(room)] == [LOCKED, "late"]


async def test_a_key_that_comes_late_opens_what_was_said(homeserver: Homeserver) -> None:
    li, wang = await homeserver.person("li"), await homeserver.person("wang")
    room = await li.room(encrypted=True, public=True)
    await wang.enters(room)
    await li.meets(wang, room)
    hidden = await hides(li, "hidden", room, wang)
    await li.says("open", room)
    await wang.until(lambda lines: [line.text for line in lines] == [LOCKED, "open"], room)
    await hidden.give()
    await wang.sees("hidden", room)
    assert [line.text for line in await wang.reads(room)] == ["hidden", "open"]


async def test_a_gap_in_the_timeline_is_filled(homeserver: Homeserver) -> None:
    li, wang = await homeserver.person("li"), await homeserver.person("wang")
    room = await li.room(public=True)
    await wang.enters(room)
    wang.limit = 5
    for n in range(12):
        await li.says(str(n), room)
    await wang.sees("11", room)
    assert [line.text for line in await wang.reads(room)] == [str(n) for n in range(12)]


async def test_a_crowd_a_wrong_clock_and_a_raw_event(homeserver: Homeserver) -> None:
    li = await homeserver.person("li")
    room = await li.room(public=True)
    crowd = await homeserver.crowd(room, 5)
    await li.until(lambda lines: all(li.present(user, room) for user in crowd), room)
    event = await homeserver.sends_at(86_400_000, li, {"msgtype": "m.text", "body": "of 1970"}, room)
    broken = {"msgtype": "m.image", "body": "p", "url": []}
    raw = await homeserver.sends(li, "m.room.message", broken, room)
    found = {item["event_id"]: item for item in await homeserver.history(li, room)}
    assert found[event]["origin_server_ts"] == 86_400_000 and found[raw]["content"] == broken
    with pytest.raises(ApiError) as refused:
        await homeserver.sends(li, "m.room.message", {"msgtype": "m.text", "body": "x" * 70_000}, room)
    assert refused.value.code == "M_TOO_LARGE"


async def test_it_comes_back_with_its_data(homeserver: Homeserver) -> None:
    li = await homeserver.person("li")
    room = await li.room()
    event = await li.says("before", room)
    homeserver.synapse.stop()
    homeserver.synapse.start()
    await li.says("after", room)
    assert [line.text for line in await li.reads(room)] == ["before", "after"]
    sent = [path for method, path in homeserver.synapse.requests() if method == "PUT" and room[:8] in path]
    assert event and len(sent) == 2
