"""Editing imported rows: only what tells an edited field changes, and nothing is left hanging on what goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from directory.hsds.entities import ENTITIES
from directory.hsds.imported import topic_of, translations_of
from directory.hsds.records import Records, Row
from directory.hsds.station import record_id
from directory.values import Entry, Guide, Place

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
ROWS_OF = ("phones", "hours", "area", "languages", "free", "topic", "topics", "place", "organization")
"""The fields of an entry that rows beside its service's tell."""


def edit(
    here: Records, entry: Entry, was: Entry, made: Records, guide: Guide, term: Callable[[str], Row | None]
) -> None:
    """Bring the rows of one imported service to what its entry says now, where that differs from ``was``.

    ``here`` holds the rows of this service alone, and takes those that it refers to anew. ``made`` is how the
    directory would tell the entry by itself; ``term`` finds imported taxonomy terms.
    """
    changed = {name for name in (*TEXTS, *ROWS_OF) if getattr(entry, name) != getattr(was, name)}
    if not changed:
        return
    row, new = here.rows["service"][entry.record], made.rows["service"][record_id("service", entry.slug)]
    if changed & {"place", "organization"} and not _of(here, "phone", entry.record):
        # Its phones were those of its place or organization, which it may leave now.
        changed.add("phones")
    for name in changed:
        for text in TEXTS.get(name, ()):
            _put(row, new, text)
    if "phones" in changed:
        same = {phone.number for phone in entry.phones if phone in was.phones}
        _match(here, made, "phone", entry.record, "number", ("description",), same)
    if "languages" in changed:
        _match(here, made, "language", entry.record, "code")
    if "hours" in changed:
        _replace(here, made, "schedule", entry.record)
    if "area" in changed:
        _area(here, made, entry.record)
    if "free" in changed:
        _free(here, made, entry)
    if changed & {"topic", "topics"}:
        _topics(here, made, entry.record, guide, term)
    if "place" in changed:
        _place(here, made, entry)
    if "organization" in changed:
        here.rows["organization"].update(made.rows["organization"])
        _put(row, new, "organization_id")
    _put(row, new, "last_modified")


def _put(row: Row, new: Row, field: str) -> None:
    """One field of a row, and its translation, as a new row has it."""
    if field in new:
        row[field] = new[field]
    else:
        row.pop(field, None)
    told, wanted = translations_of(row), translations_of(new).get("en", {}).get(field)
    english = {**told.get("en", {}), field: wanted}
    if wanted is None:
        del english[field]
    if wanted is not None or field in told.get("en", {}):
        row["translations"] = {**row["translations"], "en": english} if told else {"en": english}
        if not english:
            del row["translations"]["en"]
        if not row["translations"]:
            del row["translations"]


def _of(here: Records, entity: str, service: str) -> list[str]:
    """The ids of the rows that hang on a service."""
    return [record for record, row in here.rows[entity].items() if row.get("service_id") == service]


def _match(
    here: Records, made: Records, entity: str, service: str, name: str,
    fields: tuple[str, ...] = (), same: set[str] | frozenset[str] = frozenset(),
) -> None:  # fmt: skip
    """The rows of a service in the order of the new ones; one of the same ``name`` keeps what else it holds.

    ``fields`` are told anew, but not in rows of the names in ``same``.
    """
    rows = here.rows[entity]
    before = _of(here, entity, service)
    for record, new in made.rows[entity].items():
        known = next((one for one in before if _name(rows[one], name) == _name(new, name)), None)
        if known is None:
            rows[record] = {**new, "service_id": service}
            continue
        before.remove(known)
        rows[known] = row = rows.pop(known)
        for field in fields if new[name] not in same else ():
            _put(row, new, field)
    for record in before:
        _detach(here, entity, record, "service_id")


def _name(row: Row, field: str) -> str:
    return str(row.get(field, "")).strip().lower()


def _replace(here: Records, made: Records, entity: str, service: str) -> None:
    for record in _of(here, entity, service):
        _detach(here, entity, record, "service_id")
    here.rows[entity].update({record: {**row, "service_id": service} for record, row in made.rows[entity].items()})


def _area(here: Records, made: Records, service: str) -> None:
    """The first area is the one that the entry tells; without any, none is left."""
    before, new = _of(here, "service_area", service), next(iter(made.rows["service_area"].values()), None)
    if before and new:
        _put(here.rows["service_area"][before[0]], new, "name")
    else:
        _replace(here, made, "service_area", service)


def _free(here: Records, made: Records, entry: Entry) -> None:
    """A price of nothing comes, or goes; what else is told of costs stays."""
    rows = here.rows["cost_option"]
    rows.update({one: {**row, "service_id": entry.record} for one, row in made.rows["cost_option"].items()})
    for record in () if entry.free else _of(here, "cost_option", entry.record):
        row = rows[record]
        if row.get("amount") == 0:
            del row["amount"]
            if set(row) <= {"id", "service_id", "currency"}:
                _detach(here, "cost_option", record, "service_id")


def _topics(here: Records, made: Records, service: str, guide: Guide, term: Callable[[str], Row | None]) -> None:
    """Attributes that name topics are told anew; those of others' taxonomies stay."""
    for record, row in list(here.rows["attribute"].items()):
        named = term(str(row.get("taxonomy_term_id", "")))
        if row.get("link_id") == service and named is not None and topic_of(named, guide):
            _detach(here, "attribute", record, "link_id")
    for record, row in made.rows["attribute"].items():
        here.rows["attribute"][record] = {**row, "link_id": service}
        wanted = made.rows["taxonomy_term"][row["taxonomy_term_id"]]
        here.rows["taxonomy_term"][wanted["id"]] = wanted
        here.rows["taxonomy"].update(made.rows["taxonomy"])


def _place(here: Records, made: Records, entry: Entry) -> None:
    """Its first place is elsewhere now. Others may be at the location that it leaves, which stays as it is."""
    rows, before = here.rows["service_at_location"], _of(here, "service_at_location", entry.record)
    if entry.place == Place():
        for record in before:
            rows[record].pop("location_id", None)
    elif before:
        first = next((one for one in before if rows[one].get("location_id")), before[0])
        rows[first]["location_id"] = next(iter(made.rows["location"]))
    else:
        _replace(here, made, "service_at_location", entry.record)
    here.rows["location"].update(made.rows["location"])


def _detach(here: Records, entity: str, record: str, key: str) -> None:
    """Take a row from its parent. Without another parent it goes, with all that hangs on it."""
    row = here.rows[entity][record]
    if any(row.get(other) for other in _KEYS[entity] - {key}):
        row.pop(key, None)
        return
    del here.rows[entity][record]
    for child in ENTITIES[entity].children:
        below: dict[str, Any] = here.rows[child.entity] if child.many else {}
        for one, its in list(below.items()):
            if its.get(child.key) == record:
                _detach(here, child.entity, one, child.key)


_KEYS: defaultdict[str, set[str]] = defaultdict(set)
"""By entity, the fields in which its rows name a parent."""
for _entity in ENTITIES.values():
    for _child in _entity.children:
        if _child.many:
            _KEYS[_child.entity].add(_child.key)
