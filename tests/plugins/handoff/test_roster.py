"""The roster: who is on duty, when the next shift starts, and files that can't be used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.errors import SettingsError
from botkit.plugins.handoff.residents.told import promise
from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.roster import Roster, Tier
from botkit.plugins.handoff.roster.rosterfile import load, logins
from tests.plugins.handoff.station import CONFIG

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEMO = load(CONFIG.parent / "roster.toml", SHANGHAI)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026 in Shanghai; the 11th is a Wednesday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "title"),
    [
        (local(11, 8, 29), "值班民警"),
        (local(11, 8, 30), "社区民警"),
        (local(11, 17, 29), "社区民警"),
        (local(11, 17, 30), "值班民警"),
        (local(12, 3), "值班民警"),
        (local(14, 10), "值班民警"),
    ],
)
def test_who_is_on_duty(moment: datetime, title: str) -> None:
    shift = DEMO.on_duty(moment.astimezone(UTC))
    assert shift is not None and shift.title("zh") == title


def test_the_commander_is_always_there() -> None:
    shift = DEMO.on_duty(local(12, 3), Tier.COMMANDER)
    assert shift is not None and shift.title("en") == "station commander"


def test_routine_waits_for_the_next_shift_that_works_on_it() -> None:
    assert DEMO.working(local(11, 23)) is None
    turn = DEMO.next_start(local(11, 23))
    assert turn is not None and turn.start == local(12, 8, 30) and turn.title("zh") == "社区民警"
    friday_night = DEMO.next_start(local(13, 23))
    assert friday_night is not None and friday_night.start == local(14, 8, 30)
    assert friday_night.title("zh") == "值班民警"


def test_promises_are_honest() -> None:
    due = local(12, 10)
    assert promise(DEMO, local(11, 10), due, urgent=False).when == "now"
    night = promise(DEMO, local(11, 23), due, urgent=False)
    assert (night.when, night.expect) == ("later", local(12, 8, 30))
    urgent = promise(DEMO, local(11, 23), due, urgent=True)
    assert urgent.when == "now" and urgent.duty is not None and urgent.duty.title("zh") == "值班民警"
    nobody = promise(Roster((), SHANGHAI), local(11, 10), due, urgent=True)
    assert (nobody.when, nobody.duty, nobody.expect) == ("nobody", None, due)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)))
def test_at_every_minute_somebody_is_reachable_and_a_shift_is_ahead(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert DEMO.on_duty(aware) is not None
    turn = DEMO.next_start(aware)
    assert turn is not None and timedelta(0) < turn.start - aware <= timedelta(days=1)
    working = DEMO.working(turn.start)
    assert working is not None


def test_a_clock_change_moves_no_shift(tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    path.write_text('[[shift]]\ntier = "primary"\nhours = "22:00-06:00"\ntitle = "Wache"\n')
    berlin = ZoneInfo("Europe/Berlin")
    roster = load(path, berlin)
    # The night to 29 March 2026 has seven hours, the one to 25 October nine.
    for month, day, hours in ((3, 28, 7), (10, 24, 9)):
        start = datetime(2026, month, day, 22, tzinfo=berlin)
        end = datetime(2026, month, day + 1, 6, tzinfo=berlin)
        minutes = range(int(hours * 60))
        assert all(roster.on_duty(start.astimezone(UTC) + timedelta(minutes=m)) for m in minutes)
        assert roster.on_duty(end.astimezone(UTC)) is None
        turn = roster.next_start(start.astimezone(UTC) - timedelta(minutes=1))
        assert turn is not None and turn.start == start


def test_an_empty_roster_means_nobody(tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    path.write_text("# nobody\n")
    roster = load(path, SHANGHAI)
    assert roster.on_duty(local(11, 10)) is None and roster.next_start(local(11, 10)) is None


def test_titles_in_the_residents_language() -> None:
    assert DEMO.translate("社区民警", "en") == "community officer"
    assert DEMO.translate("巡特警", "en") == "巡特警"


def test_those_named_take_turns_by_week_whenever_it_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    path.write_text(f'first_week = 2026-12-02\n{GOOD}who = ["zhang", "li"]\nteam = "general"\n', "utf-8")
    roster = load(path, SHANGHAI)
    assert logins(roster) == {"zhang", "li"}
    # The 30th of November is a Monday; first_week may be any day of its week.
    for day, who in ((-7, "li"), (0, "zhang"), (6, "zhang"), (7, "li"), (13, "li"), (14, "zhang")):
        duty = roster.working(datetime(2026, 11, 30, 12, tzinfo=SHANGHAI) + timedelta(days=day))
        assert duty is not None and (duty.who, duty.team) == (who, "general")


def test_shifts_of_some_areas(tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    path.write_text(f'{GOOD}areas = ["西区", "东区", "西 区"]\n{GOOD}areas = ["North Side"]\n{GOOD}', "utf-8")
    roster = load(path, SHANGHAI)
    assert [shift.areas for shift in roster.shifts] == [("东区", "西区"), ("North Side",), ()]
    assert roster.areas == ("North Side", "东区", "西区")


def test_without_a_first_week_turns_are_counted_from_1970(tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    path.write_text(f'{GOOD}who = ["zhang", "li", "wang"]\n', "utf-8")
    duty = load(path, SHANGHAI).working(datetime(1970, 1, 12, 12, tzinfo=SHANGHAI))
    assert duty is not None and duty.who == "li"


def test_logins_of_changes_count_too() -> None:
    swap = Change(1, Kind.SWAP, local(11, 8), local(11, 18), "zhang", "li")
    assert logins(DEMO) == set() and logins(DEMO.with_changes([swap])) == {"zhang", "li"}


def shift(*lines: str) -> str:
    """A roster whose second shift, from line 6 on, has these lines."""
    return GOOD + "\n".join(("[[shift]]", *lines)) + "\n"


GOOD = '[[shift]]\ntier = "primary"\nhours = "08:30-17:30"\ntitle = "社区民警"\n\n'


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (shift('tier = "first"', 'hours = "08:30-17:30"', 'title = "x"'), 7, "primary, backup, commander"),
        (shift('tier = "backup"', 'hours = "8-17"', 'title = "x"'), 8, "08:30-17:30"),
        (shift('tier = "backup"', 'hours = "24:00-17:00"', 'title = "x"'), 8, "clock"),
        (shift('tier = "backup"', 'hours = "08:00-24:30"', 'title = "x"'), 8, "clock"),
        (shift('tier = "backup"', 'days = ["Monday"]', 'hours = "08:00-09:00"', 'title = "x"'), 8, "mon"),
        (shift('tier = "backup"', 'hours = "08:00-09:00"', 'title = { en = "x" }'), 9, "zh"),
        (shift('tier = "backup"', 'hours = "08:00-09:00"', 'title = "x"', "routine = 1"), 10, "routine"),
        (shift('tier = "backup"', 'hour = "08:00-09:00"', 'title = "x"'), 8, "unknown setting 'hour'"),
        (shift('tier = "backup"', 'hours = "08:00-09:00"', 'title = "x"', "who = 7"), 10, 'who = ["zhang", "li"]'),
        (shift('tier = "backup"', 'hours = "08:00-09:00"', 'title = "x"', 'who = [""]'), 10, "no list of logins"),
        (shift('tier = "backup"', 'hours = "08:00-09:00"', 'title = "x"', 'team = "x"'), 10, "general or security"),
        (shift('tier = "backup"', 'hours = "08:00-09:00"', 'title = "x"', 'areas = "东区"'), 10, 'areas = ["东区"'),
        (shift('tier = "backup"', 'hours = "08:00-09:00"', 'title = "x"', 'areas = [" "]'), 10, 'areas = ["东区"'),
        (f'first_week = "2026-W49"\n{GOOD}', 1, "first_week = 2026-11-30"),
        (f"first_week = 2026-11-30T08:00:00\n{GOOD}", 1, "no date"),
        ('[[shifts]]\ntier = "backup"\n', 1, "unknown setting 'shifts'"),
        ("shift = 3\n", 1, "[[shift]]"),
        ("[[shift]\n", 1, "TOML"),
    ],
)  # fmt: skip
def test_a_roster_that_cannot_be_used_names_line_and_fix(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = tmp_path / "roster.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as problem:
        load(path, SHANGHAI)
    assert f"{path}:{line}: " in str(problem.value)
    assert says in str(problem.value) and problem.value.fix


def test_a_missing_roster_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"roster\.toml"):
        load(tmp_path / "roster.toml", SHANGHAI)
