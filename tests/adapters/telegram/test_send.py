"""Sending: what people see, and what each refusal means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.telegram import transport
from botkit.adapter import Ambiguous, Refused, RetryLater, SendError, Unreachable
from botkit.messages import Attachment, MessageKind
from tests.adapters.telegram.kit import free_port, opened, out
from tests.telegram.emulator import Emulator
from tests.telegram.faults import Fault, Kind
from tests.telegram.groups import Group
from tests.telegram.people import Person
from tests.web.test_files import photo


@pytest.fixture
async def li(emulator: Emulator) -> Person:
    person = emulator.person("li")
    await person.starts()
    return person


@pytest.fixture
def group(emulator: Emulator, li: Person) -> Group:
    return emulator.group("3号楼", owner=li, bot="administrator")


async def test_words_are_never_markup(emulator: Emulator, li: Person, tmp_path: Path) -> None:
    text = "<b>粗</b> *星* _线_ [链](https://a.b) `码` &amp; @all"
    async with opened(emulator, tmp_path) as adapter:
        await adapter.send(out(adapter, li.id, text, author="社区民警😀"))
        await adapter.send(out(adapter, li.id, ""))
    signed, empty = li.sees()
    assert signed.text == f"社区民警😀\n{text}" and ("bold", 0, 6) in signed.entities
    assert empty.text == "…"


async def test_a_reply_answers_even_what_is_gone(emulator: Emulator, li: Person, group: Group, tmp_path: Path) -> None:
    asked, lost = await li.says("在吗", in_=group), await li.says("算了", in_=group)
    await li.deletes(lost)
    async with opened(emulator, tmp_path) as adapter:
        await adapter.send(out(adapter, group.id, "在", reply_to=str(asked.id), silent=True))
        await adapter.send(out(adapter, group.id, "在的", reply_to=str(lost.id)))
        await adapter.send(out(adapter, group.id, "按了", reply_to=f"press:{asked.id}:7"))
        await adapter.send(out(adapter, group.id, "进群了", reply_to="event:0:55.bot.added"))
    answered, orphan, pressed, free = group.shown()
    assert answered.reply_to == asked.id and answered.silent
    assert orphan.reply_to is None and not orphan.silent
    assert pressed.reply_to == asked.id and free.reply_to is None


async def test_a_card_is_edited_in_place(emulator: Emulator, li: Person, tmp_path: Path) -> None:
    buttons = (("接了", "handoff.claim|2026/1"), ("长" * 8, "handoff.claim|" + "x" * 60))
    async with opened(emulator, tmp_path) as adapter:
        ref = await adapter.send(out(adapter, li.id, "待接", buttons=buttons))
        assert li.sees()[0].labels == ("接了", "长" * 8)
        for _ in range(2):  # the second time it is so already
            assert await adapter.edit(out(adapter, li.id, "已接", target=ref)) == ref
        [card] = li.sees()
        assert card.text == "已接" and not card.buttons and card.edited
        await adapter.delete(out(adapter, li.id, target=ref))
        await adapter.delete(out(adapter, li.id, target=ref))
        assert li.sees() == []
        with pytest.raises(Refused):
            await adapter.edit(out(adapter, li.id, "还有", target=ref))
        with pytest.raises(Refused):
            await adapter.edit(out(adapter, li.id, "哪条", target="event:0:1"))


async def test_signs_and_pins(emulator: Emulator, li: Person, group: Group, tmp_path: Path) -> None:
    asked = await li.says("谢谢", in_=group)
    async with opened(emulator, tmp_path) as adapter:
        for sign, shown in (("👌", "👌"), ("❤️", "❤"), ("🫶", "👍")):
            await adapter.react(out(adapter, group.id, sign, target=str(asked.id)))
            assert [each["emoji"] for each in asked.reactions[emulator.bot.id]] == [shown]
        ref = await adapter.send(out(adapter, group.id, "名片"))
        await adapter.pin(out(adapter, group.id, target=ref))
        assert group.shown()[0].pinned
        await li.demotes(emulator.bot, group)
        with pytest.raises(Refused):
            await adapter.pin(out(adapter, group.id, target=ref))


async def stored(adapter: Any, data: bytes, kind: MessageKind, name: str = "") -> Attachment:
    mime = "image/jpeg" if kind is MessageKind.PHOTO else "application/pdf"
    return Attachment(kind, await adapter.services.files.put(data, mime), name, mime, len(data))


async def test_files_go_along(emulator: Emulator, li: Person, tmp_path: Path) -> None:
    async with opened(emulator, tmp_path) as adapter:
        picture, paper = photo(), b"%PDF-1.4 x"
        files = (
            await stored(adapter, picture, MessageKind.PHOTO),
            await stored(adapter, paper, MessageKind.DOCUMENT, "告知.pdf"),
        )
        lost = Attachment(MessageKind.PHOTO, "0" * 64 + ".jpg")
        await adapter.send(out(adapter, li.id, "照片", files=(*files[:1], lost), buttons=(("好", "a.b|"),)))
        [one] = li.sees()
        assert (one.kind, one.text, one.labels) == ("photo", "照片", ("好",))
        assert emulator.file(one.files[0]) == await adapter.services.files.display(files[0].id) != picture
        ref = await adapter.send(out(adapter, li.id, "两样", files=files, key=2))
        text, first, second = li.sees()[1:]
        assert (text.text, str(text.id), first.kind, second.kind) == ("两样", ref, "photo", "document")
        assert first.reply_to == second.reply_to == text.id and emulator.file(second.files[0]) == paper
        await adapter.edit(out(adapter, li.id, "照片（已看）", target=str(one.id)))
        assert li.sees()[0].text == "照片（已看）"
        album = await adapter.send(out(adapter, li.id, "长" * 1500, files=files[:1] * 3, key=3))
        assert [each.kind for each in li.sees()[4:]] == ["text", "photo", "photo", "photo"] and album


async def test_files_that_fail_do_not_repeat_their_text(emulator: Emulator, li: Person, tmp_path: Path) -> None:
    async with opened(emulator, tmp_path) as adapter:
        file = await stored(adapter, photo(), MessageKind.PHOTO)
        emulator.faults.next("sendMediaGroup", Kind.FLOOD)
        message = out(adapter, li.id, "长" * 1500, files=(file, file))
        with pytest.raises(RetryLater):
            await adapter.send(message)
        await adapter.send(message)
    assert [each.kind for each in li.sees()] == ["text", "photo", "photo"]


async def test_threads_are_topics_in_a_forum(emulator: Emulator, li: Person, tmp_path: Path) -> None:
    room = emulator.group("工作群", owner=li, bot="administrator", forum=True)
    async with opened(emulator, tmp_path) as adapter:
        card = await adapter.send(out(adapter, room.id, "#1129-07"))
        thread = await adapter.open_thread(out(adapter, room.id, "#1129-07", target=card))
        await adapter.send(out(adapter, room.id, "居民说：在", thread=thread))
        topic = int(thread.removeprefix("topic:"))
        assert room.shown(topic)[0].text == "居民说：在"
        await room.topic_deleted(topic)
        await adapter.send(out(adapter, room.id, "还在", thread=thread, key=2))
        assert room.shown()[-1].text == "还在" and room.shown()[-1].thread is None


async def test_threads_are_chains_of_replies_elsewhere(
    emulator: Emulator, li: Person, group: Group, tmp_path: Path
) -> None:
    async with opened(emulator, tmp_path) as adapter:
        card = await adapter.send(out(adapter, group.id, "#1129-07"))
        thread = await adapter.open_thread(out(adapter, group.id, "#1129-07", target=card))
        assert thread == card
        ref = await adapter.send(out(adapter, group.id, "居民说：在", thread=thread))
        assert group.shown()[-1].reply_to == int(card)
        assert adapter.threads.of(str(group.id), int(ref)) == thread
        alone = await adapter.open_thread(out(adapter, group.id, "#1129-08"))
        assert group.shown()[-1].id == int(alone)


async def test_a_forum_without_rights_has_chains(emulator: Emulator, li: Person, tmp_path: Path) -> None:
    room = emulator.group("工作群", owner=li, bot="member", forum=True)
    async with opened(emulator, tmp_path) as adapter:
        card = await adapter.send(out(adapter, room.id, "#1"))
        assert await adapter.open_thread(out(adapter, room.id, "#1", target=card)) == card


@pytest.mark.parametrize(
    ("fault", "outcome", "arrived"),
    [
        (Fault(Kind.FLOOD, 7), RetryLater, 0),
        (Kind.BAD_GATEWAY, ConnectionError, 0),
        (Kind.INTERNAL, Ambiguous, 0),
        (Kind.RESET_AFTER, Ambiguous, 1),
        (Kind.RESET_BEFORE, Ambiguous, 0),
        (Kind.MALFORMED, Ambiguous, 1),
        (Fault(Kind.LOST_ANSWER, 30), Ambiguous, 1),
    ],
)
async def test_what_faults_mean(
    emulator: Emulator, li: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Any, outcome: Any,
    arrived: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(transport, "READ", 0.3)
    async with opened(emulator, tmp_path) as adapter:
        emulator.faults.next("sendMessage", fault)
        with pytest.raises(outcome) as told:
            await adapter.send(out(adapter, li.id, "一次"))
        assert emulator.token not in str(told.value) and "一次" not in repr(told.value)
        assert len(li.sees()) == arrived
        if outcome is RetryLater:
            assert told.value.after == 7 and not told.value.everywhere


async def test_without_a_connection_nothing_was_sent(emulator: Emulator, li: Person, tmp_path: Path) -> None:
    async with opened(emulator, tmp_path, api_url=f"http://127.0.0.1:{free_port()}") as adapter:
        with pytest.raises(ConnectionError):
            await adapter.send(out(adapter, li.id, "…"))


async def test_who_can_not_be_reached(emulator: Emulator, li: Person, group: Group, tmp_path: Path) -> None:
    strange = emulator.person("strange")
    gone = emulator.person("gone")
    await gone.starts()
    await gone.deletes_account()
    await li.blocks()
    async with opened(emulator, tmp_path) as adapter:
        for chat in (li.id, strange.id, gone.id, 99, -100123):
            with pytest.raises(Unreachable):
                await adapter.send(out(adapter, chat, "在吗"))
        await li.removes_bot(group)
        with pytest.raises(Unreachable):
            await adapter.send(out(adapter, group.id, "在吗"))
        assert group.shown() == []


async def test_a_text_that_does_not_fit_is_refused(emulator: Emulator, li: Person, tmp_path: Path) -> None:
    async with opened(emulator, tmp_path) as adapter:
        with pytest.raises(Refused):
            await adapter.send(out(adapter, li.id, "长" * 5000))
        assert not issubclass(Refused, Unreachable) and issubclass(Refused, SendError)


async def test_many_refusals_in_a_row_mean_the_account(emulator: Emulator, tmp_path: Path) -> None:
    people = [emulator.person(f"p{number}") for number in range(6)]
    for person in people:
        await person.starts()

    async with opened(emulator, tmp_path) as adapter:

        async def waits(person: Person) -> bool:
            emulator.faults.next("sendMessage", Kind.FLOOD)
            with pytest.raises(RetryLater) as told:
                await adapter.send(out(adapter, person.id, "…"))
            return told.value.everywhere

        assert [await waits(person) for person in people] == [False] * 4 + [True] * 2
        await adapter.send(out(adapter, people[0].id, "…"))
        assert not await waits(people[0])


async def test_a_group_that_moved_is_followed(emulator: Emulator, li: Person, tmp_path: Path) -> None:
    group = emulator.group("小群", owner=li, type="group")
    old = group.id
    await group.migrates(li)
    async with opened(emulator, tmp_path) as adapter:
        await adapter.send(out(adapter, old, "还在吗"))
        await adapter.send(out(adapter, old, "在", key=2))
        assert [each.text for each in group.shown()] == ["还在吗", "在"]
        assert len(emulator.calls("sendMessage")) == 3
        [event] = adapter.own._events
        assert event.chat.id == str(old) and event.data == {"event": "chat.moved", "to": str(group.id)}
