"""Who may see which case: one rule for every page, list and action."""

from __future__ import annotations

from collections.abc import Iterable

ROLES = frozenset({"officer", "backup", "commander"})
"""Roles with a desk. An admin is not among them."""

COMMANDER_ONLY = ("officer_complaint",)
"""Topics of complaints about officers: the commander's, and nobody else's."""


def hidden_topics(roles: Iterable[str]) -> tuple[str, ...]:
    """The topics that somebody with these roles may not know of."""
    return () if "commander" in roles else COMMANDER_ONLY


def may_see(topic: str, roles: Iterable[str]) -> bool:
    """Whether somebody with these roles may see a case of this topic."""
    held = frozenset(roles)
    return not held.isdisjoint(ROLES) and topic not in hidden_topics(held)
