"""Texts of the catalogue as the templates of these pages want them."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from botkit.messages import Text
from botkit.web.language import language_of
from botkit.web.shell import services_of


def sayer(request: web.Request) -> Callable[[Text | str], str]:
    """What renders a text in the language of whoever asks."""
    catalogues, language = services_of(request).catalogues, language_of(request)

    def render_text(text: Text | str) -> str:
        return catalogues.render(text, language)

    return render_text
