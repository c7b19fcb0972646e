"""The rota for other programs: files to download, and an address of each officer's own duties for calendars."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from aiohttp import web

from botkit.messages import Text
from botkit.plugins.handoff.access import ROLES
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.roster import icalout, sheetout
from botkit.plugins.handoff.staffing import CalendarAddress
from botkit.staff import Member
from botkit.storage import UnitOfWork
from botkit.web.language import language_of
from botkit.web.shell import services_of

AHEAD = timedelta(days=60)
BACK = timedelta(days=7)
"""A calendar shows the last days too: what vanished from it would look cancelled."""
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "ics": "text/calendar",
}


async def export(request: web.Request) -> web.Response:
    """All duties of the next sixty days, as the spreadsheet or calendar that an import reads again."""
    services, form = services_of(request), request.match_info["form"]
    desk, now, language = desk_of(services.database), services.clock.now(), language_of(request)
    people = await services.staff.members(*sorted(ROLES))
    names = {each.login: each.name for each in people}
    found = desk.roster.between(now, now + AHEAD)

    def say(text: Text) -> str:
        return services.catalogues.render(text, language)

    if form == "ics":
        content = icalout.write(found, services.settings.station.slug, now, say, names)
    else:
        write = sheetout.write_xlsx if form == "xlsx" else sheetout.write_csv
        content = write(found, desk.roster.zone, say, names)
    day = f"{desk.day(now):%Y-%m-%d}"
    return _file(content, form, {"Content-Disposition": f'attachment; filename="roster-{day}.{form}"'})


async def personal(request: web.Request) -> web.Response:
    """The duties of whoever this address was made for: no case, no colleague, and no login, which calendars lack."""
    services = services_of(request)
    row = await CalendarAddress.get_or_none(digest=_digest(request.match_info["token"]))
    member = await services.staff.get(row.staff_id) if row is not None else None
    if member is None or not member.may(ROLES):
        raise web.HTTPNotFound
    desk, now = desk_of(services.database), services.clock.now()
    mine = [duty for duty in desk.roster.between(now - BACK, now + AHEAD) if duty.who == member.login]
    language = member.language or services.settings.station.language

    def say(text: Text) -> str:
        return services.catalogues.render(text, language)

    station = services.settings.station.slug
    return _file(icalout.write(mine, station, now, say, {member.login: member.name}), "ics", {})


def _file(content: bytes, form: str, headers: dict[str, str]) -> web.Response:
    charset = None if form == "xlsx" else "utf-8"
    return web.Response(
        body=content, content_type=TYPES[form], charset=charset, headers={"Cache-Control": "no-store", **headers}
    )


async def renew(unit: UnitOfWork, member: Member) -> str:
    """A new address for somebody instead of the one they had. Returns its token, of which only a hash is kept."""
    token = secrets.token_urlsafe(24)
    await CalendarAddress.filter(staff_id=member.id).delete()
    await CalendarAddress.create(
        id=unit.new_id(), station_id=unit.database.station_id, staff_id=member.id, digest=_digest(token),
        created_at=unit.database.clock.now(),
    )  # fmt: skip
    unit.audit("calendar.address_made", member.actor, actor=member.actor)
    return token


async def drop(unit: UnitOfWork, member: Member) -> None:
    """Void somebody's address."""
    if await CalendarAddress.filter(staff_id=member.id).delete():
        unit.audit("calendar.address_dropped", member.actor, actor=member.actor)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
