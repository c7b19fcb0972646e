"""Reading spreadsheets that people send: every row that can be used, and for all else place, reason and fix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from botkit.messages import Text, tr
from directory.problems import Problem, speaking
from directory.sheets import workbook
from directory.sheets.cells import Unreadable, plain, taken
from directory.sheets.columns import Column, Form
from directory.sheets.csv_file import read_csv
from directory.sheets.headings import Header, find, kind_named, letter
from directory.sheets.limits import LARGEST, MOST_COLUMNS, MOST_PROBLEMS, MOST_ROWS, UNPACKED
from directory.sheets.rows import Row, Spot
from directory.sheets.workbook import Sheet

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")
_PAGES = (b"<html", b"<table", b"<!doctype", b"<?xml")


@dataclass(frozen=True, slots=True)
class Sheets:
    """What a file gives: rows for ``accept``, in their order, and what could not be read.

    ``given`` are rows that ``over_live`` should complete before they are accepted.
    """

    given: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_sheets(name: str, content: bytes) -> Sheets:
    """Read a workbook (XLSX, XLS, ODS) or a table (CSV, TSV), told apart by its content. Never raises for it.

    ``name`` is the file's, for places. A row with a mistake is left out and told; so is a sheet without its required
    columns. Workbooks are read in a process of their own, for which this waits: call it in a thread.
    """
    name = PurePath(name).name or "?"
    sheets = _Sheets(name)
    sheets.read(content)
    told = sheets.problems
    if len(told) > MOST_PROBLEMS:
        more = tr("directory.sheet.wrong.more", number=len(told) - MOST_PROBLEMS)
        told = [*told[:MOST_PROBLEMS], Problem(name, more, tr("directory.sheet.fix.more"))]
    return Sheets(tuple(sheets.given), tuple(told))


def _reason(key: str) -> tuple[Text, Text]:
    """Why a file or a sheet is refused as a whole, and what to do, by the word of the process that read it."""
    known = tr("directory.sheet.fix.known_formats")
    large = tr("directory.sheet.fix.too_large")
    reasons = {
        "unreadable": (tr("directory.sheet.wrong.unreadable"), tr("directory.sheet.fix.save_again")),
        "unreadable_sheet": (tr("directory.sheet.wrong.unreadable"), tr("directory.sheet.fix.save_again")),
        "password": (tr("directory.sheet.wrong.password"), tr("directory.sheet.fix.password")),
        "word": (tr("directory.sheet.wrong.word"), known),
        "other_zip": (tr("directory.sheet.wrong.other_zip"), tr("directory.sheet.fix.other_zip")),
        "bomb": (tr("directory.sheet.wrong.bomb", limit=UNPACKED >> 20), large),
        "too_much_text": (tr("directory.sheet.wrong.bomb", limit=UNPACKED >> 20), large),
        "too_large": (tr("directory.sheet.wrong.too_large", rows=MOST_ROWS, columns=MOST_COLUMNS), large),
    }
    return reasons[key]


@dataclass(slots=True)
class _Sheets:
    """A file on its way to rows."""

    name: str
    given: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    slugs: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, content: bytes) -> None:
        beginning = content[:512].lstrip().lower()
        if not content.strip():
            self.wrong(self.name, tr("directory.sheet.wrong.empty_file"), tr("directory.sheet.fix.empty_file"))
        elif len(content) > LARGEST:
            what = tr("directory.sheet.wrong.large_file", limit=LARGEST >> 20)
            self.wrong(self.name, what, tr("directory.sheet.fix.too_large"))
        elif content.startswith((b"PK\3\4", b"PK\5\6", b"\xd0\xcf\x11\xe0")):
            self._workbook(content)
        elif content.startswith(_PICTURES) or content.startswith(b"%PDF"):
            self.wrong(self.name, tr("directory.sheet.wrong.picture"), tr("directory.sheet.fix.known_formats"))
        elif beginning.startswith(_PAGES):
            self.wrong(self.name, tr("directory.sheet.wrong.page"), tr("directory.sheet.fix.page"))
        else:
            lines = read_csv(self.name, content)
            self.problems += lines.problems
            if any(any(row) for row in lines.rows):
                self._sheet(Sheet("", lines.rows), kind_named(PurePath(self.name).stem))
            elif not lines.problems:
                self.wrong(self.name, tr("directory.sheet.wrong.no_rows"), tr("directory.sheet.fix.no_rows"))

    def wrong(self, where: str, what: Text, fix: Text, key: str = "") -> None:
        self.problems.append(Problem(where, what, fix, field=key))

    def _workbook(self, content: bytes) -> None:
        book = workbook.read(content)
        if book.refused:
            self.wrong(self.name, *_reason(book.refused))
            return
        guides = {plain(speaking(language)(tr("directory.sheet.how_to.name"))) for language in ("zh", "en")}
        for sheet in book.sheets:
            where = Spot(self.name, sheet.name).cell()
            if plain(sheet.name) in guides:
                continue
            if sheet.wrong:
                self.wrong(where, *_reason(sheet.wrong))
            elif not any(cell != "" for row in sheet.rows for cell in row):
                continue
            elif sheet.hidden:
                self.wrong(where, tr("directory.sheet.wrong.hidden"), tr("directory.sheet.fix.hidden"))
            else:
                self._sheet(sheet, kind_named(sheet.name))
        if not self.given and not self.problems:
            what = tr("directory.sheet.wrong.only_pictures") if book.pictures else tr("directory.sheet.wrong.no_rows")
            self.wrong(self.name, what, tr("directory.sheet.fix.no_rows"))

    def _sheet(self, sheet: Sheet, named: str | None) -> None:
        spot = Spot(self.name, sheet.name)
        header = find(sheet.rows, spot, named)
        if isinstance(header, Problem):
            self.problems.append(header)
            return
        self.problems += header.problems
        merged = [one for one in sheet.merged if one[2] >= header.first]
        for top, left, bottom, right in merged:
            name = f"{letter(left)}{top + 1}:{letter(right)}{bottom + 1}"
            self.wrong(spot.range(name), tr("directory.sheet.wrong.merged"), tr("directory.sheet.fix.merged"))
        letters = header.letters
        # A formula may have no value, and then leaves its row empty.
        odd = {at for at, _ in sheet.formulas | sheet.errors}
        for at in range(header.first, max((len(sheet.rows), *(at + 1 for at in odd)))):
            if at in odd or any(cell != "" for cell in sheet.rows[at]):
                row = self._row(sheet, header, letters, at)
                if row and not any(top <= at <= bottom for top, _, bottom, _ in merged):
                    self.given.append(row)

    def _row(self, sheet: Sheet, header: Header, letters: dict[str, str], at: int) -> Row | None:
        """One row, or None where it has a mistake, which is noted."""
        spot = Spot(self.name, sheet.name, at + 1)
        cells = sheet.rows[at] if at < len(sheet.rows) else ()
        before = len(self.problems)
        columns = {}
        for place, column in header.columns.items():
            where = spot.cell(letter(place))
            if (at, place) in sheet.formulas:
                self.wrong(where, tr("directory.sheet.wrong.formula"), tr("directory.sheet.fix.formula"), column.key)
            elif (at, place) in sheet.errors:
                self.wrong(where, tr("directory.sheet.wrong.error"), tr("directory.sheet.fix.formula"), column.key)
            elif place < len(cells):
                try:
                    value = taken(column, cells[place])
                except Unreadable as wrong:
                    self.wrong(where, wrong.what, wrong.fix, column.key)
                else:
                    if value is not None:
                        columns[column.key] = value
        if not columns and len(self.problems) == before:
            return None
        for column in _unnumbered(header, columns):
            self.wrong(
                spot.cell(letters[column.key]),
                tr("directory.sheet.wrong.no_number"),
                tr("directory.sheet.fix.no_number"),
                column.key,
            )
        row = Row(header.kind, columns, spot, letters)
        if len(self.problems) == before:
            self._named(row)
        return row if len(self.problems) == before else None

    def _named(self, row: Row) -> None:
        """Note a row without a slug, or with one that another row has."""
        slug = row.columns.get("slug")
        if slug is None:
            self.wrong(row.place, tr("directory.sheet.wrong.no_slug"), tr("directory.sheet.fix.no_slug"), "slug")
        elif (other := self.slugs.setdefault((row.kind, slug), row.place)) != row.place:
            what = tr("directory.sheet.wrong.same_slug", slug=slug, other=other)
            self.wrong(row.place, what, tr("directory.sheet.fix.same_slug"), "slug")


def _unnumbered(header: Header, columns: dict[str, object]) -> Iterator[Column]:
    """The columns of phones' numbers that are empty beside a label."""
    for column in header.columns.values():
        if column.subject == "phone_number" and column.form is Form.TEXT and column.key not in columns:
            own = column.key.removesuffix("number") + "label."
            if any(key.startswith(own) for key in columns):
                yield column
