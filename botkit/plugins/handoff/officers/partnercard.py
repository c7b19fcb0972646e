"""The card in a partner's room: what it says, and how it ends when there is nothing more to do there."""

from __future__ import annotations

import json
from datetime import datetime

from botkit.messages import Lane, Reply, Text, say, tr
from botkit.plugins.handoff import labels, places, record
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import Case, CaseEvent
from botkit.storage import UnitOfWork
from botkit.storage.models import Outbox

HANDED, TAKEN, DONE = "handed", "taken", "done"
OVER = "over"
"""The room was told that nothing is wanted of it any more."""
ASKED = "partner.asked"
RESOLVED, MERGED, CANCELLED, ANOTHER = "resolved", "merged", "cancelled", "another"
"""Why it ends."""


def lines(case: Case, words: str) -> tuple[Text | str, ...]:
    """What a partner's room reads of a case: number, topic, place, and what an officer wrote to it."""
    place = places.shown(case.place)
    spot = (tr("handoff.partner.place", place=labels.joined(place)),) if place else ()
    head = tr("handoff.partner.card", case=record.ref(case), topic=labels.topic(case.topic))
    return (head, *spot, tr("handoff.partner.words", text=words))


async def end(desk: Desk, unit: UnitOfWork, case: Case, now: datetime, why: str) -> None:
    """Tell the room that has a case that it is over there, in one line and without a word of anybody's.

    The card's buttons end. Nothing where no room has it, or was told before.
    """
    if not await Case.filter(id=case.id, partner_state__in=(HANDED, TAKEN, DONE)).update(partner_state=OVER):
        return
    case.partner_state = OVER
    quoted = await _take_buttons(desk, unit, case)
    await _tell(desk, unit, case, now, tr(f"handoff.partner.ended.{why}", case=record.ref(case)), quoted)


async def again(desk: Desk, unit: UnitOfWork, case: Case, now: datetime) -> None:
    """Tell the room that had a case that it goes on; what there is to do, an officer writes anew."""
    if case.partner_state == OVER:
        given = await _cards(case)
        quoted = await _platform_id(given[-1][0]) if given else None
        await _tell(desk, unit, case, now, tr("handoff.partner.again", case=record.ref(case)), quoted)


async def _take_buttons(desk: Desk, unit: UnitOfWork, case: Case) -> str | None:
    """The cards as they are, without their buttons; returns the latest one's id on the platform, if it has one yet."""
    given = await _cards(case) if case.partner_chat in desk.rooms else []
    for once, words in given:
        said = Reply(lines(case, words), officer=True, quote=False, silent=True, edits=once, optional=True)
        unit.say(said, chat=case.partner_chat)
    return await _platform_id(given[-1][0]) if given else None


async def _cards(case: Case) -> list[tuple[str, str]]:
    """The names of the case's cards in its partner's room, and the officer's words on each."""
    asked = await CaseEvent.filter(case_id=case.id, what=ASKED).order_by("id")
    found = [(json.loads(event.facts), event.text or "") for event in asked]
    return [(facts["once"], text) for facts, text in found if "once" in facts and facts["room"] == case.partner_chat]


async def _platform_id(once: str) -> str | None:
    row = await Outbox.filter(once=once, kind="text").first()
    return row.platform_id if row is not None else None


async def _tell(desk: Desk, unit: UnitOfWork, case: Case, now: datetime, line: Text, quoted: str | None) -> None:
    # A room that was dissolved is an ordinary group again, which must read nothing of it.
    room = desk.rooms.get(case.partner_chat or 0)
    if room is not None and room.kind == "partner":
        quiet = desk.keeps_quiet(now)
        unit.say(say(line, quote=False, reply_to=quoted, silent=quiet, lane=Lane.REPLY), chat=room.chat_id)
