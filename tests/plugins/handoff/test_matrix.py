"""Who may see what: every role, every class of case, every way of seeing, against one table (P4, C3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from PIL import Image

from botkit.messages import Attachment, MessageKind
from botkit.plugins.handoff.models import Case
from botkit.staff import ROLES
from botkit.testing import BotHarness
from tests.plugins.handoff.estate import FRAUD, OFFICERS, PARTNER, account, room, said_in, senses
from tests.plugins.handoff.station import Officer, officer, station

# Each class of case, how it comes about, and who may know of it. A role that is not named sees nothing.
EVERY = "officer backup commander"
TABLE = {
    "ordinary routine": ("楼道灯不亮", EVERY),
    "hazard": ("楼道堆物", EVERY),
    "police subject": ("户口怎么迁", EVERY),
    "fraud routine": ("可疑电话是真的吗", EVERY + " anti_fraud"),
    "fraud urgent": ("我刷单被骗了", EVERY + " anti_fraud"),
    "emergency": ("楼道有焦味", EVERY),
    "at risk": ("他打我", EVERY),
    "complaint": ("我要投诉民警", "commander"),
    "resolved": ("井盖坏了", EVERY),
    "merged": ("护栏松了", EVERY),
}
NOBODY = "nobody"
"""Somebody without a role, and somebody whom the station does not know."""


@dataclass
class World:
    """One station with a case of every class, each told of with a photo, and somebody of every role."""

    bot: BotHarness
    people: dict[str, Officer] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)


def picture(shade: int) -> bytes:
    """A small photo, each another."""
    out = BytesIO()
    Image.new("RGB", (8, 8), (shade * 20, 0, 0)).save(out, "JPEG")
    return out.getvalue()


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(station([senses]))
        all = World(bot)
        for role in (*ROLES, NOBODY):
            roles = () if role == NOBODY else (role,)
            login = role.replace("_", "-")
            all.people[role] = await stack.enter_async_context(officer(bot, login, roles))
            await account(bot, all.people[role].member)
        await room(bot, "officers", OFFICERS)
        await room(bot, "anti_fraud", FRAUD)
        await room(bot, "partner", PARTNER, "物业")
        for kind, (words, _) in TABLE.items():
            # One person told of all: the list of earlier cases is of theirs. Groups keep them apart.
            all.photos[kind] = await bot.services.files.put(picture(len(all.photos)), "image/jpeg")
            photo = Attachment(MessageKind.PHOTO, all.photos[kind])
            await bot.says(
                words, who="meili", group=f"g-{kind}", at_bot=True, kind=MessageKind.PHOTO, attachments=(photo,)
            )
            found = await Case.all().order_by("-id").first()
            assert found is not None
            all.cases[kind] = found
        assert len({case.id for case in all.cases.values()}) == len(TABLE)
        chief = all.people["commander"]
        await chief.does("claim", all.cases["resolved"])
        await chief.does("resolve", all.cases["resolved"], result="handled", text="好了", confirm_public="on")
        await chief.does("merge", all.cases["merged"], into=all.cases["ordinary routine"].ref)
        await bot.settle()
        yield all


async def _page(all: World, role: str, kind: str) -> bool:
    status, page = await all.people[role].get(f"/desk/handoff/{all.cases[kind].ref}")
    assert status in (200, 403, 404)
    return status == 200 and TABLE[kind][0] in page


async def _live(all: World, role: str, kind: str) -> bool:
    status, _ = await all.people[role].get(f"/desk/handoff/{all.cases[kind].ref}/live")
    return status in (200, 204)


async def _queue(all: World, role: str, kind: str) -> bool:
    status, page = await all.people[role].get("/desk/handoff/")
    assert status in (200, 403)
    return status == 200 and f"#{all.cases[kind].number}" in page


async def _queue_part(all: World, role: str, kind: str) -> bool:
    status, page = await all.people[role].get("/desk/handoff/queue")
    return status == 200 and f"#{all.cases[kind].number}" in page


async def _file(all: World, role: str, kind: str) -> bool:
    status, _ = await all.people[role].get(f"/desk/handoff/{all.cases[kind].ref}/files/{all.photos[kind]}")
    assert status in (200, 403, 404)
    # Nor by the page of a case that they may see.
    for other in TABLE:
        if other != kind:
            path = f"/desk/handoff/{all.cases[other].ref}/files/{all.photos[kind]}"
            assert (await all.people[role].get(path))[0] != 200
    assert (await all.people[role].get(f"/files/{all.photos[kind]}"))[0] == 404
    return status == 200


async def _shown_in_chat(all: World, role: str, kind: str) -> bool:
    login = role.replace("_", "-")
    all.bot.news()
    await all.bot.says(f"/show {all.cases[kind].number}", who=login)
    return any(TABLE[kind][0] in text for text in all.bot.news())


async def _earlier(all: World, role: str, kind: str) -> bool:
    """The list on the page of the same person's latest case that this role may see."""
    last = next(each for each in reversed(TABLE) if role in TABLE[each][1].split())
    _, page = await all.people[role].get(f"/desk/handoff/{all.cases[last].ref}")
    return f"#{all.cases[kind].number}</a>" in page.partition('id="earlier-title"')[2]


