"""Phones in one cell: a line each, ``number | label in Chinese | label in English``.

A ``|`` of a number or label itself is written ``\\|``, and ``\\`` is written ``\\\\``. The wide ``｜`` of Chinese
keyboards divides too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_DIVIDERS = ("|", "｜")
_SPECIAL = re.compile(r"[\\|｜]")
_SIGN = re.compile(r"\\.|.")


def phone_lines(phones: Iterable[Mapping[str, Any]]) -> str:
    """Phones, as tables of the directory's files have them, as lines."""
    return "\n".join(map(_line, phones))


def phones_of(text: str) -> list[dict[str, Any]]:
    """The phones of a cell, as tables of the directory's files have them. Never raises: checks come later."""
    return [_phone(line) for line in text.split("\n") if line.strip()]


def phone(number: str | None, zh: str | None, en: str | None) -> dict[str, Any]:
    """One phone as a table of the directory's files has it, without what is empty."""
    label = {language: text for language, text in (("zh", zh), ("en", en)) if text}
    return {**({"number": number} if number else {}), **({"label": label} if label else {})}


def _line(phone: Mapping[str, Any]) -> str:
    label = phone.get("label", {})
    parts = [phone.get("number", ""), label.get("zh", ""), label.get("en", "")]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return " | ".join(_SPECIAL.sub(r"\\\g<0>", part) for part in parts)


def _phone(line: str) -> dict[str, Any]:
    parts = [*_split(line), "", ""]
    # A divider too many is taken as a part of the last label.
    return phone(parts[0], parts[1], " | ".join(filter(None, parts[2:])))


def _split(line: str) -> list[str]:
    parts = [""]
    for sign in _SIGN.findall(line):
        if sign in _DIVIDERS:
            parts.append("")
        else:
            parts[-1] += sign[-1]
    return [part.strip() for part in parts]
