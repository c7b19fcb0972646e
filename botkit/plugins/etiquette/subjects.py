"""Subjects: what only a human may answer, by the reviewed word lists of ``config/etiquette/police.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botkit.errors import SettingsError
from botkit.language.normalise import normalise, without_mentions

_OTHER = re.compile(r"[^a-z0-9\u3400-\u9fff*]+")
_SEAM = re.compile(r"(?<=[a-z0-9])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[a-z0-9])")


@dataclass(frozen=True, slots=True)
class Subjects:
    """Topics in order of precedence, each with its words; ``exceptions`` only look like them."""

    topics: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    exceptions: tuple[str, ...]

    def topic(self, text: str) -> tuple[str, str] | None:
        """The first topic that a text touches, and by which word, or None. Linear in the text's length."""
        plain = _plain(without_mentions(text))
        for word in self.exceptions:
            if word in plain:
                plain = plain.replace(word, "  ")
        for topic, listed in self.topics:
            for parts in listed:
                if all(part in plain for part in parts):
                    return topic, "+".join(part.strip() for part in parts)
        return None


def _plain(text: str) -> str:
    """Plain form in which words are set off by spaces: "renew签证" and "sfz怎么补" are two words each."""
    words = _SEAM.sub(" ", _OTHER.sub(" ", normalise(text).replace("'", "")))
    return f" {words} "


def _word(text: str) -> str:
    """A word as it is looked for: Chinese anywhere, English at its borders, ``*`` for any ending."""
    plain = _plain(text).strip()
    if not plain.isascii():
        return plain
    return f" {plain[:-1]}" if plain.endswith("*") else f" {plain} "


def load(path: Path) -> Subjects:
    """Read the lists. Raises ``SettingsError`` that names file, line and fix."""
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        fix = "restore it: without it police business could be answered from the directory"
        raise SettingsError(f"{path}: there is no such file", fix) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path}: can't be read: {problem}", "make it a readable UTF-8 file") from None
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"{path}: {problem}", "correct the TOML at that line") from None
    topics = []
    for name, table in data.get("topics", {}).items():
        listed = _listed(path, text, name, table)
        topics.append((name, tuple(tuple(_word(part) for part in word.split("+")) for word in listed)))
    if not topics:
        raise SettingsError(f"{path}:1: no topics", 'write [topics.hukou] with words = ["户口"]')
    exceptions = _listed(path, text, "exceptions", data.get("exceptions", {"words": []}))
    return Subjects(tuple(topics), tuple(_plain(word).strip() for word in exceptions))


def _listed(path: Path, text: str, name: str, table: Any) -> Iterable[str]:
    words = table.get("words") if isinstance(table, dict) else None
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip(" +*") for word in words):
        line = next((number for number, row in enumerate(text.splitlines(), 1) if f"{name}]" in row), 1)
        raise SettingsError(f"{path}:{line}: {name} needs a list of words", 'write words = ["户口", "hukou"]')
    return words
