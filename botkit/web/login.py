"""Logging in and out, and the desk's front door."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from botkit.staff import IDLE, TooSoon
from botkit.web.language import language_of
from botkit.web.layout import render
from botkit.web.sessions import COOKIE, find_member, member, require_own_origin, staff
from botkit.web.shell import services_of, shell_of

LONGEST = 1024
"""Characters of a login or password that are looked at: hashing a book would be a way to stop us."""


async def login_page(request: web.Request) -> web.StreamResponse:
    """The form; or the desk, for somebody who is logged in."""
    if await find_member(request):
        raise web.HTTPSeeOther(local_path(request.query.get("next", "")))
    return render(request, "login.html", next=local_path(request.query.get("next", "")), problem="", login="")


async def log_in(request: web.Request) -> web.StreamResponse:
    """Check login and password; begin a session."""
    require_own_origin(request)
    form = await request.post()
    login, password = (str(form.get(name, ""))[:LONGEST] for name in ("login", "password"))
    target = local_path(str(form.get("next", "")))
    services, shell = services_of(request), shell_of(request)
    text, language = services.catalogues.text, language_of(request)
    try:
        found = await services.staff.login(login, password, remote=request.remote or "")
    except TooSoon as problem:
        wait = int(problem.seconds) + 1
        said = text(language, "web.login.too_soon", seconds=wait)
        response = render(request, "login.html", status=429, next=target, problem=said, login=login)
        response.headers["Retry-After"] = str(wait)
        return response
    if found is None:
        said = text(language, "web.login.wrong")
        return render(request, "login.html", status=401, next=target, problem=said, login=login)
    redirect = web.Response(status=303, headers={"Location": target})
    redirect.set_cookie(
        shell.cookie(COOKIE),
        found[1],
        # Twice the idle time: what ends a session is its row, not the browser's clock.
        max_age=int(IDLE.total_seconds()) * 2,
        httponly=True,
        samesite="Lax",
        secure=shell.secure,
    )
    return redirect


@staff()
async def log_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    await services_of(request).staff.logout(member(request))
    response = web.Response(status=303, headers={"Location": "/login"})
    response.del_cookie(shell_of(request).cookie(COOKIE))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@staff()
async def desk(request: web.Request) -> web.StreamResponse:
    """The first page that this person's roles open."""
    for page in shell_of(request).pages:
        if member(request).may(page.roles):
            raise web.HTTPSeeOther(page.path)
    return render(request, "empty.html")


def local_path(given: str) -> str:
    """Where to go after logging in: a path of this server only, whatever the address bar was made to say."""
    if given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable():
        return given
    return "/desk"


def routes() -> Sequence[web.RouteDef]:
    """The routes of this module."""
    return (
        web.get("/login", login_page),
        web.post("/login", log_in),
        web.post("/logout", log_out),
        web.get("/desk", desk),
    )
