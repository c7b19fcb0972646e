"""The console: the bot in a terminal, or behind a pipe."""

from adapters.console.adapter import Console

__all__ = ["Console"]
