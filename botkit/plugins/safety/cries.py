"""Cries for help: words that are ordinary in a sentence, and danger where they are all that was said."""

from __future__ import annotations

import re

from botkit.language.normalise import without_mentions
from botkit.plugins.safety.lexicon import Lexicon

_LONGEST = 60


class Cries:
    """The cries of a lexicon, compiled."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._kind = {word: kind for kind, told in lexicon.cries.items() for word in told}
        self._precedence = list(lexicon.kinds)
        # The longest first, so that each place is read in one way only: linear, whatever the text.
        known = sorted({*self._kind, *lexicon.beside}, key=len, reverse=True)
        self._known = re.compile("|".join(map(_whole, known)) or "(?!)")

    def find(self, prepared: str) -> str | None:
        """The kind of a text that is a cry and nothing else, or None. Texts are given as ``engine.prepare`` makes them.

        A question mark asks ("fire?"), and a slash begins a command ("/help"): neither cries.
        """
        text = without_mentions(prepared)
        if len(text) > _LONGEST or "?" in text or text.startswith("/"):
            return None
        kinds: set[str] = set()
        at = 0
        while at < len(text):
            known = self._known.match(text, at)
            if known is not None:
                if (kind := self._kind.get(known.group())) is not None:
                    kinds.add(kind)
                at = known.end()
            elif text[at].isalnum():
                # Something else is said: of most texts that is seen at the first letter.
                return None
            else:
                at += 1
        return min(kinds, key=self._precedence.index, default=None)


def _whole(word: str) -> str:
    """A pattern of a word; of a Latin one, not inside another."""
    before, after = (char.isascii() and char.isalnum() for char in (word[0], word[-1]))
    return f"{'(?<![a-z0-9])' if before else ''}{re.escape(word)}{'(?![a-z0-9])' if after else ''}"
