"""From a folder of TOML files to a directory: what can be used, and what is wrong with the rest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

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
                Problem(path.name, f"there is no table [{name}]", "begin each entry with a line [[entry]]")
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
        fix = f"restore {GUARD_FILE} with its [guard] table; without it nothing is loaded"
        return None, problems or [Problem(path.name, "has no [guard]", fix)]
    lists: dict[str, tuple[str, ...]] = {}
    for name in ("subjects", "except", "numbers", "unsourced"):
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            return None, [Problem(path.name, f"{name} is not a list of texts", f'write {name} = ["…", "…"]')]
        lists[name] = tuple(value)
    for name in ("subjects", "numbers"):
        if not lists[name]:
            return None, [Problem(path.name, f"{name} is empty", "restore the list: it guards police business")]
    return (
        Guard(lists["subjects"], lists["except"], frozenset(lists["numbers"]), frozenset(lists["unsourced"])),
        [],
    )
