"""Layout: rendering templates with what every page needs: texts, language, navigation, static files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from botkit.i18n import LANGUAGES
from botkit.web.language import TAGS, language_of
from botkit.web.sessions import csrf_of, known_member
from botkit.web.shell import Shell, shell_of
from botkit.web.text import isolated, visible

HTMX = {"includeIndicatorStyles": False, "allowEval": False, "selfRequestsOnly": True, "historyCacheSize": 0}
"""htmx within our content security policy, keeping no page of a case in the browser's storage."""


def set_up(app: web.Application, shell: Shell, folders: Iterable[Path]) -> None:
    """Prepare the templates of these folders; an earlier folder's name wins."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = isolated
    environment.filters["visible"] = visible
    environment.filters["iso"] = lambda moment: moment.isoformat(timespec="seconds")
    environment.globals["static"] = shell.assets.url
    environment.globals["htmx_config"] = json.dumps(HTMX)


def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page (or a part of one) from a template.

    Templates have, beside ``context``: ``t(key, **args)``, ``moment(datetime)``, ``language``, ``lang_tag``,
    ``station``, ``member`` (or None), ``csrf`` (for forms), ``navigation``, ``switch(language)`` (this
    page in that language), ``static(owner, name)``; and the filters ``clean`` (text of people, isolated),
    ``visible`` (the same inside attributes) and ``iso``.
    """
    shell, language = shell_of(request), language_of(request)
    catalogues = shell.services.catalogues
    member = known_member(request)

    def moment(value: datetime) -> str:
        return catalogues.moment(value, language)

    given: dict[str, Any] = {
        "t": partial(catalogues.text, language),
        "moment": moment,
        "language": language,
        "lang_tag": TAGS[language],
        "languages": tuple(LANGUAGES),
        "station": station_name(shell, language),
        "member": member,
        "csrf": csrf_of(request),
        "navigation": [page for page in shell.pages if member and member.may(page.roles)],
        "path": request.path,
        "switch": lambda other: str(request.rel_url.update_query(lang=other)),
        "status": status,
        **context,
    }
    response = aiohttp_jinja2.render_template(template, request, given, status=status)
    # Pages speak to one person: nothing in between may keep them, and the back button asks again.
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def station_name(shell: Shell, language: str) -> str:
    """The station's name in a language."""
    return shell.services.settings.station.name[language]
