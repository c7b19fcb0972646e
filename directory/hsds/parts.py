"""Parts: imported HSDS rows as they are kept beside the entries that were made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from directory.hsds.entities import ENTITIES
from directory.hsds.records import Records, Row

Key = tuple[str, str]
"""Entity and id."""
Rows = Mapping[str, Mapping[str, Row]]
"""Rows by entity and id."""


def partition(records: Records) -> dict[str, dict[str, dict[str, Row]]]:
    """All rows, each in one part: those that only one service leads to in ``service/<id>``, every other by itself."""
    owner: dict[Key, str] = {}
    times: Counter[Key] = Counter()
    for service in records.rows["service"]:
        for key in _reached(records, ("service", service)):
            times[key] += 1
            owner[key] = service
    parts: dict[str, dict[str, dict[str, Row]]] = {}
    for entity, rows in records.rows.items():
        for record, row in rows.items():
            alone = times[entity, record] == 1 and entity not in SHARED
            name = f"service/{owner[entity, record]}" if alone else f"{entity}/{record}"
            parts.setdefault(name, {}).setdefault(entity, {})[record] = row
    return parts


def put(records: Records, part: Rows) -> None:
    """Put the rows of a part where they came from. All parts together are the records that were partitioned."""
    for entity, rows in part.items():
        records.rows[entity].update({record: dict(row) for record, row in rows.items()})


SHARED = frozenset({"organization", "program", "location", "taxonomy", "taxonomy_term", "unit"})
"""What others may refer to as well, now or later."""


def _reached(records: Records, start: Key) -> Iterator[Key]:
    """Everything that hangs on a row, and what its rows refer to; other services are not entered."""
    seen, todo = {start}, [start]
    while todo:
        entity, record = todo.pop()
        yield entity, record
        row: Mapping[str, Any] = records.rows[entity][record]
        for child in ENTITIES[entity].children:
            if child.entity == "service" or entity in SHARED:
                continue
            below = records.children(ENTITIES[entity], record, child) if child.many else [row.get(child.key)]
            for one in below:
                key = (child.entity, str(one))
                if one in records.rows[child.entity] and key not in seen:
                    seen.add(key)
                    todo.append(key)
