"""The web application: the shell with the routes of all plugins and adapters, and its server."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from botkit.errors import UserError
from botkit.web import events, health, letterpages, login
from botkit.web.assets import Assets
from botkit.web.errors import kind_errors
from botkit.web.language import remember_language
from botkit.web.layout import set_up
from botkit.web.security import add_headers, refuse_foreign_changes
from botkit.web.shell import SHELL, Shell

if TYPE_CHECKING:
    from botkit.services import Services

HERE = Path(__file__).parent
MAX_BODY = 12 * 1024 * 1024
SHUTDOWN = 2.0
"""Seconds that running requests get when the server stops."""


class Site:
    """A running web server. ``url`` is where people reach it."""

    def __init__(self, runner: web.AppRunner, url: str, port: int) -> None:
        self._runner = runner
        self.url = url
        self.port = port

    async def close(self) -> None:
        """Stop listening, end live streams, and let running requests finish for two seconds."""
        await self._runner.cleanup()


async def serve(services: Services) -> Site:
    """Start the web server that the settings describe.

    Raises ``UserError`` that names port and fix when it can't listen there.
    """
    app = build(services)
    wanted = services.settings.web
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN)
    await runner.setup()
    try:
        site = web.TCPSite(runner, wanted.host, wanted.port)
        await site.start()
    except OSError as problem:
        await runner.cleanup()
        raise _listen_error(problem, wanted.host, wanted.port) from problem
    port: int = runner.addresses[0][1]
    app[SHELL].port = port
    host = "127.0.0.1" if wanted.host in ("", "0.0.0.0", "::") else wanted.host
    shown = f"[{host}]" if ":" in host else host
    return Site(runner, (wanted.public_url or f"http://{shown}:{port}").rstrip("/"), port)


def build(services: Services) -> web.Application:
    """The application with everybody's routes, without a server."""
    services.catalogues.add(HERE / "locales")
    folders = [("web", HERE), *_folders(services)]
    pages = [letterpages.PAGE, *(page for plugin in services.plugins for page in plugin.pages)]
    shell = Shell(
        services,
        Assets((name, folder / "static") for name, folder in folders),
        tuple(sorted(pages, key=lambda page: page.order)),
        port=services.settings.web.port,
    )
    app = web.Application(
        middlewares=[remember_language, kind_errors, refuse_foreign_changes], client_max_size=MAX_BODY
    )
    app[SHELL] = shell
    set_up(app, shell, (folder / "templates" for _, folder in folders))
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(events.end_streams)
    app.router.add_get("/static/{path:.+}", shell.assets.serve)
    app.router.add_get("/events", events.events)
    for module in (health, login, letterpages):
        app.add_routes(module.routes())
    for adapter in services.adapters.values():
        app.add_routes(adapter.routes())
    for plugin in services.plugins:
        for routes in plugin.web_routes:
            app.add_routes(list(routes(services)))
    return app


def _folders(services: Services) -> Iterator[tuple[str, Path]]:
    """Where plugins and adapters keep ``templates/`` and ``static/``: beside their ``locales/``."""
    for plugin in services.plugins:
        if plugin.folder is not None:
            yield plugin.name, plugin.folder
    for adapter in services.adapters.values():
        if adapter.locales is not None:
            yield adapter.name, Path(adapter.locales).parent


def _listen_error(problem: OSError, host: str, port: int) -> UserError:
    place = f"{host}:{port}"
    if problem.errno == errno.EADDRINUSE:
        return UserError(
            f"port {port} is taken: something else listens on {place}",
            f"stop it, or choose another port, for example BOTKIT_WEB_PORT={port + 1}",
        )
    if problem.errno in (errno.EACCES, errno.EPERM):
        return UserError(
            f"this account may not listen on port {port}",
            "choose a port above 1023, for example BOTKIT_WEB_PORT=8080",
        )
    return UserError(
        f"the web server can't listen on {place}: {problem.strerror or problem}",
        "set web.host to an address of this machine, for example 127.0.0.1",
    )
