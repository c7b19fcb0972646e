"""Orders: what officers type, such as ``接 #1129-07`` or ``/claim 1129-07``: one grammar, two languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

VERBS: Mapping[str, tuple[str, ...]] = {
    "claim": ("接了", "接单", "我来", "接", "claim", "take"),
    "release": ("放回", "退回", "release", "putback"),
    "offer": ("转交", "转给", "转", "handover", "hand"),
    "accept": ("接受", "同意", "accept"),
    "decline": ("不接", "拒绝", "decline"),
    "assign": ("指派", "派给", "assign"),
    "snooze": ("稍后", "晚点", "snooze", "later"),
    "urgent": ("加急", "升级", "urgent"),
    "resolve": ("办结", "已办", "办好了", "结案", "resolve", "done"),
    "await": ("等居民", "等回复", "wait"),
    "agency": ("等部门", "等单位", "agency"),
    "keep": ("继续", "还在办", "keep"),
    "note": ("备注", "记一下", "note"),
    "reply": ("回复", "回", "reply", "say"),
    "merge": ("并入", "合并", "merge"),
    "unmerge": ("拆开", "取消合并", "unmerge"),
    "split": ("拆出", "split"),
    "false": ("误报", "falsealarm", "false"),
    "follow": ("回访", "follow", "followup"),
    "partner": ("转物业", "转居委", "交办", "partner"),
    "canned": ("常用", "模板", "canned"),
    "show": ("查看", "查", "show"),
    "queue": ("待接", "队列", "queue"),
    "mine": ("我的", "mine"),
    "duty": ("值班", "duty"),
}
"""What each order is called, in both languages. The longest name that fits is meant."""

BARE = frozenset({"queue", "mine", "duty"})
"""Orders that are about no single case."""

REACTIONS: Mapping[str, str] = {"👀": "claim", "⏰": "snooze", "🚨": "urgent", "✅": "resolve"}
"""Signs that are orders when they are set on a card, where there are no buttons."""

MENU: Mapping[str, str] = {
    "queue": "handoff.menu.queue",
    "mine": "handoff.menu.mine",
    "duty": "handoff.menu.duty",
    "show": "handoff.menu.show",
    "reply": "handoff.menu.reply",
    "note": "handoff.menu.note",
    "resolve": "handoff.menu.resolve",
}
"""Orders that a platform's menu offers in rooms of staff, and what says what they do."""

NUMBER = re.compile(r"[#＃]?(?<![\d-])(\d{4}-\d{2,9})(?![\d-])")
_NAMES = {name: verb for verb, names in VERBS.items() for name in names}
_VERB = re.compile(
    "|".join(
        f"{re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name)
        for name in sorted(_NAMES, key=len, reverse=True)
    )
)
_DATE = re.compile(r"(?:(\d{4})[-/年.])?(\d{1,2})[-/月.](\d{1,2})(?!\d)[日号]?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:：](\d{2})|点)(?!\d)")
_DAYS = (("今天", 0), ("明天", 1), ("后天", 2), ("today", 0), ("tomorrow", 1))


@dataclass(frozen=True, slots=True)
class Order:
    """A parsed order: what to do, the number of the case (empty: that of the place), and the rest as written."""

    verb: str
    number: str
    rest: str


def parse(text: str, *, loose: bool = False) -> Order | None:
    """The order that a message gives, or None.

    An order has its verb first, or right after the case's number. Outside of a case's own place it names a number,
    unless it is about no single case; ``loose`` is for such places, and for commands.
    """
    words = text.strip()
    slash = words.startswith("/")
    words = words.lstrip("/／")
    number = ""
    if (found := NUMBER.match(words)) is not None:
        number, words = found[1], words[found.end() :].lstrip(" :：,，")
    verb = _VERB.match(words.lower())
    if verb is None:
        return Order("show", number, "") if number and not words else None
    name, rest = _NAMES[verb[0]], words[verb.end() :]
    # Chinese needs no space after a verb; what goes on without one is no order unless a number follows.
    if rest and not rest[0].isspace() and rest[0] not in ":：,，#＃" and not rest[0].isdigit():
        return None
    rest = rest.lstrip(" :：,，\n")
    if not number and (found := NUMBER.match(rest)) is not None:
        number, rest = found[1], rest[found.end() :].lstrip(" :：,，")
    if name in BARE:
        return Order(name, "", rest) if slash or loose or not rest else None
    return Order(name, number, rest) if number or loose or slash else None


def when(text: str, now: datetime, zone: tzinfo) -> tuple[date, time | None, str] | None:
    """The day that a text begins with, its time of the day where it tells one, and the rest; None for no day.

    Days without a year are the next such; 今天, 明天, 后天, today, tomorrow and a number of days (3天, 3d) are known.
    """
    local, words = now.astimezone(zone), text.strip()
    for word, days in _DAYS:
        if words.lower().startswith(word):
            return _timed(local.date() + timedelta(days=days), words[len(word) :])
    if found := re.match(r"(\d{1,3})\s?(?:天后?|日后|days?|d)(?![a-z])", words):
        return _timed(local.date() + timedelta(days=int(found[1])), words[found.end() :])
    found = _DATE.match(words)
    if found is None:
        return None
    year, month, day = found[1], int(found[2]), int(found[3])
    try:
        told = date(int(year) if year else local.year, month, day)
        if not year and told < local.date():
            told = told.replace(year=local.year + 1)
    except ValueError:
        return None
    return _timed(told, words[found.end() :])


def clock(text: str) -> tuple[time | None, str]:
    """The time of the day that a text begins with, and the rest. 24:00 is none: it is the end of the day."""
    words = text.strip(" ,，")
    found = _CLOCK.match(words)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None, words
    return time(int(found[1]), int(found[2] or 0)), words[found.end() :].strip(" ,，")


def moment(text: str, now: datetime, zone: tzinfo) -> tuple[datetime | None, str]:
    """The moment that a text begins with, at 9:00 unless it tells the time, and the rest of the text."""
    found = when(text, now, zone)
    if found is None:
        return None, text
    return datetime.combine(found[0], found[1] or time(9), zone), found[2]


def _timed(day: date, rest: str) -> tuple[date, time | None, str]:
    told, rest = clock(rest)
    return day, told, rest
