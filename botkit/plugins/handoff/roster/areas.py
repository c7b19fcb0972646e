"""Areas: whose duty a group's area is. A duty names some areas, or none, which means all of the station."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

from botkit.plugins.handoff.roster.spelling import plain

LONGEST = 64
"""Characters of an area's name, as groups have them."""
_BETWEEN = re.compile(r"[、，,;；\n]")


class _Local(Protocol):
    @property
    def areas(self) -> tuple[str, ...]: ...


D = TypeVar("D", bound=_Local)


def tidied(names: Iterable[str]) -> tuple[str, ...]:
    """Areas in one order, each once, however they are written."""
    found: dict[str, str] = {}
    for name in names:
        if plain(name):
            found.setdefault(plain(name), " ".join(name.split()))
    return tuple(found[key] for key in sorted(found))


def listed(text: str) -> tuple[str, ...]:
    """The areas that a text names, as in a cell of a sheet: 东区、西区."""
    return tidied(_BETWEEN.split(text))


def names(areas: Collection[str], area: str) -> bool:
    """Whether an area is among these."""
    return any(plain(area) == plain(each) for each in areas)


def distance(areas: Collection[str], area: str) -> int:
    """How far a duty for these areas is from a case of an area ("": of none): 0 is asked first, 2 in need only."""
    if not areas:
        return 1 if area else 0
    if not area:
        return 1
    return 0 if names(areas, area) else 2


def nearest(duties: Iterable[D], area: str) -> list[D]:
    """Of duties of one tier those that are asked about a case of this area: never nobody, where there is anybody.

    Those that name the area; else those for all of the station; only where nobody else is there those of other
    areas. A case of no area is first that of those who have all of them.
    """
    found = list(duties)
    least = min((distance(duty.areas, area) for duty in found), default=0)
    return [duty for duty in found if distance(duty.areas, area) == least]
