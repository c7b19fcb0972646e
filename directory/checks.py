"""What an entry must be, beyond being well written: real numbers, known topics, no police business."""

from __future__ import annotations

from collections.abc import Iterator, Set

from botkit.messages import tr
from botkit.numbers import find
from directory import hours, phones
from directory.fields import Fields
from directory.guard import Guard
from directory.values import Entry, Faq


def entry(entry: Entry, fields: Fields, topics: Set[str], guard: Guard) -> None:
    """Check an entry; mistakes are noted in ``fields``."""
    for name, topic in (("topic", entry.topic), *(("topics", other) for other in entry.topics)):
        if topic and topic not in topics:
            fields.wrong(name, tr("directory.wrong.topic", value=topic), tr("directory.fix.topic"))
    if not entry.phones:
        fields.wrong("phones", tr("directory.wrong.no_phone"), tr("directory.fix.no_phone"))
    for phone in entry.phones:
        wrong = guard.number(phone.digits) or phones.problem(phone.number, sample=entry.sample)
        if phone.number and wrong:
            fields.wrong(
                "phones", tr("directory.wrong.phone", number=phone.number, what=wrong), tr("directory.fix.phone")
            )
    if (wrong := hours.problem(entry.hours.rule)) is not None:
        fields.wrong("hours.rule", wrong, tr("directory.fix.hours"))
    if entry.do_not_call:
        _fictional(entry, fields)
    _guarded(fields, guard, _texts(entry))


def faq(faq: Faq, fields: Fields, homes: Set[str], guard: Guard) -> None:
    """Check an FAQ; ``homes`` are the slugs that it may be about."""
    if faq.about and faq.about not in homes:
        fields.wrong("about", tr("directory.wrong.about", value=faq.about), tr("directory.fix.about"))
    if not faq.phrasings:
        fields.wrong("phrasings.zh", tr("directory.wrong.missing"), tr("directory.fix.phrasings"))
    _guarded(fields, guard, _texts(faq))


def numbers(value: Entry | Faq, fields: Fields, vouched: Set[str]) -> None:
    """Check that what may be said holds no number but the directory's own and the emergency list's.

    The guard on automatic texts would refuse the answer later; here it says where the mistake is.
    """
    for name, text in _said(value):
        for number in find(text):
            digits = "".join(filter(str.isdigit, number))
            if digits not in vouched and not all(part in vouched for part in number.replace("-", " ").split()):
                fields.wrong(name, tr("directory.wrong.number", number=number), tr("directory.fix.number"))


def _fictional(entry: Entry, fields: Fields) -> None:
    if not entry.sample:
        fields.wrong("do_not_call", tr("directory.wrong.no_sample"), tr("directory.fix.no_sample"))
    name = entry.name
    if not (name.zh.startswith("示例") and name.zh.endswith("（虚构）")):
        fields.wrong("name.zh", tr("directory.wrong.invented_name"), tr("directory.fix.invented_name"))
    if not (name.en.startswith("Example ") and name.en.endswith("(fictional)")):
        fields.wrong("name.en", tr("directory.wrong.invented_name"), tr("directory.fix.invented_name"))
    for phone in entry.phones:
        if not phones.is_fictional(phone.number):
            what = tr("directory.wrong.invented_number", number=phone.number)
            fields.wrong("phones", what, tr("directory.fix.invented_number"))


def _guarded(fields: Fields, guard: Guard, texts: Iterator[tuple[str, str]]) -> None:
    for name, text in texts:
        if (word := guard.subject(text)) is not None:
            fields.wrong(name, tr("directory.wrong.police", word=word), tr("directory.fix.police"))


def _texts(value: Entry | Faq) -> Iterator[tuple[str, str]]:
    yield from _said(value)
    for language, text in value.phrasings:
        yield f"phrasings.{language}", text
    if isinstance(value, Entry):
        for language, text in value.aliases:
            yield f"aliases.{language}", text


def _said(value: Entry | Faq) -> Iterator[tuple[str, str]]:
    """The texts that may be said in a chat, with the names of their fields."""
    entry = ("name", "summary", "area", "cost", "ask_first", "meanwhile")
    for name in entry if isinstance(value, Entry) else ("question", "answer"):
        for language, text in getattr(value, name):
            yield f"{name}.{language}", text
    for language, text in value.source.name:
        yield f"source.{language}", text
