"""TOML files with places: each table of a list together with the lines that it and its fields stand on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botkit.messages import Text, tr
from directory.problems import Problem

MAX_BYTES = 4 << 20
_LIST = re.compile(r"\s*\[\[\s*([A-Za-z_]+)\s*\]\]")
_SUBTABLE = re.compile(r"\s*\[\s*[A-Za-z_]+\s*\.\s*([A-Za-z_]+)")
_FIELD = re.compile(r"\s*([A-Za-z_]+)\s*[.=]")
_AT = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Table:
    """One ``[[kind]]`` of a file."""

    kind: str
    data: Mapping[str, Any]
    file: str
    line: int
    lines: Mapping[str, int]

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.file}:{self.line}"

    def problem(self, field: str, what: Text | str, fix: Text | str) -> Problem:
        """A mistake in a field of this table, at the field's line, or at the table's where it is missing."""
        slug = self.data.get("slug")
        who = f"{self.kind} {slug!r}" if isinstance(slug, str) and slug else self.kind
        told = (
            tr("directory.wrong.in", who=who, field=field, what=what)
            if field
            else tr("directory.wrong.of", who=who, what=what)
        )
        return Problem(self.file, told, fix, self.lines.get(field.partition(".")[0], self.line), field)


def read(path: Path) -> tuple[dict[str, Any], list[Table], list[Problem]]:
    """The single tables of a file, the tables of its lists in order, and what could not be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return _refused(path, tr("directory.wrong.large_file", most=MAX_BYTES >> 20), "split")
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError:
        return _refused(path, tr("directory.wrong.encoding"), "encoding")
    except OSError as error:
        return _refused(path, tr("directory.wrong.unreadable", reason=error.strerror or ""), "unreadable")
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        return _refused(path, tr("directory.wrong.toml", reason=str(error)), "toml", line)
    except RecursionError:
        return _refused(path, tr("directory.wrong.deep"), "deep")
    single = {name: value for name, value in data.items() if isinstance(value, dict)}
    places = _places(text)
    tables: list[Table] = []
    problems: list[Problem] = []
    for kind, rows in data.items():
        if isinstance(rows, dict):
            continue
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            what = tr("directory.wrong.outside", name=kind)
            problems.append(Problem(path.name, what, tr("directory.fix.begin")))
            continue
        known = places.get(kind, [])
        for number, row in enumerate(rows):
            line, lines = known[number] if number < len(known) else (0, {})
            tables.append(Table(kind, row, path.name, line, lines))
    tables.sort(key=lambda table: table.line)
    return single, tables, problems


def _refused(path: Path, what: Text, fix: str, line: int = 0) -> tuple[dict[str, Any], list[Table], list[Problem]]:
    """A file of which nothing can be used."""
    return {}, [], [Problem(path.name, what, tr(f"directory.fix.{fix}"), line)]


def _places(text: str) -> dict[str, list[tuple[int, dict[str, int]]]]:
    """The lines of each ``[[kind]]`` and of its fields, good enough for messages: ``tomllib`` keeps none."""
    found: dict[str, list[tuple[int, dict[str, int]]]] = {}
    fields: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if match := _LIST.match(line):
            fields = {}
            found.setdefault(match[1], []).append((number, fields))
        elif match := _SUBTABLE.match(line) or _FIELD.match(line):
            fields.setdefault(match[1], number)
    return found
