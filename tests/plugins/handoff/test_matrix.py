"""Who may see what: every role, every class of case, every way of seeing, against one table (P4, C3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from botkit.messages import Attachment, MessageKind
from botkit.plugins.groups import plugin as groups
from botkit.plugins.handoff.models import Case
from botkit.staff import ROLES
from botkit.testing import BotHarness
from tests.plugins.handoff.estate import FRAUD, OFFICERS, PARTNER, account, room, said_in, senses
from tests.plugins.handoff.station import Officer, officer, rota, station

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
    """One station with a case of every class, each told of with a photo, and somebody of every role.

    ``table`` says how each came about, and who may know of it.
    """

    bot: BotHarness
    table: dict[str, tuple[str, str]] = field(default_factory=lambda: TABLE)
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
            all.people[role] = await stack.enter_async_context(somebody(bot, role, () if role == NOBODY else (role,)))
        await room(bot, "officers", OFFICERS)
        await room(bot, "anti_fraud", FRAUD)
        await room(bot, "partner", PARTNER, "物业")
        for kind in TABLE:
            await tells(all, kind)
        assert len({case.id for case in all.cases.values()}) == len(TABLE)
        chief = all.people["commander"]
        await chief.does("claim", all.cases["resolved"])
        await chief.does("resolve", all.cases["resolved"], result="handled", text="好了", confirm_public="on")
        await chief.does("merge", all.cases["merged"], into=all.cases["ordinary routine"].ref)
        await bot.settle()
        yield all


@asynccontextmanager
async def somebody(bot: BotHarness, role: str, roles: tuple[str, ...]) -> AsyncIterator[Officer]:
    """Somebody with a browser and an account."""
    async with officer(bot, role.replace("_", "-"), roles) as person:
        await account(bot, person.member)
        yield person


async def tells(all: World, kind: str) -> None:
    """A case of a class comes about. One person told of all: earlier cases are of theirs; groups keep them apart."""
    all.photos[kind] = await all.bot.services.files.put(picture(len(all.photos)), "image/jpeg")
    photo = Attachment(MessageKind.PHOTO, all.photos[kind])
    await all.bot.says(
        all.table[kind][0], who="meili", group=f"g-{kind}", at_bot=True, kind=MessageKind.PHOTO, attachments=(photo,)
    )
    found = await Case.all().order_by("-id").first()
    assert found is not None
    all.cases[kind] = found


async def _page(all: World, role: str, kind: str) -> bool:
    status, page = await all.people[role].get(f"/desk/handoff/{all.cases[kind].ref}")
    assert status in (200, 403, 404)
    return status == 200 and all.table[kind][0] in page


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
    for other in all.table:
        if other != kind:
            path = f"/desk/handoff/{all.cases[other].ref}/files/{all.photos[kind]}"
            assert (await all.people[role].get(path))[0] != 200
    assert (await all.people[role].get(f"/files/{all.photos[kind]}"))[0] == 404
    return status == 200


async def _shown_in_chat(all: World, role: str, kind: str) -> bool:
    login = role.replace("_", "-")
    all.bot.news()
    await all.bot.says(f"/show {all.cases[kind].number}", who=login)
    return any(all.table[kind][0] in text for text in all.bot.news())


async def _earlier(all: World, role: str, kind: str) -> bool:
    """The list on the page of the same person's latest case that this role may see."""
    last = next(each for each in reversed(all.table) if role in all.table[each][1].split())
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


def expected(all: World, role: str, kind: str, way: str) -> bool:
    """The rule: who is named in the table sees a case in every way in which cases of its class are shown."""
    sees = role in all.table[kind][1].split()
    match way:
        case "partner's room":
            return False
        case "queue" | "queue, live":
            return sees and kind not in ("resolved", "merged")
        case "earlier cases":
            theirs = [each for each in all.table if role in all.table[each][1].split()]
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
            and await looks(all, role, kind) != expected(all, role, kind, way)
        ]
        assert wrong == []


# areas ------------------------------------------------------------------------------------------------------

