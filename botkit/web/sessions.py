"""Sessions on the web: who is asking, whether they may, and whether it was really they who asked."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar
from urllib.parse import quote

from aiohttp import web

from botkit.errors import BotkitError, RegistrationError
from botkit.staff import ROLES, Member
from botkit.web.shell import services_of, shell_of

COOKIE = "desk"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MEMBER = web.RequestKey[Member | None]("member", Member)

R = TypeVar("R", bound=web.StreamResponse)
Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


def staff(*roles: str) -> Callable[[Callable[[web.Request], Awaitable[R]]], Page]:
    """Let only people with one of these roles (none given: anybody of the station) through to a handler.

    Others are asked to log in, or refused. A request that changes something must also come from one of our
    own pages and carry its token (field ``csrf`` or header ``X-CSRF-Token``). Asked at every request, so a
    role that was taken away is gone with the next click. Raises ``RegistrationError`` for an unknown role.
    """
    if unknown := set(roles) - set(ROLES):
        raise RegistrationError(f"no such role: {', '.join(sorted(unknown))}; there are {', '.join(ROLES)}")
    wanted = frozenset(roles or ROLES)

    def decorate(handler: Callable[[web.Request], Awaitable[R]]) -> Page:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            who = await find_member(request)
            if who is None:
                return ask_to_log_in(request)
            if not who.may(wanted):
                raise web.HTTPForbidden
            if request.method not in SAFE:
                await check_origin_and_token(request)
            return await handler(request)

        return guarded

    return decorate


async def find_member(request: web.Request) -> Member | None:
    """Who is logged in, by the session's cookie; remembered with the request."""
    if MEMBER not in request:
        token = session_token(request)
        request[MEMBER] = await services_of(request).staff.session(token) if token else None
    return known_member(request)


def known_member(request: web.Request) -> Member | None:
    """Who is logged in, if that was found out already."""
    return request.get(MEMBER)


def member(request: web.Request) -> Member:
    """Who is asking, inside a handler that ``staff`` guards."""
    found = known_member(request)
    if found is None:
        raise BotkitError("this handler is not guarded: decorate it with @staff(...)")
    return found


def session_token(request: web.Request) -> str:
    """The token of the session's cookie, or an empty string."""
    return request.cookies.get(shell_of(request).cookie(COOKIE), "")


def csrf_of(request: web.Request) -> str:
    """The token that this session's forms must carry: a hash that reveals nothing of the session's own."""
    token = session_token(request)
    return hashlib.sha256(f"csrf:{token}".encode("utf-8", "replace")).hexdigest() if token else ""


async def check_origin_and_token(request: web.Request) -> None:
    """Raises ``HTTPForbidden`` for a change that was not made on one of our own pages."""
    require_own_origin(request)
    given = request.headers.get(CSRF_HEADER, "")
    if not given:
        field = (await request.post()).get(CSRF_FIELD, "")
        given = field if isinstance(field, str) else ""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), csrf_of(request).encode()):
        raise web.HTTPForbidden


def require_own_origin(request: web.Request) -> None:
    """Raises ``HTTPForbidden`` unless the browser says that one of our own pages asks."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return
    if not shell_of(request).own_origin(request, request.headers.get("Origin", "")):
        raise web.HTTPForbidden


def ask_to_log_in(request: web.Request) -> web.StreamResponse:
    """To the login page, and back here afterwards."""
    target = f"/login?next={quote(request.path_qs, safe='')}"
    if request.headers.get("HX-Request"):
        # htmx would put the login page into a part of this one.
        return web.Response(status=401, headers={"HX-Redirect": "/login"})
    if request.method in SAFE and "text/html" in request.headers.get("Accept", ""):
        return web.Response(status=303, headers={"Location": target})
    raise web.HTTPUnauthorized
