"""Explaining: why a text is, or is not, danger or fraud; for whoever reviews the data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from botkit.plugins.safety.check import holds
from botkit.plugins.safety.engine import SafetyRules, prepare
from botkit.plugins.safety.features import readable


def explain(folder: Path, text: str, plain: bool) -> Iterator[str]:
    """Lines that tell the finding, all rules that hold, scores, thresholds and the weightiest features."""
    rules = SafetyRules.load(folder)
    found = rules.judge(text, plain=plain)
    if found is None:
        yield "neither danger nor fraud"
    else:
        yield f"{found.concern.value}: {found.kind}, by {found.rule}{', quietly' if found.quiet else ''}"
    told = rules.statements.find(prepare(text), plain=plain, scam=found is not None)
    if told:
        yield f"statement {told.statement.id}{', long ago' if told.long_ago else ''}"
    for rule in holds(rules, text):
        yield f"rule {rule.id}{' (a cue)' if rule.cue else ''}"
    if rules.model is None:
        yield "no model"
        return
    scores = rules.scores_of(text)
    where = "plain" if plain else "addressed"
    for concern in ("emergency", "fraud"):
        names = [f"{concern}_{where}", f"{concern}_{where}_cue"]
        if plain and concern == "emergency":
            names += ["emergency_quiet", "emergency_quiet_cue"]
        limits = ", ".join(f"{name} {rules.model.threshold(name)}" for name in names)
        yield f"{concern} {scores.of(concern)} (thresholds: {limits})"
        for name, weighs in rules.model.weightiest(scores, concern):
            yield f"  {weighs:+.2f} {readable(name)}"
