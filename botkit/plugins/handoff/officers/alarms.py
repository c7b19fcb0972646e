"""False alarms and wrong answers: what the bot said in public is taken back there, and counted (E20, D8, D9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from botkit.adapter import Rank
from botkit.context import Context
from botkit.decision import Decision, Disposition, silent
from botkit.language.normalise import normalise
from botkit.messages import ChatKind, Lane, Reply, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Retracted
from botkit.plugins.handoff.errors import Incomplete
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.officers import outcome, work
from botkit.plugins.handoff.officers.checks import refusal
from botkit.plugins.handoff.officers.work import Action
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import State
from botkit.staff import CASE_ROLES, Member
from botkit.storage import UnitOfWork
from botkit.storage.models import Identity, Outbox

MUTED = timedelta(minutes=10)
"""So long the same trigger by the same person makes the bot say nothing in a group."""
WORDS = frozenset(("误报", "弄错了", "falsealarm", "答错了", "wronganswer"))
# Where nothing can be edited, what was to replace a line is a line of its own.
_SAID = """
    SELECT inbox_id FROM outbox WHERE chat_id = ? AND platform_id = ? AND kind IN ('text', 'edit') ORDER BY id LIMIT 1
"""


async def false(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """The alarm was none: the line in the group becomes an apology, and the case ends. Counted, and muted a while."""
    case, now = await work.find(desk, action), desk.clock.now()
    lines = await _spoken(desk, case)
    if not lines:
        raise Incomplete(tr("handoff.error.false"))
    if case.state == State.QUEUED:
        case = await work.claim(desk, unit, action)
    done = await outcome.end(
        desk, unit, case, now, result="false_alarm", actor=action.officer.actor, officer=action.officer, text=None
    )
    if not done:
        raise await refusal(case.id, action.officer)
    await outcome.keep_promises(case, now)
    for line in lines:
        unit.say(apology(line.platform_id), chat=line.chat_id)
    await mute(desk, unit, case, await outcome.reports_of(case))
    await record.happened(unit, case, "alarm.false", action.officer.actor, at=now, lines=len(lines))
    return case


def apology(platform_id: str | None) -> Reply:
    """What a line of the bot's becomes; where nothing can be edited, it is said after it."""
    # In the lane of the line itself, so that nothing which was to be added to that comes after.
    return Reply((tr("handoff.false_alarm"),), target=platform_id, quote=False, lane=Lane.URGENT)


async def mute(desk: Desk, unit: UnitOfWork, case: Case, reports: Iterable[Report]) -> None:
    """For a while the bot says nothing in public to the same trigger by the same people, there."""
    until = desk.clock.now() + MUTED
    for report in reports:
        identity = await Identity.get(id=report.identity_id)
        chat = desk.services.chats.by_id(report.chat_id).chat
        activity = desk.services.activity
        unit.after_commit(partial(activity.mute, chat, identity.platform_id, case.topic, until))


async def _spoken(desk: Desk, case: Case) -> list[Outbox]:
    """The lines that the bot said in groups about a case's reports."""
    reports = [report.inbox_id for report in await outcome.reports_of(case)]
    said = Outbox.filter(inbox_id__in=reports or [0], kind="text", lane="urgent", platform_id__not_isnull=True)
    return [line for line in await said.order_by("id") if not desk.alone(line.chat_id)]


async def in_group(context: Context) -> Decision | None:
    """An answer to one of the bot's lines in a group that says it was wrong: from an officer, or the group's owner."""
    message = context.message
    if message.chat.kind is not ChatKind.GROUP or message.reply_to is None:
        return None
    said = "".join(sign for sign in normalise(message.text) if sign.isalnum())
    if said not in WORDS:
        return None
    return await retract(context)


async def retract(context: Context, text: str = "", *, delete: bool = False) -> Decision | None:
    """The decision that takes a line back, if whoever asks may, and the line is the bot's."""
    rows = await context.services.database.read(_SAID, context.chat_id, context.message.reply_to or "")
    if not rows:
        return None
    officer = await _officer(context)
    if officer is None and (text or await context.services.rank(context.message) is not Rank.OWNER):
        return silent(rule="retract", why="member")
    actor = officer.actor if officer is not None else f"identity:{context.identity_id}"
    effect = Retracted(context.chat_id, context.message.reply_to or "", rows[0]["inbox_id"] or 0, actor, text, delete)
    return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "retract"})


async def command(context: Context) -> Decision | None:
    """``/retract``: delete the line that this answers; ``/correct <text>``: replace it. Officers only."""
    if context.chat.kind is not ChatKind.GROUP or context.message.reply_to is None:
        return None
    if await _officer(context) is None:
        return silent(rule="retract", why="member")
    taken = await retract(context, context.args.strip(), delete=not context.args.strip())
    return taken or silent(rule="retract", why="not ours")


async def _officer(context: Context) -> Member | None:
    """Whoever speaks, if they work on cases; asked anew every time."""
    member = await context.services.officers.who(context.chat.adapter, context.sender.id)
    return member if member is not None and member.may(CASE_ROLES) else None


async def apply(effect: Retracted, unit: UnitOfWork) -> None:
    """Replace or delete the line, and write down that the bot was wrong, for the maintainer and for the figures.

    A case that came with it goes on: that it needs nobody is for an officer to say.
    """
    desk = desk_of(unit.database)
    adapter = desk.services.adapters.get(desk.services.chats.by_id(effect.chat_id).chat.adapter)
    said = apology(effect.platform_id)
    if effect.text:
        said = replace(said, lines=(effect.text,), officer=True)
    elif effect.delete and adapter is not None and adapter.capabilities.delete:
        said = replace(said, deletes=True)
    unit.say(said, chat=effect.chat_id)
    unit.audit("answer.retracted", f"inbox:{effect.inbox_id}", actor=effect.actor, chat=effect.chat_id)
    report = await Report.get_or_none(inbox_id=effect.inbox_id)
    case = await Case.get_or_none(id=report.case_id) if report is not None else None
    if case is not None and report is not None:
        await record.happened(unit, case, "alarm.disputed", effect.actor, at=desk.clock.now())
        await mute(desk, unit, case, [report])
        await cards.tell(unit, case, tr("handoff.alarm.disputed", case=record.ref(case)))