async def _asked_in_partners_room(all: World, role: str, kind: str) -> bool:
    number, login = all.cases[kind].number, role.replace("_", "-")
    before = len(said_in(all.bot, PARTNER))
    for text in (f"/show {number}", f"查看 {number}", f"接了 #{number}", f"/case {number}"):
        await all.bot.says(text, who=login, group=PARTNER)
    return len(said_in(all.bot, PARTNER)) > before


WAYS = {
    "queue": _queue,
    "queue, live": _queue_part,
    "case page": _page,
    "case page, live": _live,
    "photo": _file,
    "chat": _shown_in_chat,
    "earlier cases": _earlier,
    "partner's room": _asked_in_partners_room,
}


def expected(role: str, kind: str, way: str) -> bool:
    """The rule: who is named in the table sees a case in every way in which cases of its class are shown."""
    sees = role in TABLE[kind][1].split()
    match way:
        case "partner's room":
            return False
        case "queue" | "queue, live":
            return sees and kind not in ("resolved", "merged")
        case "earlier cases":
            theirs = [each for each in TABLE if role in TABLE[each][1].split()]
            return sees and kind != theirs[-1]
        case _:
            return sees


@pytest.mark.parametrize("role", [*ROLES, NOBODY])
async def test_a_role_sees_every_class_of_case_in_every_way_as_the_table_says(role: str) -> None:
    async with world() as all:
        wrong = [
            (kind, way)
            for kind in TABLE
            for way, looks in WAYS.items()
            if (way != "earlier cases" or role in EVERY + " anti_fraud")
            and await looks(all, role, kind) != expected(role, kind, way)
        ]
        assert wrong == []


async def test_each_room_has_the_cards_that_all_who_read_there_may_know() -> None:
    async with world() as all:
        for kind, (words, _) in TABLE.items():
            cards = {
                name for name in (OFFICERS, FRAUD, PARTNER) if any(words in s.text for s in said_in(all.bot, name))
            }
            fraud = {FRAUD} if kind.startswith("fraud") else set()
            assert cards == (set() if kind == "complaint" else {OFFICERS} | fraud), kind


async def test_a_commander_does_not_show_a_room_what_its_readers_may_not_know() -> None:
    async with world() as all:
        secret = all.cases["complaint"].number
        for name, hidden in ((OFFICERS, ["complaint"]), (FRAUD, ["complaint", "hazard", "at risk", "emergency"])):
            for kind in hidden:
                number = all.cases[kind].number
                for text in (
                    f"/show {number}",
                    f"查看 {number}",
                    f"接 #{number}",
                    "/queue",
                    "我的",
                    f"备注 {number} 某",
                ):
                    before = len(said_in(all.bot, name))
                    await all.bot.says(text, who="commander", group=name)
                    for sent in said_in(all.bot, name)[before:]:
                        assert TABLE[kind][0] not in sent.text, (kind, text)
                        # What was typed may be named back, and no more.
                        assert f"#{number} " not in sent.text and f"#{secret}" not in sent.text, (kind, text)
        assert (await Case.get(number=secret)).holder_id is None


async def test_strangers_learn_nothing_anywhere() -> None:
    async with world() as all:
        for kind, case in all.cases.items():
            all.bot.news()
            for text in (
                f"/show {case.number}",
                f"查看 {case.number}",
                f"/case {case.number}",
                f"{case.number} 好了吗",
            ):
                await all.bot.says(text, who="stranger")
                await all.bot.says(text, who="stranger", group=f"g-{kind}", at_bot=True)
                await all.bot.says(text, who="stranger", group=OFFICERS)
            assert not any(TABLE[kind][0] in text for text in all.bot.news()), kind
