"""Where a case is: as told by its reports, kept as parts, compared so that one incident is one case."""

from __future__ import annotations

import json
from dataclasses import fields

from botkit.language.places import Place, find, same
from botkit.messages import Text, tr
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import Case

_PARTS = tuple(each.name for each in fields(Place) if each.name != "spans")


def told(desk: Desk, text: str, chat_id: int) -> str:
    """The place that a message names, as a case keeps it; empty where it names none.

    In a group whose area is one of the station's estates the estate need not be said.
    """
    place = find(text, desk.estates)
    if place is None:
        return ""
    parts = {name: value for name in _PARTS if (value := getattr(place, name))}
    area = desk.services.chats.by_id(chat_id).ways.area
    if area in desk.settings.estates and not parts.keys() & {"estate", "lane", "road"}:
        parts["estate"] = area
    return json.dumps(parts, ensure_ascii=False)


def kept(stored: str) -> Place | None:
    """The place of a case's column."""
    return Place(**json.loads(stored)) if stored else None


def resolved(place: Place | None) -> bool:
    """Whether a place is told well enough for two reports of it to be of one: an estate or lane, and a building."""
    if place is None:
        return False
    return bool((place.estate or place.lane or place.road) and (place.building or place.lane))


def meets(one: str, other: str) -> bool:
    """Whether two stored places are resolved and the same."""
    a, b = kept(one), kept(other)
    return a is not None and b is not None and resolved(a) and resolved(b) and same(a, b)


def apart(one: Case, other: Case) -> bool:
    """Whether two cases are certainly not at one place."""
    a, b = kept(one.place), kept(other.place)
    return a is not None and b is not None and resolved(a) and resolved(b) and not same(a, b)


def more(one: str, other: str) -> str:
    """What two reports of one place tell together."""
    parts = {**(json.loads(other) if other else {}), **(json.loads(one) if one else {})}
    return json.dumps(parts, ensure_ascii=False) if parts else ""


def shown(stored: str) -> tuple[Text | str, ...]:
    """A place for officers, part by part in the order in which an address is read; empty where none was told."""
    place = kept(stored)
    if place is None:
        return ()
    named = tuple(name for name in (place.estate, place.road) if name)
    numbered = (
        ("handoff.place.lane", place.lane),
        ("handoff.place.building", place.building),
        ("handoff.place.unit", place.unit),
        ("handoff.place.floor", place.floor),
        ("handoff.place.room", place.room),
    )
    return (*named, *(tr(key, number=number) for key, number in numbered if number))
