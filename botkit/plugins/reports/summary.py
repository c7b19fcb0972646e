"""The command ``/report`` in an officers' room: yesterday in a few lines, for the commander."""

from __future__ import annotations

from datetime import timedelta

from botkit.context import Context
from botkit.decision import Decision, Disposition, answer
from botkit.messages import ChatKind, Text, say, tr
from botkit.plugins.reports import book, days, figures
from botkit.plugins.reports.book import Reconciled
from botkit.plugins.reports.counting import count
from botkit.plugins.reports.figures import Figures
from botkit.plugins.reports.tables import Tables

ROLE = "commander"
MOST = 8
"""Lines: a room is no page."""


async def report(context: Context) -> Decision | None:
    """Yesterday's report. Where there is none yet it is made and kept, as the page would do it."""
    if context.chat.kind is not ChatKind.OFFICERS:
        return None
    services = context.services
    member = await services.officers.who(context.chat.adapter, context.sender.id)
    if member is None or not member.may({ROLE}):
        return answer(tr("reports.command.refused"), rule="reports.refused")
    day = days.day_of(context.clock.now(), services.settings.station.zone) - timedelta(days=1)
    kept = await book.of_day(services.database, day)
    shown = figures.load(kept[0].figures) if kept else None
    effects: tuple[Reconciled, ...] = ()
    if shown is None:
        effects = (Reconciled(await count(services, day), member.actor),)
        shown = effects[0].figures
    tables = Tables(services.catalogues, context.language)
    return Decision(Disposition.ANSWERED, (say(*lines(shown, tables)),), effects, reason={"rule": "reports.summary"})


def lines(shown: Figures, tables: Tables) -> list[Text]:
    """A report in at most ``MOST`` lines."""
    even = tr("reports.summary.even")
    said = [
        tr("reports.summary.day", day=shown.day, addressed=shown.addressed),
        tr(
            "reports.summary.shares",
            answered=shown.answered, cases=shown.cases, ignored=shown.ignored, waiting=shown.waiting,
        ),
        tr("reports.summary.difference", difference=shown.difference) if shown.difference else even,
        tr("reports.summary.broken", breaches=len(shown.breaches), undelivered=shown.undelivered_count),
    ]  # fmt: skip
    said += [tr("reports.summary.count", name=tables.count(key), number=n) for key, n in shown.counts.items()]
    return [*said[: MOST - 1], tr("reports.summary.more")]
