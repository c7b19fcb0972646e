"""Text from people, made safe to look at: what can't be seen must not change what is read."""

from __future__ import annotations

import unicodedata

from markupsafe import Markup, escape

REPLACEMENT = "\ufffd"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Joiners shape emoji and several scripts; line breaks and tabs are text.
_KEPT = frozenset("\n\t\u200c\u200d")


def visible(text: str) -> str:
    """The text with control characters, bidirectional overrides and lone surrogates replaced by U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(REPLACEMENT if _hides(character) else character for character in text)


def _hides(character: str) -> bool:
    if character in _KEPT:
        return False
    return character in _BIDI or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def isolated(text: object) -> Markup:
    """The text for a template: safe to look at, escaped, its direction kept from what stands beside it."""
    return Markup("<bdi>{}</bdi>").format(escape(visible(str(text))))
