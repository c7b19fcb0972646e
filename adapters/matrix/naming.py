"""Naming: who is mentioned in a text, by mark, by link or by name; and the text without the bot's name before it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote

from adapters.matrix import raw
from adapters.matrix.raw import Raw, table, text
from adapters.matrix.relations import without_reply
from adapters.matrix.settings import USER

_LINK = re.compile(r"https://matrix\.to/#/((?:@|%40)[^\"'?/<>\s]{1,300})", re.IGNORECASE)
_MOST = 50
"""Mentions that are read of one message."""


class Named(NamedTuple):
    """Whether the bot is meant, who else is, and the text that remains."""

    ours: bool
    others: tuple[str, ...]
    text: str


class Naming:
    """Reads mentions of one account. ``name`` is what it is called in the room."""

    def __init__(self, me: str, name: Callable[[], str]) -> None:
        self._me = me
        self._name = name
        self._made: tuple[str, re.Pattern[str], re.Pattern[str]] | None = None

    def __call__(self, content: Raw, body: str) -> Named:
        """Who is mentioned. A mark without words counts: clients send it so; words without a mark count as well."""
        users = [user for user in raw.words(table(content, "m.mentions"), "user_ids", _MOST) if USER.fullmatch(user)]
        html = text(content, "formatted_body")
        if "matrix.to" in html:
            linked = [unquote(user) for user in _LINK.findall(without_reply(html))[:_MOST]]
            users += [user for user in linked if USER.fullmatch(user)]
        leading, within = self._patterns()
        led = leading.match(body)
        ours = self._me in users or led is not None or within.search(body) is not None
        if ours:
            # Clients put the name before the words; a command begins after it.
            before = self._before.match(body)
            body = body[before.end() :] if before else body
        return Named(ours, tuple(dict.fromkeys(user for user in users if user != self._me)), body)

    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        name = self._name()
        if self._made is None or self._made[0] != name:
            names = "|".join(re.escape(each) for each in (self._me, name) if each)
            leading = re.compile(rf"\s*(?:{names})\s*[:：,，]", re.IGNORECASE)
            called = f"|@(?:{re.escape(name)})(?!\\w)" if name else ""
            within = re.compile(rf"(?<!\w){re.escape(self._me)}(?![\w.:-]){called}", re.IGNORECASE)
            self._before = re.compile(rf"\s*@?(?:{names})(?!\w)\s*[:：,，]?\s*", re.IGNORECASE)
            self._made = (name, leading, within)
        return self._made[1], self._made[2]
