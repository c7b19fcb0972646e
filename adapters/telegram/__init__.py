"""Telegram, through the Bot API."""

from adapters.telegram.adapter import Telegram

__all__ = ["Telegram"]
