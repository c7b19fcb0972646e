"""Whether the bot is well: for supervisors and for Prometheus, not for the public."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address

from aiohttp import web

from botkit.errors import StorageError
from botkit.web.errors import api_error
from botkit.web.shell import services_of


async def healthz(request: web.Request) -> web.Response:
    """200 while the loop runs and the database can be read; otherwise 503 with what is wrong."""
    try:
        await asyncio.wait_for(services_of(request).database.read("SELECT 1 AS one"), 5)
    except (StorageError, OSError, TimeoutError):
        wait = {"Retry-After": "5"}
        return api_error(503, "the database can't be read", "see the log of the bot", headers=wait)
    return web.json_response({"ok": True})


async def metrics(request: web.Request) -> web.Response:
    """Figures for Prometheus, to this machine only."""
    if not from_here(request):
        raise web.HTTPNotFound
    return web.Response(
        body=services_of(request).metrics.render(),
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
    )


def from_here(request: web.Request) -> bool:
    """Whether the request comes from this machine itself, not through a proxy on it."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP")):
        return False
    try:
        return ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def routes() -> Sequence[web.RouteDef]:
    """The routes of this module."""
    return (web.get("/healthz", healthz), web.get("/metrics", metrics))
