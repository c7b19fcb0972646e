"""Reading what was given for one value field by field, and collecting everything that is wrong with it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Protocol

from botkit.messages import Text, tr
from directory.problems import Problem
from directory.values import Phrases, Words

LANGUAGES = ("zh", "en")
Limit = tuple[int, int]
"""Characters allowed in Chinese and in English."""
# Code points that are no characters, and that XML, and so no spreadsheet, may hold.
_NO_SIGNS = "\ufffe\uffff"
# Marks of a web page, such as <b>, </p>, <!-- and <script: "a < b" and "<3" are none.
_MARKUP = re.compile(r"<[/!?]?[a-z][^<>]*>|<!--|<script", re.IGNORECASE)


class Given(Protocol):
    """What was given for one value: a table of a file, a row of a sheet, a form."""

    @property
    def kind(self) -> str:
        """What it is to become: a key of ``KINDS``."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The fields, in the shape of the directory's files."""

    @property
    def place(self) -> str:
        """Where it stands."""

    def problem(self, field: str, what: Text | str, fix: Text | str) -> Problem:
        """A mistake in a field, at that field's place."""


class Fields:
    """The fields of a value. Readers return values of the right type; what was wrong is in ``problems``.

    Where ``both`` is false, a text in one language is enough.
    """

    def __init__(self, given: Given, *, both: bool = True) -> None:
        self.given = given
        # Asked for once: a row of a sheet makes it anew each time.
        self._data = given.data
        self._both = both
        self.problems: list[Problem] = []
        self._read: set[str] = set()

    def wrong(self, name: str, what: Text | str, fix: Text | str) -> None:
        """Note a mistake in a field, ``name.zh`` where it is of one language. The words go on where the name ends."""
        self.problems.append(self.given.problem(name, what, fix))

    def text(self, name: str, *, limit: int = 200, required: bool = False) -> str:
        """A text in no language, such as a slug."""
        value = self._take(name)
        if value is None:
            if required:
                self.wrong(name, tr("directory.wrong.missing"), tr("directory.fix.missing"))
            return ""
        return self._clean(name, value, limit)

    def words(self, name: str, limit: Limit, *, required: bool = False) -> Words:
        """A text in both languages: ``name.zh`` and ``name.en``."""
        value = self._take(name)
        if value is None:
            if required:
                self.wrong(f"{name}.zh", tr("directory.wrong.missing"), tr("directory.fix.missing"))
            return Words()
        return self.words_of(name, value, limit)

    def words_of(self, name: str, value: Any, limit: Limit) -> Words:
        """A text in both languages, out of a value already taken."""
        given = self._languages(name, value)
        if given is None:
            return Words()
        texts = {}
        for language, most in zip(LANGUAGES, limit, strict=True):
            if language in given:
                texts[language] = self._clean(f"{name}.{language}", given[language], most)
            elif self._both or not given:
                self.wrong(f"{name}.{language}", tr("directory.wrong.missing"), tr("directory.fix.both"))
        return Words(texts.get("zh", ""), texts.get("en", ""))

    def phrases(self, name: str, limit: int) -> Phrases:
        """Lists of texts: ``name.zh`` and ``name.en``, either may be left out. Repeated ones count once."""
        value = self._take(name)
        given = (self._languages(name, value) if value is not None else None) or {}
        lists: dict[str, tuple[str, ...]] = {}
        for language in LANGUAGES:
            items = given.get(language, [])
            if not isinstance(items, list):
                self._ill_typed(f"{name}.{language}", "list", f'{name}.{language} = ["…", "…"]')
                items = []
            cleaned = (self._clean(f"{name}.{language}", item, limit) for item in items)
            lists[language] = tuple(dict.fromkeys(text for text in cleaned if text))
        return Phrases(lists["zh"], lists["en"])

    def flag(self, name: str) -> bool:
        """True or false; false where it is missing."""
        value = self._take(name)
        if value is not None and not isinstance(value, bool):
            self._ill_typed(name, "flag", f"{name} = true")
            return False
        return bool(value)

    def day(self, name: str) -> date | None:
        """A date, or None where it is missing."""
        value = self._take(name)
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        self.wrong(name, tr("directory.wrong.day", value=str(value)[:40]), tr("directory.fix.day"))
        return None

    def table_of(self, name: str, keys: Iterable[str]) -> dict[str, Any]:
        """A table with none but these keys; empty where it is missing."""
        value = self._take(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._ill_typed(name, "table", f"{name} = {{ {' = …, '.join(keys)} = … }}")
            return {}
        self._unknown(name, value, tuple(keys))
        return value

    def list_of(self, name: str) -> list[Any]:
        """A list of anything; empty where it is missing."""
        value = self._take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self._ill_typed(name, "list", f"{name} = […]")
            return []
        return value

    def finish(self) -> None:
        """Note the fields that nobody asked for: misspelt ones must not be lost in silence."""
        self._unknown("", dict(self._data), tuple(self._read))

    def clean(self, name: str, value: Any, limit: int) -> str:
        """A text out of a value already taken; empty where it was wrong."""
        return self._clean(name, value, limit)

    def _take(self, name: str) -> Any:
        self._read.add(name)
        return self._data.get(name)

    def _languages(self, name: str, value: Any) -> dict[str, Any] | None:
        if isinstance(value, dict):
            self._unknown(name, value, LANGUAGES)
            return value
        self._ill_typed(name, "by_language", f'{name} = {{ zh = "…", en = "…" }}')
        return None

    def _clean(self, name: str, value: Any, limit: int) -> str:
        """The text without outer space; empty where it is wrong, which is noted."""
        text = value.strip() if isinstance(value, str) else ""
        if not isinstance(value, str):
            self._ill_typed(name, "text", f'{name} = "…"')
        elif not text:
            self.wrong(name, tr("directory.wrong.empty"), tr("directory.fix.empty"))
        elif any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs") or sign in _NO_SIGNS for sign in text):
            self.wrong(name, tr("directory.wrong.invisible"), tr("directory.fix.invisible"))
        elif _MARKUP.search(text):
            self.wrong(name, tr("directory.wrong.markup"), tr("directory.fix.markup"))
        elif len(text) > limit:
            self.wrong(name, tr("directory.wrong.long", count=len(text)), tr("directory.fix.long", most=limit))
        else:
            return text
        return ""

    def _unknown(self, name: str, given: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in given:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                shown = f"{name}.{key}" if name else key
                names = ", ".join(sorted(known))
                fix = tr("directory.fix.near", name=near[0]) if near else tr("directory.fix.one_of", names=names)
                self.wrong(shown, tr("directory.wrong.no_field"), fix)

    def _ill_typed(self, name: str, kind: str, example: str) -> None:
        """Note a value of the wrong type. Only files can hold one: forms and sheets give the right types."""
        self.wrong(name, tr(f"directory.wrong.no_{kind}"), tr("directory.fix.write", example=example))
