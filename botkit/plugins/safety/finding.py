"""What was found in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botkit.decision import Concern
from botkit.plugins.safety.lexicon import Rule

if TYPE_CHECKING:
    from botkit.plugins.safety.model import Scores

LEARNED = "learned"
"""The rule that is named where the model alone found something."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text is, by which rule. ``advice`` names its texts; ``urgent``: a human is paged at once.

    ``quiet``: too doubtful to be spoken of among neighbours; an officer looks at it. ``score`` is the model's.
    """

    concern: Concern
    kind: str
    rule: str
    advice: str
    urgent: bool
    quiet: bool = False
    score: float | None = None


def found(concern: Concern, rule: Rule, scores: Scores | None, quiet: bool = False) -> Finding:
    """What a rule found."""
    urgent = concern is Concern.EMERGENCY or rule.urgent
    score = scores.of(concern) if scores else None
    return Finding(concern, rule.kind.name, rule.id, rule.kind.advice, urgent, quiet, score)
