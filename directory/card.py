"""The answer card: what is said about an entry or FAQ in a chat, in at most 200 characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from botkit.messages import Text, tr
from botkit.numbers import find
from directory.freshness import Freshness, freshness
from directory.hours import State, Status, status
from directory.values import Entry, Faq

LIMIT = 200
"""Characters of an answer in a chat, line breaks included."""
SHOWN_PHONES = 2
HOTLINE = "12345"
"""Who tells what is true of an entry that has expired, where it stands in the directory."""

Say = Callable[[Text], str]
"""Renders a text in the reader's language, to count it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the card, and when: language, the moment, the station's zone.

    ``hotline`` says whether 12345 may be named: it can tell what is true of an entry that has expired.
    """

    language: str
    now: datetime
    zone: tzinfo
    say: Say
    hotline: bool = False

    @property
    def today(self) -> date:
        """The station's day."""
        return self.now.astimezone(self.zone).date()


def answer(subject: Entry | Faq, beside: Entry | None, reader: Reader, opening: Text | None = None) -> tuple[Text, ...]:
    """The lines that answer with a subject, and name the one entry ``beside`` it where there is room.

    ``opening`` comes before all but a question about danger; it is left out where that leaves no room.
    """
    if beside is not None and freshness(beside, reader.today) is Freshness.EXPIRED:
        beside = None
    if freshness(subject, reader.today) is Freshness.EXPIRED:
        return _expired(subject, reader, opening)
    if isinstance(subject, Faq):
        return _faq(subject, beside, reader, opening)
    return _entry(subject, beside, reader, opening)


def _expired(subject: Entry | Faq, reader: Reader, opening: Text | None) -> tuple[Text, ...]:
    """What is said of a subject that nobody has verified for too long: neither its numbers nor its answer."""
    language = reader.language
    first = summary = None
    if isinstance(subject, Entry):
        first = tr("directory.card.plain", text=subject.ask_first.of(language)) if subject.ask_first else None
        told = summary_without_numbers(subject, language)
        summary = tr("directory.card.plain", text=told) if told else None
    name = tr("directory.card.plain", text=without_numbers(subject.title.of(language)))
    order = [first, opening, name, summary, expired_line(subject, hotline=reader.hotline)]
    return _fitting(order, (opening, summary), reader.say)


def expired_line(subject: Entry | Faq, *, hotline: bool) -> Text:
    """Since when nobody has verified a subject, and who can tell. ``hotline``: whether 12345 may be named."""
    # The hotline can't be asked whether the hotline is right.
    is_hotline = isinstance(subject, Entry) and any(phone.digits == HOTLINE for phone in subject.phones)
    key = "directory.card.expired" if hotline and not is_hotline else "directory.card.expired_human"
    return tr(key, date=subject.assured_date)


def summary_without_numbers(entry: Entry, language: str) -> str:
    """The summary of an entry that has expired; empty where it says a number."""
    summary = entry.summary.of(language)
    return "" if find(summary) else summary


def without_numbers(name: str) -> str:
    """A name such as "12348 法律援助热线" without the number that may no longer be right."""
    for number in find(name):
        name = name.replace(number, " ")
    return " ".join(name.split()).strip(" ：:，,、")


def behind_line(subject: Entry | Faq, language: str) -> Text | None:
    """That the other language's text is newer, where one of those shown is."""
    shown = ("question", "answer", "name", "summary", "area", "cost", "ask_first", "meanwhile")
    if any(f"{name}.{language}" in subject.behind for name in shown):
        return tr("directory.card.behind.en" if language == "en" else "directory.card.behind.zh")
    return None


def _entry(entry: Entry, beside: Entry | None, reader: Reader, opening: Text | None) -> tuple[Text, ...]:
    language = reader.language
    first = tr("directory.card.plain", text=entry.ask_first.of(language)) if entry.ask_first else None
    meanwhile = tr("directory.card.plain", text=entry.meanwhile.of(language)) if entry.meanwhile else None
    summary = tr("directory.card.plain", text=entry.summary.of(language))
    also = beside_line(beside, language) if beside else None
    name, source = name_line(entry, language), source_line(entry, language, reader.today)
    behind = behind_line(entry, language)
    for cost, area in ((True, True), (False, True), (False, False)):
        facts = facts_line(entry, reader, cost=cost, area=area)
        if _length((first, name, facts, source), reader.say) <= LIMIT:
            break
    order = [first, opening, name, facts, meanwhile, summary, also, behind, source]
    return _fitting(order, (behind, opening, meanwhile, also, summary), reader.say)


