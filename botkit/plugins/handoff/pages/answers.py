"""The page of canned answers: who wrote them, how they read, what waits for a second person's yes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from botkit.messages import Text
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.access import STATION
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.errors import HandoffError
from botkit.plugins.handoff.officers import canned
from botkit.plugins.handoff.staffing import CannedAnswer
from botkit.services import Services
from botkit.staff import Member
from botkit.storage import UnitOfWork
from botkit.storage.models import Staff
from botkit.web.language import language_of
from botkit.web.layout import render
from botkit.web.sessions import member, staff
from botkit.web.shell import services_of

PATH = "/desk/answers/"
REVIEWERS = frozenset({"commander", "backup"})
"""Who approves what somebody else wrote, and takes answers out of use."""
STATES = ("draft", "approved", "retired")
"""In this order they stand on the page: what waits for somebody first."""
DONE = ("proposed", "approved", "retired")

authors = staff(*sorted(STATION))
reviewers = staff(*sorted(REVIEWERS))


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer on the page. ``texts`` are language and text as a resident would read it."""

    row: CannedAnswer
    author: str
    reviewer: str
    texts: tuple[tuple[str, str], ...]
    topics: tuple[Text | str, ...]
    read: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What is being written. ``read`` is when the version that is changed was made; empty for a new answer."""

    slug: str = ""
    zh: str = ""
    en: str = ""
    topics: tuple[str, ...] = ()
    read: str = ""


def routes(services: Services) -> Iterable[web.RouteDef]:
    """The page's routes."""
    return (
        web.get(PATH, show),
        web.post(f"{PATH}preview", preview),
        web.post(f"{PATH}propose", propose),
        web.post(f"{PATH}{{slug:[a-z0-9-]+}}/approve", approve),
        web.post(f"{PATH}{{slug:[a-z0-9-]+}}/retire", retire),
    )


@authors
async def show(request: web.Request) -> web.Response:
    """All answers; with ``edit`` one of them in the form."""
    row = await CannedAnswer.get_or_none(slug=request.query.get("edit", ""))
    form = Form() if row is None else Form(row.slug, row.zh, row.en, canned.topics_of(row), row.changed_at.isoformat())
    return await _page(request, form)


@authors
async def preview(request: web.Request) -> web.Response:
    """How what is being written would read. Nothing is kept."""
    return await _page(request, await _form(request), previewed=True)


@authors
async def propose(request: web.Request) -> web.Response:
    """Keep what was written, for somebody else to approve."""
    form, services = await _form(request), services_of(request)
    desk, author = desk_of(services.database), member(request)

    async def job(unit: UnitOfWork) -> None:
        await canned.propose(
            desk,
            unit,
            author,
            form.slug,
            form.zh,
            form.en,
            form.topics,
            read_at=_moment(form.read) if form.read else None,
        )

    try:
        await services.unit(job)
    except HandoffError as problem:
        return await _page(request, form, problem=problem)
    return _back("proposed")


@reviewers
async def approve(request: web.Request) -> web.Response:
    """Approve an answer as it was read."""
    services, slug, form = services_of(request), request.match_info["slug"], await request.post()
    desk, reviewer, read = desk_of(services.database), member(request), _moment(str(form.get("read", "")))
    try:
        await services.unit(lambda unit: canned.approve(desk, unit, reviewer, slug, read))
    except HandoffError as problem:
        return await _page(request, Form(), problem=problem)
    return _back("approved")


@reviewers
async def retire(request: web.Request) -> web.Response:
    """Take an answer out of use."""
    services, slug = services_of(request), request.match_info["slug"]
    person = member(request)
    await services.unit(lambda unit: canned.retire(unit, person, slug))
    return _back("retired")


async def _form(request: web.Request) -> Form:
    form = await request.post()
    told = {name: str(form.get(name, "")).replace("\r\n", "\n") for name in ("slug", "zh", "en", "read")}
    topics = tuple(str(topic) for topic in form.getall("topics", ()) if topic in labels.TOPICS)
    return Form(told["slug"].strip(), told["zh"], told["en"], topics, told["read"])


def _moment(text: str) -> datetime:
    """The moment that a form carries. One that can't be read is long ago: nothing was made then."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min


def _back(done: str) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{PATH}?done={done}"})


async def _page(
    request: web.Request, form: Form, *, problem: HandoffError | None = None, previewed: bool = False
) -> web.Response:
    services, person = services_of(request), member(request)
    desk = desk_of(services.database)
    rows = await CannedAnswer.filter(station_id=services.database.station_id).order_by("slug")
    names = {f"staff:{who.id}": who.name for who in await Staff.all()}
    done = request.query.get("done", "")
    return render(
        request, "handoff/answers.html", status=422 if problem else 200, form=form,
        problem=services.catalogues.render(problem.told, language_of(request)) if problem else None,
        notice=f"handoff.answers.done.{done}" if done in DONE else None,
        groups=[(state, [_shown(desk, row, names, person) for row in rows if row.state == state]) for state in STATES],
        previews=[canned.preview(desk, form.zh, "zh"), canned.preview(desk, form.en, "en")] if previewed else [],
        topics=labels.TOPICS, variables=canned.VARIABLES, longest=canned.LONGEST, reviewer=person.may(REVIEWERS),
        say=lambda text: services.catalogues.render(text, language_of(request)),
    )  # fmt: skip


def _shown(desk: Desk, row: CannedAnswer, names: dict[str, str], person: Member) -> Shown:
    texts = (("zh", canned.preview(desk, row.zh, "zh")), ("en", canned.preview(desk, row.en, "en")))
    topics = tuple(labels.topic(topic) for topic in canned.topics_of(row))
    author, reviewer = names.get(row.made_by, ""), names.get(row.approved_by, "")
    return Shown(row, author, reviewer, texts, topics, row.changed_at.isoformat(), row.made_by == person.actor)
