"""Choices: what can be chosen for a group, as values of its row, as words that people type, and as texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botkit.messages import Text, tr
from botkit.plugins.groups.models import GroupSetting
from botkit.plugins.groups.settings import GroupsSettings

LINES = (5, 10, 20)
"""Lines an hour that a button offers."""
MOST_LINES = 60
MOST_MUTED = 20
_LOOKED_AT = 200
NAMES = {
    "mentions": ("mentions", "只听@", "只听提及", "提及"),
    "dangers": ("dangers", "danger", "险情", "險情", "危险"),
    "scams": ("scams", "scam", "诈骗", "詐騙", "防诈"),
    "greet": ("greet", "newcomers", "迎新", "新人", "问候"),
    "quiet": ("quiet", "night", "安静", "夜间", "免打扰"),
    "language": ("language", "语言", "語言"),
    "lines": ("lines", "条数", "條數"),
    "mute": ("mute", "停答"),
    "unmute": ("unmute", "恢复"),
}
"""What can be chosen, and how it may be called."""
SWITCHES = {"mentions": "mentions_only", "dangers": "dangers", "scams": "scams"}
"""Choices between on and off, with the field of the row."""
ON, OFF = (
    frozenset({"on", "yes", "开", "開", "开启", "打开", "是"}),
    frozenset({"off", "no", "关", "關", "关闭", "关掉", "否"}),
)
_LANGUAGES: Mapping[str, str | None] = {
    "zh": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh", "en": "en", "english": "en", "英文": "en", "英语": "en",
    "auto": None, "written": None, "自动": None,
}  # fmt: skip
_STATION = frozenset({"default", "默认", "station"})
_CALLED = {word: name for name, words in NAMES.items() for word in words}
_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(?:[-~—–]|到|至)\s*(\d{1,2})(?::(\d{2}))?")
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something chosen: the setting's name, and the fields of the row that it changes."""

    setting: str
    changes: Mapping[str, Any] = field(default_factory=dict)


def parse(typed: str, row: GroupSetting, settings: GroupsSettings) -> Choice | None:
    """What somebody typed after /settings, or None where it can't be understood. Never raises."""
    words = plain(typed).split(None, 1)
    if len(words) != 2:
        return None
    name, value = _CALLED.get(words[0], ""), words[1].strip()
    changes = _changes(name, value, row, settings)
    return None if changes is None else Choice(name, changes)


def plain(typed: str) -> str:
    """What was typed without what keyboards make of it: width and case."""
    return unicodedata.normalize("NFKC", typed[:_LOOKED_AT]).casefold().strip()


def _changes(name: str, value: str, row: GroupSetting, settings: GroupsSettings) -> dict[str, Any] | None:
    if name in SWITCHES:
        return {SWITCHES[name]: value in ON} if value in ON | OFF else None
    if name == "greet":
        return {"greet": None} if value in _STATION else {"greet": value in ON} if value in ON | OFF else None
    if name == "quiet":
        return _quiet(value, settings)
    if name == "language":
        return {"language": _LANGUAGES[value]} if value in _LANGUAGES else None
    if name == "lines":
        if value in _STATION:
            return {"lines": None}
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0
        return {"lines": number} if 1 <= number <= MOST_LINES else None
    if name in ("mute", "unmute") and _SLUG.fullmatch(value):
        muted = set(row.muted.split())
        muted = muted | {value} if name == "mute" else muted - {value}
        return {"muted": " ".join(sorted(muted))} if len(muted) <= MOST_MUTED else None
    return None


def _quiet(value: str, settings: GroupsSettings) -> dict[str, Any] | None:
    if value in ON:
        return {"quiet_from": settings.quiet_from, "quiet_until": settings.quiet_until}
    if value in OFF:
        return {"quiet_from": "00:00", "quiet_until": "00:00"}
    if value in _STATION:
        return {"quiet_from": None, "quiet_until": None}
    found = _HOURS.fullmatch(value)
    if found is None:
        return None
    start, end = ((int(found[n]), int(found[n + 1] or 0)) for n in (1, 3))
    if max(start[0], end[0]) > 23 or max(start[1], end[1]) > 59:
        return None
    return {"quiet_from": "{:02}:{:02}".format(*start), "quiet_until": "{:02}:{:02}".format(*end)}


def name_of(setting: str) -> Text:
    """What a setting is called. Topics left alone are one setting, however they came to be."""
    return tr(f"groups.name.{'mute' if setting == 'unmute' else setting}")


def shown(setting: str, row: GroupSetting, settings: GroupsSettings) -> Text | str:
    """How a setting stands."""
    if setting in SWITCHES or setting == "greet":
        return tr("groups.value.on" if _stands(setting, row, settings) else "groups.value.off")
    if setting == "quiet":
        if row.quiet_from is None:
            return tr("groups.value.station")
        if row.quiet_from == row.quiet_until:
            return tr("groups.value.off")
        return f"{row.quiet_from}–{row.quiet_until}"
    if setting == "language":
        return tr(f"groups.value.{row.language or 'written'}")
    if setting == "lines":
        return tr("groups.value.station") if row.lines is None else tr("groups.value.lines", count=row.lines)
    return row.muted.replace(" ", ", ") or tr("groups.value.none")


def _stands(switch: str, row: GroupSetting, settings: GroupsSettings) -> bool:
    return settings.greets(row.greet) if switch == "greet" else getattr(row, SWITCHES[switch])


def following(setting: str, row: GroupSetting, settings: GroupsSettings) -> tuple[str, Text]:
    """What a button under the settings would choose next: the word that is typed for it, and its text."""
    if setting in SWITCHES or setting == "greet":
        word = "off" if _stands(setting, row, settings) else "on"
    elif setting == "quiet":
        word = "off" if row.quiet_from is not None and row.quiet_from != row.quiet_until else "on"
    elif setting == "language":
        word = {None: "zh", "zh": "en"}.get(row.language, "written")
    else:
        number = next((each for each in LINES if each > (row.lines or 0)), LINES[0])
        return str(number), tr("groups.value.lines", count=number)
    return word, tr(f"groups.value.{word}")
