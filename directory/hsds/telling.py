"""Telling a directory by HSDS: what was imported as it came, but for what was edited since; the rest as it is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial

from directory import codec
from directory.contents import Part
from directory.hsds.editing import edit
from directory.hsds.parts import SHARED, put
from directory.hsds.planning import MADE, ROWS
from directory.hsds.records import Records, Row
from directory.hsds.station import record_id, records_of
from directory.values import Entry, Guide


def told(
    parts: Mapping[str, Part], guide: Guide, zone: tzinfo, modified: Mapping[str, datetime], *, owners: bool = False
) -> Records:
    """The records of a guide. What was imported and nobody has edited is told exactly as it came.

    ``parts`` are what imports brought along; the rest is as of ``records_of``, ``owners`` too.
    """
    imported = {entry.record: entry for entry in guide.entries if f"service/{entry.record}" in parts}
    own = replace(guide, entries=tuple(entry for entry in guide.entries if entry.record not in imported))
    here = records_of(own, zone, modified, owners=owners) if own.entries or not imported else Records()
    anew = Records()
    for key, part in _shown(parts, imported):
        entry = imported.get(key.removeprefix("service/"))
        if entry is None or MADE not in part:
            put(here, part[ROWS])
            continue
        was = codec.load("entry", part[MADE])
        assert isinstance(was, Entry)
        alone = Records()
        put(alone, part[ROWS])
        if entry != was:
            # As this directory would tell the entry by itself, owner included.
            made = records_of(replace(own, entries=(entry,)), zone, modified, owners=True)
            edit(alone, entry, was, made, guide, partial(_term, parts))
            _set_aside(alone, anew)
        put(here, alone.rows)
    _join(here, anew)
    if not owners:
        # Imported rows too may name a person; what others mean by the word is no text.
        for record, row in here.rows["service"].items():
            if isinstance(row.get("owner"), str):
                here.rows["service"][record] = {name: value for name, value in row.items() if name != "owner"}
    # Rows were put in by hand: what hangs on what is looked up anew.
    return _again(here)


def service_id(entry: Entry, parts: Mapping[str, Part]) -> str:
    """The id of the service that an entry is told as: an imported one keeps its own."""
    return entry.record if f"service/{entry.record}" in parts else record_id("service", entry.slug)


def _shown(parts: Mapping[str, Part], imported: Mapping[str, Entry]) -> Iterable[tuple[str, Part]]:
    """The parts, without services whose entry is gone or not shown."""
    return ((key, part) for key, part in parts.items() if MADE not in part or key.removeprefix("service/") in imported)


def _term(parts: Mapping[str, Part], record: str) -> Row | None:
    """An imported taxonomy term."""
    part = parts.get(f"taxonomy_term/{record}")
    row: Row | None = part[ROWS]["taxonomy_term"][record] if part else None
    return row


def _set_aside(alone: Records, anew: Records) -> None:
    """Move what an edited service refers to out of its own rows: the import may have brought the same."""
    for entity in SHARED:
        anew.rows[entity].update(alone.rows[entity])
        alone.rows[entity] = {}


def _join(here: Records, anew: Records) -> None:
    """Taxonomies stay as they came; organizations and locations are named as the directory names them now."""
    for entity in SHARED:
        for record, row in anew.rows[entity].items():
            known = here.rows[entity].get(record)
            if known is None or entity == "location":
                here.rows[entity][record] = row
            elif entity == "organization":
                here.rows[entity][record] = {**known, **row}


def _again(records: Records) -> Records:
    fresh = Records()
    fresh.rows.update(records.rows)
    return fresh
