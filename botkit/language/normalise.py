"""Normalising: one plain form for the many ways in which people write the same words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Character class (for use inside ``[…]``) of what counts as a Chinese character."""

# Characters that GB 2312 has, so that they look simplified, but that traditional writing uses as well.
_TRADITIONAL_TOO = frozenset("著後於徵乾夥摺菸麽")

_HAN_RUN = re.compile(f"[{HAN}]+")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"[^\S\n]*\n\s*")
# Letters three times in a row are drawn out ("helppp"); "www" is a web address. Digits are never touched.
_LETTERS = re.compile(r"([a-vx-z])\1{2,}")
_HANS = re.compile(f"([{HAN}])\\1{{2,}}")
_SIGNS = re.compile(r"([!?,;~。、…])\1+|\.{2,}|([\U0001f000-\U0001ffff\u2600-\u27bf])\2+")
# "着 火 了": single characters spread out, by a slow hand or to slip past a filter.
_SPREAD = re.compile(f"(?<![{HAN}])[{HAN}](?: [{HAN}](?![{HAN}])){{2,}}")
_MENTION = re.compile(r"@[^\s@,，。:：!！?？]{1,32}")
# 著 is 着 where it is not the "famous" or "written" one; OpenCC sees it only inside longer words.
_ZHE = re.compile("(?<![名显专原巨土译编论])著(?![名作者称述书])")


class _Seen(dict[int, "int | str | None"]):
    """What becomes of a character: controls, marks and the invisible are dropped. Fills itself."""

    def __missing__(self, code: int) -> int | str | None:
        category = unicodedata.category(chr(code))
        kept: int | str | None = code
        if category in _DROPPED or 0x1F3FB <= code <= 0x1F3FF:
            kept = None
        elif category in ("Zl", "Zp"):
            kept = "\n"
        if len(self) < 40_000:
            self[code] = kept
        return kept


_DROPPED = frozenset(("Cc", "Cf", "Cs", "Co", "Mn", "Me"))
_SEEN = _Seen({ord("\n"): "\n", ord("\r"): "\n", 0x0B: "\n", 0x0C: "\n", 0x85: "\n", ord("\t"): " "})
# Fillers are letters by category and blank to the eye.
_SEEN.update({ord(a): b for a, b in zip("‘’‛`´“”„«»", "'''''\"\"\"\"\"", strict=True)})
_SEEN.update(dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800), None))


def _visible(text: str) -> str:
    # Most texts have nothing to drop: asking each different character once is quicker than translating all.
    seen = _SEEN
    return text.translate(seen) if any(seen[code] != code for code in map(ord, set(text))) else text


_converter: Callable[[str], str] | None = None


def _simplify(text: str) -> str:
    """Traditional to simplified, Taiwan's words included; OpenCC is loaded at the first need (60 ms)."""
    global _converter
    if _converter is None:
        from opencc import OpenCC

        _converter = OpenCC("tw2sp").convert
    return _ZHE.sub("着", _converter(text))


def _has_traditional(text: str) -> bool:
    """Whether a character is not in GB 2312, which has the simplified ones: quick, and errs to yes."""
    han = "".join(_HAN_RUN.findall(text))
    try:
        han.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return not _TRADITIONAL_TOO.isdisjoint(han)


def normalise(text: str) -> str:
    """The plain form of a text: never raises, idempotent on ordinary text, linear in its length.

    Compatibility forms folded (NFKC), case folded, traditional characters simplified, controls, bidi and
    zero-width characters and accents dropped, white space folded (line breaks stay, as one each), repeated
    letters and signs squeezed, spread-out Chinese characters joined. Emoji stay. Some 0.02 ms a message.
    """
    if text.isascii():
        plain = text.lower()
        if not plain.isprintable():
            plain = _visible(plain)
    else:
        # Marks go first: NFKC sorts a run of them in quadratic time.
        plain = unicodedata.normalize("NFKC", _visible(text))
        plain = _visible(unicodedata.normalize("NFKC", plain.casefold()))
        if _has_traditional(plain):
            plain = _simplify(plain)
        plain = _HANS.sub(r"\1\1", plain)
    plain = _LINES.sub("\n", _SPACES.sub(" ", plain)).strip()
    plain = _LETTERS.sub(r"\1", plain)
    plain = _SIGNS.sub(lambda run: run[0][0], plain)
    if not plain.isascii():
        plain = _SPREAD.sub(lambda run: run[0].replace(" ", ""), plain)
    return plain


def without_mentions(text: str) -> str:
    """The text without ``@names``, of whomever: for matching what was asked, not who was called."""
    return _MENTION.sub(" ", text).strip() if "@" in text else text
