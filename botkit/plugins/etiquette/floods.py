"""Floods: one person gets so many answers in a group in a while, then a hint, then nothing (E10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from botkit.decision import Decision, Disposition, Escalation, Manner
from botkit.messages import say, tr
from botkit.plugins.etiquette.recent import Line
from botkit.plugins.etiquette.settings import EtiquetteSettings

_HINT = Disposition.THROTTLED.value


def throttle(
    decision: Decision, lines: Sequence[Line], identity_id: int, now: datetime, settings: EtiquetteSettings
) -> Decision | None:
    """What becomes of an answer that is one too many, or None while it isn't.

    A matter for a human is passed on without a word: what people owe an answer to is not lost in a flood.
    """
    mine = [line for line in lines if line.identity_id == identity_id and now - line.at < settings.flood]
    answered = {line.answer for line in mine if line.disposition != _HINT}
    if len(answered) < settings.flood_asks:
        return None
    hinted = any(line.disposition == _HINT for line in mine)
    return Decision(
        Disposition.THROTTLED,
        () if hinted else (say(tr("etiquette.flood", minutes=settings.flood_minutes)),),
        tuple(effect for effect in decision.effects if isinstance(effect, Escalation)),
        reason={"rule": "flood", "answers": len(answered), "instead": dict(decision.reason)},
        manner=Manner(receipts=False),
    )
