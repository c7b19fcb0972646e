"""The directory as a plugin: its stage, its buttons, its effects and its page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from botkit.context import Context
from botkit.decision import Decision, Disposition, Feedback, State
from botkit.language import normalise, stance
from botkit.plugin import Plugin, Stage
from botkit.services import Services
from botkit.sql import insert
from botkit.storage import UnitOfWork
from directory import answering, cli, offering, pages, questions, reminding, running, suggest_pages, verdicts
from directory.answering import Asked
from directory.curation import change_pages, sheet_pages, try_pages, work_pages
from directory.curation import pages as curation
from directory.hsds import api
from directory.index import Found
from directory.reasons import DOUBT, HUMAN, TAKEN_BACK, Limits, Notes, notes, reason
from directory.running import Directory, directory_of
from directory.settings import DirectorySettings
from directory.verdicts import Ruled

plugin = Plugin(
    "directory",
    models=("directory.models",),
    migrations="directory.migrations",
    settings=DirectorySettings,
    folder=Path(__file__).parent,
)

plugin.cli = cli.app

FEEDBACK = insert("answer_feedback", "id station_id at subject helpful")
SETTLING = frozenset({Disposition.ANSWERED, Disposition.ESCALATED, Disposition.EMERGENCY, Disposition.FRAUD})
"""After these nobody waits for a choice among titles any more."""


@plugin.on_start
async def start(services: Services) -> None:
    settings: DirectorySettings = services.plugin_settings("directory")
    await Directory(settings, demo=services.settings.station.demo).start(services)
    await reminding.plan(services)


plugin.timer(reminding.TIMER)(reminding.remind)
plugin.applies(reminding.Reminded)(reminding.keep)


@plugin.on_stop
async def stop(services: Services) -> None:
    await Directory.stop(services)


@plugin.numbers
def numbers() -> frozenset[str]:
    return running.numbers()


@plugin.subjects
def subjects(services: Services) -> Iterable[str]:
    return directory_of(services).index.slugs


@plugin.stage(Stage.DIRECTORY)
async def answer(context: Context) -> Decision | None:
    directory = directory_of(context.services)
    # The guard's own stage comes before; this one makes it impossible, not only unlikely.
    if directory.guard.subject(context.segment) or directory.guard.subject(normalise(context.segment)):
        return None
    index, limits = directory.index, await directory.limits(context.services.database)
    found, log = index.judge(context.segment), directory.settings.log_questions
    said = stance(context.segment)
    outcome = TAKEN_BACK if said.negated or said.settled else HUMAN if found.human else DOUBT
    if outcome == DOUBT and found.subject is not None:
        if found.confidence >= limits.answer:
            return answering.answered(index, found, context, limits, log=log)
        # A choice for one of several asks would leave the others waiting: then a human takes what is in doubt.
        if found.confidence >= limits.offer and len(context.segments) <= 1:
            offered = offering.offer(index, found, context, limits, directory.settled, log=log)
            if offered is not None:
                return offered
    _note(directory, found, context, limits, outcome)
    return None


def _note(directory: Directory, found: Found, context: Context, limits: Limits, outcome: str) -> None:
    """Leave a question to the others, and note why."""
    noted = notes.get(None)
    if noted is None or found.match is None:
        return
    noted.passed.append(reason(directory.index, found, limits, outcome))
    # Further off it is no question for a directory, and its words are a case officer's business alone.
    if outcome == DOUBT and found.confidence >= directory.near_miss(limits) and directory.settings.log_questions:
        noted.effects.append(Asked(context.segment, context.language, "", found.confidence))


@plugin.middleware
async def leave_notes(context: Context, call_next: Callable[[Context], Awaitable[Decision | None]]) -> Decision | None:
    """Stages and steps that pass on can leave nothing behind; what they noted joins the decision here."""
    noted = Notes()
    token = notes.set(noted)
    try:
        decision = await call_next(context)
    finally:
        notes.reset(token)
    if decision is None:
        return None
    if noted.effects:
        decision = replace(decision, effects=(*decision.effects, *noted.effects))
    if noted.passed:
        decision = replace(decision, reason={**decision.reason, "directory": noted.passed})
    if noted.offered and decision.state is None and decision.disposition in SETTLING:
        decision = replace(decision, state=State(""))
    return decision


@plugin.step()
def after(context: Context) -> Decision | None:
    return answering.typed(directory_of(context.services).index, context)


def nobody_chose(context: Context) -> Decision | None:
    directory = directory_of(context.services)
    return offering.late(directory.index, context, directory.settled)


@plugin.step(on_timeout=nobody_chose)
def offered(context: Context) -> Decision | None:
    directory = directory_of(context.services)
    return offering.typed(directory.index, context, directory.settled)


@plugin.button("choose")
def choose(payload: str, context: Context) -> Decision | None:
    directory = directory_of(context.services)
    return offering.choose(directory.index, payload, context, directory.settled)


@plugin.button("none")
def none(payload: str, context: Context) -> Decision:
    directory = directory_of(context.services)
    return offering.none(directory.index, payload, directory.settled)


@plugin.button("wrong")
def wrong(payload: str, context: Context) -> Decision:
    return answering.wrong(directory_of(context.services).index, payload, context)


@plugin.button("human")
def human(payload: str) -> Decision:
    return answering.human(payload)


@plugin.button("behind_door")
def behind_door(payload: str) -> Decision:
    return answering.behind_door(payload)


@plugin.applies(Asked)
async def keep_question(asked: Asked, unit: UnitOfWork) -> None:
    questions.keep(asked, unit)


@plugin.applies(Ruled)
async def keep_verdict(ruled: Ruled, unit: UnitOfWork) -> None:
    verdicts.keep(ruled, unit)
    directory = running.of_database(unit.database)
    if directory is not None:
        unit.after_commit(directory.judged)


@plugin.applies(Feedback)
async def keep_feedback(feedback: Feedback, unit: UnitOfWork) -> None:
    subject = feedback.subject.removeprefix("directory:")[:40]
    now = unit.database.clock.now()
    unit.write(FEEDBACK, unit.new_id(), unit.database.station_id, now, subject, feedback.helpful)


@plugin.routes
def routes(services: Services) -> Iterable[web.RouteDef]:
    public = [*suggest_pages.routes(), *pages.routes(), *api.routes()]
    desk = (curation, change_pages, sheet_pages, try_pages, work_pages)
    return [*public, *(route for pages_of in desk for route in pages_of.routes())]


plugin.staff_page("directory.desk.title", curation.HOME, curation.ROLES, order=30)
