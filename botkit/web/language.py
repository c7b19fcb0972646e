"""The language of a page: what was just chosen, what was chosen before, what the browser prefers."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from botkit.i18n import DEFAULT, LANGUAGES
from botkit.web.shell import shell_of

TAGS = {"zh": "zh-CN", "en": "en"}
"""What stands in a page's lang attribute."""
YEAR = 365 * 24 * 3600


def language_of(request: web.Request) -> str:
    """The language to answer this request in, zh or en."""
    chosen = request.query.get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    kept = request.cookies.get(shell_of(request).cookie("lang"), "")
    if kept in LANGUAGES:
        return kept
    return preferred(request.headers.get("Accept-Language", ""))


def preferred(header: str) -> str:
    """The best of our languages by an Accept-Language header; Chinese where it says nothing of use."""
    best, weight = DEFAULT, 0.0
    for part in header[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            quality = 0.0
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES and quality > weight:
            best, weight = language, quality
    return best


@web.middleware
async def remember_language(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep a language chosen with ``?lang=`` for the next pages."""
    response = await handler(request)
    chosen = request.query.get("lang", "")
    if chosen in LANGUAGES and not response.prepared:
        shell = shell_of(request)
        response.set_cookie(
            shell.cookie("lang"), chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=shell.secure
        )
    return response