WIDE = "officer backup commander"
"""An officer whom the roster names for no area sees the station's cases."""
AREAS = {
    "east, climbed to everybody": ("东楼有焦味", WIDE + " west east"),
    "west": ("西楼灯不亮", WIDE + " west"),
    "east": ("东楼灯不亮", WIDE + " east"),
    "east, urgent": ("东楼又有焦味", WIDE + " east"),
    "of no area": ("井盖坏了", WIDE + " west east"),
    "of an area that is nobody's": ("护栏松了", WIDE + " west east"),
    "east, offered to west": ("东楼门坏了", WIDE + " west east"),
    "east, had by west": ("东楼漏雨了", WIDE + " west east"),
    "west, a complaint": ("我要投诉民警", "commander"),
}
ROTA = ("primary west 00:00-24:00 社区民警 @西区", "primary east 00:00-24:00 社区民警 @东区")


@asynccontextmanager
async def divided(folder: Path, database_url: str | None = None) -> AsyncIterator[World]:
    """A station whose duty officers have an area each."""
    async with AsyncExitStack() as stack:
        (folder / "config").mkdir()
        made = station(
            [senses, groups], rota(folder / "config", *ROTA), tables={"groups": {"consent": False}},
            database_url=database_url,
        )  # fmt: skip
        bot = await stack.enter_async_context(made)
        all = World(bot, AREAS)
        for role in ("officer", "backup", "commander", "west", "east"):
            roles = ("officer",) if role in ("west", "east") else (role,)
            all.people[role] = await stack.enter_async_context(somebody(bot, role, roles))
        for kind in AREAS:
            area = {"w": "西区", "e": "东区"}.get(kind[0], "北区")
            if kind != "of no area":
                await bot.says(f"/area {area}", who="backup", group=f"g-{kind}", at_bot=True)
            await tells(all, kind)
            if kind == "east, climbed to everybody":
                await bot.advance(minutes=10)
        chief, east, west = (all.people[role] for role in ("commander", "east", "west"))
        offered, had = all.cases["east, offered to west"], all.cases["east, had by west"]
        await east.does("claim", offered)
        await east.does("offer", offered, to=str(west.member.id), text="请接手")
        await chief.does("assign", had, to=str(west.member.id))
        await west.does("release", had)
        await had.refresh_from_db()
        assert had.holder_id is None and (await Case.get(id=offered.id)).offered_to == west.member.id
        await bot.settle()
        yield all


@pytest.mark.parametrize("role", ["west", "east", "officer", "backup", "commander"])
async def test_an_officer_sees_the_cases_of_their_areas_in_every_way_as_the_table_says(
    tmp_path: Path, role: str
) -> None:
    async with divided(tmp_path) as all:
        assert await wrong_ways(all, role) == []


async def test_on_either_database(tmp_path: Path, database_url: str) -> None:
    async with divided(tmp_path, database_url) as all:
        assert await wrong_ways(all, "west") == []


async def wrong_ways(all: World, role: str) -> list[tuple[str, str]]:
    """What somebody sees, or doesn't, against the table."""
    return [
        (kind, way)
        for kind in all.table
        for way, looks in WAYS.items()
        if way != "partner's room" and await looks(all, role, kind) != expected(all, role, kind, way)
    ]


async def test_a_room_is_the_stations_whatever_areas_its_readers_have(tmp_path: Path) -> None:
    async with divided(tmp_path) as all:
        all.bot.news()
        await room(all.bot, "officers", OFFICERS)
        case = all.cases["east, urgent"]
        await all.bot.says(f"/show {case.number}", who="west", group=OFFICERS)
        assert "东楼又有焦味" in said_in(all.bot, OFFICERS)[-1].text
        # In an emergency whoever is there helps, and has it from then on.
        await all.bot.says(f"接 #{case.number}", who="west", group=OFFICERS)
        await case.refresh_from_db()
        assert case.holder_id == all.people["west"].member.id
        assert await _page(all, "west", "east, urgent")


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