def _faq(faq: Faq, beside: Entry | None, reader: Reader, opening: Text | None) -> tuple[Text, ...]:
    language = reader.language
    text = tr("directory.card.plain", text=faq.answer.of(language))
    # The entry is named only when its number is news.
    named = beside is not None and not any(phone.number in faq.answer.of(language) for phone in beside.phones)
    also = beside_line(beside, language) if beside and named else None
    behind = behind_line(faq, language)
    order = [opening, text, also, behind, source_line(faq, language, reader.today)]
    return _fitting(order, (behind, opening, also), reader.say)


def _fitting(lines: Sequence[Text | None], optional: Sequence[Text | None], say: Say) -> tuple[Text, ...]:
    """The lines in their order, with as many of the ``optional`` ones as fit, the first of these first."""
    chosen = [line for line in lines if line is not None and not any(line is one for one in optional)]
    for candidate in optional:
        if candidate is not None and _length([*chosen, candidate], say) <= LIMIT:
            chosen.append(candidate)
    return tuple(line for line in lines if line is not None and any(line is one for one in chosen))


def _length(lines: Sequence[Text | None], say: Say) -> int:
    return sum(len(say(line)) + 1 for line in lines if line is not None) - 1


def name_line(entry: Entry, language: str) -> Text:
    """The name and the numbers that the name does not say already."""
    name = entry.name.of(language)
    line = tr("directory.card.plain", text=name)
    told = False
    for phone in entry.phones[:SHOWN_PHONES]:
        if phone.number not in name:
            key = "directory.card.name_or" if told else "directory.card.name"
            line = tr(key, name=line, number=phone.number)
        told = True
    return line


def facts_line(entry: Entry, reader: Reader, *, cost: bool = True, area: bool = True) -> Text:
    """Open now, area and cost."""
    facts: list[Text | str] = [open_text(status(entry.hours, reader.now, reader.zone))]
    if area and entry.area:
        facts.append(entry.area.of(reader.language))
    if cost and entry.cost:
        facts.append(entry.cost.of(reader.language))
    line: Text | str = facts[0]
    for fact in facts[1:]:
        line = tr("directory.card.and", first=line, second=fact)
    return line if isinstance(line, Text) else tr("directory.card.plain", text=line)


def open_text(now: Status) -> Text:
    """What a status says."""
    if now.state is State.CLOSING:
        text = tr("directory.open.closing", minutes=now.minutes)
    elif now.state is State.OPEN and now.until:
        text = tr("directory.open.until", until=now.until)
    elif now.state is State.CLOSED and now.until:
        text = tr("directory.open.opens", when=now.until)
    else:
        text = tr(f"directory.open.{now.state.value}")
    return text if now.holidays_known else tr("directory.open.holidays_unknown", text=text)


def source_line(subject: Entry | Faq, language: str, today: date) -> Text:
    """Where it comes from, and when it was verified last: never means never, not long ago."""
    source = subject.source.name.of(language)
    if isinstance(subject, Entry) and subject.do_not_call:
        return tr("directory.card.fictional")
    state = freshness(subject, today)
    if state is Freshness.SAMPLE:
        return tr("directory.card.sample", source=source)
    if state is Freshness.UNVERIFIED:
        return tr("directory.card.unverified", source=source)
    key = {
        Freshness.FRESH: "directory.card.verified",
        Freshness.DUE: "directory.card.due",
        Freshness.EXPIRED: "directory.card.lapsed",
    }[state]
    return tr(key, source=source, date=subject.assured_date)


def beside_line(entry: Entry, language: str) -> Text:
    """A second entry in one line. An invented one says so, and not to call."""
    key = "directory.card.also_fictional" if entry.do_not_call else "directory.card.also"
    return tr(key, entry=name_line(entry, language))
