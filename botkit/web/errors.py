"""Errors on the web: kind pages for people, ``{error: {what, fix}}`` for programs."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from botkit.errors import StorageError
from botkit.logs import where
from botkit.web.language import language_of
from botkit.web.layout import render
from botkit.web.shell import services_of

log = structlog.get_logger()

TEXTS = {
    400: ("web.error.bad_request.what", "web.error.bad_request.fix"),
    401: ("web.error.login.what", "web.error.login.fix"),
    403: ("web.error.forbidden.what", "web.error.forbidden.fix"),
    404: ("web.error.not_found.what", "web.error.not_found.fix"),
    405: ("web.error.method.what", "web.error.method.fix"),
    413: ("web.error.too_large.what", "web.error.too_large.fix"),
    429: ("web.error.too_many.what", "web.error.too_many.fix"),
    500: ("web.error.fault.what", "web.error.fault.fix"),
    503: ("web.error.unavailable.what", "web.error.unavailable.fix"),
}
PROGRAMS = ("/api/", "/hsds/", "/chat/", "/events", "/metrics", "/healthz")


def api_error(status: int, what: str, fix: str = "", *, headers: Mapping[str, str] | None = None) -> web.Response:
    """An error as JSON: what happened, and what to do about it."""
    body = {"error": {"what": what, "fix": fix}}
    return web.json_response(body, status=status, headers=headers)


def error_response(request: web.Request, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """The error of this status, as a page or as JSON, in the language of the request."""
    known = status if status in TEXTS else 500 if status >= 500 else 400
    catalogues, language = services_of(request).catalogues, language_of(request)
    what, fix = (catalogues.text(language, key) for key in TEXTS[known])
    if wants_json(request):
        return api_error(status, what, fix, headers=headers)
    response = render(request, "error.html", status=status, what=what, fix=fix)
    response.headers.update(headers or {})
    return response


def wants_json(request: web.Request) -> bool:
    """Whether a program asks, not a person's browser."""
    return request.path.startswith(PROGRAMS) or "text/html" not in request.headers.get("Accept", "")


@web.middleware
async def kind_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn everything that goes wrong into an answer that helps."""
    try:
        return await handler(request)
    except web.HTTPException as problem:
        if problem.status < 400:
            raise
        kept = {name: value for name, value in problem.headers.items() if name in ("Allow", "Retry-After")}
        return error_response(request, problem.status, kept)
    except ConnectionError:
        raise
    # The boundary of the process towards browsers: whatever a page raises, its reader gets a page.
    except Exception as problem:
        fault = problem
    status = 503 if isinstance(fault, StorageError) else 500
    services_of(request).metrics.failed.labels("web").inc()
    route = request.match_info.route.resource
    log.error(
        "page.failed",
        path=route.canonical if route else "",
        problem=type(fault).__name__,
        where=where(fault),
    )
    return error_response(request, status, {"Retry-After": "5"} if status == 503 else None)
