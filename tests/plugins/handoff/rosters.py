"""Rosters for the tests: shifts, changes and moments in few words, and random ones for properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from botkit.clock import SystemClock
from botkit.i18n import Catalogues
from botkit.messages import Text
from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.roster import Duty, Roster, Shift, Tier

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(range(7))
OFFICER = {"zh": "社区民警", "en": "community officer"}
PEOPLE = ("zhang", "li", "wang")
# Long enough for a week, and around the days on which Berlin changes its clocks.
WEEKS = (date(2026, 3, 25), date(2026, 10, 21), date(2028, 2, 26))

_catalogues = Catalogues(SystemClock(), UTC)
_catalogues.add(Path(__file__).parents[3] / "botkit" / "plugins" / "handoff" / "locales")


def say(text: Text, language: str = "zh") -> str:
    """How a text of the plugin reads."""
    return _catalogues.render(text, language)


def weekly(
    start: str,
    end: str,
    *who: str,
    tier: Tier = Tier.PRIMARY,
    routine: bool = True,
    team: str = "",
    areas: tuple[str, ...] = (),
) -> Shift:
    """A shift of every day."""
    hours = time.fromisoformat(start), time.fromisoformat(end)
    return Shift(tier, EVERY_DAY, *hours, OFFICER, routine, who, team, areas=areas)


def december(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of December 2026 in Shanghai; the 1st is a Tuesday."""
    return datetime(2026, 12, 1, hour, minute, tzinfo=SHANGHAI) + timedelta(days=day - 1)


def crowded(count: int) -> Roster:
    """Twenty shifts of every day, and this many changes to them within December."""
    shifts = tuple(weekly(f"{n:02}:00", f"{n + 2:02}:30", f"p{n}", tier=list(Tier)[n % 4]) for n in range(20))
    kinds = list(Kind)
    made = [
        Change(n, kinds[n % 4], december(n % 28 + 1, n % 20), december(n % 28 + 1, n % 20 + 3), f"p{n % 20}", "x",
               list(Tier)[n % 4])
        for n in range(count)
    ]  # fmt: skip
    return Roster(shifts, SHANGHAI, tuple(made))


def told(duties: list[Duty] | tuple[Duty, ...]) -> list[str]:
    """Duties in one line each, as the wall clock of Shanghai shows them."""
    spans = [(duty.start.astimezone(SHANGHAI), duty.end.astimezone(SHANGHAI)) for duty in duties]
    return [
        f"{duty.tier} {duty.who or '-'} {start:%d %H:%M}-{end:%H:%M}"
        for duty, (start, end) in zip(duties, spans, strict=True)
    ]


_minutes = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))
_people = st.sampled_from(PEOPLE)
areas = st.sampled_from([(), ("东区",), ("东区", "西区")])


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    """Any shift of a few people."""
    return Shift(
        draw(st.sampled_from(Tier)),
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        draw(_minutes),
        draw(_minutes),
        OFFICER,
        draw(st.booleans()),
        tuple(draw(st.lists(_people, max_size=3))),
        draw(st.sampled_from(["", "general"])),
        areas=draw(areas),
    )


@st.composite
def changes(draw: st.DrawFn, first: date, kinds: tuple[Kind, ...] = tuple(Kind), number: int = 0) -> Change:
    """Any change within the week after a day."""
    start = datetime.combine(first, time(), UTC) + timedelta(minutes=draw(st.integers(0, 7 * 24 * 60)))
    end = start + timedelta(minutes=draw(st.integers(1, 2 * 24 * 60)))
    kind = draw(st.sampled_from(kinds))
    who = draw(_people)
    other = draw(_people.filter(lambda one: one != who))
    tier, team = draw(st.sampled_from(Tier)), draw(st.sampled_from(["", "general"]))
    return Change(number, kind, start, end, who, other, tier, {}, team, draw(st.booleans()), areas=draw(areas))


@st.composite
def rosters(draw: st.DrawFn, kinds: tuple[Kind, ...] = tuple(Kind)) -> tuple[Roster, datetime, datetime]:
    """Any roster with changes, and the span in which these are."""
    zone, first = draw(st.sampled_from([SHANGHAI, BERLIN])), draw(st.sampled_from(WEEKS))
    made = tuple(draw(changes(first, kinds, number)) for number in range(draw(st.integers(0, 6))))
    roster = Roster(tuple(draw(st.lists(shifts(), max_size=5))), zone, made)
    start = datetime.combine(first, time(), UTC)
    return roster, start - timedelta(days=1), start + timedelta(days=10)
