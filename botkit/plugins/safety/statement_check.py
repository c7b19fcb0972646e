"""Checking statements: what ``statements.examples.toml`` wants of each text, and what came out instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from botkit.decision import Concern
from botkit.errors import SettingsError
from botkit.plugins.safety.engine import SafetyRules, prepare
from botkit.plugins.safety.files import RulesFile
from botkit.plugins.safety.finding import Finding

FILE = "statements.examples.toml"
SETS = ("in_progress", "when_told", "long_ago", "quiet")
_LANGUAGES = ("zh", "en")


def load_tellings(folder: Path) -> dict[str, list[str]]:
    """The texts of each set, both languages. Raises ``SettingsError``."""
    file = RulesFile(folder / FILE)
    if unknown := set(file.data) - set(SETS):
        raise file.error(f"[{min(unknown)}]", f"{min(unknown)} is no set", f"use one of {', '.join(SETS)}")
    found: dict[str, list[str]] = {}
    for name in SETS:
        table = file.table(name)
        found[name] = [text for language in _LANGUAGES for text in file.strings(name, table.get(language, []))]
        if not found[name]:
            raise SettingsError(f"{file.path}: {name} holds no text", 'write zh = ["…"] and en = ["…"]')
    return found


def unmet(rules: SafetyRules, tellings: Mapping[str, list[str]]) -> Iterator[str]:
    """What is wrong about each text. Danger outranks fraud, so that it is right wherever it is found."""
    for name, texts in tellings.items():
        for text in texts:
            addressed, plain = (rules.judge(text, plain=where) for where in (False, True))
            if wrong := _wrong(name, addressed, plain) or _made(rules, name, text):
                yield f"{FILE}: {text[:80]!r} of {name}: {wrong}"


def _wrong(name: str, addressed: Finding | None, plain: Finding | None) -> str:
    if name == "in_progress" and not _urgent(plain):
        return f"plain: {_told(plain)}"
    if name in ("in_progress", "when_told"):
        return "" if _urgent(addressed) else f"addressed: {_told(addressed)}"
    if plain is not None and not plain.quiet:
        return f"plain: {_told(plain)}"
    if name == "long_ago" and (addressed is None or addressed.urgent):
        return f"addressed: {_told(addressed)}"
    return ""


def _made(rules: SafetyRules, name: str, text: str) -> str:
    """A statement that nobody made."""
    found = rules.statements.find(prepare(text), plain=False) if name == "quiet" else None
    return f"addressed: the statement {found.statement.id}" if found else ""


def _urgent(found: Finding | None) -> bool:
    return found is not None and (found.urgent or found.concern is Concern.EMERGENCY)


def _told(found: Finding | None) -> str:
    return f"{found.kind} by {found.rule}, {'' if found.urgent else 'not '}urgent" if found else "nothing"
