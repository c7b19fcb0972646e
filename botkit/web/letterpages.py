"""The admin's page of dead letters: what could not be delivered, without its words, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from botkit.letters import letters
from botkit.plugin import StaffPage
from botkit.web.layout import render
from botkit.web.sessions import member, staff
from botkit.web.shell import services_of

PATH = "/desk/kernel/letters"
PAGE = StaffPage("web.letters.title", PATH, frozenset({"admin"}), 900)
NOTICES = {"queued": "web.letters.queued", "gone": "web.letters.gone"}


@staff("admin")
async def list_letters(request: web.Request) -> web.StreamResponse:
    """All undelivered messages, newest first."""
    services = services_of(request)
    found = await letters(services.database)
    notice = NOTICES.get(request.query.get("done", ""), "")
    return render(request, "letters.html", letters=found, notice=notice)


@staff("admin")
async def retry_letter(request: web.Request) -> web.StreamResponse:
    """Queue one again."""
    delivery = services_of(request).delivery
    number = int(request.match_info["letter"])
    queued = delivery is not None and await delivery.retry(number, actor=member(request).actor)
    raise web.HTTPSeeOther(f"{PATH}?done={'queued' if queued else 'gone'}")


def routes() -> Sequence[web.RouteDef]:
    """The routes of this module."""
    return (
        web.get(PATH, list_letters),
        web.post(f"{PATH}/{{letter:[0-9]{{1,19}}}}/retry", retry_letter),
    )
