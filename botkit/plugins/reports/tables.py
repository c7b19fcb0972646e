"""Tables: a day's figures as titled rows of text, for the page, the file and the command line alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from botkit.i18n import Catalogues
from botkit.plugins.reports.figures import Broken, Figures, Place, Undelivered, Unsettled

CASE = re.compile(r"case:([0-9]{4}/[0-9-]{1,16})")
"""How ledgers name a case, and its place on the desk."""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of text; ``link`` is where the first one leads."""

    cells: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title, the headings of its columns and its rows."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


class Tables:
    """The tables of figures in one language. Keys of ledgers and rules that have no text are shown as they are."""

    def __init__(self, catalogues: Catalogues, language: str) -> None:
        self._catalogues = catalogues
        self._language = language

    def of(self, figures: Figures) -> list[Table]:
        """All tables that have rows, the difference first after the sums."""
        tables = [
            self._table("sums", ("item", "number"), self._sums(figures)),
            self._table(
                "difference",
                ("message", "place", "received", "disposition", "rule"),
                [self._unsettled(each) for each in figures.unsettled],
            ),
            self._table(
                "breaches", ("subject", "promise", "due", "met"), [self._broken(each) for each in figures.breaches]
            ),
            self._table("rules", ("rule", "number"), self._rules(figures)),
            self._undelivered(figures),
        ]
        return [table for table in tables if table.rows]

    def count(self, key: str) -> str:
        """What a ledger counted, by its catalogue key."""
        return self._named(key, key)

    def moment(self, value: datetime | None) -> str:
        """A moment on the station's wall clock, with its date; empty for none."""
        return f"{value.astimezone(self._catalogues.zone):%Y-%m-%d %H:%M}" if value else ""

    def _sums(self, figures: Figures) -> list[Row]:
        numbers = {
            "reports.sum.addressed": figures.addressed,
            "reports.sum.answered": figures.answered,
            "reports.sum.cases": figures.cases,
            "reports.sum.ignored": figures.ignored,
            "reports.sum.waiting": figures.waiting,
            "reports.sum.difference": figures.difference,
            "reports.sum.breaches": len(figures.breaches),
            "reports.sum.undelivered": figures.undelivered_count,
            "reports.sum.plain": figures.plain,
            "reports.sum.rooms": figures.rooms,
            "reports.sum.events": figures.events,
            **figures.counts,
        }
        return [Row((self.count(key), str(number))) for key, number in numbers.items()]

    def _rules(self, figures: Figures) -> list[Row]:
        ordered = sorted(figures.rules.items(), key=lambda pair: (-pair[1], pair[0]))
        return [Row((self._rule(rule), str(number))) for rule, number in ordered]

    def _unsettled(self, each: Unsettled) -> Row:
        disposition = self._text(f"reports.disposition.{each.disposition or 'none'}")
        rule = self._rule(each.rule) if each.disposition else ""
        return Row((str(each.inbox), self._place(each.place), self.moment(each.at), disposition, rule))

    def _broken(self, each: Broken) -> Row:
        case = CASE.fullmatch(each.subject)
        promise = self._named(f"reports.promise.{each.what}", each.what)
        met = self.moment(each.met_at) or self._text("reports.unmet")
        shown = f"#{case[1].partition('/')[2]}" if case else each.subject
        return Row((shown, promise, self.moment(each.due_at), met), f"/desk/handoff/{case[1]}" if case else "")

    def _undelivered(self, figures: Figures) -> Table:
        rows = [self._lost(each) for each in figures.undelivered]
        more = figures.undelivered_count - len(rows)
        note = self._text("reports.undelivered.more", count=more) if more > 0 else ""
        return self._table("undelivered", ("message", "place", "said", "status"), rows, note)

    def _lost(self, each: Undelivered) -> Row:
        status = self._text(f"reports.status.{each.status}")
        return Row((str(each.outbox), self._place(each.place), self.moment(each.at), status))

    def _table(self, name: str, headings: tuple[str, ...], rows: list[Row], note: str = "") -> Table:
        titled = tuple(self._text(f"reports.heading.{heading}") for heading in headings)
        return Table(self._text(f"reports.table.{name}"), titled, tuple(rows), note)

    def _place(self, place: Place) -> str:
        kind = self._named(f"reports.place.{place.kind}", place.kind)
        return self._text("reports.place.titled", kind=kind, title=place.title) if place.title else kind

    def _rule(self, rule: str) -> str:
        return self._named(f"reports.rule.{rule}", rule)

    def _named(self, key: str, otherwise: str) -> str:
        return self._text(key) if self._catalogues.has(self._language, key) else otherwise

    def _text(self, key: str, **args: object) -> str:
        return self._catalogues.text(self._language, key, **args)
