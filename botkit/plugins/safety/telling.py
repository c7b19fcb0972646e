"""Telling: what statements make of what rules and model found; a statement knows better what happened, and when."""

from __future__ import annotations

from dataclasses import replace

from botkit.decision import Concern
from botkit.plugins.safety.finding import LEARNED, Finding
from botkit.plugins.safety.statements import Statements

PAST = "past"
"""The advice on what happened long ago: nothing can be stopped any more, and nobody is woken."""


def graver(
    statements: Statements, scam: Finding | None, said: str, *, plain: bool, score: float | None
) -> Finding | None:
    """The graver of a statement in what is ``said`` and of the fraud that was found otherwise.

    What happened long ago is no fraud in progress: a case for the officers of the day. Among residents it is talk.
    """
    found = statements.find(said, plain=plain)
    if found is None or (found.long_ago and (plain or (scam and scam.urgent and scam.kind not in statements.lapse))):
        if scam and scam.urgent and scam.kind in statements.lapse and statements.long_ago(said):
            return replace(scam, urgent=False, advice=PAST)
        return scam
    kind = found.statement.kind.name
    rule = f"told.{found.statement.id}"
    if found.long_ago:
        return Finding(Concern.FRAUD, kind, rule, PAST, False, False, score)
    if scam and scam.urgent and scam.rule != LEARNED and statements.outranks(scam.kind, kind):
        # Who is still on the call hangs up first.
        return scam
    return Finding(Concern.FRAUD, kind, rule, found.statement.advice, True, False, score)
