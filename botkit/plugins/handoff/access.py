"""Who may see which case: one rule for every page, list, card and action."""

from __future__ import annotations

from collections.abc import Iterable

from tortoise.expressions import Q

from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.routing import TOPICS, Team
from botkit.plugins.handoff.states import Level

ROLES = frozenset({"officer", "backup", "commander", "anti_fraud"})
"""Roles with a desk. An admin is not among them; a partner sees what is handed to their room, and there only."""

STATION = frozenset({"officer", "backup", "commander"})
"""Roles that see the station's cases."""

COMMANDER_ONLY = TOPICS[Team.COMMANDER]
"""Topics of complaints about officers: the commander's, and nobody else's."""


def may_see(case: Case, roles: Iterable[str]) -> bool:
    """Whether somebody with these roles may know of a case."""
    held = frozenset(roles)
    if "commander" in held:
        return True
    if case.topic in COMMANDER_ONLY:
        return False
    return not held.isdisjoint(STATION) or ("anti_fraud" in held and _fraud(case))


def visible(roles: Iterable[str]) -> Q:
    """The same as a condition of a query on cases."""
    held = frozenset(roles)
    if "commander" in held:
        return Q()
    shown = ~Q(topic__in=sorted(COMMANDER_ONLY))
    if held.isdisjoint(STATION):
        shown &= (
            Q(level=Level.FRAUD.value) | Q(topic__in=sorted(TOPICS[Team.ANTI_FRAUD]))
            if "anti_fraud" in held
            else Q(id=0)
        )
    return shown


def _fraud(case: Case) -> bool:
    return case.level == Level.FRAUD or case.topic in TOPICS[Team.ANTI_FRAUD]
