"""The public pages: the whole directory for residents, and each entry, in both languages, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from aiohttp import web

from botkit.messages import Text
from botkit.web import language_of, render, services_of
from directory import card, phones
from directory.hours import State, status, week
from directory.index import Index
from directory.running import directory_of
from directory.search import LONGEST
from directory.values import Entry, Words

PATH = "/directory"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    """The pages' addresses."""
    return [web.get(PATH, page), web.get(f"{PATH}/{{slug}}", entry_page)]


async def page(request: web.Request) -> web.Response:
    """The list, filtered by ``q``, ``family`` and ``open``. What is unknown in the address is ignored."""
    services = services_of(request)
    directory = directory_of(services)
    index, language = directory.index, language_of(request)
    words = request.query.get("q", "").strip()[:LONGEST]
    families = {family.slug: family for family in index.guide.families}
    family = families.get(request.query.get("family", ""))
    found = index.search(words, family.slug if family else "")
    now, zone = services.clock.now(), services.settings.station.zone
    shown = {entry.slug: show(entry, language, now, zone) for entry in found}
    only_open = request.query.get("open", "") == "1"
    if only_open:
        found = [entry for entry in found if shown[entry.slug].is_open]
    searched = bool(words or family or only_open)
    return render(
        request,
        "directory/page.html",
        groups=list(_groups(index, found, shown)),
        faqs=[] if searched else [(faq, card.source_line(faq, language)) for faq in index.guide.faqs],
        families=index.guide.families,
        family=family,
        words=words,
        only_open=only_open,
        searched=searched,
        count=len(found),
        empty=not index.guide.entries,
        demo=directory.demo,
        chosen_language=request.query.get("lang", ""),
        address=PATH,
        say=partial(services.catalogues.render, language=language),
    )


async def entry_page(request: web.Request) -> web.Response:
    """One entry, with the questions about it."""
    services = services_of(request)
    directory, language = directory_of(services), language_of(request)
    entry = directory.index.get(request.match_info["slug"])
    if not isinstance(entry, Entry):
        raise web.HTTPNotFound
    one = show(entry, language, services.clock.now(), services.settings.station.zone)
    about = [faq for faq in directory.index.guide.faqs if faq.about in (entry.slug, entry.topic, *entry.topics)]
    return render(
        request,
        "directory/entry.html",
        one=one,
        faqs=[(faq, card.source_line(faq, language)) for faq in about],
        structured=structured(one, language),
        demo=directory.demo,
        address=PATH,
        say=partial(services.catalogues.render, language=language),
    )


def structured(one: Shown, language: str) -> dict[str, Any] | None:
    """An entry in the words of schema.org, for search engines; None of what is invented.

    Source: schema.org/Service, OpeningHoursSpecification.
    """
    entry = one.entry
    if entry.do_not_call:
        return None
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Service",
        "name": entry.name.of(language),
        "description": entry.summary.of(language),
        "availableChannel": [
            {"@type": "ServiceChannel", "servicePhone": {"@type": "ContactPoint", "telephone": phone.number}}
            for phone in entry.phones
        ],
    }
    if entry.organization:
        told["provider"] = {"@type": "Organization", "name": entry.organization.of(language)}
    if entry.area:
        told["areaServed"] = entry.area.of(language)
    days = week(entry.hours.rule) if entry.hours.rule and entry.hours.verified else None
    if days is not None:
        told["hoursAvailable"] = [
            {"@type": "OpeningHoursSpecification", "dayOfWeek": name, "opens": f"{a:%H:%M}", "closes": f"{b:%H:%M}"}
            for name, spans in zip(_DAYS, days, strict=True)
            for a, b in spans
        ]
    return told


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
