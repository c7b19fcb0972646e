"""The engine: whether a text is an emergency, fraud or neither; in memory, from reviewed rules and a learned model."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from botkit.decision import Concern
from botkit.errors import SettingsError
from botkit.language.normalise import normalise
from botkit.plugins.safety.advisories import Advisories
from botkit.plugins.safety.cries import Cries
from botkit.plugins.safety.features import features
from botkit.plugins.safety.finder import Finder, Found
from botkit.plugins.safety.finding import LEARNED, Finding, found
from botkit.plugins.safety.lexicon import Kind, Lexicon, Number, Rule, plain_form
from botkit.plugins.safety.links import CUES, signs
from botkit.plugins.safety.reading import load_lexicon, load_numbers
from botkit.plugins.safety.rules import RuleSet
from botkit.plugins.safety.statement_file import load_statements
from botkit.plugins.safety.statements import Statements
from botkit.plugins.safety.telling import PAST, TOLD, graver
from botkit.plugins.safety.texts import ADVICE
from botkit.plugins.safety.windows import windows

if TYPE_CHECKING:
    from botkit.plugins.safety.model import Model, Scores

LONGEST = 100_000
"""Characters that are looked at; of a longer text, both ends."""
_BEGINNING = 12
"""So many windows are also judged together: a message, but not a whole article."""
_NOT_FEATURES = frozenset(("mask",))


class SafetyRules:
    """Emergency and fraud rules of one station, compiled, and its model. Emergency outranks fraud.

    What a rule finds stands, whatever the model says: the model can only add. A rule that is marked as a cue is no
    alarm by itself but a reason to believe the model sooner; without a model it is taken at its word. Cries and
    statements are known to neither, and decide by themselves.
    """

    def __init__(
        self,
        emergency: Lexicon,
        fraud: Lexicon,
        numbers: tuple[Number, ...],
        statements: Statements,
        model: Model | None = None,
    ) -> None:
        self.finder = Finder((emergency, fraud))
        self.emergency = RuleSet(emergency)
        self.fraud = RuleSet(fraud)
        self.cries = Cries(emergency)
        self.kinds: dict[str, tuple[Concern, Kind]] = {
            **{name: (Concern.EMERGENCY, kind) for name, kind in emergency.kinds.items()},
            **{name: (Concern.FRAUD, kind) for name, kind in fraud.kinds.items()},
        }
        self.lexicons = emergency, fraud
        self.numbers = numbers
        self.statements = statements
        self.model = model
        self.advisories: Advisories | None = None

    @classmethod
    def load(cls, folder: Path, *, learned: bool = True) -> SafetyRules:
        """The rules of ``numbers.toml``, ``words.toml``, ``emergency.toml``, ``fraud.toml`` and ``statements.toml``,
        and ``model.npz``.

        Raises ``SettingsError`` that names file, line and fix. Without ``learned``, or without a model, rules alone.
        """
        numbers = load_numbers(folder / "numbers.toml")
        lexicons = []
        for name in ("emergency", "fraud"):
            lexicon = load_lexicon(folder, name)
            for kind in lexicon.kinds.values():
                if kind.advice not in ADVICE:
                    raise SettingsError(
                        f"{folder / f'{name}.toml'}: {kind.name} has no advice {kind.advice!r}",
                        f"use one of {', '.join(ADVICE)}",
                    )
            lexicons.append(lexicon)
        made = cls(lexicons[0], lexicons[1], numbers, load_statements(folder, lexicons[1].kinds))
        made.advisories = Advisories(folder, lexicons[1].kinds)
        if learned:
            # Here, so that commands which judge nothing do without numpy.
            from botkit.plugins.safety.model import Model

            made.model = Model.load(folder, set(made.kinds))
        return made

    def judge(self, text: str, *, plain: bool, today: date | None = None) -> Finding | None:
        """What the text is, or None. ``plain``: talk among residents, where only posted scams are
        fraud, and what somebody says has happened to him.

        ``today`` is the day for the station's advisories. Never raises; some 0.2 ms for an ordinary message, linear
        in length.
        """
        return self._judged(text, *self._looked_at(text), plain=plain, today=today)

    def judge_both(self, text: str) -> tuple[Finding | None, Finding | None]:
        """What ``judge`` says of a text that was said to the bot, and of it as plain talk, for half the price."""
        looked_at = self._looked_at(text)
        return self._judged(text, *looked_at, plain=False), self._judged(text, *looked_at, plain=True)

    def _looked_at(self, text: str) -> tuple[str, Found, Scores | None]:
        prepared = prepare(text)
        hits = self.hits(prepared)
        return prepared, hits, self.scores(prepared, hits) if self.model else None

    def _judged(
        self, text: str, prepared: str, hits: Found, scores: Scores | None, *, plain: bool, today: date | None = None
    ) -> Finding | None:
        danger = (None if plain else self._cried(prepared, scores)) or self._danger(
            self.emergency.surest(prepared, plain, hits), scores, plain
        )
        if danger and not danger.quiet:
            return danger
        fraud = self._fraud(text, prepared, plain, today, hits, scores)
        # What somebody says has happened is surer than a doubt.
        return fraud if danger is None or (fraud and fraud.rule.startswith(TOLD)) else danger

    def hits(self, prepared: str) -> Found:
        """Where the words of the lists of emergency and fraud stand."""
        return self.finder.hits(prepared)

    def scores(self, prepared: str, hits: Found) -> Scores:
        """The model's scores of the window of the text that is likeliest to be danger, and fraud."""
        assert self.model is not None
        common = self.model.known(self._lists(prepared, hits))
        parts = [self.model.known(features(window)) | common for window in windows(prepared)]
        best = self.model.score(set().union(*parts[:_BEGINNING]))
        for part in parts if len(parts) > 1 else ():
            best = best.over(self.model.score(part))
        return best

    def scores_of(self, text: str) -> Scores:
        """The model's scores of a text as it is written."""
        prepared = prepare(text)
        return self.scores(prepared, self.hits(prepared))

    def features(self, text: str) -> set[str]:
        """The features of a text as a whole, for training."""
        prepared = prepare(text)
        return {*features(prepared), *self._lists(prepared, self.hits(prepared))}

    def _lists(self, prepared: str, hits: Found) -> set[str]:
        """The word lists that a text has words of, and the rules that hold for it, as features."""
        names = {"l" + name for name in hits.names if name not in _NOT_FEATURES}
        for rules, mark in ((self.emergency, "e"), (self.fraud, "f")):
            rule = rules.find(prepared, False, hits)
            if rule is not None:
                names |= {"r" + mark, "r" + rule.id, "r" + rule.kind.name}
        return names

    def _cried(self, prepared: str, scores: Scores | None) -> Finding | None:
        """A cry of a word or two, said to the bot itself."""
        name = self.cries.find(prepared)
        if name is None:
            return None
        score = scores.of(Concern.EMERGENCY) if scores else None
        return Finding(Concern.EMERGENCY, name, f"cry.{name}", self.kinds[name][1].advice, True, False, score)

    def _danger(self, rule: Rule | None, scores: Scores | None, plain: bool) -> Finding | None:
        if scores is None or (rule and not rule.cue):
            return found(Concern.EMERGENCY, rule, scores) if rule else None
        quiet = scores.emergency < self._threshold("emergency", plain, rule)
        # Said to the bot itself, what is doubtful goes to an officer anyway, as everything does.
        if quiet and (not plain or scores.emergency < self._threshold("emergency_quiet", plain, rule)):
            return None
        if rule:
            return found(Concern.EMERGENCY, rule, scores, quiet)
        return self._learned(Concern.EMERGENCY, scores, quiet)

    def _fraud(
        self, text: str, prepared: str, plain: bool, today: date | None, hits: Found, scores: Scores | None
    ) -> Finding | None:
        """The gravest fraud: by what somebody says has happened, or as rules and model see it."""
        scam = (
            self._warned(text, today)
            or self._scam(self.fraud.surest(prepared, plain, hits), scores, plain)
            or self._linked(text, scores, plain)
        )
        # A cue among residents must be believed as much as what no rule finds.
        enough = "fraud_plain" if plain else "fraud_addressed_cue"
        believed = scores is not None and scores.fraud >= self._enough(enough)
        score = scores.of(Concern.FRAUD) if scores else None
        worst = graver(self.statements, scam, text, prepared, plain=plain, score=score, believed=believed)
        if worst and worst.advice == PAST:
            # It may have begun again, in another way than before.
            rule = self.fraud.surest(prepared, plain, hits, self.statements.lapse)
            if rule and rule.urgent and not rule.cue:
                return found(Concern.FRAUD, rule, scores)
        return worst

    def _scam(self, rule: Rule | None, scores: Scores | None, plain: bool) -> Finding | None:
        if scores is None or (rule and not rule.cue):
            return found(Concern.FRAUD, rule, scores) if rule else None
        if scores.fraud < self._threshold("fraud", plain, rule):
            return None
        if rule:
            return found(Concern.FRAUD, rule, scores)
        learned = self._learned(Concern.FRAUD, scores, False)
        return learned if not plain or self.kinds[learned.kind][1].posted else None

    def _warned(self, text: str, today: date | None) -> Finding | None:
        """A scam that the station warned of."""
        advisory = self.advisories.find(text, today) if self.advisories and today else None
        if advisory is None:
            return None
        kind = self.kinds[advisory.kind][1]
        return Finding(Concern.FRAUD, kind.name, f"advisory.{advisory.id}", kind.advice, kind.urgent)

    def _linked(self, text: str, scores: Scores | None, plain: bool) -> Finding | None:
        """An address that looks like another one. A brand's name in it is a cue only."""
        seen = signs(text)
        sure = [sign for sign in seen if sign not in CUES]
        if not sure and (not seen or scores is None or scores.fraud < self._enough(f"fraud_{_where(plain)}_cue")):
            return None
        kind = self.kinds["scam_link"][1]
        score = scores.of(Concern.FRAUD) if scores else None
        return Finding(Concern.FRAUD, kind.name, f"link.{(sure or seen)[0]}", kind.advice, kind.urgent, False, score)

    def _threshold(self, concern: str, plain: bool, rule: Rule | None) -> float:
        """The score that is enough here; a cue that a rule found needs less to be believed."""
        name = concern if concern.endswith("_quiet") else f"{concern}_{_where(plain)}"
        return self._enough(f"{name}_cue" if rule else name)

    def _enough(self, name: str) -> float:
        """One of the model's thresholds. Whoever has scores has a model."""
        assert self.model is not None
        return self.model.threshold(name)

    def _learned(self, concern: Concern, scores: Scores, quiet: bool) -> Finding:
        assert self.model is not None
        kind = self.kinds[self.model.kind(scores, concern.value)][1]
        urgent = concern is Concern.EMERGENCY or kind.urgent
        return Finding(concern, kind.name, LEARNED, kind.advice, urgent, quiet, scores.of(concern))


def _where(plain: bool) -> str:
    return "plain" if plain else "addressed"


def prepare(text: str) -> str:
    """The form of a text that is searched: normalised, plain, of bounded length."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
    return plain_form(normalise(text))
