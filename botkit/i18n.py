"""Texts for people: gettext catalogues with symbolic keys, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from io import StringIO
from pathlib import Path
from typing import Any

from babel.messages.pofile import PoFileError, read_po

from botkit.clock import Clock
from botkit.errors import BotkitError, UserError
from botkit.messages import Ref, Text

LANGUAGES = {"zh": "zh_CN", "en": "en"}
"""Languages of the product, and their catalogues' folder names."""
DEFAULT = "zh"
_LINE = re.compile(r'\s*(?:#.*|(?:(?:msgid|msgid_plural|msgctxt|msgstr(?:\[\d+\])?)\s*)?"(?:[^"\\]|\\.)*"\s*)?')


class MissingText(BotkitError):
    """A catalogue has no such key, or its text wants an argument that is not there."""


class Catalogues:
    """All catalogues of framework, plugins and adapters, loaded once.

    ``zone`` is the station's time zone, in which moments are told to people.
    """

    def __init__(self, clock: Clock, zone: tzinfo) -> None:
        self._clock = clock
        self.zone = zone
        self._texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}

    def add(self, folder: Path) -> None:
        """Load ``<folder>/<locale>/LC_MESSAGES/*.po``.

        Raises ``UserError`` that names file and fix for a key that another file defines already.
        """
        for language, locale in LANGUAGES.items():
            known = self._texts[language]
            for path in sorted((folder / locale / "LC_MESSAGES").glob("*.po")):
                for key, text in read(path).items():
                    if known.setdefault(key, text) != text:
                        raise UserError(f"{path}: text {key!r} is defined in another catalogue too", "rename one")

    def has(self, language: str, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._texts[language]

    def keys(self, language: str) -> frozenset[str]:
        """All keys of a language."""
        return frozenset(self._texts[language])

    def text(self, language: str, key: str, /, **args: Any) -> str:
        """A text in a language. Raises ``MissingText``."""
        return self.render(Text(key, args), language)

    def render(
        self, text: Text | str, language: str, facts: Mapping[str, Any] | None = None, *, masked: bool = False
    ) -> str:
        """A text with its arguments; ``facts`` stand in for arguments it was not given.

        ``masked`` replaces moments, numbers and references by ``·``: what the guard on phone numbers may
        overlook, because it cannot be one.
        """
        if isinstance(text, str):
            return text
        template = self._texts.get(language, self._texts[DEFAULT]).get(text.key)
        if template is None:
            raise MissingText(f"no text {text.key!r} in {language!r}")
        # A fact that is a text itself gets no facts: it would be given itself.
        shown = {name: self._shown(value, language, None, masked) for name, value in (facts or {}).items()}
        shown |= {name: self._shown(value, language, facts, masked) for name, value in text.args.items()}
        try:
            return template.format_map(shown)
        except (KeyError, IndexError) as problem:
            raise MissingText(f"text {text.key!r} wants the argument {problem}") from None
        except (ValueError, AttributeError) as problem:
            raise MissingText(f"text {text.key!r} has a malformed argument: {problem}") from None

    def _shown(self, value: Any, language: str, facts: Mapping[str, Any] | None, masked: bool) -> str:
        if isinstance(value, Text):
            return self.render(value, language, facts, masked=masked)
        if isinstance(value, str):
            return value
        if masked and isinstance(value, datetime | date | int | float | Ref):
            return "·"
        if isinstance(value, datetime):
            return self.moment(value, language)
        if isinstance(value, date):
            return value.isoformat()
        return str(value)

    def moment(self, moment: datetime, language: str) -> str:
        """A moment as people say it: today, tomorrow or the date, and the time, in the station's zone."""
        local = moment.astimezone(self.zone)
        days = (local.date() - self._clock.now().astimezone(self.zone).date()).days
        time = f"{local:%H:%M}"
        if days in (-1, 0, 1):
            key = {-1: "kernel.moment.yesterday", 0: "kernel.moment.today", 1: "kernel.moment.tomorrow"}[days]
            return self.text(language, key, time=time)
        if language == "zh":
            return f"{local.month}月{local.day}日 {time}"
        return f"{local:%b} {local.day}, {time}"


def read(path: Path) -> dict[str, str]:
    """The texts of a .po file by key, untranslated ones left out.

    Raises ``UserError`` naming file and line of what can't be read.
    """
    fix = "a .po file has msgid and msgstr pairs in double quotes, each line closed"
    try:
        text = path.read_text("utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            if not _LINE.fullmatch(line):
                # The library would cut such a text short, without a word.
                raise UserError(f"{path}:{number}: this is no line of a catalogue", fix)
        catalogue = read_po(StringIO(text), abort_invalid=True)
    except (ValueError, PoFileError) as problem:
        raise UserError(f"{path}: {problem}", fix) from None
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
