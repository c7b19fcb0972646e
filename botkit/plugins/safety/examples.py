"""Examples: reviewed texts of danger and fraud, their look-alikes, and ordinary messages, by kind."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from botkit.errors import SettingsError
from botkit.plugins.safety.lexicon import Lexicon

FOLDER = "examples"
_LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Example:
    """A text and its kind, empty for what is neither danger nor fraud. ``group``: neighbours in a file, taken
    as near relatives when the model is cross-validated.
    """

    text: str
    kind: str
    file: str
    group: int


def load_examples(folder: Path) -> list[Example]:
    """All examples under ``examples/``, each text once. Raises ``SettingsError`` that names the file."""
    found: dict[str, Example] = {}
    group = 0
    for path in sorted((folder / FOLDER).glob("*.toml")):
        for kind, texts in _tables(path):
            for at, text in enumerate(texts):
                group += at % 4 == 0
                earlier = found.setdefault(text, Example(text, kind, path.name, group))
                if earlier.kind != kind:
                    here, there = kind or "quiet", earlier.kind or "quiet"
                    told = f"{path}: {text[:40]!r} is {here}, and {there} in {earlier.file}"
                    raise SettingsError(told, "keep one of them")
    return list(found.values())


def _tables(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Kinds with their texts: a file of one kind, or a table for each."""
    data = _read(path)
    if "kind" in data:
        data = {data["kind"]: data}
    for kind, table in data.items():
        for language in _LANGUAGES:
            if kind:
                yield kind, table.get(language, [])
            yield "", [*table.get("quiet", {}).get(language, []), *table.get(f"quiet_{language}", [])]


def services(config: Path) -> Iterator[str]:
    """Ordinary questions of the station's own: every phrasing of the directory, and what the guard keeps."""
    for path in sorted((config / "directory").glob("*.toml")):
        data = _read(path)
        for row in [*data.get("entry", []), *data.get("faq", [])]:
            for texts in (row.get("phrasings") or {}).values():
                yield from texts
    path = config / "etiquette" / "questions.toml"
    if path.exists():
        for name, table in _read(path).items():
            # Questions about fraud are fraud to this plugin.
            if name != "fraud_report":
                for language in _LANGUAGES:
                    yield from table.get(language, [])


def digest(texts: Iterable[Example], lexicons: Iterable[Lexicon]) -> str:
    """What the model depends on, in short: the examples, and the lists and rules that are features of it."""
    made = blake2b(digest_size=16)
    for example in sorted(texts, key=lambda one: one.text):
        made.update(f"{example.kind}\t{example.text}\n".encode(errors="replace"))
    for lexicon in lexicons:
        made.update(repr(sorted(lexicon.lists.items())).encode(errors="replace"))
        made.update(repr([replace(rule, needs=(), cue=False) for rule in lexicon.rules]).encode(errors="replace"))
        made.update(repr(sorted(lexicon.exclusions.items())).encode(errors="replace"))
    return made.hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise SettingsError(f"{path}: {problem}", "make it readable UTF-8 TOML") from problem
