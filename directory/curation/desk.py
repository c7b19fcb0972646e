"""What maintainers do to a value: check it as they type, save it as a change, remove it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from botkit.services import Services
from botkit.staff import Member
from directory import card as cards
from directory import changes
from directory.accepting import accept
from directory.changes import EDIT, LONGEST_NOTE, Edit
from directory.contents import Contents
from directory.curation.forms import Form
from directory.importing import kept
from directory.problems import Problem
from directory.running import Directory
from directory.slugs import free_slug
from directory.values import Entry, Faq, Guide, Value


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a form: the value, unless something is wrong with it."""

    value: Value | None
    problems: tuple[Problem, ...]


def check(directory: Directory, form: Form, before: Value | None) -> Checked:
    """Whether a form can be saved. Fields that no form shows stay as they were."""
    live = directory.contents.guide
    done = accept([form], directory.guard, live=_without(live, before), both=False)
    made = (*done.guide.subjects, *done.guide.topics, *done.guide.families)
    if done.problems or not made:
        return Checked(None, done.problems)
    return Checked(kept(before, made[0]), ())


async def save(services: Services, who: Member, kind: str, value: Value, note: str) -> int:
    """Propose a value. Returns the change, which waits for its approval."""
    edit = Edit(kind, value.slug, value)
    return await changes.propose(services.database, [edit], kind=EDIT, actor=who.actor, note=note)


async def remove(services: Services, who: Member, kind: str, slug: str, note: str) -> int:
    """Propose that something goes. Returns the change, which waits for its approval."""
    return await changes.propose(services.database, [Edit(kind, slug, None)], kind=EDIT, actor=who.actor, note=note)


def leaning(guide: Guide, kind: str, slug: str) -> tuple[Value, ...]:
    """What refers to something, and would hang in the air without it."""
    if kind == "family":
        return tuple(topic for topic in guide.topics if topic.family == slug)
    if kind == "topic":
        entries = (entry for entry in guide.entries if slug in (entry.topic, *entry.topics))
        return (*entries, *(faq for faq in guide.faqs if faq.about == slug))
    return tuple(faq for faq in guide.faqs if faq.about == slug) if kind == "entry" else ()


def named(contents: Contents, kind: str, form: Form) -> str:
    """A free slug for what was typed."""
    name = form.data.get("name") or form.data.get("question") or {}
    return free_slug(kind, name.get("zh", ""), name.get("en", ""), {slug for _, slug in contents.items})


def preview(services: Services, value: Value, language: str, *, hotline: bool) -> list[str]:
    """The lines with which the bot would answer in a chat; none for what is no answer.

    ``hotline`` says whether 12345 is in the directory.
    """
    if not isinstance(value, Entry | Faq):
        return []
    say = partial(services.catalogues.render, language=language)
    zone = services.settings.station.zone
    reader = cards.Reader(language, services.clock.now(), zone, say, hotline)
    return [say(line) for line in cards.answer(value, None, reader)]


def _without(guide: Guide, value: Value | None) -> Guide:
    """The guide without a value that is being replaced: its old numbers vouch for nothing."""
    if not isinstance(value, Entry):
        return guide
    return replace(guide, entries=_others(guide.entries, value.slug))


def _others(entries: Iterable[Entry], slug: str) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.slug != slug)


__all__ = ["LONGEST_NOTE", "Checked", "check", "leaning", "named", "preview", "remove", "save"]
