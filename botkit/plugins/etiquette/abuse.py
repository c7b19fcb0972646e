"""Abuse: messages that are nothing but insults, by the reviewed list of ``config/etiquette/abuse.toml`` (E17)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import ahocorasick

from botkit.errors import SettingsError
from botkit.language.normalise import normalise, without_mentions

_LONGEST = 80
_SAYS = re.compile(r"[^\W_]")


class Abuse:
    """The words of one station. A message counts only if beside them and ``around`` nothing is said."""

    def __init__(self, words: list[str], around: list[str]) -> None:
        self._words = _pattern(words)
        self._around = _pattern(around)
        # Nearly every message holds none of the words: one quick pass tells.
        self._any = ahocorasick.Automaton()
        for word in words:
            self._any.add_word(_plain(word), None)
        self._any.make_automaton()

    def is_all(self, text: str) -> bool:
        """Whether a text is abuse and nothing else, so that no ask is lost with it. Never raises."""
        bare = without_mentions(text)
        if len(bare) > _LONGEST:
            return False
        plain = _plain(bare)
        if next(self._any.iter(plain), True) is True:
            return False
        rest, found = self._words.subn(" ", plain)
        return bool(found) and not _SAYS.search(self._around.sub(" ", rest))


def _plain(text: str) -> str:
    return normalise(text).replace("'", "")


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Longer words first; Latin ones as whole words."""
    plain = sorted(set(map(_plain, words)), key=len, reverse=True)
    return re.compile("|".join(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in plain))


def load(path: Path) -> Abuse:
    """Read the list. Raises ``SettingsError`` that names file, line and fix."""
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError(
            f"{path}: there is no such file", "restore it, or name another as etiquette.abuse"
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path}: can't be read: {problem}", "make it a readable UTF-8 file") from None
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"{path}: {problem}", "correct the TOML at that line") from None
    return Abuse(_listed(path, text, data, "words"), _listed(path, text, data, "around"))


def _listed(path: Path, text: str, data: dict[str, Any], key: str) -> list[str]:
    listed = data.get(key)
    if not isinstance(listed, list) or not listed or not all(isinstance(each, str) and each.strip() for each in listed):
        line = next((number for number, row in enumerate(text.splitlines(), 1) if row.startswith(key)), 1)
        raise SettingsError(f"{path}:{line}: {key} needs a list of words", f'write {key} = ["…", "…"]')
    return listed
