"""The pattern with its changes applied: which duties touch a local day, worked out once for each day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo

from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.shifts import Duty, Shift
from botkit.plugins.handoff.roster.wallclock import instant

_DAY = timedelta(days=1)
# Where clocks go back over midnight, an instant's local date may be the day before that of a shift that runs.
_MARGIN = timedelta(hours=3)
_MOST_DAYS = 1000

Span = tuple[datetime, datetime]
Order = tuple[int, int]
"""Who comes first where one person has two duties at once: the dated one with the largest id, then the pattern's."""


class Timeline:
    """A roster's duties by local day. Days are remembered: asking again costs a look into a table."""

    def __init__(self, shifts: Sequence[Shift], changes: Iterable[Change], zone: tzinfo) -> None:
        self._shifts = shifts
        self._zone = zone
        ordered = sorted(changes, key=lambda change: change.id)
        self._duties = [change for change in ordered if change.kind is Kind.DUTY]
        self._swaps = _standing(change for change in ordered if change.kind is Kind.SWAP)
        self._absences = [change for change in ordered if change.kind is Kind.ABSENCE]
        self._covers = [change for change in ordered if change.kind is Kind.COVER]
        self._days: dict[date, tuple[Duty, ...]] = {}
        self._starting: dict[date, list[tuple[Order, Duty]]] = {}
        self._dated = [(order, duty) for change in self._duties for order, duty in self._of_change(change)]

    def day(self, day: date) -> tuple[Duty, ...]:
        """The duties that touch a local day, in the order in which people are asked, then by start."""
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= _MOST_DAYS:
                self._days.clear()
                self._starting.clear()
            found = self._days[day] = self._worked_out(day)
        return found

    def _worked_out(self, day: date) -> tuple[Duty, ...]:
        since = instant(datetime.combine(day, time()), self._zone) - _MARGIN
        until = instant(datetime.combine(day + _DAY, time()), self._zone) + _MARGIN
        # Two days more on either side: their duties may take precedence over one that touches this day.
        raw = [(order, duty) for n in range(-3, 4) for order, duty in self._of_pattern(day + n * _DAY)]
        raw += self._dated
        duties = [
            part
            for order, duty in raw
            if duty.start < until and since < duty.end
            for part in self._left(order, duty, raw)
            if part.start < until and since < part.end
        ]
        return tuple(sorted(duties, key=_precedence))

    def covered(self, moment: datetime) -> bool:
        """Whether a change says that the bot covers at this moment."""
        return any(change.runs(moment) for change in self._covers)

    def _of_pattern(self, day: date) -> list[tuple[Order, Duty]]:
        """What the pattern has starting on this day, without what dated duties replace, swapped."""
        found = self._starting.get(day)
        if found is None:
            found = self._starting[day] = [
                ((1, number), self._swapped(part))
                for number, shift in enumerate(self._shifts)
                if (duty := shift.duty(number, day, self._zone))
                for part in _without(duty, _replacing(duty, self._duties))
            ]
        return found

    def _of_change(self, change: Change) -> Iterator[tuple[Order, Duty]]:
        """A dated duty, without what later ones replace, swapped."""
        assert change.tier is not None
        titles = change.titles or next((shift.titles for shift in self._shifts if shift.tier is change.tier), {})
        duty = Duty(
            change.tier, change.start, change.end, change.who, titles, change.routine, change.team,
            f"change:{change.id}", change.areas,
        )  # fmt: skip
        later = (other for other in self._duties if other.id > change.id)
        for part in _without(duty, _replacing(duty, later)):
            yield (0, -change.id), self._swapped(part)

    def _swapped(self, duty: Duty) -> Duty:
        for swap in self._swaps:
            if swap.who == duty.who and swap.runs(duty.start):
                duty = replace(duty, who=swap.other)
        return duty

    def _left(self, order: Order, duty: Duty, raw: Sequence[tuple[Order, Duty]]) -> Iterator[Duty]:
        """What is left of a duty without absences and without the same person's duties that come first."""
        if not duty.who:
            yield from self._covered(duty)
            return
        gone = [(change.start, change.end) for change in self._absences if change.who == duty.who]
        gone += [
            (other.start, other.end)
            for rank, other in raw
            if (other.who, other.place) == (duty.who, duty.place) and (rank, other.start) < (order, duty.start)
        ]
        for part in _without(duty, gone):
            yield from self._covered(part)

    def _covered(self, duty: Duty) -> Iterator[Duty]:
        """The duty, cut where the bot begins or ends to cover: inside, routine cases wait."""
        spans = [(change.start, change.end) for change in self._covers] if duty.routine else []
        outside = list(_without(duty, spans))
        yield from outside
        if outside != [duty]:
            for part in _without(duty, [(piece.start, piece.end) for piece in outside]):
                yield replace(part, routine=False)


def _replacing(duty: Duty, changes: Iterable[Change]) -> Iterator[Span]:
    return ((change.start, change.end) for change in changes if change.place == duty.place)


def _without(duty: Duty, spans: Iterable[Span]) -> Iterator[Duty]:
    """What is left of a duty when these spans are cut out of it."""
    at = duty.start
    for start, end in sorted(spans):
        if end <= at:
            continue
        if start >= duty.end:
            break
        if start > at:
            yield replace(duty, start=at, end=start)
        at = end
    if at == duty.start:
        yield duty
    elif at < duty.end:
        yield replace(duty, start=at)


def _precedence(duty: Duty) -> tuple[int, datetime, str, str]:
    return duty.tier.rank, duty.start, duty.source, duty.who


def _standing(swaps: Iterable[Change]) -> list[Change]:
    """The swaps that were not taken back: one and its reverse, within the same span, leave nothing."""
    left: list[Change] = []
    for swap in swaps:
        back = next(
            (
                other
                for other in reversed(left)
                if (other.who, other.other, other.start, other.end) == (swap.other, swap.who, swap.start, swap.end)
            ),
            None,
        )
        if back is None:
            left.append(swap)
        else:
            left.remove(back)
    return left
