"""Days that add up: every message in exactly one share, differences listed, nothing lost at the edges of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.decision import Concern, Decision, Disposition, Verdict
from botkit.errors import BotkitError
from botkit.messages import Message, MessageKind, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff.models import CaseClock, Report
from botkit.plugins.reports import book, days
from botkit.plugins.reports.counting import count
from botkit.plugins.reports.figures import Place
from botkit.plugins.reports.shares import CLAIMS, Received, Share, rule_of, share
from botkit.storage.models import Inbox, Outbox
from botkit.testing import FakeClock
from tests.plugins.handoff.station import officer, only_case
from tests.plugins.reports.station import DAY, a_day, at, room, shown, station

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo")


async def test_a_day_adds_up(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await a_day(bot)
        await book.make(bot.services, DAY, "test")
        made = await shown(bot)
        assert (made.addressed, made.answered, made.cases, made.ignored, made.waiting) == (6, 2, 2, 2, 0)
        assert made.difference == 0 and made.rules == {"flood": 1, "thanks": 1}
        assert made.plain == 3
        assert made.counts == {
            "handoff.count.opened": 2, "handoff.count.resolved": 0, "handoff.count.reopened": 0,
            "handoff.count.false_alarm": 0,
        }  # fmt: skip
        assert not made.breaches and not made.undelivered_count


async def test_what_nobody_has_is_listed(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await a_day(bot)
        lost = (await Report.all().order_by("-id"))[0]
        await bot.services.unit(lambda unit: Report.filter(id=lost.id).delete())
        await book.make(bot.services, DAY, "test")
        made = await shown(bot)
        assert (made.addressed, made.cases, made.difference) == (6, 1, 1)
        [row] = made.unsettled
        assert (row.inbox, row.disposition, row.rule) == (lost.inbox_id, "escalated", "nobody_else")
        assert row.place == Place("group", "3号楼") and row.at == bot.clock.now()


async def test_waiting_becomes_a_difference_after_ten_minutes(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        message = await bot.says("楼道灯不亮了")
        undone = Inbox.filter(platform_id=message.id)
        await bot.services.unit(lambda unit: undone.update(disposition=None, reason=None, done_at=None))
        made = await count(bot.services, DAY)
        assert (made.addressed, made.waiting, made.difference) == (1, 1, 0)
        bot.clock.step(timedelta(minutes=10, seconds=1))
        made = await count(bot.services, DAY)
        assert (made.addressed, made.waiting, made.difference) == (1, 0, 1)
        assert (made.unsettled[0].disposition, made.unsettled[0].place.title) == ("", "")


async def test_events_and_the_talk_of_rooms_are_not_addressed(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await room(bot)
        before = await count(bot.services, DAY)
        await bot.says("/hello", group="民警群")
        await bot.says(kind=MessageKind.SYSTEM, group="3号楼", data={"event": "chat.renamed", "title": "3号楼"})
        await bot.says(kind=MessageKind.REACTION, data={"sign": "👍"})
        await bot.says(kind=MessageKind.DELETED, id="in-1", revision=1)
        made = await count(bot.services, DAY)
        assert (made.rooms - before.rooms, made.events - before.events) == (1, 3)
        assert made.addressed == before.addressed


async def test_a_promise_that_broke_is_told_on_its_day(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await bot.says("楼道灯不亮了")
        await bot.says("不用了")
        await bot.says("楼道灯不亮了", who="qian")
        tomorrow = DAY + timedelta(days=1)
        assert not (await count(bot.services, tomorrow)).breaches, "what is not due yet is not broken"
        bot.clock.step(timedelta(hours=25))
        made = await count(bot.services, tomorrow)
        assert [(each.subject, each.what, each.met_at) for each in made.breaches] == [
            ("case:2026/0311-02", "response", None),
            ("case:2026/0311-02", "feedback", None),
            ("case:2026/0311-02", "result", None),
        ]
        now = bot.clock.now()
        await bot.services.unit(lambda unit: CaseClock.filter(name="response").update(met_at=now))
        await bot.services.unit(lambda unit: CaseClock.filter(name="result").update(met_at=at(12, 1)))
        told = {each.what: each.met_at for each in (await count(bot.services, tomorrow)).breaches}
        assert told == {"response": now, "feedback": None}
        assert not (await count(bot.services, DAY)).breaches


async def test_what_did_not_arrive_is_counted(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await bot.says("几点开门")
        await bot.services.unit(lambda unit: Outbox.all().update(status="dead"))
        made = await count(bot.services, DAY)
        assert (made.undelivered_count, [each.status for each in made.undelivered]) == (1, ["dead"])
        assert (made.undelivered[0].place.kind, made.undelivered[0].place.title) == ("dm", "")


async def test_a_press_that_reopens_a_case_is_with_a_human(database_url: str) -> None:
    async with station(database_url=database_url) as bot, officer(bot) as zhang:
        await bot.says("楼道灯不亮了")
        await zhang.does("claim", await only_case())
        await zhang.does("resolve", await only_case(), result="handled", text="已报修。")
        await bot.settle()
        await bot.presses("还没解决")
        made = await count(bot.services, DAY)
        assert (made.addressed, made.cases, made.difference) == (2, 2, 0)
        assert made.counts == {
            "handoff.count.opened": 1, "handoff.count.resolved": 1, "handoff.count.reopened": 1,
            "handoff.count.false_alarm": 0,
        }  # fmt: skip


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25), (10, 26, 24)])
async def test_no_message_is_lost_where_clocks_change(month: int, day: int, hours: int, database_url: str) -> None:
    local = date(2026, month, day)
    begins, ends = days.span(local, ZoneInfo("Europe/Berlin"))
    assert ends - begins == timedelta(hours=hours)
    clock = FakeClock(begins - timedelta(minutes=45))
    async with station(zone="Europe/Berlin", clock=clock, database_url=database_url) as bot:
        for half in range(2 * hours + 4):
            await bot.says("几点开门", who=f"r{half}")
            clock.step(timedelta(minutes=30))
        each = [(await count(bot.services, local + timedelta(days=n))).answered for n in (-1, 0, 1)]
        assert each == [2, 2 * hours, 2]


@given(st.dates(date(2000, 1, 2), date(2090, 1, 1)), st.sampled_from(ZONES))
def test_days_follow_each_other_without_gap(day: date, zone: str) -> None:
    place = ZoneInfo(zone)
    begins, ends = days.span(day, place)
    assert ends == days.span(day + timedelta(days=1), place)[0]
    assert timedelta(hours=22) < ends - begins < timedelta(hours=26)
    assert days.day_of(begins, place) == day == days.day_of(ends - timedelta(microseconds=1), place)
    assert ends <= days.due(day, place) <= ends + timedelta(hours=2)


@pytest.mark.parametrize("text", ["", "2026-11-31", "20261128", "2026-W48-6", "1999-01-01", "9999-12-31", "heute"])
def test_what_is_no_day(text: str) -> None:
    assert days.parse(text) is None


def row(
    disposition: Disposition | None, chat_kind: str = "dm", *, addressed: bool = False, urgent: bool = False
) -> Received:
    done = disposition is not None
    return Received(1, Place(chat_kind), at(11, 2), "text", addressed, urgent, disposition, "", done)


@pytest.mark.parametrize("disposition", list(Disposition))
@pytest.mark.parametrize("chat_kind", ["dm", "group", "officers", "partner", "unknown"])
def test_whoever_claims_a_human_must_stand_in_a_ledger(disposition: Disposition, chat_kind: str) -> None:
    now = at(11, 3)
    found = share(row(disposition, chat_kind, urgent=True), frozenset(), now)
    if disposition in CLAIMS:
        assert found is Share.UNSETTLED
        assert share(row(disposition, chat_kind), frozenset({1}), now) is Share.CASE
    elif disposition is Disposition.SYSTEM and chat_kind not in ("officers", "partner"):
        assert found is Share.UNSETTLED, "words are no event, whatever a plugin calls them"


def test_a_warning_is_all_that_a_posted_scam_calls_for() -> None:
    now = at(11, 3)
    assert share(row(Disposition.FRAUD, "group"), frozenset(), now) is Share.ANSWERED
    assert share(row(Disposition.FRAUD, "group", urgent=True), frozenset(), now) is Share.UNSETTLED
    assert share(row(Disposition.FRAUD, "group", addressed=True), frozenset(), now) is Share.UNSETTLED
    assert share(row(Disposition.FRAUD), frozenset(), now) is Share.UNSETTLED


def test_silence_does_not_hide_what_a_human_has() -> None:
    assert share(row(Disposition.THROTTLED), frozenset({1}), at(11, 3)) is Share.CASE
    assert share(row(Disposition.SILENT), frozenset(), at(11, 3)) is Share.IGNORED


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ('{"rule":"flood"}', "flood"),
        ('{"rule":"hours","budget":"spent"}', "budget"),
        ('{"parts":[{"score":1},{"rule":"guard.hukou"}]}', "guard.hukou"),
        ('{"kind":"sticker"}', "sticker"),
        ('{"rule":"楼道灯不亮了"}', "unnamed"),
        ('{"rule":7}', "unnamed"),
        ("[1]", "unnamed"),
        ("{", "unnamed"),
        (None, "unnamed"),
    ],
)
def test_only_identifiers_pass_as_rules(reason: str | None, rule: str) -> None:
    assert rule_of(reason, "silent") == rule


async def test_figures_that_do_not_add_up_are_never_made() -> None:
    async with station() as bot:
        await a_day(bot)
        made = await count(bot.services, DAY)
        for wrong in (
            replace(made, answered=made.answered + 1),
            replace(made, received=made.received + 1),
            replace(made, rules={}),
        ):
            with pytest.raises(BotkitError):
                wrong.check()


async def test_a_ledger_that_fails_makes_no_report() -> None:
    broken = Plugin("broken")

    @broken.ledger
    async def account(services: object, start: datetime, end: datetime) -> object:
        raise RuntimeError

    async with station([broken]) as bot:
        with pytest.raises(RuntimeError):
            await book.make(bot.services, DAY, "test")


async def test_rows_that_cannot_be_read_count_as_serious() -> None:
    strange = Plugin("strange")

    @strange.stage(Stage.SAFETY)
    def scam(message: Message) -> Decision:
        return Decision(Disposition.FRAUD, (say("停"),))

    @strange.screen
    def seen(message: Message) -> Verdict:
        return Verdict(Concern.FRAUD, "scam")

    async with station([strange]) as bot:
        message = await bot.says("广告加微信", group="3号楼")
        assert (await count(bot.services, DAY)).answered == 1
        await bot.services.unit(lambda unit: Inbox.filter(platform_id=message.id).update(payload="{"))
        made = await count(bot.services, DAY)
        assert (made.answered, made.difference) == (0, 1)
