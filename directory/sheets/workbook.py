"""Workbooks as rows of cells, read by a process of their own, so that no file can end the bot."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from directory.sheets.cells import Cell
from directory.sheets.limits import SECONDS


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Cells are counted from 0; ``wrong`` says why it was not read, empty where it was.

    ``formulas`` and ``errors`` are cells, ``merged`` are ranges ``(row, column, row, column)``, both ends included.
    """

    name: str
    rows: Sequence[Sequence[Cell]] = ()
    hidden: bool = False
    formulas: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook; ``refused`` says why nothing of it was read, empty where it was."""

    sheets: tuple[Sheet, ...] = ()
    pictures: bool = False
    refused: str = ""


def read(content: bytes) -> Book:
    """The sheets of an XLSX, XLS or ODS workbook. Never raises for its content; waits for another process."""
    command = [sys.executable, "-m", "directory.sheets.unpacking"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=2 * SECONDS, check=True)
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError, OSError):
        return Book(refused="unreadable")
    if refused := told.get("refused"):
        return Book(refused=refused)
    return Book(tuple(_sheet(one) for one in told["sheets"]), told["pictures"])


def _sheet(told: dict[str, Any]) -> Sheet:
    return Sheet(
        told["name"],
        [[_cell(cell) for cell in row] for row in told.get("rows", ())],
        told["hidden"],
        frozenset((row, column) for row, column in told.get("formulas", ())),
        frozenset((row, column) for row, column in told.get("errors", ())),
        tuple((a, b, c, d) for a, b, c, d in told.get("merged", ())),
        told.get("wrong", ""),
    )


def _cell(told: Any) -> Cell:
    return date.fromisoformat(told[0]) if isinstance(told, list) else told
