"""Duty sheets: a table of dated duties, as people keep one in a spreadsheet, read into changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from botkit.messages import Text, tr
from botkit.plugins.handoff.roster.imports import Collected, Imported, Names, Wrong, login_of
from botkit.plugins.handoff.roster.rostercells import (
    Cell,
    areas_of,
    day_of,
    end_of,
    routine_of,
    span_of,
    start_of,
    team_of,
    text_of,
    tier_of,
)
from botkit.plugins.handoff.roster.spelling import plain
from botkit.plugins.handoff.roster.tables import Table, tables_of

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "日期", "值班日期"),
    "start": ("start", "开始", "开始时间", "上班"),
    "end": ("end", "结束", "结束时间", "下班"),
    "tier": ("tier", "岗位", "班次", "职责"),
    "who": ("who", "姓名或账号", "姓名", "账号", "值班人", "值班人员", "name", "login", "nameorlogin"),
    "team": ("team", "班组", "组别"),
    "areas": ("areas", "area", "片区", "辖区", "责任区"),
    "routine": ("routine", "日常", "办理日常", "routinecases"),
    "last": ("last", "结束日期", "enddate"),
    "note": ("note", "备注", "说明"),
}
"""What may stand above each column; ``last`` is the date of the end where it isn't plain."""
NEEDED = ("date", "start", "end", "tier", "who")
# Above the headings there may be a title and such.
_HEADINGS_WITHIN = 20
_LONGEST_NOTE = 200


def read(name: str, content: bytes, zone: tzinfo, names: Names) -> Imported:
    """The duties of an XLSX or CSV file, as changes of kind DUTY, and the rows that can't be used.

    A row is a duty: date, start, end, tier and who, in any order of the columns. CSV is UTF-8 or GB 18030. Never
    raises for the content. A row that overlaps an earlier one of the same tier, team and areas is a problem, because it
    would silently replace it. Titles are left to the roster.
    """
    collected = Collected()
    try:
        heads = [(table, head) for table in tables_of(name, content) if (head := _head(table))]
        if not heads:
            raise Wrong("no_headings")
    except Wrong as wrong:
        collected.problem(tr("handoff.roster.place.file", name=name), wrong)
        return collected.imported()
    reader = _Reader(zone, names, collected)
    for table, (at, columns) in heads:
        reader.table(table, at, columns)
    return collected.imported()


class _Reader:
    """A file's sheets on their way to changes."""

    def __init__(self, zone: tzinfo, names: Names, collected: Collected) -> None:
        self._zone = zone
        self._names = names
        self._collected = collected

    def table(self, table: Table, at: int, columns: Mapping[str, int]) -> None:
        missing = next((column for column in NEEDED if column not in columns), None)
        if missing is not None:
            self._collected.problem(_spot(table, at, missing), Wrong("no_column"))
            return
        for number, row in enumerate(table.rows[at:], at + 1):
            cells = {column: row[place] if place < len(row) else None for column, place in columns.items()}
            if any(text_of(cell) for cell in cells.values()):
                self._row(table, number, cells)

    def _row(self, table: Table, number: int, cells: Mapping[str, Cell]) -> None:
        column = "date"
        try:
            day = day_of(cells["date"])
            column = "start"
            begins = start_of(cells["start"])
            column = "end"
            ends = end_of(cells["end"])
            column = "last" if text_of(cells.get("last")) else "end"
            since, until = span_of(day, begins, ends, cells.get("last"), self._zone)
            column = "tier"
            tier = tier_of(cells["tier"])
            column = "who"
            who = login_of(text_of(cells["who"]), self._names)
            column = "team"
            team = team_of(cells.get("team"))
            column = "areas"
            areas = areas_of(cells.get("areas"))
            column = "routine"
            routine = routine_of(cells.get("routine"), tier)
            column = "date"
            note = text_of(cells.get("note"))[:_LONGEST_NOTE]
            self._collected.add(since, until, who, tier=tier, team=team, areas=areas, routine=routine, note=note)
        except Wrong as wrong:
            self._collected.problem(_spot(table, number, column), wrong)


def _spot(table: Table, row: int, column: str) -> Text:
    heading = tr(f"handoff.roster.column.{column}")
    return tr("handoff.roster.place.cell", sheet=table.name, row=row, column=heading)


def _head(table: Table) -> tuple[int, dict[str, int]] | None:
    """The number of the row of headings, from 1, and the places of the columns, from 0."""
    for number, row in enumerate(table.rows[:_HEADINGS_WITHIN], 1):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            said = {plain(part) for part in text_of(cell).split("/")}
            column = next((column for column, words in COLUMNS.items() if said.intersection(words)), None)
            if column is not None:
                columns.setdefault(column, place)
        if len(columns.keys() & set(NEEDED)) >= 3:
            return number, columns
    return None
