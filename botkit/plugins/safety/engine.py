"""The engine: whether a text is an emergency, fraud or neither; in memory, from the reviewed rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from botkit.decision import Concern
from botkit.errors import SettingsError
from botkit.language.normalise import normalise
from botkit.plugins.safety.lexicon import Lexicon, Number, plain_form
from botkit.plugins.safety.reading import load_lexicon, load_numbers
from botkit.plugins.safety.rules import RuleSet
from botkit.plugins.safety.texts import ADVICE

LONGEST = 100_000
"""Characters that are looked at; of a longer text, both ends."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text is, by which rule. ``advice`` names its texts; ``urgent``: a human is paged at once."""

    concern: Concern
    kind: str
    rule: str
    advice: str
    urgent: bool


class SafetyRules:
    """Emergency and fraud rules of one station, compiled. Emergency outranks fraud."""

    def __init__(self, emergency: Lexicon, fraud: Lexicon, numbers: tuple[Number, ...]) -> None:
        self._emergency = RuleSet(emergency)
        self._fraud = RuleSet(fraud)
        self.numbers = numbers

    @classmethod
    def load(cls, folder: Path) -> SafetyRules:
        """The rules of ``numbers.toml``, ``words.toml``, ``emergency.toml`` and ``fraud.toml``.

        Raises ``SettingsError`` that names file, line and fix.
        """
        numbers = load_numbers(folder / "numbers.toml")
        lexicons = []
        for name in ("emergency", "fraud"):
            lexicon = load_lexicon(folder, name)
            for rule in lexicon.rules:
                if rule.kind.advice not in ADVICE:
                    raise SettingsError(
                        f"{folder / f'{name}.toml'}: {rule.kind.name} has no advice {rule.kind.advice!r}",
                        f"use one of {', '.join(ADVICE)}",
                    )
            lexicons.append(lexicon)
        return cls(lexicons[0], lexicons[1], numbers)

    def judge(self, text: str, *, plain: bool) -> Finding | None:
        """What the text is, or None. ``plain``: talk among residents, where only posted scams are fraud.

        Never raises; some 0.1 ms for an ordinary message, linear in length.
        """
        if len(text) > LONGEST:
            text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
        prepared = plain_form(normalise(text))
        rule = self._emergency.find(prepared, plain)
        if rule is not None:
            return Finding(Concern.EMERGENCY, rule.kind.name, rule.id, rule.kind.advice, True)
        rule = self._fraud.find(prepared, plain)
        if rule is not None:
            return Finding(Concern.FRAUD, rule.kind.name, rule.id, rule.kind.advice, rule.urgent)
        return None
