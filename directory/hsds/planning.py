"""Planning an import of HSDS: entries that can be edited, and the rows they came from beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from botkit.messages import tr
from directory import codec
from directory.accepting import accept
from directory.changes import Edit
from directory.contents import PART, Contents
from directory.guard import Guard
from directory.hsds.imported import Service, seen_terms, service
from directory.hsds.parts import partition
from directory.hsds.reading import read_hsds
from directory.hsds.records import Records
from directory.problems import Problem
from directory.slugs import free_slug, is_slug
from directory.values import Entry

ROWS, MADE = "rows", "entry"
"""What a part holds: the imported rows, and the entry that was made of them, by which later edits are known."""
_TOLD = 5


def read(
    contents: Contents, guard: Guard, content: bytes, *, owner: str, source: str
) -> tuple[dict[str, Entry], dict[str, Any], list[Problem]]:
    """What HSDS content would bring: entries by slug, parts by key, and what is wrong.

    ``owner`` and ``source`` are for services that name none. Services that are not active stay in their parts.
    """
    records = read_hsds(content)
    problems = list(records.problems)
    if not problems and not len(records):
        problems.append(Problem("HSDS", tr("directory.import.empty"), tr("directory.hsds.none")))
    given = [] if problems else list(_given(contents, records, owner, source, problems))
    done = accept(given, guard, live=contents.guide, both=False)
    problems += done.problems
    records_of = {str(one.data["slug"]): one.record for one in given}
    entries = {entry.slug: replace(entry, record=records_of[entry.slug]) for entry in done.guide.entries}
    by_record = {entry.record: entry for entry in entries.values()}
    parts: dict[str, Any] = {}
    for key, rows in partition(records).items():
        entity, _, record = key.partition("/")
        made = by_record.get(record) if entity == "service" else None
        parts[key] = {ROWS: rows, **({MADE: codec.dump(made)} if made else {})}
    return entries, parts, problems


def part_edits(contents: Contents, parts: Mapping[str, Any]) -> list[Edit]:
    """What changes among the parts."""
    return [Edit(PART, key, part) for key, part in parts.items() if contents.parts.get(key) != part]


def _given(contents: Contents, records: Records, owner: str, source: str, problems: list[Problem]) -> list[Service]:
    known = {entry.record: entry.slug for entry in contents.guide.entries if entry.record}
    taken = {slug for _, slug in contents.items}
    made = []
    for record, row in records.rows["service"].items():
        if row.get("status", "active") != "active":
            continue
        own = row.get("slug")
        slug = known.get(record) or (own if isinstance(own, str) and is_slug(own) else "")
        one = service(records, record, contents.guide, slug, owner=owner, source=source)
        if not slug:
            name: Mapping[str, str] = one.data.get("name", {})
            slug = free_slug("entry", name.get("zh", ""), name.get("en", ""), taken)
            one = replace(one, data={**one.data, "slug": slug})
        taken.add(slug)
        if not one.data.get("topic"):
            terms = ", ".join(seen_terms(records, row)[:_TOLD]) or "-"
            problems.append(Problem(one.place, tr("directory.hsds.topic", terms=terms), tr("directory.hsds.topic_fix")))
            continue
        made.append(one)
    return made
