"""The desk's page of groups: how each stands, its switches and its area. Every change checks role and token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from botkit.chats import ChatRow
from botkit.messages import say
from botkit.plugins.groups import keeping, saying
from botkit.plugins.groups.appliers import noted
from botkit.plugins.groups.card import LONGEST, tidy
from botkit.plugins.groups.models import GroupSetting
from botkit.services import Services
from botkit.storage import UnitOfWork
from botkit.web.layout import render
from botkit.web.sessions import member, staff
from botkit.web.shell import services_of

ROLES = frozenset({"officer", "commander"})
SHOWN = 200
"""Groups on one page; a station has about a hundred, a district is searched."""
DONE = {each: f"groups.page.done.{each}" for each in ("off", "on", "area", "greet", "ungreet")}
"""What can be done, and what is said when it is."""
GROUP = r"/desk/groups/{chat:\d{1,19}}"

desk_only = staff(*sorted(ROLES))


@dataclass(frozen=True, slots=True)
class Line:
    """A group as the page shows it.

    ``blind``: nothing is seen there but what is said to the bot. ``greets`` is None where the platform lets the bot
    write to nobody first; ``left_out`` newcomers were not greeted, because too many came at once.
    """

    id: int
    title: str
    platform: str
    enabled: bool
    off: bool
    blind: bool
    gone: bool
    area: str
    spoke_at: datetime | None
    greets: bool | None
    left_out: int


def routes(services: Services) -> Iterable[web.RouteDef]:
    """The plugin's routes."""
    return (web.get("/desk/groups/", show), web.post(f"{GROUP}/{{action:{'|'.join(DONE)}}}", act))


@desk_only
async def show(request: web.Request) -> web.Response:
    """All groups, or those whose name or area holds ``q``."""
    services, wanted = services_of(request), request.query.get("q", "").strip()[:LONGEST]
    settled = {row.chat_id: row for row in await GroupSetting.all()}
    lines = [_line(services, chat, settled.get(chat.id)) for chat in services.chats.groups()]
    found = [line for line in lines if wanted.casefold() in f"{line.title} {line.area}".casefold()]
    found.sort(key=lambda line: (line.gone, line.title.casefold(), line.id))
    return render(
        request, "groups/groups.html", lines=found[:SHOWN], count=len(found), shown=SHOWN, wanted=wanted,
        notice=DONE.get(request.query.get("done", "")), longest=LONGEST,
    )  # fmt: skip


@desk_only
async def act(request: web.Request) -> web.StreamResponse:
    """Switch a group's answers or greetings off or on, or say which area it belongs to; then back to the page."""
    services, officer = services_of(request), member(request)
    chat_id, action = int(request.match_info["chat"]), request.match_info["action"]
    chat = next((chat for chat in services.chats.groups() if chat.id == chat_id), None)
    if chat is None:
        raise web.HTTPNotFound
    if action == "greet" and not keeping.can_greet(services, chat.chat.adapter):
        raise web.HTTPNotFound
    typed = (await request.post()).get("area", "")
    area = tidy(typed if isinstance(typed, str) else "")[:LONGEST].strip()
    changes: dict[str, Mapping[str, Any]] = {
        "off": {"off": True}, "on": {"off": False}, "area": {"area": area}, "greet": {"greet": True},
        "ungreet": {"greet": False},
    }  # fmt: skip
    events = {"off": "group.switched_off", "on": "group.switched_on", "area": "group.area_set"}

    async def job(unit: UnitOfWork) -> None:
        row = await keeping.stored(chat_id)
        began = action == "greet" and not keeping.greets(services, chat.chat.adapter, row)
        await keeping.settle(services, unit, chat_id, changes[action])
        facts = {"setting": "greet"} if action.endswith("greet") else {}
        noted(unit, events.get(action, "group.changed"), chat_id, officer.actor, **facts)
        if began and chat.ways.enabled and not chat.ways.off:
            # What the group was told when it enabled the bot must stay true, whoever changes it.
            told = say(saying.greets(services), silent=True, quote=False, language=chat.language_set)
            unit.say(told, chat=chat_id)

    await services.unit(job)
    return web.Response(status=303, headers={"Location": f"/desk/groups/?done={action}"})


def _line(services: Services, chat: ChatRow, row: GroupSetting | None) -> Line:
    able = keeping.can_greet(services, chat.chat.adapter)
    chosen = keeping.settings_of(services).greets(row.greet if row is not None else None)
    return Line(
        chat.id,
        chat.chat.title or chat.chat.id,
        chat.chat.adapter,
        chat.ways.enabled,
        chat.ways.off,
        keeping.sees_nothing(services, chat.chat.adapter, row),
        row is not None and row.removed_at is not None,
        chat.ways.area,
        chat.human_at,
        chosen if able else None,
        row.left_out if row is not None else 0,
    )
