"""Duties as a spreadsheet that people read, change and hand in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo

from botkit.messages import Text, tr
from botkit.plugins.handoff.roster.imports import NOBODY
from botkit.plugins.handoff.roster.roster import Duty
from botkit.plugins.handoff.roster.wallclock import instant

Say = Callable[[Text], str]
"""How a catalogue text reads in the wanted language."""

COLUMNS = ("date", "start", "end", "tier", "who", "team", "areas", "routine", "last", "note")
_WIDTHS = (13, 10, 10, 12, 18, 10, 18, 10, 13, 30)
# What spreadsheets take for the beginning of a formula, in wide forms too, and the apostrophe that prevents it.
_TRIGGERS = "=+-@\t\r＝＋－＠'"
_DAY = timedelta(days=1)


def write_xlsx(duties: Iterable[Duty], zone: tzinfo, say: Say, names: Mapping[str, str] | None = None) -> bytes:
    """A workbook with a row for each duty. ``names`` are shown instead of logins, where no two are the same.

    Read again, it gives the same duties, if no two of one tier, team and areas overlap.
    """
    # Imported when first needed: the running bot writes workbooks seldom.
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    sheet.title = say(tr("handoff.roster.sheet"))
    for number, row in enumerate(_rows(duties, zone, say, names or {}), 1):
        for place, content in enumerate(row, 1):
            cell = sheet.cell(number, place)
            if isinstance(content, date):
                cell.value, cell.number_format = content, "yyyy-mm-dd"
            elif content:
                cell.value, cell.data_type, cell.number_format = content, "s", "@"
                cell.quotePrefix = content[0] in _TRIGGERS
            if number == 1:
                cell.font = Font(bold=True)
    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJ"[place]].width = width
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_csv(duties: Iterable[Duty], zone: tzinfo, say: Say, names: Mapping[str, str] | None = None) -> bytes:
    """The same as CSV, in UTF-8 with a mark for Excel. A text that begins like a formula gets an apostrophe."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    for row in _rows(duties, zone, say, names or {}):
        table.writerow(cell.isoformat() if isinstance(cell, date) else _guarded(cell) for cell in row)
    return text.getvalue().encode("utf-8-sig")


def _rows(duties: Iterable[Duty], zone: tzinfo, say: Say, names: Mapping[str, str]) -> Iterator[list[str | date]]:
    yield [say(tr(f"handoff.roster.column.{column}")) for column in COLUMNS]
    shared = [name for name in names.values() if list(names.values()).count(name) > 1]
    for duty in duties:
        start, end = duty.start.astimezone(zone), duty.end.astimezone(zone)
        implied = start.date() + (_DAY if end.time() <= start.time() else timedelta())
        name = names.get(duty.who, duty.who)
        yield [
            start.date(),
            _clock(start, zone),
            _clock(end, zone),
            say(tr(f"handoff.roster.tier.{duty.tier}")),
            (duty.who if name in shared else name) or NOBODY,
            say(tr(f"handoff.roster.team.{duty.team}")) if duty.team else "",
            "、".join(duty.areas),
            say(tr("handoff.roster.yes" if duty.routine else "handoff.roster.no")),
            "" if end.date() == implied else end.date(),
            "",
        ]


def _clock(local: datetime, zone: tzinfo) -> str:
    """A time of day, with its offset from UTC where the reading comes twice and the second time is meant."""
    shown = local.time().isoformat("auto" if local.second or local.microsecond else "minutes")
    if instant(local.replace(tzinfo=None), zone) == local.astimezone(UTC):
        return shown
    return f"{shown}{local.isoformat()[-6:]}"


def _guarded(text: str) -> str:
    return f"'{text}" if text[:1] and text[0] in _TRIGGERS else text
