"""Sheets and their columns: the one description that writing, reading and documentation share.

A column's ``key``, such as ``name.zh``, never changes. Headings are texts of the catalogue, ``Column.heading``, and so
are explanations, ``Column.explained``. ``behind`` and ``record`` of a value are no columns: whoever imports a sheet
takes them from the live value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from botkit.messages import Text, tr

SHEETS: Mapping[str, str] = {"entry": "entries", "faq": "faqs", "topic": "topics", "family": "families"}
"""By kind of value, the name of its sheet, in the order of the workbook."""
PHONES = 3
"""Phones that have columns of their own; further ones stand in ``phones.more``, one a line."""


class Form(StrEnum):
    """What a column's cells hold."""

    TEXT = "text"
    LINES = "lines"
    """Several texts, one a line."""
    CODES = "codes"
    """Several slugs or codes of languages, one a line."""
    FLAG = "flag"
    DAY = "day"
    DEGREES = "degrees"
    RISK = "risk"
    PHONES = "phones"
    """Phones, one a line: ``number | label in Chinese | label in English``."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``subject`` names its texts in the catalogue; ``width`` is in characters.

    ``language`` is that of its texts, ``number`` counts the phones from 1, ``limit`` is in characters: of each line
    where there are several. ``choices`` names the kind whose slugs a drop-down offers.
    """

    key: str
    subject: str
    form: Form = Form.TEXT
    required: bool = False
    language: str = ""
    number: int = 0
    limit: int = 0
    width: int = 16
    choices: str = ""

    @property
    def heading(self) -> Text:
        """What stands above the column."""
        name = tr(f"directory.sheet.heading.{self.subject}", number=self.number)
        return tr(f"directory.sheet.in_language.{self.language}", heading=name) if self.language else name

    @property
    def explained(self) -> Text:
        """What to write in it, in one or two sentences."""
        return tr(f"directory.sheet.explain.{self.subject}", number=self.number)

    @property
    def field(self) -> str:
        """The field of the value that it belongs to: what problems name."""
        return "phones" if self.key.startswith("phone") else self.key.partition(".")[0]


def _both(
    field: str, limits: tuple[int, int], subject: str = "", form: Form = Form.TEXT, required: bool = False
) -> list[Column]:
    """The columns of a text in both languages."""
    width = 44 if form is Form.LINES else 18 if limits[1] <= 40 else 36
    return [
        Column(f"{field}.{language}", subject or field, form, required, language, 0, limit, width)
        for language, limit in zip(("zh", "en"), limits, strict=True)
    ]


def _phone(number: int) -> list[Column]:
    key = f"phone{number}"
    return [
        Column(f"{key}.number", "phone_number", required=number == 1, number=number, limit=30),
        Column(f"{key}.label.zh", "phone_label", language="zh", number=number, limit=24),
        Column(f"{key}.label.en", "phone_label", language="en", number=number, limit=40),
    ]


_SLUG = Column("slug", "slug", required=True, limit=40, width=20)
_NAME = _both("name", (20, 40), required=True)
_KEPT = [
    *_both("source", (14, 28), required=True),
    Column("source.ref", "source_ref", limit=200, width=28),
    Column("owner", "owner", required=True, limit=200),
    Column("assured_date", "assured_date", Form.DAY, width=13),
    Column("sample", "sample", Form.FLAG, width=8),
    Column("risk", "risk", Form.RISK, width=12),
]
_PHRASINGS = _both("phrasings", (120, 120), form=Form.LINES)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "entry": (
        _SLUG,
        Column("topic", "topic", required=True, width=20, choices="topic"),
        Column("topics", "topics", Form.CODES, width=20),
        *_both("name", (20, 34), required=True),
        *_both("summary", (40, 100), required=True),
        *(column for number in range(1, PHONES + 1) for column in _phone(number)),
        Column("phones.more", "phones_more", Form.PHONES, width=36),
        *_both("organization", (40, 80)),
        Column("hours.rule", "hours_rule", width=28),
        Column("hours.verified", "hours_verified", Form.FLAG, width=10),
        *_both("hours.note", (60, 120), "hours_note"),
        *_both("area", (14, 30)),
        *_both("cost", (14, 30)),
        *_KEPT,
        Column("free", "free", Form.FLAG, width=8),
        Column("do_not_call", "do_not_call", Form.FLAG, width=8),
        Column("languages", "languages", Form.CODES, width=10),
        *_both("place", (60, 120)),
        Column("place.latitude", "latitude", Form.DEGREES, width=11),
        Column("place.longitude", "longitude", Form.DEGREES, width=11),
        *_both("ask_first", (40, 80)),
        *_both("meanwhile", (40, 90)),
        *_both("aliases", (40, 40), form=Form.LINES),
        *_PHRASINGS,
    ),
    "faq": (
        _SLUG,
        Column("about", "about", required=True, width=20),
        *_both("question", (40, 80), required=True),
        *_both("answer", (120, 140), required=True),
        *_PHRASINGS,
        *_KEPT,
    ),
    "topic": (_SLUG, *_NAME, Column("family", "family", required=True, width=20, choices="family")),
    "family": (_SLUG, *_NAME),
}
"""By kind of value, its columns in the order in which they are written."""


def sheet_name(kind: str) -> Text:
    """What the sheet of a kind is called: its tab in a workbook."""
    return tr(f"directory.sheet.name.{SHEETS[kind]}")


@cache
def column_of(field: str) -> Column | None:
    """The column of a field by its flat name, such as ``name.zh``; None for one that is no column.

    Of phones it is the first one's number.
    """
    key = "phone1.number" if field == "phones" else field
    return next((column for columns in COLUMNS.values() for column in columns if column.key == key), None)
