"""The public page: the whole directory for residents, searchable, in both languages, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial

from aiohttp import web

from botkit.messages import Text
from botkit.web import language_of, render, services_of
from directory import card, phones
from directory.hours import State, status
from directory.index import Index
from directory.running import directory_of
from directory.values import Entry, Words

PATH = "/directory"
LONGEST = 100
"""Characters of a search that are looked at."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the page shows it: in one language, at one moment."""

    entry: Entry
    calls: tuple[tuple[str, str, str], ...]
    """Number, link and label of each phone; no link where it must not be called."""
    open: Text
    is_open: bool
    source: Text


def routes() -> list[web.RouteDef]:
    """The page's address."""
    return [web.get(PATH, page)]


async def page(request: web.Request) -> web.Response:
    """The list, filtered by ``q`` and ``family``. What is unknown in the address is ignored."""
    services = services_of(request)
    directory = directory_of(services)
    index, language = directory.index, language_of(request)
    words = request.query.get("q", "").strip()[:LONGEST]
    families = {family.slug: family for family in index.guide.families}
    family = families.get(request.query.get("family", ""))
    found = index.search(words, family.slug if family else "")
    now, zone = services.clock.now(), services.settings.station.zone
    shown = {entry.slug: show(entry, language, now, zone) for entry in found}
    searched = bool(words or family)
    return render(
        request,
        "directory/page.html",
        groups=list(_groups(index, found, shown)),
        faqs=[] if searched else [(faq, card.source_line(faq, language)) for faq in index.guide.faqs],
        families=index.guide.families,
        family=family,
        words=words,
        searched=searched,
        count=len(found),
        empty=not index.guide.entries,
        demo=directory.demo,
        chosen_language=request.query.get("lang", ""),
        address=PATH,
        say=partial(services.catalogues.render, language=language),
    )


def show(entry: Entry, language: str, now: datetime, zone: tzinfo) -> Shown:
    """An entry made ready for the template."""
    state = status(entry.hours, now, zone)
    calls = tuple(
        (phone.number, "" if entry.do_not_call else phones.uri(phone.number), phone.label.of(language))
        for phone in entry.phones
    )
    is_open = state.state in (State.ALWAYS, State.OPEN, State.CLOSING) and not entry.do_not_call
    return Shown(entry, calls, card.open_text(state), is_open, card.source_line(entry, language))


def _groups(index: Index, found: list[Entry], shown: dict[str, Shown]) -> Iterator[tuple[Words, list[Shown]]]:
    """Families with what was found of them, in the order of topics; what has no family comes last."""
    placed: set[str] = set()
    for family in index.guide.families:
        topics = [topic.slug for topic in index.guide.topics if topic.family == family.slug]
        inside = [e for topic in topics for e in found if e.topic == topic]
        if inside:
            placed.update(entry.slug for entry in inside)
            yield family.name, [shown[entry.slug] for entry in inside]
    rest = [entry for entry in found if entry.slug not in placed]
    if rest:
        yield Words(), [shown[entry.slug] for entry in rest]
