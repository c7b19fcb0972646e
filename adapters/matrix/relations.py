"""Relations: what an event answers, replaces, stands under; and its text without what old clients quote before it."""

from __future__ import annotations

import re
from typing import NamedTuple

from adapters.matrix.raw import Raw, identifier, table, text

_REPLY = re.compile(r"<mx-reply>.*?</mx-reply>", re.DOTALL | re.IGNORECASE)


class Relation(NamedTuple):
    """What an event relates to, all by event id. ``falls_back`` says that ``answers`` is there for old clients only."""

    kind: str = ""
    to: str | None = None
    answers: str | None = None
    falls_back: bool = False
    sign: str = ""

    @property
    def replaces(self) -> str | None:
        """The event that it is a new version of."""
        return self.to if self.kind == "m.replace" else None

    @property
    def thread(self) -> str | None:
        """The event that its thread hangs on."""
        return self.to if self.kind == "m.thread" else None

    @property
    def asks(self) -> str | None:
        """The event whose author matters: whether it is the bot that is answered, or the same person that edits."""
        return self.replaces or self.answers


def relation(content: Raw) -> Relation:
    """What an event's content says that it relates to."""
    found = table(content, "m.relates_to")
    if not found:
        return NONE
    kind = text(found, "rel_type")
    answers = identifier(table(found, "m.in_reply_to"), "event_id")
    falls_back = kind == "m.thread" and found.get("is_falling_back") is True
    return Relation(kind, identifier(found, "event_id"), answers, falls_back, text(found, "key")[:64])


NONE = Relation()


def in_thread(content: Raw, thread: str | None) -> Raw:
    """The content of a new version, in the thread of the first."""
    kept = {name: value for name, value in content.items() if name != "m.relates_to"}
    if thread is not None:
        kept["m.relates_to"] = {"rel_type": "m.thread", "event_id": thread}
    return kept


def without_quotation(body: str) -> str:
    """A reply's text without the quotation of what it answers."""
    if not body.startswith(("> <", "> * <", "> ")):
        return body
    lines = body.split("\n")
    count = 0
    while count < len(lines) and lines[count].startswith("> "):
        count += 1
    # The quotation ends with an empty line; what has none was written by the sender.
    return "\n".join(lines[count + 1 :]) if count < len(lines) and not lines[count].strip() else body


def without_reply(html: str) -> str:
    """A reply's formatted text without the quotation of what it answers."""
    return _REPLY.sub("", html)
