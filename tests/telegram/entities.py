"""Entities as Telegram finds them in what people type, with offsets in UTF-16 code units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PATTERNS = (
    ("url", re.compile(r"https?://[^\s，。！？；、]+|(?<![\w@./])(?:[a-zA-Z0-9-]+\.)+(?:com|cn|org|net)(?:/[^\s，。！？；、]*)?")),
    ("mention", re.compile(r"(?<![\w@/])@[a-zA-Z]\w{3,31}(?!\w)", re.ASCII)),
    ("bot_command", re.compile(r"(?<![\w/@.])/[a-zA-Z0-9_]{1,64}(?:@\w{3,32})?(?!\w)", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#])#\w+")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d{8,15}(?!\w)")),
)  # fmt: skip


def utf16(text: str) -> int:
    """How long a text is to Telegram."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


_SPACES = {chr(code): " " for code in range(32) if chr(code) not in "\n\r"}
_DROPPED = frozenset("\r\u0333\u033f\u030a") | {chr(code) for code in range(0x2028, 0x202F)}


def cleaned(text: str, marked: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """A text without what Telegram takes out of every text: control characters, turned directions, line art."""
    gone = [utf16(text[:place]) for place, sign in enumerate(text) if sign in _DROPPED]
    text = "".join(_SPACES.get(sign, sign) for sign in text if sign not in _DROPPED)
    moved = []
    for entity in marked:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        before, inside = sum(place < start for place in gone), sum(start <= place < end for place in gone)
        if entity["length"] > inside:
            moved.append(entity | {"offset": start - before, "length": entity["length"] - inside})
    return text, moved


def piece(text: str, entity: Mapping[str, Any]) -> str:
    """The part of the text that an entity marks."""
    coded = text.encode("utf-16-le", "surrogatepass")
    start = entity["offset"] * 2
    return coded[start : start + entity["length"] * 2].decode("utf-16-le", "surrogatepass")


def found(text: str, named: Mapping[str, dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """The entities in a text. ``named`` are people mentioned without a user name: shown name and user."""
    entities: list[dict[str, Any]] = []
    taken: list[range] = []
    for name, user in (named or {}).items():
        at = text.find(name)
        if at >= 0:
            taken.append(range(at, at + len(name)))
            entities.append(_at(text, "text_mention", at, at + len(name)) | {"user": user})
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() in span for span in taken):
                continue
            taken.append(range(match.start(), match.end()))
            entities.append(_at(text, kind, match.start(), match.end()))
    return sorted(entities, key=lambda entity: entity["offset"])


def _at(text: str, kind: str, start: int, end: int) -> dict[str, Any]:
    return {"type": kind, "offset": utf16(text[:start]), "length": utf16(text[start:end])}
