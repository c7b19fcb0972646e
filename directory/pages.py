"""The public pages: the whole directory for residents, and each entry, in both languages, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import partial
from typing import Any

from aiohttp import web

from botkit.messages import Text
from botkit.web import language_of, render, services_of
from directory import card, phones
from directory.freshness import Freshness, freshness
from directory.hours import State, status, week
from directory.index import Index
from directory.running import directory_of
from directory.search import LONGEST
from directory.values import Entry, Faq, Words

PATH = "/directory"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the page shows it: in one language, at one moment."""

    entry: Entry
    name: str
    summary: str
    calls: tuple[tuple[str, str, str], ...]
    """Number, link and label of each phone; no link where it must not be called."""
    open: Text
    is_open: bool
    source: Text
    expired: Text | None
    """What is said instead of numbers where nobody has verified them for too long."""
    behind: Text | None


@dataclass(frozen=True, slots=True)
class Facets:
    """What entries can be narrowed by besides words and family: what there is, and what was chosen of it."""

    areas: tuple[str, ...]
    languages: tuple[str, ...]
    has_free: bool
    area: str = ""
    speaks: str = ""
    free: bool = False

    @classmethod
    def of(cls, entries: Iterable[Entry], query: Mapping[str, str], language: str) -> Facets:
        """The facets of some entries, in the reader's language."""
        areas: set[str] = set()
        languages: set[str] = set()
        free = False
        for entry in entries:
            areas.add(entry.area.of(language))
            languages.update(entry.languages)
            free = free or entry.free
        areas.discard("")
        area, speaks = query.get("area", ""), query.get("speaks", "")
        chosen = area if area in areas else "", speaks if speaks in languages else ""
        return cls(tuple(sorted(areas)), tuple(sorted(languages)), free, *chosen, query.get("free", "") == "1")

    @property
    def chosen(self) -> bool:
        """Whether anything was."""
        return bool(self.area or self.speaks or self.free)

    def takes(self, entry: Entry, language: str) -> bool:
        """Whether an entry has all that was chosen."""
        return (
            (not self.area or entry.area.of(language) == self.area)
            and (not self.speaks or self.speaks in entry.languages)
            and (not self.free or entry.free)
        )


def routes() -> list[web.RouteDef]:
    """The pages' addresses."""
    return [web.get(PATH, page), web.get(f"{PATH}/{{slug}}", entry_page)]


async def page(request: web.Request) -> web.Response:
    """The list, filtered by ``q``, ``family``, ``area``, ``speaks``, ``free`` and ``open``, all of them together.

    What is unknown in the address is ignored.
    """
    services = services_of(request)
    directory = directory_of(services)
    index, language = directory.index, language_of(request)
    words = request.query.get("q", "").strip()[:LONGEST]
    families = {family.slug: family for family in index.guide.families}
    family = families.get(request.query.get("family", ""))
    facets = Facets.of(index.guide.entries, request.query, language)
    found = [entry for entry in index.search(words, family.slug if family else "") if facets.takes(entry, language)]
    now, zone = services.clock.now(), services.settings.station.zone
    today = now.astimezone(zone).date()
    hotline = card.HOTLINE in index.numbers
    shown = {entry.slug: show(entry, language, now, zone, hotline=hotline) for entry in found}
    only_open = request.query.get("open", "") == "1"
    if only_open:
        found = [entry for entry in found if shown[entry.slug].is_open]
    searched = bool(words or family or only_open or facets.chosen)
    return render(
        request,
        "directory/page.html",
        groups=list(_groups(index, found, shown)),
        faqs=[] if searched else [_answer(faq, language, today, hotline=hotline) for faq in index.guide.faqs],
        families=index.guide.families,
        family=family,
        words=words,
        only_open=only_open,
        facets=facets,
        searched=searched,
        count=len(found),
        empty=not index.guide.entries,
        has_places=any(entry.place.latitude is not None for entry in index.guide.entries),
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
    now, zone = services.clock.now(), services.settings.station.zone
    today = now.astimezone(zone).date()
    hotline = card.HOTLINE in directory.index.numbers
    one = show(entry, language, now, zone, hotline=hotline)
    about = [faq for faq in directory.index.guide.faqs if faq.about in (entry.slug, entry.topic, *entry.topics)]
    return render(
        request,
        "directory/entry.html",
        one=one,
        faqs=[_answer(faq, language, today, hotline=hotline) for faq in about],
        structured=structured(one, language),
        demo=directory.demo,
        address=PATH,
        say=partial(services.catalogues.render, language=language),
    )


def structured(one: Shown, language: str) -> dict[str, Any] | None:
    """An entry in the words of schema.org, for search engines; None of what is invented, or has expired.

    Source: schema.org/Service, OpeningHoursSpecification.
    """
    entry = one.entry
    if entry.do_not_call or one.expired is not None:
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


def show(entry: Entry, language: str, now: datetime, zone: tzinfo, *, hotline: bool) -> Shown:
    """An entry made ready for the template. ``hotline`` says whether 12345 is in the directory."""
    state, today = status(entry.hours, now, zone), now.astimezone(zone).date()
    name, summary, expired = entry.name.of(language), entry.summary.of(language), None
    if freshness(entry, today) is Freshness.EXPIRED:
        expired = card.expired_line(entry, hotline=hotline)
        name, summary = card.without_numbers(name), card.summary_without_numbers(entry, language)
    calls = tuple(
        (phone.number, "" if entry.do_not_call else phones.uri(phone.number), phone.label.of(language))
        for phone in (() if expired else entry.phones)
    )
    is_open = state.state in (State.ALWAYS, State.OPEN, State.CLOSING) and not entry.do_not_call and expired is None
    source, behind = card.source_line(entry, language, today), card.behind_line(entry, language)
    return Shown(entry, name, summary, calls, card.open_text(state), is_open, source, expired, behind)


def _answer(faq: Faq, language: str, today: date, *, hotline: bool) -> tuple[Faq, Text, Text | None]:
    """A question with where its answer comes from, and what is said instead of it where it has expired."""
    expired = freshness(faq, today) is Freshness.EXPIRED
    instead = card.expired_line(faq, hotline=hotline) if expired else None
    return faq, card.source_line(faq, language, today), instead


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
