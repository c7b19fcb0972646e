"""Canned answers: reviewed like directory entries, filled with what the case knows, sent as a reply by an officer."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from botkit.messages import Text, tr
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Incomplete
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.residents import told
from botkit.plugins.handoff.staffing import CannedAnswer
from botkit.staff import Member
from botkit.storage import UnitOfWork

VARIABLES = ("case", "holder", "station", "date")
"""What may stand in braces."""
SLUG = re.compile(r"[a-z0-9-]{1,32}")
LONGEST = 500
_BRACES = re.compile(r"\{([^{}]*)\}")


async def filled(desk: Desk, case: Case, slug: str) -> str | None:
    """An approved answer for a case, in its resident's language; None where there is none of this name."""
    found = await CannedAnswer.get_or_none(slug=slug, state="approved", station_id=desk.services.database.station_id)
    if found is None:
        return None
    holder = await told.holder_of(desk, case, case.language)
    text = found.en if case.language == "en" else found.zh
    return _fill(desk, text, case.language, case.number, holder)


def preview(desk: Desk, text: str, language: str) -> str:
    """An answer as a resident of today might read it; what is wrong in it stays as it is."""
    duty, day = desk.roster.on_duty(desk.clock.now()), desk.day(desk.clock.now())
    title = duty.title(language) if duty is not None else ""
    return _fill(desk, text, language, f"{day:%m%d}-01", title or tr("handoff.holder.station"))


def _fill(desk: Desk, text: str, language: str, number: str, holder: Text | str) -> str:
    render = desk.services.catalogues.render
    values = {
        "case": f"#{number}",
        "holder": render(holder, language),
        "station": desk.services.settings.station.name[language],
        "date": desk.day(desk.clock.now()).date().isoformat(),
    }
    return _BRACES.sub(lambda match: values.get(match[1], match[0]), text)


async def fitting(case: Case) -> list[CannedAnswer]:
    """The approved answers that fit a case's topic."""
    approved = CannedAnswer.filter(state="approved", station_id=case.station_id)
    return [row for row in await approved.order_by("slug") if _fits(row, case)]


async def listed(case: Case) -> tuple[Text | str, ...]:
    """The same, by name with their beginning."""
    rows = await fitting(case)
    if not rows:
        return (tr("handoff.canned.none"),)
    return (tr("handoff.canned.list"), *(tr("handoff.canned.line", name=row.slug, text=row.zh[:40]) for row in rows))


def topics_of(row: CannedAnswer) -> tuple[str, ...]:
    """What an answer is for; empty for everything."""
    return tuple(json.loads(row.topics))


def _fits(row: CannedAnswer, case: Case) -> bool:
    topics = topics_of(row)
    return not topics or case.topic in topics


async def propose(
    desk: Desk,
    unit: UnitOfWork,
    author: Member,
    slug: str,
    zh: str,
    en: str,
    topics: tuple[str, ...] = (),
    *,
    read_at: datetime | None = None,
) -> CannedAnswer:
    """Write an answer, or a new version of the one that was read; somebody else approves it.

    ``read_at`` is when that version was made, None for a new answer. Raises ``Incomplete`` with what is wrong, for a
    name that is taken, and where somebody else changed it meanwhile.
    """
    _check(desk, slug, zh, en)
    now = desk.clock.now()
    values: dict[str, Any] = {
        "zh": zh.strip(), "en": en.strip(), "topics": json.dumps(topics), "state": "draft", "made_by": author.actor,
        "approved_by": "", "changed_at": now,
    }  # fmt: skip
    row = await CannedAnswer.get_or_none(slug=slug, station_id=unit.database.station_id)
    if row is not None and row.changed_at != read_at:
        raise Incomplete(tr("handoff.canned.taken" if read_at is None else "handoff.canned.changed", name=slug))
    if row is None:
        row = await CannedAnswer.create(id=unit.new_id(), station_id=unit.database.station_id, slug=slug, **values)
    else:
        await CannedAnswer.filter(id=row.id).update(**values)
        await row.refresh_from_db()
    unit.audit("answer.proposed", f"canned:{slug}", actor=author.actor)
    return row


async def approve(desk: Desk, unit: UnitOfWork, reviewer: Member, slug: str, changed_at: datetime) -> None:
    """Approve a draft as it was read. Raises ``Incomplete`` for one's own, and for one that changed meanwhile."""
    row = await CannedAnswer.get_or_none(slug=slug, state="draft", station_id=unit.database.station_id)
    if row is None or row.changed_at != changed_at:
        raise Incomplete(tr("handoff.canned.changed"))
    if row.made_by == reviewer.actor:
        raise Incomplete(tr("handoff.canned.own"))
    as_read = CannedAnswer.filter(id=row.id, state="draft", changed_at=changed_at)
    if not await as_read.update(state="approved", approved_by=reviewer.actor):
        raise Incomplete(tr("handoff.canned.changed"))
    unit.audit("answer.approved", f"canned:{slug}", actor=reviewer.actor)


async def retire(unit: UnitOfWork, officer: Member, slug: str) -> None:
    """Take an answer out of use."""
    await CannedAnswer.filter(slug=slug, station_id=unit.database.station_id).update(state="retired")
    unit.audit("answer.retired", f"canned:{slug}", actor=officer.actor)


def _check(desk: Desk, slug: str, zh: str, en: str) -> None:
    if not SLUG.fullmatch(slug):
        raise Incomplete(tr("handoff.canned.slug"))
    for text in (zh, en):
        if not 0 < len(text.strip()) <= LONGEST:
            raise Incomplete(tr("handoff.canned.length", longest=LONGEST))
        wrong = [name for name in _BRACES.findall(text) if name not in VARIABLES]
        if wrong or not {"{", "}"}.isdisjoint(_BRACES.sub("", text)):
            known = ", ".join(f"{{{name}}}" for name in VARIABLES)
            raise Incomplete(tr("handoff.canned.variable", name=wrong[0] if wrong else "{", known=known))
        if unknown := desk.services.numbers.unknown(text):
            raise Incomplete(tr("handoff.canned.number", number=unknown[0]))
