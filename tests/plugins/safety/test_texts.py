"""The fixed texts: the number comes first, a group's line is short, and nothing else is promised."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import botkit.plugins.safety
from botkit.i18n import LANGUAGES, read
from botkit.plugins.safety.engine import SafetyRules
from botkit.plugins.safety.texts import ADVICE

FRAUD = frozenset({"stop", "call", "sent", "past", "code", "card", "link", "doubt"})
LOCALES = Path(botkit.plugins.safety.__file__).parent / "locales"
CONFIG = Path(__file__).parents[3] / "config" / "safety"


def texts(language: str) -> dict[str, str]:
    return read(LOCALES / LANGUAGES[language] / "LC_MESSAGES" / "safety.po")


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("advice", list(ADVICE))
def test_every_advice_begins_with_what_to_do(language: str, advice: str) -> None:
    full, brief = (texts(language)[key] for key in ADVICE[advice])
    first = full.splitlines()[0]
    if advice in FRAUD:
        assert re.search("别|停止|挂断|[Ss]top|Hang up", first)
    else:
        assert re.search(r"\b(110|119|120|12110)\b", first)
        assert re.search(r"\b(110|119|120|12110)\b", brief)
    assert len(brief) <= 60
    assert "{" not in full + brief


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_only_emergency_numbers_are_named(language: str) -> None:
    known = {number.number for number in SafetyRules.load(CONFIG).numbers}
    for text in texts(language).values():
        assert set(re.findall(r"\d{3,}", text)) <= known
