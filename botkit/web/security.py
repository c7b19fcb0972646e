"""Security headers on every response, and no changes on behalf of other sites."""

from __future__ import annotations

from weakref import WeakSet

from aiohttp import web
from aiohttp.typedefs import Handler

from botkit.web.sessions import SAFE
from botkit.web.shell import shell_of

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # A photo that is still on its way is shown from memory.
        "img-src 'self' blob:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=()",
}

_ASKING: WeakSet[Handler] = WeakSet()


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """For ``on_response_prepare``: streams get the headers too. A handler's own header stands."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "botkit"
    if shell_of(request).secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def asks_only(handler: Handler) -> Handler:
    """Mark a handler that changes nothing, even where it is asked by POST: pages of other sites may ask it too."""
    _ASKING.add(handler)
    return handler


@web.middleware
async def refuse_foreign_changes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a change that a browser says was started by another site. Programs say nothing, and pass."""
    if request.method not in SAFE and request.match_info.handler not in _ASKING:
        site = request.headers.get("Sec-Fetch-Site", "none")
        origin = request.headers.get("Origin")
        own = origin is None or shell_of(request).own_origin(request, origin)
        if site not in ("same-origin", "none") or not own:
            raise web.HTTPForbidden
    return await handler(request)
