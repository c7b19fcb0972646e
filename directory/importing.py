"""Importing: what a file would change in the directory, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from botkit.messages import Text, tr
from directory.accepting import accept
from directory.changes import Edit
from directory.contents import PART, Contents
from directory.guard import Guard
from directory.hsds import planning
from directory.hsds.reading import is_hsds
from directory.merging import behind
from directory.problems import Problem
from directory.sheets.columns import SHEETS
from directory.sheets.reading import read_sheets
from directory.sheets.rows import over_live
from directory.sheets.shape import values_of
from directory.values import Entry, Faq, Guide, Value, kind_of

Tell = Callable[[Text], None]
"""Hears what is being done just now."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. With problems it does nothing."""

    edits: tuple[Edit, ...] = ()
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()


def plan(
    contents: Contents,
    guard: Guard,
    name: str,
    content: bytes,
    *,
    removals: bool = False,
    owner: str = "",
    tell: Tell | None = None,
) -> Plan:
    """What a file would change: a spreadsheet, or HSDS. Never raises for it.

    Takes seconds for thousands of rows: call it in a thread. ``removals``: what is live and not in a sheet that is
    there is to go. ``name`` is the file's, for places; ``owner`` keeps what names no keeper.
    """
    tell = tell or (lambda text: None)
    tell(tr("directory.import.reading"))
    if is_hsds(content):
        return _planned_hsds(contents, guard, name, content, removals=removals, owner=owner)
    live = contents.guide
    sheets = read_sheets(name, content)
    rows = over_live(sheets.given, live)
    tell(tr("directory.import.checking", count=len(rows)))
    done = accept(rows, guard, live=live, both=False)
    problems = [*sheets.problems, *done.problems]
    if not problems and not rows:
        problems.append(Problem(name, tr("directory.import.empty"), tr("directory.import.empty_fix")))
    made = [value for kind in SHEETS for value in values_of(done.guide, kind)]
    gone: list[Value] = []
    if removals and not problems:
        given = {(kind_of(value), value.slug) for value in made}
        kinds = {row.kind for row in rows}
        gone = [v for kind in SHEETS if kind in kinds for v in values_of(live, kind) if (kind, v.slug) not in given]
        problems += _hanging(name, live, made, gone)
    if problems:
        return Plan(problems=tuple(problems))
    return _planned(contents, made, gone)


def _planned_hsds(contents: Contents, guard: Guard, name: str, content: bytes, *, removals: bool, owner: str) -> Plan:
    entries, parts, problems = planning.read(contents, guard, content, owner=owner, source=name.rpartition(".")[0])
    made: list[Value] = list(entries.values())
    gone: list[Value] = []
    if removals and not problems:
        # Only what came from HSDS: what was written here is no business of another system's file.
        gone = [entry for entry in contents.guide.entries if entry.record and entry.slug not in entries]
        problems += _hanging(name, contents.guide, made, gone)
    if problems:
        return Plan(problems=tuple(replace(problem, where=f"{name} · {problem.where}") for problem in problems))
    planned = _planned(contents, made, gone)
    edits = [*planned.edits, *planning.part_edits(contents, parts)]
    edits += [Edit(PART, f"service/{one.record}", None) for one in gone if isinstance(one, Entry)]
    return replace(planned, edits=tuple(edits))


def kept(before: Value | None, after: Value) -> Value:
    """A value with what nobody gives taken over from its version before."""
    if isinstance(before, Entry) and isinstance(after, Entry):
        after = replace(after, behind=before.behind, record=after.record or before.record)
    elif isinstance(before, Faq) and isinstance(after, Faq):
        after = replace(after, behind=before.behind)
    return behind(before, after)


def _planned(contents: Contents, made: list[Value], gone: list[Value]) -> Plan:
    edits: list[Edit] = []
    added = changed = 0
    for value in made:
        kind = kind_of(value)
        before = contents.get(kind, value.slug)
        after = kept(before, value)
        if after == before:
            continue
        edits.append(Edit(kind, value.slug, after))
        added, changed = added + (before is None), changed + (before is not None)
    edits += [Edit(kind_of(value), value.slug, None) for value in gone]
    return Plan(tuple(edits), added, changed, len(gone), len(made) - added - changed)


def _hanging(name: str, live: Guide, made: list[Value], gone: list[Value]) -> Iterator[Problem]:
    """What would refer to something that goes."""
    left = {(kind_of(value), value.slug) for value in gone}
    now = {(kind_of(value), value.slug): value for value in (*live.families, *live.topics, *live.subjects, *made)}
    for (kind, slug), value in now.items():
        if (kind, slug) in left:
            continue
        for wanted, options in _wants(value):
            if not any((option, wanted) in now and (option, wanted) not in left for option in options):
                what = tr("directory.import.hanging", slug=slug, wanted=wanted)
                yield Problem(name, what, tr("directory.import.hanging_fix", slug=slug))


def _wants(value: Value) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The slugs that a value refers to, and the kinds that may have them."""
    if isinstance(value, Entry):
        yield from ((topic, ("topic",)) for topic in (value.topic, *value.topics))
    elif isinstance(value, Faq):
        yield value.about, ("topic", "entry")
    elif family := getattr(value, "family", ""):
        yield family, ("family",)
