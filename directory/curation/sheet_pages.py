"""The pages on which the directory leaves as a file, and comes back from one."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from urllib.parse import quote
from weakref import WeakKeyDictionary

from aiohttp import web

from botkit.web import language_of, member, services_of
from directory.curation.jobs import Jobs
from directory.curation.pages import HOME, desk_only, show
from directory.hsds import package
from directory.hsds.telling import told
from directory.running import Directory, directory_of
from directory.sheets.columns import SHEETS
from directory.sheets.csv_file import write_csv
from directory.sheets.xlsx import template_xlsx, write_xlsx

PAGE = f"{HOME}sheets"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_running: WeakKeyDictionary[Directory, Jobs] = WeakKeyDictionary()


def routes() -> Iterable[web.RouteDef]:
    """The addresses."""
    return (
        web.get(PAGE, show_page),
        web.post(PAGE, begin),
        web.get(f"{PAGE}/import/{{job}}", show_job),
        web.get(f"{PAGE}/import/{{job}}/part", show_part),
        web.get(f"{PAGE}/directory.xlsx", workbook),
        web.get(f"{PAGE}/template.xlsx", template),
        web.get(f"{PAGE}/{{kind:{'|'.join(SHEETS)}}}.csv", table),
        web.get(f"{PAGE}/hsds.zip", hsds),
    )


@desk_only
async def show_page(request: web.Request) -> web.Response:
    """What can be fetched, and where a file is sent."""
    return show(request, "sheets.html", kinds=SHEETS, wrong="")


@desk_only
async def begin(request: web.Request) -> web.StreamResponse:
    """Take a file, and show how far reading it is."""
    form = await request.post()
    file = form.get("file")
    if not isinstance(file, web.FileField) or not file.filename:
        return show(request, "sheets.html", status=422, kinds=SHEETS, wrong="directory.import.no_file")
    services = services_of(request)
    content = await asyncio.to_thread(file.file.read)
    job = _jobs(request).begin(
        services, directory_of(services), member(request), file.filename, content, removals="removals" in form
    )
    return web.Response(status=303, headers={"Location": f"{PAGE}/import/{job.token}"})


@desk_only
async def show_job(request: web.Request) -> web.StreamResponse:
    """How far an import is, what is wrong with its file, or the change that it would make."""
    job = _jobs(request).get(request.match_info["job"], member(request))
    if job is None:
        raise web.HTTPNotFound
    if job.change is not None:
        return web.Response(status=303, headers={"Location": f"{HOME}changes/{job.change}"})
    wrong = job.plan is not None and job.plan.problems
    return show(request, "import.html", status=422 if wrong else 200, job=job)


@desk_only
async def show_part(request: web.Request) -> web.StreamResponse:
    """The part of that page that is asked for again and again until it is done."""
    job = _jobs(request).get(request.match_info["job"], member(request))
    if job is None:
        raise web.HTTPNotFound
    if job.finished:
        return web.Response(headers={"HX-Redirect": f"{PAGE}/import/{job.token}"})
    return show(request, "import_part.html", job=job)


@desk_only
async def workbook(request: web.Request) -> web.Response:
    """The whole directory as a workbook."""
    guide = directory_of(services_of(request)).contents.guide
    made = await asyncio.to_thread(write_xlsx, guide, language_of(request))
    return _file(made, _XLSX, "directory.xlsx")


@desk_only
async def template(request: web.Request) -> web.Response:
    """An empty workbook, with explanations and lists to choose from."""
    guide = directory_of(services_of(request)).contents.guide
    made = await asyncio.to_thread(template_xlsx, guide, language_of(request))
    return _file(made, _XLSX, "template.xlsx")


@desk_only
async def table(request: web.Request) -> web.Response:
    """One kind of values as a table for any program."""
    guide, kind = directory_of(services_of(request)).contents.guide, request.match_info["kind"]
    made = await asyncio.to_thread(write_csv, guide, kind, language_of(request))
    return _file(made, "text/csv", f"{SHEETS[kind]}.csv")


@desk_only
async def hsds(request: web.Request) -> web.Response:
    """The directory as an HSDS package, keepers included."""
    services = services_of(request)
    contents = directory_of(services).contents

    def made() -> bytes:
        file = io.BytesIO()
        zone = services.settings.station.zone
        package.write(told(contents.parts, contents.guide, zone, contents.modified, owners=True), file)
        return file.getvalue()

    return _file(await asyncio.to_thread(made), "application/zip", "hsds.zip")


def _file(content: bytes, kind: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return web.Response(body=content, content_type=kind, headers=headers)


def _jobs(request: web.Request) -> Jobs:
    return _running.setdefault(directory_of(services_of(request)), Jobs())
