"""The directory as a plugin: its stage, its buttons, its effects and its page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from botkit.context import Context
from botkit.decision import Decision, Feedback
from botkit.language import normalise
from botkit.plugin import Plugin, Stage
from botkit.services import Services
from botkit.storage import UnitOfWork
from directory import answering, pages, questions, running
from directory.answering import Asked
from directory.index import NEAR_MISS
from directory.loading import FEEDBACK
from directory.running import Directory, directory_of
from directory.settings import DirectorySettings

plugin = Plugin(
    "directory",
    models=("directory.models",),
    migrations="directory.migrations",
    settings=DirectorySettings,
    folder=Path(__file__).parent,
)

_unanswered: ContextVar[list[Asked]] = ContextVar("unanswered")


@plugin.on_start
async def start(services: Services) -> None:
    settings: DirectorySettings = services.plugin_settings("directory")
    await Directory(settings, demo=services.settings.station.demo).start(services)


@plugin.on_stop
async def stop(services: Services) -> None:
    Directory.stop(services)


@plugin.numbers
def numbers() -> frozenset[str]:
    return running.numbers()


@plugin.stage(Stage.DIRECTORY)
def answer(context: Context) -> Decision | None:
    directory = directory_of(context.services)
    # The guard's own stage comes before; this one makes it impossible, not only unlikely.
    if directory.guard.subject(context.segment) or directory.guard.subject(normalise(context.segment)):
        return None
    found, near = answering.find(directory.index, directory.settings, context.segment)
    if found is not None:
        return answering.answered(directory.index, found, context, directory.settings)
    # Further off it is no question for a directory, and its words are a case officer's business alone.
    noted = _unanswered.get(None) if directory.settings.log_questions else None
    if noted is not None and near is not None and near.score >= NEAR_MISS:
        noted.append(Asked(context.segment, context.language, "", near.score))
    return None


@plugin.middleware
async def note_unanswered(
    context: Context, call_next: Callable[[Context], Awaitable[Decision | None]]
) -> Decision | None:
    """Stages that pass on can leave nothing behind; what they could not answer joins the decision here."""
    noted: list[Asked] = []
    token = _unanswered.set(noted)
    try:
        decision = await call_next(context)
    finally:
        _unanswered.reset(token)
    return replace(decision, effects=(*decision.effects, *noted)) if decision and noted else decision


@plugin.step()
def after(context: Context) -> Decision | None:
    return answering.typed(directory_of(context.services).index, context)


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


@plugin.applies(Feedback)
async def keep_feedback(feedback: Feedback, unit: UnitOfWork) -> None:
    subject = feedback.subject.removeprefix("directory:")[:40]
    now = unit.database.clock.now()
    unit.write(FEEDBACK, unit.new_id(), unit.database.station_id, now, subject, feedback.helpful)


@plugin.routes
def routes(services: Services) -> Iterable[web.RouteDef]:
    return pages.routes()
