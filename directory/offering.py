"""Offering: when it is not sure enough to answer, the bot asks which of three titles is meant, or none."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from datetime import timedelta

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, State
from botkit.language import normalise, stance
from botkit.messages import Button, ChatKind, say, tr
from directory import verdicts
from directory.answering import Asked, card
from directory.index import Found, Index
from directory.reasons import OFFER, Limits, notes, reason
from directory.verdicts import Ruled

STEP = "directory.offered"
PATIENCE = timedelta(minutes=10)
"""So long an offer waits. Then a human gets the question: no message stays without a response."""
NONE = frozenset(
    map(
        normalise,
        ("都不是", "都不对", "不是", "没有", "不对", "都没有", "找民警", "none", "none of these", "neither", "no"),
    )
)
"""What residents type instead of pressing "none of these"."""
_REMEMBERED = 1_000


class Settled:
    """Offers that somebody has reacted to, wherever and whoever: they need no human when their time is up.

    And which message each was made for, so that "none of these" brings the question along.
    """

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, None] = OrderedDict()
        self._asked: OrderedDict[str, str] = OrderedDict()

    def asked(self, token: str, message: str) -> None:
        """This offer was made for that message."""
        self._asked[token] = message
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)

    def message(self, token: str) -> str:
        """The message that an offer was made for; empty where that is forgotten."""
        return self._asked.get(token, "")

    def add(self, token: str) -> None:
        """This offer is settled."""
        self._tokens[token] = None
        while len(self._tokens) > _REMEMBERED:
            self._tokens.popitem(last=False)

    def __contains__(self, token: object) -> bool:
        return token in self._tokens


def offer(
    index: Index, found: Found, context: Context, limits: Limits, settled: Settled, *, log: bool
) -> Decision | None:
    """Up to three titles to choose from; None where none is near."""
    choices = index.choices(found)
    if not choices or found.match is None:
        return None
    token = secrets.token_urlsafe(6)
    settled.asked(token, context.message.id)
    best = found.match.key
    kept = f"{token}>{best}>{found.confidence:.6f}"
    buttons = [
        Button(subject.title.of(context.language), "directory.choose", f"{kept}>{subject.slug}") for subject in choices
    ]
    buttons.append(Button(tr("directory.button.none"), "directory.none", kept))
    data = {"kept": kept, "message": context.message.id}
    return Decision(
        Disposition.ANSWERED,
        (say(tr("directory.offer.which"), buttons=tuple(buttons)),),
        (Asked(context.segment, context.language, "", found.confidence),) if log else (),
        State(STEP, data, PATIENCE),
        {**reason(index, found, limits, OFFER), "choices": [subject.slug for subject in choices]},
    )


def choose(index: Index, payload: str, context: Context, settled: Settled) -> Decision | None:
    """A title was chosen: its card. None where it is gone from the directory meanwhile."""
    kept, _, slug = payload.rpartition(">")
    token, best, confidence = _read(kept)
    subject, guess = index.get(slug), index.get(best)
    if subject is None:
        return None
    settled.add(token)
    right = guess is not None and index.topic_of(guess) == index.topic_of(subject)
    ruled = Ruled(best, confidence, right, verdicts.CHOSEN)
    told = {"outcome": verdicts.CHOSEN, "entry": slug, "topic": index.topic_of(subject)}
    return card(index, subject, context, told, effects=(ruled,))


def none(index: Index, kept: str, settled: Settled) -> Decision:
    """None of the titles was it: a human."""
    token, best, confidence = _read(kept)
    settled.add(token)
    topic = _topic(index, best)
    return Decision(
        Disposition.ESCALATED,
        (),
        (
            Ruled(best, confidence, False, verdicts.REJECTED),
            Escalation(topic, reason="none_of_these", about=settled.message(token)),
        ),
        State(""),
        {"outcome": verdicts.REJECTED, "nearest": [[best, confidence]]},
    )


def typed(index: Index, context: Context, settled: Settled) -> Decision | None:
    """What is typed while an offer waits, if it is a word on the offer; None leaves it to the others."""
    kept = str(context.data.get("kept", ""))
    text = normalise(context.message.text).strip(" ,.!?，。！？")
    if text in NONE:
        return none(index, kept, settled)
    said = stance(context.message.text)
    if said.negated or said.settled:
        settled.add(_read(kept)[0])
        line = say(tr("directory.offer.dropped"))
        return Decision(Disposition.ANSWERED, (line,), state=State(""), reason={"outcome": "taken_back"})
    noted = notes.get(None)
    if noted is not None:
        noted.offered = True
    return None


def late(index: Index, context: Context, settled: Settled) -> Decision | None:
    """Nobody chose: a human gets the question, unless somebody else answered it, or pressed what was moved."""
    token, best, confidence = _read(str(context.data.get("kept", "")))
    if token in settled:
        return None
    chat = context.services.chats.by_id(context.chat_id)
    asked = str(context.data.get("message", ""))
    if chat.chat.kind is ChatKind.GROUP and context.services.activity.answered(chat, asked):
        return None
    return Decision(
        Disposition.ESCALATED,
        (say(tr("directory.offer.late")),),
        (Escalation(_topic(index, best), reason="offer_unanswered", about=asked),),
        State(""),
        {"outcome": "late", "nearest": [[best, confidence]]},
    )


def _read(kept: str) -> tuple[str, str, float]:
    token, _, rest = kept.partition(">")
    best, _, confidence = rest.partition(">")
    try:
        return token, best, float(confidence)
    except ValueError:
        return token, best, 0.0


def _topic(index: Index, slug: str) -> str:
    subject = index.get(slug)
    return index.topic_of(subject) if subject is not None else "other"
