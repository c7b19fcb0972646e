"""Telling: what statements make of what rules and model found; a statement knows better what happened, and when."""

from __future__ import annotations

from dataclasses import replace

from botkit.decision import Concern
from botkit.language.normalise import normalise
from botkit.language.quotes import quoted
from botkit.plugins.safety.finding import LEARNED, Finding
from botkit.plugins.safety.lexicon import plain_form
from botkit.plugins.safety.statement import Told
from botkit.plugins.safety.statements import Statements

PAST = "past"
"""The advice on what happened long ago: nothing can be stopped any more, and nobody is woken."""
TOLD = "told."
"""What the names of rules begin with that are statements."""
_LONGEST = 4_000
"""Of longer texts it is not asked what they quote."""


def graver(
    statements: Statements,
    scam: Finding | None,
    text: str,
    prepared: str,
    *,
    plain: bool,
    score: float | None,
    believed: bool,
) -> Finding | None:
    """The graver of a statement and of the fraud that was found otherwise. ``believed``: the model thinks of fraud.

    What happened long ago is no fraud in progress: a case for the officers of the day. Among residents it is talk.
    """
    said = _said(text, prepared)
    found = statements.find(said, plain=plain, scam=scam is not None and not scam.urgent, believed=believed)
    if found is None or (found.long_ago and _says_no_more(statements, found, scam, plain)):
        if scam and scam.urgent and scam.kind in statements.lapse and statements.long_ago(said):
            return replace(scam, urgent=False, advice=PAST)
        return scam
    kind = found.statement.kind.name
    rule = TOLD + found.statement.id
    if found.long_ago:
        return Finding(Concern.FRAUD, kind, rule, PAST, False, False, score)
    if scam and scam.urgent and scam.rule != LEARNED and statements.outranks(scam.kind, kind):
        # Who is still on the call hangs up first.
        return scam
    return Finding(Concern.FRAUD, kind, rule, found.statement.advice, True, False, score)


def _says_no_more(statements: Statements, found: Told, scam: Finding | None, plain: bool) -> bool:
    """Whether what was long ago changes nothing: among residents, or beside what goes on."""
    return plain or found.statement.beside or bool(scam and scam.urgent and scam.kind not in statements.lapse)


def _said(text: str, prepared: str) -> str:
    """What the sender says himself: a statement that he quotes is somebody else's."""
    if len(text) > _LONGEST:
        return prepared
    own, others = quoted(text)
    return plain_form(normalise(own)) if others else prepared
