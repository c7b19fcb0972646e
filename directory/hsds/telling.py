"""Telling a directory by HSDS: what was imported as it came, but for what was edited since; the rest as it is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from directory import codec
from directory.contents import Part
from directory.hsds.parts import put
from directory.hsds.planning import MADE, ROWS
from directory.hsds.records import Records, Row
from directory.hsds.station import record_id, records_of
from directory.values import Entry, Guide

TEXTS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "summary": ("description",),
    "cost": ("fees_description",),
    "assured_date": ("assured_date",),
    "source": ("source", "source_reference"),
    "owner": ("owner",),
    "risk": ("risk",),
    "sample": ("sample",),
    "do_not_call": ("do_not_call",),
    "ask_first": ("ask_first",),
    "meanwhile": ("meanwhile",),
    "aliases": ("aliases",),
    "phrasings": ("phrasings",),
}
"""By field of an entry, the fields of its service's row that tell it."""
ROWS_OF: Mapping[str, tuple[str, ...]] = {
    "phones": ("phone",),
    "hours": ("schedule",),
    "area": ("service_area",),
    "languages": ("language",),
    "free": ("cost_option",),
    "topic": ("attribute",),
    "topics": ("attribute",),
    "place": ("service_at_location", "location"),
}
"""By field of an entry, the rows of its service that tell it; of a place also what it stands on."""


def told(
    parts: Mapping[str, Part], guide: Guide, zone: tzinfo, modified: Mapping[str, datetime], *, owners: bool = False
) -> Records:
    """The records of a guide. What was imported and nobody has edited is told exactly as it came.

    ``parts`` are what imports brought along; the rest is as of ``records_of``.
    """
    imported = {entry.record: entry for entry in guide.entries if f"service/{entry.record}" in parts}
    own = replace(guide, entries=tuple(entry for entry in guide.entries if entry.record not in imported))
    here = records_of(own, zone, modified, owners=owners) if own.entries or not imported else Records()
    for key, part in _shown(parts, imported):
        put(here, part[ROWS])
        entry = imported.get(key.removeprefix("service/"))
        if entry is not None and MADE in part:
            was = codec.load("entry", part[MADE])
            assert isinstance(was, Entry)
            _edit(here, entry, was, replace(own, entries=(entry,)), zone, modified)
    # Rows were put in by hand: what hangs on what is looked up anew.
    return _again(here)


def service_id(entry: Entry, parts: Mapping[str, Part]) -> str:
    """The id of the service that an entry is told as: an imported one keeps its own."""
    return entry.record if f"service/{entry.record}" in parts else record_id("service", entry.slug)


def _shown(parts: Mapping[str, Part], imported: Mapping[str, Entry]) -> Iterable[tuple[str, Part]]:
    """The parts, without services whose entry is gone or not shown."""
    return ((key, part) for key, part in parts.items() if MADE not in part or key.removeprefix("service/") in imported)


def _edit(
    here: Records, entry: Entry, was: Entry, alone: Guide, zone: tzinfo, modified: Mapping[str, datetime]
) -> None:
    """Bring the imported rows of one service to what its entry says now, where that differs."""
    names = [*TEXTS, *ROWS_OF, "organization"]
    changed = [name for name in names if getattr(entry, name) != getattr(was, name)]
    if not changed:
        return
    # As this directory would tell the entry by itself, owner included.
    made = records_of(alone, zone, modified, owners=True)
    row, new = here.rows["service"][entry.record], made.rows["service"][record_id("service", entry.slug)]
    for name in changed:
        for field in TEXTS.get(name, ()):
            _put(row, new, field)
        for entity in ROWS_OF.get(name, ()):
            _replace(here, made, entity, entry.record)
    if "organization" in changed:
        here.rows["organization"].update(made.rows["organization"])
        _put(row, new, "organization_id")
    for term in made.rows["attribute"].values() if {"topic", "topics"} & set(changed) else ():
        wanted = made.rows["taxonomy_term"][term["taxonomy_term_id"]]
        here.rows["taxonomy_term"].setdefault(wanted["id"], wanted)
        here.rows["taxonomy"].update(made.rows["taxonomy"])
    _put(row, new, "last_modified")


def _put(row: Row, new: Row, field: str) -> None:
    """One field of a row, and its translation, as a new row has it."""
    if field in new:
        row[field] = new[field]
    else:
        row.pop(field, None)
    english: dict[str, Any] = dict(row.get("translations", {}).get("en", {}))
    english.pop(field, None)
    if field in new.get("translations", {}).get("en", {}):
        english[field] = new["translations"]["en"][field]
    languages = {name: texts for name, texts in row.get("translations", {}).items() if name != "en"}
    row.pop("translations", None)
    if english or languages:
        row["translations"] = {**languages, **({"en": english} if english else {})}


def _replace(here: Records, made: Records, entity: str, service: str) -> None:
    """The rows of an entity that hang on a service, as they were made anew."""
    if entity == "location":
        here.rows[entity].update(made.rows[entity])
        return
    key = "link_id" if entity == "attribute" else "service_id"
    for record in [record for record, row in here.rows[entity].items() if row.get(key) == service]:
        del here.rows[entity][record]
    here.rows[entity].update({record: {**row, key: service} for record, row in made.rows[entity].items()})


def _again(records: Records) -> Records:
    fresh = Records()
    fresh.rows.update(records.rows)
    return fresh
