"""Handoff: cases, the roster, and the desk where officers claim, answer and resolve."""

from botkit.plugins.handoff.plugin import plugin

__all__ = ["plugin"]
