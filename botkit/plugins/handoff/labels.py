"""Catalogue keys of everything that a case's columns may hold, and spans of time in words."""

from __future__ import annotations

from datetime import timedelta

from botkit.messages import Text, tr
from botkit.plugins.handoff.states import Level, State

LEVELS: dict[str, str] = {
    Level.EMERGENCY: "handoff.level.emergency",
    Level.FRAUD: "handoff.level.fraud",
    Level.ROUTINE: "handoff.level.routine",
}
STATES: dict[str, str] = {
    State.QUEUED: "handoff.state.queued",
    State.CLAIMED: "handoff.state.claimed",
    State.RESOLVED: "handoff.state.resolved",
    State.CLOSED: "handoff.state.closed",
    State.CANCELLED: "handoff.state.cancelled",
}
CLOCKS: dict[str, str] = {
    "response": "handoff.clock.response",
    "feedback": "handoff.clock.feedback",
    "result": "handoff.clock.result",
}
RESULTS: dict[str, str] = {
    "answered": "handoff.result.answered",
    "handled": "handoff.result.handled",
    "referred": "handoff.result.referred",
    "unfounded": "handoff.result.unfounded",
    "withdrawn": "handoff.result.withdrawn",
}
"""Result codes that an officer chooses from, in this order."""

TOPICS: dict[str, str] = {
    "human_request": "handoff.topic.human_request",
    "other": "handoff.topic.other",
    "photo": "handoff.topic.photo",
    "unreadable": "handoff.topic.unreadable",
    "bot_trouble": "handoff.topic.bot_trouble",
    "officer_complaint": "handoff.topic.officer_complaint",
}
"""Topics that are this plugin's own; other plugins' slugs are shown as they are."""


def topic(slug: str) -> Text | str:
    """A topic for people: its name, or the slug with spaces."""
    return tr(TOPICS[slug]) if slug in TOPICS else slug.replace("_", " ")


def span(length: timedelta) -> Text:
    """A span of time in its two largest units; the sign is left out."""
    minutes = int(abs(length.total_seconds()) // 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return tr("handoff.span.days", days=days, hours=hours % 24)
    if hours:
        return tr("handoff.span.hours", hours=hours, minutes=minutes % 60)
    return tr("handoff.span.minutes", minutes=minutes)
