"""The question log: what was asked, kept for those who maintain the directory, without who asked it."""

from __future__ import annotations

import re
import unicodedata

from botkit.language import without_mentions
from botkit.sql import insert
from botkit.storage import UnitOfWork
from directory.answering import Asked

LONGEST = 200
QUESTION = insert("question_log", "id station_id asked_at language text subject score")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+", re.IGNORECASE)


def redact(text: str) -> str:
    """A question without digits, links, addresses and mentions, on one line of at most 200 characters.

    Digits go in every script and width: phone numbers, codes, house and identity numbers with them.
    """
    # Addresses before mentions, which would take their second half.
    text = without_mentions(_LINK.sub(" ", text[: 4 * LONGEST]))
    kept = (
        " " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text if unicodedata.category(sign)[0] != "N"
    )
    return " ".join("".join(kept).split())[:LONGEST]


def keep(asked: Asked, unit: UnitOfWork) -> None:
    """Write a question down, unless nothing is left of it."""
    text = redact(asked.text)
    if text:
        database = unit.database
        unit.write(
            QUESTION,
            unit.new_id(),
            database.station_id,
            database.clock.now(),
            asked.language,
            text,
            asked.subject,
            round(asked.score, 3),
        )
