"""The commander's pages: the days, a day, its file, and making a report now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from aiohttp import web

from botkit.plugins.reports import book, csvfile, days, figures, seal
from botkit.plugins.reports.models import Reconciliation
from botkit.plugins.reports.summary import ROLE
from botkit.plugins.reports.tables import Tables
from botkit.services import Services
from botkit.storage import UnitOfWork
from botkit.web.language import language_of
from botkit.web.layout import render
from botkit.web.sessions import member, staff
from botkit.web.shell import services_of

HOME = "/desk/reports/"
SHOWN = 60
"""Days on the page of days."""
DAY = r"/desk/reports/{day:\d{4}-\d{2}-\d{2}}"

commanders_only = staff(ROLE)


def routes(services: Services) -> Iterable[web.RouteDef]:
    """The plugin's routes."""
    return (
        web.get(HOME, show_days),
        web.post("/desk/reports/make", make_now),
        web.get(DAY, show_day),
        web.get(f"{DAY}.csv", download),
    )


@commanders_only
async def show_days(request: web.Request) -> web.Response:
    """The days that have a report, newest first."""
    return await _days(request)


async def _days(request: web.Request, *, problem: str = "", status: int = 200) -> web.Response:
    services = services_of(request)
    rows = await book.latest(services.database, SHOWN)
    lines = [(row, figures.load(row.figures), await seal.verify(services.database, row)) for row in rows]
    now, zone = services.clock.now(), services.settings.station.zone
    today = days.day_of(now, zone)
    return render(
        request, "reports/days.html", status=status, lines=lines, problem=problem, today=today.isoformat(),
        yesterday=(today - timedelta(days=1)).isoformat(),
    )  # fmt: skip


@commanders_only
async def show_day(request: web.Request) -> web.Response:
    """A day's newest report, or the earlier one that ``?made=`` names."""
    services, language = services_of(request), language_of(request)
    row, rows = await _asked(request)
    shown = figures.load(row.figures)
    tables = Tables(services.catalogues, language)
    return render(
        request, "reports/day.html", row=row, rows=rows, shown=shown, tables=tables.of(shown) if shown else (),
        seal=await seal.verify(services.database, row), at=tables.moment,
        running=shown is not None and row.made_at < shown.ends,
    )  # fmt: skip


@commanders_only
async def download(request: web.Request) -> web.Response:
    """The same report as a file. That it left the house is written down."""
    services, language = services_of(request), language_of(request)
    row, _ = await _asked(request)
    shown = figures.load(row.figures)
    if shown is None:
        raise web.HTTPNotFound

    async def job(unit: UnitOfWork) -> None:
        unit.audit("day.exported", seal.subject(row.day), actor=member(request).actor, report=row.id)

    await services.unit(job)
    tables = Tables(services.catalogues, language)
    title = services.catalogues.text(
        language, "reports.file.title", day=row.day, at=tables.moment(row.made_at), signature=row.signature
    )
    return web.Response(
        body=csvfile.write(title, tables.of(shown)),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="report-{row.day.isoformat()}.csv"',
            "Cache-Control": "no-store",
        },
    )


@commanders_only
async def make_now(request: web.Request) -> web.Response:
    """Count a day now, and show it. A day that has not begun, or is none, is refused."""
    services = services_of(request)
    given = (await request.post()).get("day", "")
    day = days.parse(given) if isinstance(given, str) else None
    if day is None:
        return await _days(request, problem="reports.problem.day", status=422)
    if not book.begun(services, day):
        return await _days(request, problem="reports.problem.future", status=422)
    await book.make(services, day, member(request).actor)
    return web.Response(status=303, headers={"Location": f"{HOME}{day.isoformat()}"})


async def _asked(request: web.Request) -> tuple[Reconciliation, list[Reconciliation]]:
    """The report that the address names, and all of its day."""
    day: date | None = days.parse(request.match_info["day"])
    rows = await book.of_day(services_of(request).database, day) if day else []
    made = request.query.get("made", "")
    row = next((each for each in rows if not made or str(each.id) == made), None)
    if row is None:
        raise web.HTTPNotFound
    return row, rows
