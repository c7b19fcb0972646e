"""What an entry must be, beyond being well written: real numbers, known topics, no police business."""

from __future__ import annotations

from collections.abc import Iterator, Set

from botkit.numbers import find
from directory import hours, phones
from directory.fields import Fields
from directory.guard import Guard
from directory.values import Entry, Faq

_POLICE_FIX = "leave it out: police business goes to an officer, never to the directory"


def entry(entry: Entry, fields: Fields, topics: Set[str], guard: Guard) -> None:
    """Check an entry; mistakes are noted in ``fields``."""
    for topic in (entry.topic, *entry.topics):
        if topic and topic not in topics:
            fields.wrong("topic", f"there is no topic {topic!r}", "use a slug of topics.toml, or add the topic there")
    if not entry.phones:
        fields.wrong("phones", "has no phone", 'add phones = [{ number = "12345" }]')
    for phone in entry.phones:
        wrong = guard.number(phone.digits) or phones.problem(phone.number, sample=entry.sample)
        if phone.number and wrong:
            fields.wrong("phones", f"{phone.number} {wrong}", "check the number, or leave the entry out")
    if (wrong := hours.problem(entry.hours.rule)) is not None:
        fields.wrong("hours", wrong, "leave the rule out where the hours are not known")
    if entry.do_not_call:
        _fictional(entry, fields)
    _guarded(fields, guard, _texts(entry))


def faq(faq: Faq, fields: Fields, homes: Set[str], guard: Guard) -> None:
    """Check an FAQ; ``homes`` are the slugs that it may be about."""
    if faq.about and faq.about not in homes:
        fields.wrong("about", f"there is no entry or topic {faq.about!r}", "name the entry or topic it belongs to")
    if not faq.phrasings:
        fields.wrong("phrasings", "has no phrasings", "add questions as residents ask them, in both languages")
    _guarded(fields, guard, _texts(faq))


def numbers(value: Entry | Faq, fields: Fields, vouched: Set[str]) -> None:
    """Check that what may be said holds no number but the directory's own and the emergency list's.

    The guard on automatic texts would refuse the answer later; here it says where the mistake is.
    """
    for name, text in _said(value):
        for number in find(text):
            digits = "".join(filter(str.isdigit, number))
            if digits not in vouched and not all(part in vouched for part in number.replace("-", " ").split()):
                fix = "say numbers in words, years as 2026 年, and give phone numbers as phones of an entry"
                fields.wrong(name, f"{name} holds {number!r}, which is no number of this directory", fix)


def _fictional(entry: Entry, fields: Fields) -> None:
    if not entry.sample:
        fields.wrong("do_not_call", "is invented but no sample", "add sample = true")
    name = entry.name
    if not (name.zh.startswith("示例") and name.zh.endswith("（虚构）")):
        fields.wrong("name", "is invented, and its name does not say so", "name it 示例…（虚构）")
    if not (name.en.startswith("Example ") and name.en.endswith("(fictional)")):
        fields.wrong("name", "is invented, and its name does not say so", "name it Example … (fictional)")
    for phone in entry.phones:
        if not phones.is_fictional(phone.number):
            what = f"is invented, but {phone.number} may ring at somebody's"
            fields.wrong("phones", what, "use an impossible number, such as 021-00000001")


def _guarded(fields: Fields, guard: Guard, texts: Iterator[tuple[str, str]]) -> None:
    for name, text in texts:
        if (word := guard.subject(text)) is not None:
            fields.wrong(name, f"{name} is about police business ({word})", _POLICE_FIX)


def _texts(value: Entry | Faq) -> Iterator[tuple[str, str]]:
    yield from _said(value)
    for _, text in value.phrasings:
        yield "phrasings", text
    if isinstance(value, Entry):
        for _, text in value.aliases:
            yield "aliases", text


def _said(value: Entry | Faq) -> Iterator[tuple[str, str]]:
    """The texts that may be said in a chat, with the names of their fields."""
    entry = ("name", "summary", "area", "cost", "ask_first", "meanwhile")
    for name in entry if isinstance(value, Entry) else ("question", "answer"):
        for _, text in getattr(value, name):
            yield name, text
    for _, text in value.source.name:
        yield "source", text
