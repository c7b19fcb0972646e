"""False alarms and wrong answers: what the bot said in public is taken back there, and counted (E20, D8, D9)."""

from __future__ import annotations

from datetime import timedelta

from botkit.adapter import Rank
from botkit.context import Context
from botkit.decision import Decision, Disposition, silent
from botkit.language.normalise import normalise
from botkit.messages import ChatKind, Reply, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Retracted
from botkit.plugins.handoff.errors import Incomplete
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.officers import outcome, work
from botkit.plugins.handoff.officers.checks import refusal
from botkit.plugins.handoff.officers.work import Action
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import State
from botkit.storage import UnitOfWork
from botkit.storage.models import Identity, Outbox

MUTED = timedelta(minutes=10)
"""So long the same trigger by the same person makes the bot say nothing in a group."""
WORDS = frozenset(("误报", "弄错了", "falsealarm", "答错了", "wronganswer"))
_SAID = (
    "SELECT id, inbox_id, platform_id, lane FROM outbox WHERE chat_id = ? AND platform_id = ? AND kind = 'text' LIMIT 1"
)


async def false(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """The alarm was none: the line in the group becomes an apology, and the case ends. Counted, and muted a while."""
    case, now = await work.find(action), desk.clock.now()
    lines = await _spoken(case)
    if not lines:
        raise Incomplete(tr("handoff.error.false"))
    if case.state == State.QUEUED:
        case = await work.claim(desk, unit, action)
    done = await outcome.end(
        desk, unit, case, now, result="false_alarm", actor=action.officer.actor, officer=action.officer, text=None
    )
    if not done:
        raise await refusal(case.id, action.officer)
    await record.meet_clocks(case, record.CLOCKS, now)
    for line in lines:
        unit.say(Reply((tr("handoff.false_alarm"),), target=line.platform_id, quote=False), chat=line.chat_id)
    for report in await Report.filter(case_id=case.id):
        identity = await Identity.get(id=report.identity_id)
        chat = desk.services.chats.by_id(report.chat_id).chat
        desk.services.activity.mute(chat, identity.platform_id, case.topic, now + MUTED)
    await record.happened(unit, case, "alarm.false", action.officer.actor, at=now, lines=len(lines))
    return case


async def _spoken(case: Case) -> list[Outbox]:
    """The lines that the bot said in groups about a case's reports."""
    reports = await column(Report.filter(case_id=case.id), "inbox_id")
    said = Outbox.filter(inbox_id__in=list(reports), kind="text", platform_id__not_isnull=True)
    return [line for line in await said.order_by("id") if line.lane == "urgent"]


async def in_group(context: Context) -> Decision | None:
    """An answer to one of the bot's lines in a group that says it was wrong: from an officer, or the group's owner."""
    message = context.message
    if message.chat.kind is not ChatKind.GROUP or message.reply_to is None:
        return None
    said = "".join(normalise(message.text).split())
    if said not in WORDS:
        return None
    return await retract(context)


async def retract(context: Context, text: str = "", *, delete: bool = False) -> Decision | None:
    """The decision that takes a line back, if whoever asks may, and the line is the bot's."""
    rows = await context.services.database.read(_SAID, context.chat_id, context.message.reply_to or "")
    if not rows:
        return None
    officer = await context.services.officers.who(context.chat.adapter, context.sender.id)
    if officer is None and (text or await context.services.rank(context.message) is Rank.MEMBER):
        return silent(rule="retract", why="member")
    actor = officer.actor if officer is not None else f"identity:{context.identity_id}"
    effect = Retracted(context.chat_id, context.message.reply_to or "", rows[0]["inbox_id"] or 0, actor, text, delete)
    return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "retract"})


async def command(context: Context) -> Decision | None:
    """``/retract``: delete the line that this answers; ``/correct <text>``: replace it. Officers only."""
    if context.chat.kind is not ChatKind.GROUP or context.message.reply_to is None:
        return None
    if await context.services.officers.who(context.chat.adapter, context.sender.id) is None:
        return silent(rule="retract", why="member")
    return await retract(context, context.args.strip(), delete=not context.args.strip())


async def apply(effect: Retracted, unit: UnitOfWork) -> None:
    """Replace or delete the line, and write down that the bot was wrong, for the maintainer and for the figures.

    A case that came with it goes on: that it needs nobody is for an officer to say.
    """
    lines = (effect.text,) if effect.text else (tr("handoff.false_alarm"),)
    said = Reply(
        lines, target=effect.platform_id, quote=False, deletes=effect.delete, officer=bool(effect.text),
        optional=effect.delete,
    )  # fmt: skip
    unit.say(said, chat=effect.chat_id)
    unit.audit("answer.retracted", f"inbox:{effect.inbox_id}", actor=effect.actor, chat=effect.chat_id)
    report = await Report.get_or_none(inbox_id=effect.inbox_id)
    case = await Case.get_or_none(id=report.case_id) if report is not None else None
    if case is not None:
        desk = desk_of(unit.database)
        await record.happened(unit, case, "alarm.disputed", effect.actor, at=desk.clock.now())
        await cards.tell(unit, case, tr("handoff.alarm.disputed", case=record.ref(case)))
