"""Calendars as duties: what calendar programs write, problems at their lines, and duties that come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from botkit.plugins.handoff.roster import ical, icalout
from botkit.plugins.handoff.roster.imports import LARGEST, Imported, names_of
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier
from tests.plugins.handoff.rosters import BERLIN, SHANGHAI, december, rosters, say, told, weekly

NAMES = names_of([("zhang", "张三"), ("li", "李四"), ("wang", "王五"), ("wang2", "王五"), ("li.na", "Li Na")])
WINDOW = (december(1), december(32))
NOW = december(1, 9)


def event(*lines: str, uid: str = "a", summary: str = "主班：张三") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"))


def read(*events: str, zone: tzinfo = SHANGHAI, window: tuple[datetime, datetime] = WINDOW) -> Imported:
    text = "\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""))
    return ical.read("duties.ics", text.encode(), zone, NAMES, window)


def lines(imported: Imported) -> list[str]:
    """Changes as the duties that they make; there are no problems."""
    assert problems(imported) == []
    return told(Roster((), SHANGHAI, imported.changes).between(december(-30), december(90)))


def problems(imported: Imported, language: str = "zh") -> list[str]:
    assert all(say(problem.fix, language) for problem in imported.problems)
    return [f"{say(problem.where, language)}：{say(problem.what, language)}" for problem in imported.problems]


DAY = ("DTSTART:20261201T083000", "DTEND:20261201T173000")


@pytest.mark.parametrize(
    "times",
    [
        DAY,
        ("DTSTART:20261201T003000Z", "DTEND:20261201T093000Z"),
        ("DTSTART;TZID=Asia/Shanghai:20261201T083000", "DURATION:PT9H"),
        ("DTSTART;TZID=China Standard Time:20261201T083000", "DTEND:20261201T093000Z"),
        ("DTSTART;TZID=/example.org/Tz/Europe/Berlin:20261201T013000", "DTEND;TZID=Asia/Tokyo:20261201T183000"),
        ("DTSTART;TZID=Own:20261201T093000", "DURATION:PT9H"),
        ("DTSTART:2026120", " 1T083000", "DTE", "\tND:20261201T173000"),
    ],
)
def test_times_of_every_kind(times: tuple[str, ...]) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0900\nTZOFFSETTO:+0900\n"
        "END:STANDARD\nEND:VTIMEZONE"
    )
    assert lines(read(zone, event(*times))) == ["primary zhang 01 08:30-17:30"]


def test_a_file_cannot_change_what_a_known_time_zone_means() -> None:
    lie = "BEGIN:VTIMEZONE\nTZID:{}\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0500\n"
    end = "END:STANDARD\nEND:VTIMEZONE"
    times = ("DTSTART;TZID=Asia/Shanghai:20261201T083000", "DURATION:PT9H")
    assert lines(read(lie.format("Asia/Shanghai") + end, event(*times))) == ["primary zhang 01 08:30-17:30"]
    strange = event("DTSTART;TZID=Own2:20261201T083000", "DURATION:PT9H")
    read(lie.format("Own2") + end, strange)
    assert "时区“Own2”" in problems(read(strange))[0], "what one file describes is unknown to the next"


def test_days_without_times_are_whole_days_of_the_station() -> None:
    assert lines(read(event("DTSTART;VALUE=DATE:20261201"))) == ["primary zhang 01 00:00-00:00"]
    two = read(event("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203")).changes[0]
    assert two.end - two.start == timedelta(days=2)


def test_a_weekly_event_keeps_its_time_and_leaves_out_what_is_excepted_moved_or_cancelled() -> None:
    weekly_one = event(*DAY, "RRULE:FREQ=WEEKLY;UNTIL=20261229T003000Z", "EXDATE:20261208T083000")
    moved = event("RECURRENCE-ID:20261215T083000", "DTSTART:20261216T100000", "DURATION:PT2H", summary="备班 李四")
    called_off = event("RECURRENCE-ID:20261222T003000Z", *DAY, "STATUS:CANCELLED")
    assert lines(read(moved, weekly_one, called_off)) == [
        "primary zhang 01 08:30-17:30", "backup li 16 10:00-12:00", "primary zhang 29 08:30-17:30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;COUNT=3", [1, 2, 3]),
        ("FREQ=DAILY;INTERVAL=10", [1, 11, 21, 31]),
        ("FREQ=WEEKLY;BYDAY=TU,SA;UNTIL=20261208", [1, 5, 8]),
        ("FREQ=MONTHLY;BYDAY=-1TH", [1, 31]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", [1]),
    ],
)
def test_rules(rule: str, days: list[int]) -> None:
    found = read(event(*DAY, f"RRULE:{rule}"))
    assert problems(found) == [] and [change.start.astimezone(SHANGHAI).day for change in found.changes] == days


def test_additional_days_belong_to_a_series() -> None:
    assert lines(read(event(*DAY, "RDATE:20261204T083000"))) == [
        "primary zhang 01 08:30-17:30", "primary zhang 04 08:30-17:30",
    ]  # fmt: skip


def test_a_series_across_a_clock_change_keeps_its_wall_clock() -> None:
    window = (datetime(2026, 3, 27, tzinfo=BERLIN), datetime(2026, 4, 1, tzinfo=BERLIN))
    night = event("DTSTART;TZID=Europe/Berlin:20260327T220000", "DURATION:PT8H", "RRULE:FREQ=DAILY;COUNT=3")
    hours = [
        (c.start.astimezone(BERLIN).hour, c.end.astimezone(BERLIN).hour) for c in read(night, window=window).changes
    ]
    assert hours == [(22, 6)] * 3


def test_only_duties_of_the_window_are_taken() -> None:
    found = read(event(*DAY, "RRULE:FREQ=DAILY"), window=(december(3, 12), december(5)))
    assert lines(found) == ["primary zhang 03 08:30-17:30", "primary zhang 04 08:30-17:30"]


@pytest.mark.parametrize(
    ("summary", "more", "told_as"),
    [
        ("值班领导 李四", (), "commander li"),
        ("Backup - zhang", (), "backup zhang"),
        ("anti-fraud: Li Na", (), "anti_fraud li.na"),
        ("张三", ("CATEGORIES:会议,备班",), "backup zhang"),
        ("夜班", ("CATEGORIES:primary", 'ATTENDEE;CN="李四":mailto:x@example.org'), "primary li"),
        ("主班", ("ATTENDEE:mailto:li.na@example.org", "ATTENDEE:mailto:room@example.org"), "primary li.na"),
        ("备班：-", (), "backup -"),
    ],
)
def test_who_and_which_tier(summary: str, more: tuple[str, ...], told_as: str) -> None:
    assert lines(read(event(*DAY, *more, summary=summary))) == [f"{told_as} 01 08:30-17:30"]


def test_what_only_other_programs_understand_may_be_broken() -> None:
    assert lines(read(event(*DAY, "GEO:nowhere", "LAST-MODIFIED:x"))) == ["primary zhang 01 08:30-17:30"]


def test_of_versions_of_an_event_the_newest_counts_and_cancelled_ones_do_not() -> None:
    old, new = event(*DAY, "SEQUENCE:1", summary="主班：李四"), event(*DAY, "SEQUENCE:2")
    assert lines(read(new, old)) == ["primary zhang 01 08:30-17:30"]
    assert lines(read(event(*DAY, "STATUS:CANCELLED"))) == []
    assert lines(read("METHOD:CANCEL", event(*DAY))) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (event("DTSTART:20261231T250000"), "“DTSTART”"),
        (event(), "开始或结束时间"),
        (event("DTSTART:20261204T083000"), "没有时长"),
        (event("DTSTART:20261204T083000", "DTEND:20261204T073000"), "没有时长"),
        (event("DTSTART;TZID=Mars/Base:20261204T083000", "DURATION:PT1H"), "时区“Mars/Base”"),
        (event("DTSTART:99990101T000000", "DURATION:PT1H"), "不合理"),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", "RRULE:FREQ=SECONDLY"), "太密"),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMINUTE=1,2"), "规则"),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", "RRULE:FREQ=NEVER"), "RRULE"),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", "RRULE:FREQ=DAILY;INTERVAL=0"), "INTERVAL=0"),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;BYSETPOS=1000"), "规则"),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", "RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY"), "规则"),
        (
            event("DTSTART:20261204T083000", "DURATION:PT1H", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261204T083000"),
            "规则",
        ),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", "no content line"), "读不出来"),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", summary="开会"), "“开会”是哪个岗位"),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", summary="主班：赵六"), "“赵六”"),
        (event("DTSTART:20261204T083000", "DURATION:PT1H", summary="主班：王五"), "不止一位"),
        (
            event("DTSTART:20261204T083000", "DURATION:PT1H", "ATTENDEE:mailto:zhang@x", "ATTENDEE:mailto:li@x"),
            "不止一个",
        ),
        (event("DTSTART:20261201T083000", "DURATION:PT1H"), "已经排了另一班"),
        ("BEGIN:VEVENT\nUID:bad\nDTSTART:20261204T083000", "没有结束行"),
    ],
)
def test_a_bad_event_names_its_line_and_stops_no_other(wrong: str, says: str) -> None:
    wrong = wrong.replace("UID:a", "UID:bad")
    imported = read(event(*DAY, uid="before"), wrong, event("DTSTART:20261202T083000", "DURATION:PT1H", uid="after"))
    assert imported.problems and {say(problem.where) for problem in imported.problems} == {"日程“bad”，第 9 行"}
    assert says in problems(imported)[0] and problems(imported, "en")
    assert [change.start for change in imported.changes] == [december(1, 8, 30), december(2, 8, 30)]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "不是日历"), (b"\xff\xff\x00", "不是能读的"), (b"x" * (LARGEST + 1), "太大"), (b"PK\x03\x04", "不是日历")],
)
def test_a_file_that_is_no_calendar(content: bytes, says: str) -> None:
    [problem] = problems(ical.read("x.ics", content, SHANGHAI, NAMES, WINDOW))
    assert "x.ics" in problem and says in problem


def test_rules_cannot_make_a_file_expensive() -> None:
    old = [
        event("DTSTART:19700101T000000", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", uid=str(n))
        for n in range(200)
    ]
    begun = datetime.now(UTC)
    assert any("太密" in problem for problem in problems(read(*old)))
    assert datetime.now(UTC) - begun < timedelta(seconds=10)


def kept(duties: list[Duty]) -> list[tuple[object, ...]]:
    """What a calendar keeps of duties."""
    return [(duty.start, duty.end, duty.tier, duty.who, duty.team, duty.routine, duty.areas) for duty in duties]


@settings(max_examples=25, deadline=None)
@given(rosters(), st.sampled_from(["zh", "en"]))
def test_what_was_written_comes_back(case: tuple[Roster, datetime, datetime], language: str) -> None:
    roster, start, end = case
    duties: list[Duty] = []
    for duty in roster.between(start, end):
        if all(one.place != duty.place or one.end <= duty.start for one in duties):
            duties.append(duty)
    shown = {"zhang": "张三", "wang": "王五"}
    content = icalout.write(duties, "demo", NOW, lambda text: say(text, language), shown)
    again = ical.read("x", content, roster.zone, NAMES, (start, end))
    assert problems(again) == []
    assert kept(Roster((), roster.zone, again.changes).between(start, end)) == kept(duties)


def test_a_calendar_shows_role_and_name_and_the_same_uid_every_time() -> None:
    duties = Roster((weekly("08:30", "17:30", "zhang"),), SHANGHAI).between(december(1), december(3))
    first, later = (icalout.write(duties, "demo", now, say, {"zhang": "张三"}) for now in (NOW, december(2)))
    [one, other] = Calendar.from_ical(first).walk("VEVENT")
    assert (one["SUMMARY"], one["UID"]) == ("主班：张三", "pattern:0:2026-12-01:20261201T003000Z@demo")
    assert one["UID"] != other["UID"]
    assert [e["UID"] for e in Calendar.from_ical(later).walk("VEVENT")] == [one["UID"], other["UID"]]
    assert b"DTSTART:20261201T003000Z" in first


@given(st.text(max_size=200), st.text(max_size=60))
def test_no_name_breaks_out_of_its_property(name: str, login: str) -> None:
    duty = Duty(Tier.PRIMARY, december(1, 8), december(1, 9), login or "zhang", {}, True, "", "change:1")
    content = icalout.write([duty], "demo", NOW, say, {duty.who: name + "\r\nATTENDEE:mailto:evil\nEND:VEVENT"})
    physical = content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in physical)
    unfolded = content.replace(b"\r\n ", b"").split(b"\r\n")
    properties = [line.partition(b":")[0].partition(b";")[0].decode() for line in unfolded if line]
    assert sorted(properties) == sorted(
        ["BEGIN", "PRODID", "VERSION", "X-WR-CALNAME", "BEGIN", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY",
         "CATEGORIES", "X-DUTY-LOGIN", "X-DUTY-ROUTINE", "END", "END"]
    )  # fmt: skip
    assert all(isinstance(line.decode(), str) for line in physical), "no character is cut in two"


@settings(max_examples=100)
@given(st.lists(st.sampled_from(
    ["BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "TZID:x", "UID:a", "UID:b", "SUMMARY:主班 张三",
     "DTSTART:20261201T083000", "DTSTART;TZID=x:20261202T083000", "DTSTART;VALUE=DATE:20261203", "DTSTART:",
     "DURATION:P1D", "DTEND:20261204T083000Z", "DTEND;VALUE=DATE:20261205", "RRULE:FREQ=DAILY;COUNT=2",
     "RRULE:", "EXDATE:20261203",
     "EXDATE;VALUE=DATE:20261203", "RDATE;VALUE=PERIOD:20261203T000000Z/PT1H", "RECURRENCE-ID:20261202T083000",
     "STATUS:CANCELLED", "ATTENDEE:", "CATEGORIES:", "SEQUENCE:x", " folded", ":", "BEGIN:VALARM",
     "END:VALARM", "BEGIN:"]
), max_size=25))  # fmt: skip
def test_any_lines_give_changes_or_problems_and_never_an_error(told_lines: list[str]) -> None:
    imported = read("BEGIN:VEVENT", *told_lines, "END:VEVENT")
    spans = sorted((change.start, change.end) for change in imported.changes if change.tier is Tier.PRIMARY)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
