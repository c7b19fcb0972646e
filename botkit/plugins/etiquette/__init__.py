"""Etiquette: who is spoken to, a friendly word, and the guard for what only a human may answer."""

from botkit.plugins.etiquette.plugin import plugin

__all__ = ["plugin"]
