"""From a folder of TOML files to a directory: what can be used, and what is wrong with the rest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from botkit.messages import tr
from directory.accepting import accept
from directory.guard import Guard
from directory.problems import Problem
from directory.toml_file import Table, read
from directory.values import Guide

GUARD_FILE = "guard.toml"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder says: the usable directory, the problems of the rest, and the texts' fingerprint."""

    guide: Guide
    problems: tuple[Problem, ...]
    digest: str


def digest(folder: Path) -> str:
    """The fingerprint of a folder's files: equal as long as nothing in them changed."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        whole.update(path.name.encode() + b"\0")
        try:
            whole.update(path.read_bytes())
        except OSError as error:
            whole.update(repr(error.errno).encode())
        whole.update(b"\0")
    return whole.hexdigest()


def read_folder(folder: Path) -> Reading:
    """Read all TOML files of a folder. Never raises for what stands in them.

    A bad entry is left out, the others are used. Without a usable guard file nothing is: the guard on
    police business must not vanish with a file.
    """
    mark = digest(folder)
    guard, problems = read_guard(folder)
    if guard is None:
        return Reading(Guide(), tuple(problems), mark)
    tables: list[Table] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name != GUARD_FILE:
            single, found, wrong = read(path)
            problems += wrong
            tables += found
            problems += [
                Problem(path.name, tr("directory.wrong.no_single", name=name), tr("directory.fix.begin"))
                for name in single
            ]
    done = accept(tables, guard)
    problems += done.problems
    return Reading(done.guide, tuple(sorted(problems, key=lambda p: (p.where, p.line))), mark)


def read_guard(folder: Path) -> tuple[Guard | None, list[Problem]]:
    """The guard of a folder, or what is wrong with its file."""
    path = folder / GUARD_FILE
    single, _, problems = read(path)
    table = single.get("guard")
    if problems or not table:
        fix = tr("directory.fix.no_guard", file=GUARD_FILE)
        return None, problems or [Problem(path.name, tr("directory.wrong.no_guard"), fix)]
    lists: dict[str, tuple[str, ...]] = {}
    for name in ("subjects", "except", "numbers", "unsourced"):
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            fix = tr("directory.fix.write", example=f'{name} = ["…", "…"]')
            return None, [Problem(path.name, tr("directory.wrong.guard_list", name=name), fix)]
        lists[name] = tuple(value)
    for name in ("subjects", "numbers"):
        if not lists[name]:
            fix = tr("directory.fix.guard_empty")
            return None, [Problem(path.name, tr("directory.wrong.guard_empty", name=name), fix)]
    return (
        Guard(lists["subjects"], lists["except"], frozenset(lists["numbers"]), frozenset(lists["unsourced"])),
        [],
    )
