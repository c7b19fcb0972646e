"""Between a value and the columns of its sheet: what each column holds, in both directions.

"Columns" here are a mapping of column keys to field values as ``cells.taken`` gives them, without empty ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from directory.sheets.columns import COLUMNS, PHONES, Column, Form
from directory.sheets.phones import phone
from directory.values import Entry, Guide, Phone, Value, kind_of

# Where a value keeps what a column calls more briefly, as the directory's files do.
_INSIDE = {"source": ("source", "name"), "place": ("place", "address")}


def values_of(guide: Guide, kind: str) -> Sequence[Value]:
    """The values of a guide that stand on the sheet of a kind."""
    values: Mapping[str, Sequence[Value]] = {
        "entry": guide.entries,
        "faq": guide.faqs,
        "topic": guide.topics,
        "family": guide.families,
    }
    return values[kind]


def columns_of(value: Value) -> dict[str, Any]:
    """What the columns of a value's sheet hold, without what is empty. ``behind`` and ``record`` are not among it."""
    found = {column.key: _looked_up(value, column) for column in COLUMNS[kind_of(value)] if column.field != "phones"}
    if isinstance(value, Entry):
        tables = [_table(one) for one in value.phones]
        for number, table in enumerate(tables[:PHONES], 1):
            found[f"phone{number}.number"] = table.get("number")
            for language, label in table.get("label", {}).items():
                found[f"phone{number}.label.{language}"] = label
        found["phones.more"] = tables[PHONES:]
    return {key: one for key, one in found.items() if one not in (None, "", [])}


def data_of(kind: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a value in the shape of the directory's files."""
    data: dict[str, Any] = {}
    for column in COLUMNS[kind]:
        if column.field != "phones" and column.key in columns:
            *outer, last = column.key.split(".")
            table = data
            for name in outer:
                table = table.setdefault(name, {})
            table[last] = columns[column.key]
    if phones := _phones(columns):
        data["phones"] = phones
    return data


def _looked_up(value: Value, column: Column) -> Any:
    first, *rest = column.key.split(".")
    inside = _INSIDE.get(first, (first,)) if rest and rest[0] in ("zh", "en") else (first,)
    found: Any = value
    for name in (*inside, *rest):
        found = getattr(found, name)
    return list(found) if column.form in (Form.LINES, Form.CODES) else found


def _table(one: Phone) -> dict[str, Any]:
    return phone(one.number, one.label.zh, one.label.en)


def _phones(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    phones = [
        phone(*(columns.get(f"phone{number}.{part}") for part in ("number", "label.zh", "label.en")))
        for number in range(1, PHONES + 1)
    ]
    return [*filter(None, phones), *columns.get("phones.more", [])]
