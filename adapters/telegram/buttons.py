"""Buttons: what a press carries, short enough for Telegram and signed, so that nobody presses what was not offered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

if TYPE_CHECKING:
    from botkit.storage import Database

LIMIT = 64
"""Bytes that Telegram takes along with a button."""
HERE, STORED = "=", "#"
"""Whether the value stands in the data itself, or in the outbox, named by row and place."""
SIGNATURE = 8
"""Base64 signs, of six bytes: a guess is right once in 2^48, and each guess costs a request to Telegram."""
WIDTH = 26
"""Columns of a row of buttons on a narrow phone; a Chinese sign takes two."""
PER_ROW = 3


class Buttons:
    """Makes and reads the data of buttons. The key is the account's, the signature names the chat."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def keyboard(self, chat: str, key: str, buttons: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup | None:
        """The buttons of outbox row ``key`` under a message; None for a message without."""
        if not buttons:
            return None
        rows: list[list[InlineKeyboardButton]] = [[]]
        room = WIDTH
        for place, (label, value) in enumerate(buttons):
            wide = _width(label) + 2
            if rows[-1] and (wide > room or len(rows[-1]) == PER_ROW):
                rows.append([])
            room = (room if rows[-1] else WIDTH) - wide
            rows[-1].append(InlineKeyboardButton(label or "…", callback_data=self.data(chat, key, place, value)))
        return InlineKeyboardMarkup(rows)

    def data(self, chat: str, key: str, place: int, value: str) -> str:
        """What Telegram sends back when the button is pressed."""
        inline = self._signed(chat, HERE, value)
        return inline if len(inline.encode()) <= LIMIT else self._signed(chat, STORED, f"{key}.{place}")

    async def value(self, database: Database, chat: str, data: str) -> str | None:
        """What a press means; None for one that nobody was offered in this chat."""
        how, body = data[:1], data[1 + SIGNATURE :]
        if how not in (HERE, STORED) or not hmac.compare_digest(self._signed(chat, how, body).encode(), data.encode()):
            return None
        if how == HERE:
            return body
        key, _, place = body.partition(".")
        rows = await database.read("SELECT choices FROM outbox WHERE id = ?", int(key))
        choices = json.loads(rows[0]["choices"] or "[]") if rows else []
        return str(choices[int(place)][1]) if int(place) < len(choices) else None

    def _signed(self, chat: str, how: str, body: str) -> str:
        digest = hmac.new(self._key, f"{chat}\0{how}\0{body}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        return f"{how}{base64.urlsafe_b64encode(digest[:6]).decode()}{body}"


def _width(label: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in label)
