"""Records: HSDS data as flat rows by entity and id, made from nested documents and told as such again."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botkit.messages import Text, tr
from directory.hsds.entities import ENTITIES, Child, Entity
from directory.problems import Problem

Row = dict[str, Any]
"""One record, without the records that hang on it. It keeps attributes that HSDS does not know, of any JSON type."""

_DEEPEST = 12
"""Documents nest no deeper: HSDS itself needs seven levels."""


@dataclass(slots=True)
class Records:
    """Rows by entity and id, in the order in which they came, and what was wrong with what came.

    A row with problems is not kept; all others are.
    """

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in ENTITIES})
    problems: list[Problem] = field(default_factory=list)
    _below: dict[tuple[str, str], list[str]] | None = field(default=None, init=False, repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Records) and self.rows == other.rows

    __hash__ = None  # type: ignore[assignment]  # mutable, compared by what it holds

    def __len__(self) -> int:
        return sum(map(len, self.rows.values()))

    def add(self, entity: str, document: object, where: str) -> str | None:
        """Take a record and all that is nested in it. Returns its id, or None where it can't be kept.

        The same record may come several times, as HSDS's documents repeat it: each time may say one more parent.
        If it differs otherwise, the first stays and the difference is a problem.
        """
        return self._add(ENTITIES[entity], document, where, {}, 0)

    def document(self, entity: str, record: str) -> dict[str, Any]:
        """A record with everything that hangs on it, nested as HSDS nests it. Raises ``KeyError``.

        What is empty is left out, and so is the id of a parent whose record is here: nesting says it.
        """
        return self._document(ENTITIES[entity], record, frozenset())

    def dangling(self) -> Iterator[Problem]:
        """References to rows that are not here. Those between organizations, and between terms, may point elsewhere."""
        for entity in ENTITIES.values():
            for record, row in self.rows[entity.name].items():
                for name, value in row.items():
                    owners = _OWNERS.get((entity.name, name))
                    if owners and not any(value in self.rows[owner] for owner in owners):
                        told = tr("directory.hsds.wrong.dangling", name=name, value=_short(value))
                        yield Problem(f"{entity.name} {record}", told, tr("directory.hsds.fix.dangling"))

    def children(self, parent: Entity, record: str, child: Child) -> list[str]:
        """The ids of the rows that name a parent."""
        if self._below is None:
            self._below = self._index()
        return self._below.get((f"{parent.name}.{child.name}", record), [])

    def flat(self, entity: Entity, row: Row) -> dict[str, Any]:
        """A row without the ids of parents that are here."""
        return {name: value for name, value in row.items() if not self._is_told(entity, name, value)}

    def _add(self, entity: Entity, document: object, where: str, implied: Mapping[str, str], depth: int) -> str | None:
        if not isinstance(document, Mapping):
            told = tr("directory.hsds.wrong.object", entity=entity.name)
            self._wrong(where, told, tr("directory.hsds.fix.object"))
            return None
        if depth > _DEEPEST:
            told = tr("directory.hsds.wrong.deep", most=_DEEPEST)
            self._wrong(where, told, tr("directory.hsds.fix.deep"))
            return None
        record = document.get("id")
        if not isinstance(record, str) or not record:
            told = tr("directory.hsds.wrong.missing", entity=entity.name, name="id")
            self._wrong(where, told, tr("directory.hsds.fix.uuid"))
            return None
        children = {child.name: child for child in entity.children}
        row: Row = {"id": record}
        for name, value in document.items():
            if name != "id" and name not in children and not _is_empty(value):
                row[name] = value
        row.update(implied)
        for child in children.values():
            self._take(entity, child, document.get(child.name), row, where, depth)
        if not self._is_valid(entity, row, where):
            return None
        self._merge(entity, row, where)
        return record

    def _take(self, entity: Entity, child: Child, value: object, row: Row, where: str, depth: int) -> None:
        """Take what is nested under one property."""
        if _is_empty(value):
            return
        place = f"{where}.{child.name}"
        if not child.many:
            one = self._add(ENTITIES[child.entity], value, place, {}, depth + 1)
            if one is not None:
                row[child.key] = one
            return
        if not isinstance(value, list):
            self._wrong(place, tr("directory.hsds.wrong.list", name=child.name), tr("directory.hsds.fix.list"))
            return
        implied = {child.key: row["id"]}
        for number, one_of in enumerate(value):
            if child.kind and isinstance(one_of, Mapping) and _is_empty(one_of.get(child.kind)):
                one_of = {**one_of, child.kind: entity.name}
            self._add(ENTITIES[child.entity], one_of, f"{place}[{number}]", implied, depth + 1)

    def _is_valid(self, entity: Entity, row: Row, where: str) -> bool:
        missing = [name for name in entity.fields if name in entity.required and _is_empty(row.get(name))]
        for name in missing:
            told = tr("directory.hsds.wrong.missing", entity=entity.name, name=name)
            self._wrong(f"{where}.{name}", told, tr("directory.hsds.fix.missing"))
        wrong = len(missing)
        for name, value in row.items():
            if not _is_writable(value) or not _is_writable(name):
                self._wrong(f"{where}.{name!r:.40}", tr("directory.hsds.wrong.broken"), tr("directory.hsds.fix.broken"))
                return False
        for name in entity.fields:
            value = row.get(name)
            if value is None:
                continue
            place = f"{where}.{name}"
            if name in entity.numbers:
                if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                    self._wrong(
                        place, tr("directory.hsds.wrong.number", value=_short(value)), tr("directory.hsds.fix.number")
                    )
                    wrong += 1
            elif not isinstance(value, str):
                self._wrong(place, tr("directory.hsds.wrong.text", value=_short(value)), tr("directory.hsds.fix.text"))
                wrong += 1
            elif name in entity.choices and value not in entity.choices[name]:
                fix = tr("directory.hsds.fix.unknown", names=", ".join(entity.choices[name]))
                self._wrong(place, tr("directory.hsds.wrong.unknown", value=_short(value)), fix)
                wrong += 1
        return not wrong

    def _merge(self, entity: Entity, row: Row, where: str) -> None:
        """Keep a row, or add to the one of the same id what parents this one names."""
        known = self.rows[entity.name].setdefault(row["id"], row)
        if known is row:
            self._below = None
            return
        differing = [
            name for name in {**known, **row}
            if known.get(name) != row.get(name) and (name not in entity.parents or (name in known and name in row))
        ]  # fmt: skip
        for name in differing:
            before, value = _short(known.get(name)), _short(row.get(name))
            told = tr("directory.hsds.wrong.twice", entity=entity.name, record=row["id"], before=before, value=value)
            self._wrong(f"{where}.{name}", told, tr("directory.hsds.fix.twice"))
        if not differing:
            known.update({name: value for name, value in row.items() if name not in known})
            self._below = None

    def _index(self) -> dict[tuple[str, str], list[str]]:
        """By property and id of a parent, the rows that name it."""
        below: dict[tuple[str, str], list[str]] = {}
        for parent in ENTITIES.values():
            for child in parent.children:
                for record, row in self.rows[child.entity].items() if child.many else ():
                    above = row.get(child.key)
                    if above is not None and (not child.kind or self._is_kind(parent, row.get(child.kind), above)):
                        below.setdefault((f"{parent.name}.{child.name}", above), []).append(record)
        return below

    def _is_kind(self, parent: Entity, told: object, record: str) -> bool:
        """Whether a row that says ``told`` of its parent means this entity. Data in use often say something else."""
        rows = self.rows.get(told) if isinstance(told, str) else None
        return told == parent.name or rows is None or record not in rows

    def _document(self, entity: Entity, record: str, above: frozenset[str]) -> dict[str, Any]:
        row = self.rows[entity.name][record]
        made = self.flat(entity, row)
        inside = above | {entity.name}
        for child in entity.children:
            if child.entity in inside:
                continue
            if child.many:
                nested = [
                    self._document(ENTITIES[child.entity], one, inside) for one in self.children(entity, record, child)
                ]
                if nested:
                    made[child.name] = nested
            elif row.get(child.key) in self.rows[child.entity]:
                made[child.name] = self._document(ENTITIES[child.entity], row[child.key], inside)
        return made

    def _is_told(self, entity: Entity, name: str, value: object) -> bool:
        """Whether a field only says what nesting says: the id of a parent or of the one record, that is here."""
        owners = _OWNERS.get((entity.name, name), ())
        return any(value in self.rows[owner] for owner in owners)

    def _wrong(self, where: str, what: Text, fix: Text) -> None:
        self.problems.append(Problem(where, what, fix))


def _short(value: object) -> str:
    return f"{value!r:.60}"


def _is_empty(value: object) -> bool:
    """What HSDS asks to leave out: nothing, an empty text, an empty list. False and 0 are values."""
    return value is None or value == "" or value == [] or value == {}


def _is_writable(value: object) -> bool:
    """Whether a value can be written as JSON in UTF-8 and read again: no lone surrogates, no NaN."""
    try:
        (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _owners() -> Iterator[tuple[tuple[str, str], str]]:
    for entity in ENTITIES.values():
        for child in entity.children:
            yield ((child.entity, child.key), entity.name) if child.many else ((entity.name, child.key), child.entity)


_OWNERS: dict[tuple[str, str], set[str]] = {}
for _field, _owner in _owners():
    _OWNERS.setdefault(_field, set()).add(_owner)
