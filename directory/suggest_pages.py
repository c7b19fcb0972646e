"""The public form on which residents suggest a change to the directory."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from aiohttp import web

from botkit.web import render, services_of
from directory import suggestions
from directory.running import Directory, directory_of
from directory.suggestions import LONGEST, Rate

PATH = "/directory/suggest"
TRAP = "website"
"""An input that people do not see: who fills it in is a machine."""
_rates: WeakKeyDictionary[Directory, Rate] = WeakKeyDictionary()


def routes() -> Iterable[web.RouteDef]:
    """The addresses."""
    return (web.get(PATH, show), web.post(PATH, take))


async def show(request: web.Request) -> web.Response:
    """The form, about one entry or about what is missing."""
    return _page(request, request.query.get("slug", ""))


async def take(request: web.Request) -> web.Response:
    """Take a suggestion, and thank for it. What is refused comes back as it was typed."""
    services = services_of(request)
    form = await request.post()
    slug, text = (str(form.get(name, "")).strip() for name in ("slug", "text"))
    if not text or len(text) > LONGEST:
        return _page(request, slug, text=text, problem="directory.suggest.length", status=422)
    if form.get(TRAP):
        return _page(request, slug, done=True)
    rate = _rates.setdefault(directory_of(services), Rate())
    if not rate.takes(request.remote or "", services.clock.now()):
        return _page(request, slug, text=text, problem="directory.suggest.often", status=429)
    if not await suggestions.suggest(services.database, slug if _known(request, slug) else "", text):
        return _page(request, slug, text=text, problem="directory.suggest.full", status=503)
    return _page(request, slug, done=True)


def _known(request: web.Request, slug: str) -> bool:
    return directory_of(services_of(request)).index.get(slug) is not None


def _page(
    request: web.Request, slug: str, *, text: str = "", problem: str = "", done: bool = False, status: int = 200
) -> web.Response:
    subject = directory_of(services_of(request)).index.get(slug)
    return render(
        request, "directory/suggest.html", status=status, subject=subject, text=text, problem=problem, done=done,
        longest=LONGEST, trap=TRAP,
    )  # fmt: skip
