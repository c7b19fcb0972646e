"""Reading HSDS as people send it: a package of tables, or JSON in any of its shapes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from botkit.messages import tr
from directory.hsds import package
from directory.hsds.records import Records
from directory.problems import Problem

LARGEST = 64 << 20
"""Bytes of a JSON file."""


def is_hsds(content: bytes) -> bool:
    """Whether this looks like HSDS, and not like a spreadsheet."""
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return True
    return content.startswith(b"PK") and (b"datapackage.json" in content or b"services.csv" in content)


def read_hsds(content: bytes) -> Records:
    """The records of a package, a document, a list, a page of an API or lines of JSON. Never raises for them.

    A document is a service, or an organization with its services.
    """
    if content.startswith(b"PK"):
        return package.read(io.BytesIO(content))
    records = Records()
    if len(content) > LARGEST:
        _wrong(records, tr("directory.hsds.large", most=LARGEST >> 20), tr("directory.hsds.split"))
        return records
    try:
        documents = list(_documents(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        _wrong(records, tr("directory.hsds.encoding"), tr("directory.hsds.utf8"))
        return records
    except (ValueError, RecursionError) as problem:
        _wrong(records, tr("directory.hsds.json", problem=str(problem)[:80]), tr("directory.hsds.json_fix"))
        return records
    for number, document in enumerate(documents, 1):
        services = document.get("services") if isinstance(document, dict) else None
        entity = "organization" if isinstance(services, list) else "service"
        records.add(entity, document, f"{entity} {number}")
    records.problems += records.dangling()
    return records


def _documents(text: str) -> Iterator[Any]:
    try:
        told = json.loads(text)
    except json.JSONDecodeError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        yield from map(json.loads, lines)
        return
    if isinstance(told, dict) and isinstance(told.get("contents"), list):
        told = told["contents"]
    yield from told if isinstance(told, list) else [told]


def _wrong(records: Records, what: Any, fix: Any) -> None:
    records.problems.append(Problem("JSON", what, fix))
