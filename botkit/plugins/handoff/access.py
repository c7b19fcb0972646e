"""Who may see which case: one rule for every page, list, card and action.

A role says which classes of cases somebody may know of; of these a duty officer sees those of the groups that the
roster names them for. What stands in a room of staff is for everybody there: areas narrow what one person is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tortoise.expressions import Q, Subquery

from botkit.plugins.handoff.models import Case, Involved
from botkit.plugins.handoff.routing import TOPICS, Team
from botkit.plugins.handoff.states import Level
from botkit.storage import UnitOfWork

ROLES = frozenset({"officer", "backup", "commander", "anti_fraud"})
"""Roles with a desk. An admin is not among them; a partner sees what is handed to their room, and there only."""

STATION = frozenset({"officer", "backup", "commander"})
"""Roles that see the station's cases."""

WIDE = frozenset({"backup", "commander"})
"""Roles that see them whatever the roster says of areas."""

COMMANDER_ONLY = TOPICS[Team.COMMANDER]
"""Topics of complaints about officers: the commander's, and nobody else's."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may know of. ``elsewhere`` are the groups (chats) of areas that are other officers'.

    Of these they see what they have, had or were asked for. Without a person it is what a room may be told.
    """

    roles: frozenset[str]
    staff_id: int = 0
    elsewhere: frozenset[int] = frozenset()


def may_see(case: Case, roles: Iterable[str]) -> bool:
    """Whether somebody with these roles may know of a case, wherever it was told: by being asked they do."""
    held = frozenset(roles)
    if "commander" in held:
        return True
    if case.topic in COMMANDER_ONLY:
        return False
    return not held.isdisjoint(STATION) or ("anti_fraud" in held and _fraud(case))


async def sees(case: Case, sight: Sight) -> bool:
    """Whether somebody sees a case now, the areas of an officer included."""
    if not may_see(case, sight.roles):
        return False
    if case.chat_id not in sight.elsewhere or sight.staff_id in (case.holder_id, case.offered_to):
        return True
    if "anti_fraud" in sight.roles and _fraud(case):
        return True
    return await Involved.exists(staff_id=sight.staff_id, case_id=case.id)


def visible(sight: Sight) -> Q:
    """The same as a condition of a query on cases."""
    if "commander" in sight.roles:
        return Q()
    shown, fraud = ~Q(topic__in=sorted(COMMANDER_ONLY)), "anti_fraud" in sight.roles
    if sight.roles.isdisjoint(STATION):
        return shown & (_FRAUD if fraud else Q(id=0))
    if not sight.elsewhere:
        return shown
    asked = Subquery(Involved.filter(staff_id=sight.staff_id).values("case_id"))
    theirs = Q(holder_id=sight.staff_id) | Q(offered_to=sight.staff_id) | Q(id__in=asked)
    if fraud:
        theirs |= _FRAUD
    return shown & (~Q(chat_id__in=sorted(sight.elsewhere)) | theirs)


async def involve(unit: UnitOfWork, case: Case, *staff: int) -> None:
    """Keep that these people have a case, or are asked to take it."""
    station = unit.database.station_id
    rows = [Involved(id=unit.new_id(), station_id=station, staff_id=one, case_id=case.id) for one in staff]
    # Pages, claims and hand-overs of one case may come to this at once, in several processes.
    if rows:
        await Involved.bulk_create(rows, ignore_conflicts=True)


_FRAUD = Q(level=Level.FRAUD.value) | Q(topic__in=sorted(TOPICS[Team.ANTI_FRAUD]))


def _fraud(case: Case) -> bool:
    return case.level == Level.FRAUD or case.topic in TOPICS[Team.ANTI_FRAUD]
