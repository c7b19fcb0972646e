"""Rows: JSON-lines files, read so that a bad line is named with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from botkit.errors import UserError

T = TypeVar("T")


def read(file: Path, make: Callable[[dict[str, Any]], T], wanted: str) -> list[T]:
    """Each line made into a value by ``make``, which raises ``KeyError``, ``TypeError`` or ``ValueError``.

    Empty lines are passed over. Raises ``UserError`` with file, line and what is ``wanted``.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"{file}: can't be read: {problem}", "name a readable file of JSON lines in UTF-8") from None
    made = []
    # Only line feeds end a row: a text may hold any other separator.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise TypeError
            made.append(make(row))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UserError(f"{file}:{number}: not a row", f"each line is JSON with {wanted}") from None
    return made


def words(row: dict[str, Any], key: str) -> str:
    """The text under a key. Raises ``KeyError`` or ``TypeError``."""
    value = row[key]
    if not isinstance(value, str):
        raise TypeError
    return value


def write(file: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows, a line each. Raises ``UserError`` where the file can't be written."""
    try:
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8", "replace")
    except OSError as problem:
        raise UserError(f"{file}: can't be written: {problem}", "name a file in a folder that is there") from None
