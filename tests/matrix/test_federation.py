"""The two homeservers are what they say: people of both chat, are kept apart, and find each other again."""

from __future__ import annotations

from tests.matrix.federation import Pair


async def test_people_of_two_servers_chat(pair: Pair) -> None:
    li, wang = await pair.near.person("li"), await pair.far.person("wang")
    room = await li.room("楼", invite=[wang], encrypted=True)
    await wang.enters(room)
    await li.meets(wang, room)
    await li.knows(wang)
    await wang.knows(li)
    await li.says("停水了吗", room)
    await wang.sees("停水了吗", room)
    await wang.says("停了", room)
    await li.sees("停了", room)
    pair.servers.part()
    for person in (li, wang):
        await person.says(f"alone {person.id[1:3]}", room)
    assert not {"alone wa", "alone li"} <= {line.text for line in await li.reads(room)}
    pair.servers.meet()
    for person in (li, wang):
        await person.says("again", room)
    for person in (li, wang):
        await person.until(lambda lines: {"alone wa", "alone li"} <= {line.text for line in lines}, room)
