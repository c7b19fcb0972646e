"""The tabular form of HSDS: a zip of CSV files, one for each entity, described by a ``datapackage.json``.

Source: HSDS 3.2, "Tabular data", and the Tabular Data Package specification (specs.frictionlessdata.io).
"""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import IO, Any

from botkit.messages import tr
from directory.hsds.entities import ENTITIES, TABLES, VERSION, Entity
from directory.hsds.records import Records, Row
from directory.problems import Problem

DESCRIPTION = "datapackage.json"
LARGEST = 256 << 20
"""Bytes that a package may hold when unpacked, all files together."""
MOST_ROWS = 500_000
"""Rows of one table."""
LONGEST_CELL = 100_000
"""Characters of one cell."""

# Written with this, so that the same data make the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)
# A column of these is JSON in its cells: what HSDS does not know may be of any type.
_ANY = "any"


def write(records: Records, file: IO[bytes], name: str = "directory") -> None:
    """Write all records as a package. The same records make the same bytes, whenever written."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        resources = []
        for entity in ENTITIES.values():
            rows = list(records.rows[entity.name].values())
            if not rows:
                continue
            types = _types(entity, rows)
            _put(package, f"{entity.table}.csv", _csv(types, rows))
            resources.append(_resource(entity, types))
        told = {"name": name, "profile": "tabular-data-package", "hsds_version": VERSION, "resources": resources}
        _put(package, DESCRIPTION, json.dumps(told, ensure_ascii=False, indent=2))


def read(file: IO[bytes]) -> Records:
    """The records of a package, and its problems. Never raises for what the file holds.

    CSV files may be in UTF-8 or GB 18030 (GBK). The description may be missing: then unknown columns are texts.
    """
    records = Records()
    try:
        with zipfile.ZipFile(file) as package:
            _read(package, records)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
    ) as problem:
        # RuntimeError: it asks for a password. NotImplementedError: packed in a way that Python does not know.
        told = tr("directory.hsds.wrong.zip", problem=str(problem))
        records.problems.append(Problem("ZIP", told, tr("directory.hsds.fix.zip")))
    return records


def _read(package: zipfile.ZipFile, records: Records) -> None:
    files = {PurePosixPath(info.filename).name: info for info in package.infolist() if not info.filename.endswith("/")}
    size = sum(info.file_size for info in package.infolist())
    if size > LARGEST:
        told = tr("directory.hsds.wrong.unpacked", size=size >> 20, most=LARGEST >> 20)
        records.problems.append(Problem("ZIP", told, tr("directory.hsds.split")))
        return
    types = _described(package, files, records)
    known = [name for name in files if name.removesuffix(".csv") in TABLES and name.endswith(".csv")]
    if not known:
        names = ", ".join(f"{table}.csv" for table in list(TABLES)[:3])
        fix = tr("directory.hsds.fix.no_file", names=names)
        records.problems.append(Problem("ZIP", tr("directory.hsds.wrong.no_file"), fix))
    for entity in ENTITIES.values():
        name = f"{entity.table}.csv"
        if name in files:
            _rows(entity, name, package.read(files[name]), types.get(name, {}), records)
    for name in files:
        if name not in known and name != DESCRIPTION:
            records.problems.append(Problem(name, tr("directory.hsds.wrong.file"), tr("directory.hsds.fix.file")))


def _described(
    package: zipfile.ZipFile, files: Mapping[str, zipfile.ZipInfo], records: Records
) -> dict[str, dict[str, str]]:
    """By file, the types of its columns."""
    if DESCRIPTION not in files:
        return {}
    try:
        told = json.loads(package.read(files[DESCRIPTION]))
        return {
            PurePosixPath(resource["path"]).name: {
                column["name"]: column.get("type", "string") for column in resource["schema"]["fields"]
            }
            for resource in told["resources"]
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        what = tr("directory.hsds.wrong.description", problem=f"{problem!r:.80}")
        records.problems.append(Problem(DESCRIPTION, what, tr("directory.hsds.fix.description")))
        return {}


def _rows(entity: Entity, name: str, given: bytes, types: Mapping[str, str], records: Records) -> None:
    lines = csv.reader(io.StringIO(_decoded(given), newline=""), strict=True)
    header: list[str] = []
    number = 0
    try:
        for number, cells in enumerate(_bounded(lines), 1):
            if not any(cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                if twice := {one for one in header if header.count(one) > 1}:
                    told = tr("directory.hsds.wrong.columns", name=repr(min(twice)))
                    records.problems.append(Problem(name, told, tr("directory.hsds.fix.columns")))
                    return
                continue
            if number > MOST_ROWS:
                told = tr("directory.hsds.wrong.rows", most=MOST_ROWS)
                records.problems.append(Problem(name, told, tr("directory.hsds.fix.rows"), number))
                return
            where = f"{name}:{number}"
            if len(cells) > len(header):
                told = tr("directory.hsds.wrong.cells", count=len(cells), wanted=len(header))
                records.problems.append(Problem(where, told, tr("directory.hsds.fix.cells")))
            elif (row := _row(entity, dict(zip(header, cells, strict=False)), types, where, records)) is not None:
                if row.get("id") in records.rows[entity.name]:
                    told = tr("directory.hsds.wrong.id", value=f"{row['id']!r:.60}")
                    records.problems.append(Problem(where, told, tr("directory.hsds.fix.id")))
                else:
                    records.add(entity.name, row, where)
    except csv.Error as problem:
        told = tr("directory.hsds.wrong.csv", problem=str(problem))
        records.problems.append(Problem(f"{name}:{number + 1}", told, tr("directory.hsds.fix.csv")))


def _bounded(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    """Lines, each cell of bounded length."""
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield from lines
    finally:
        csv.field_size_limit(before)


def _row(
    entity: Entity, cells: Mapping[str, str], types: Mapping[str, str], where: str, records: Records
) -> Row | None:
    row: Row = {}
    wrong = len(records.problems)
    for name, text in cells.items():
        if text == "" or not name:
            continue
        place = f"{where}.{name}"
        if name in entity.numbers:
            number = _number(text)
            if number is None:
                told = tr("directory.hsds.wrong.number", value=f"{text!r:.60}")
                records.problems.append(Problem(place, told, tr("directory.hsds.fix.number")))
            row[name] = number
        elif name not in entity.fields and types.get(name, "string") != "string":
            try:
                row[name] = json.loads(text)
            except (ValueError, RecursionError):
                told = tr("directory.hsds.wrong.column_json", value=f"{text!r:.60}", file=DESCRIPTION)
                records.problems.append(Problem(place, told, tr("directory.hsds.fix.column_json")))
        else:
            row[name] = text
    return row if len(records.problems) == wrong else None


def _decoded(given: bytes) -> str:
    """Text of a file: UTF-8 with or without a mark, or what Chinese spreadsheets write."""
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError:
        return given.decode("gb18030", errors="replace")


def _number(text: str) -> int | float | None:
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if math.isfinite(number) else None
    return None


def _types(entity: Entity, rows: Sequence[Row]) -> dict[str, str]:
    """The columns that are needed, HSDS's first, each with its type."""
    used = dict.fromkeys(name for row in rows for name in row)
    types = {
        name: "number" if name in entity.numbers else "string"
        for name in entity.fields
        if name in used or name in entity.required
    }
    for name in used:
        if name not in types:
            types[name] = "string" if all(isinstance(row.get(name, ""), str) for row in rows) else _ANY
    return types


def _csv(types: Mapping[str, str], rows: Sequence[Row]) -> str:
    text = io.StringIO(newline="")
    # Every text is quoted: so a reader that guesses keeps "007" and "+86".
    table = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    table.writerow(types)
    for row in rows:
        table.writerow([_cell(row.get(name), kind) for name, kind in types.items()])
    return text.getvalue()


def _cell(value: Any, kind: str) -> str | int | float:
    if value is None:
        return ""
    if kind == _ANY:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    assert isinstance(value, str | int | float)
    return value


def _resource(entity: Entity, types: Mapping[str, str]) -> dict[str, Any]:
    """A table as a package describes it."""
    columns = [
        {"name": name, "type": kind, **({"constraints": {"required": True}} if name in entity.required else {})}
        for name, kind in types.items()
    ]
    return {
        "name": entity.table,
        "path": f"{entity.table}.csv",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": {"fields": columns, "primaryKey": "id"},
    }


def _put(package: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(info, text.encode())
