"""What officers read in chat besides cards: the queue, what is theirs, who is on duty, one case in full."""

from __future__ import annotations

from botkit.messages import Text, tr
from botkit.plugins.handoff import labels, record
from botkit.plugins.handoff.access import Sight, visible
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.pages import queueview
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import HELD, State
from botkit.staff import Member

MOST = 10
"""Cases listed in one message."""


async def overview(
    desk: Desk, member: Member, what: str, language: str, readers: frozenset[str] | None = None
) -> list[Text | str]:
    """The queue, the officer's own cases, or who is on duty; no more than ``readers`` of a room may know too."""
    if what == "duty":
        return await duty(desk, language)
    # A room has the station's cases; areas narrow what one person is shown.
    shown = Case.filter(visible(desk.sight(member) if readers is None else Sight(member.roles, member.id)))
    if readers is not None:
        shown = shown.filter(visible(Sight(readers)))
    if what == "mine":
        shown = shown.filter(holder_id=member.id, state__in=[state.value for state in HELD])
    else:
        shown = shown.filter(state=State.QUEUED.value)
    count = await shown.count()
    cases = await shown.order_by("level", "id").limit(MOST)
    if not cases:
        return [tr(f"handoff.list.{what}.none")]
    return [tr(f"handoff.list.{what}", count=count), *await lines(desk, cases)]


async def lines(desk: Desk, cases: list[Case]) -> list[Text | str]:
    """One line a case: number, level, topic, place and the clock that runs."""
    now, clocks = desk.clock.now(), await queueview.running(cases)
    shown: list[Text | str] = []
    for case in cases:
        clock = clocks.get(case.id)
        left = queueview.left(clock, now) if clock is not None else tr("handoff.card.clocks.met")
        shown.append(
            tr(
                "handoff.list.line", case=record.ref(case), level=tr(labels.LEVELS[case.level]),
                topic=labels.topic(case.topic), place=queueview.place(desk, case), left=left,
            )
        )  # fmt: skip
    return shown


async def duty(desk: Desk, language: str) -> list[Text | str]:
    """Who is on duty now, and until when."""
    running = desk.roster.at(desk.clock.now())
    if not running:
        return [tr("handoff.duty.nobody")]
    shown: list[Text | str] = []
    for each in running:
        member = await desk.services.staff.find(each.who) if each.who else None
        name = member.name if member is not None else tr("handoff.duty.unnamed")
        shown.append(
            tr("handoff.duty.line.areas" if each.areas else "handoff.duty.line", tier=tr(labels.TIERS[each.tier]),
               title=each.title(language), name=name, until=each.end, areas="、".join(each.areas))
        )  # fmt: skip
    return shown


async def card(desk: Desk, case: Case) -> tuple[Text | str, ...]:
    """A case as its card shows it."""
    shown, _ = await cards.face(desk, case, desk.clock.now())
    return shown
