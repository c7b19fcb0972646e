"""Shell: what the running web server knows, reachable from every request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from botkit.plugin import StaffPage
    from botkit.services import Services
    from botkit.web.assets import Assets


@dataclass
class Shell:
    """Services, static files and navigation of one server.

    ``streams`` are the tasks of open live streams: they would never end by themselves.
    """

    services: Services
    assets: Assets
    pages: tuple[StaffPage, ...]
    port: int = 0
    streams: set[asyncio.Task[object]] = field(default_factory=set)

    @property
    def public_url(self) -> str:
        """Where people reach this server, when that differs from where it listens."""
        return self.services.settings.web.public_url or ""

    @property
    def secure(self) -> bool:
        """Whether people reach it through TLS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

    def cookie(self, name: str) -> str:
        """The name of a cookie. Browsers share cookies between ports, where several stations may run."""
        return name if self.public_url else f"{name}_{self.port}"

    def own_origin(self, request: web.Request, origin: str) -> bool:
        """Whether an Origin header names this server, as the request's sender sees it."""
        try:
            host = urlsplit(origin).netloc
        except ValueError:
            return False
        # "null", the origin of a sandboxed frame, has no host.
        return bool(host) and host in (request.host, urlsplit(self.public_url).netloc)


SHELL = web.AppKey("shell", Shell)


def shell_of(request: web.Request) -> Shell:
    """The shell that a request belongs to."""
    return request.config_dict[SHELL]


def services_of(request: web.Request) -> Services:
    """The bot's services."""
    return shell_of(request).services
