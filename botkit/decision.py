"""What a stage returns: a decision, its disposition and its effects, all values that write nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from botkit.messages import Button, Lane, Reply, Text, say


class Disposition(StrEnum):
    """How an event ended. Every event that was kept has exactly one; the first named outranks the next."""

    EMERGENCY = "emergency"
    FRAUD = "fraud"
    ESCALATED = "escalated"
    ANSWERED = "answered"
    SMALLTALK = "smalltalk"
    THROTTLED = "throttled"
    UNREADABLE = "unreadable"
    SYSTEM = "system"
    SILENT = "silent"


RANK = {disposition: rank for rank, disposition in enumerate(Disposition)}


class Concern(StrEnum):
    """Why the screen let a message in. ``PLAIN`` talk is counted and dropped, unwritten."""

    EMERGENCY = "emergency"
    FRAUD = "fraud"
    ADDRESSED = "addressed"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the screen found: rule ids and kinds, never text. ``advice`` is what can be said at once.

    ``advice`` is a catalogue key without arguments, sent even when storage fails. ``quiet``: too doubtful to be spoken
    of among neighbours, so that a human looks at it and nothing is said; being addressed outranks it.
    """

    concern: Concern
    rule: str = ""
    kind: str = ""
    advice: str = ""
    urgent: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Escalation:
    """An effect: a human must take this. Made by any plugin, applied by the one that keeps cases.

    Its receipt offers ``case`` (a ``Ref``), ``holder`` (a role as text), ``expect`` (a datetime) to the
    decision's texts, and ``lines``: what its owner wants the resident told, appended to the reply. So a
    decision that only escalates needs no reply of its own. ``topic`` is a slug for routing, ``level`` one of
    routine, fraud, emergency. ``told`` is said once a human has it: with the receipt, unless that says
    ``paged=False``; then its owner says it when the page has gone out. ``about`` is the platform's id of the
    message that it is about, where that is not the one being decided: a button pressed, a time that ran out.
    """

    topic: str = "other"
    level: str = "routine"
    reason: str = ""
    told: Reply | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """An effect: the resident said whether an answer helped. ``subject`` names the entry or case."""

    subject: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An effect: run a plugin's ``@timer(name)`` handler at ``due``.

    The same ``key`` replaces an earlier one, ``due=None`` cancels it.
    """

    plugin: str
    name: str
    key: str
    due: datetime | None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupOff:
    """An effect: automatic answers in a group (row id) are off, or on again. Applied by who keeps groups' settings."""

    chat_id: int
    off: bool
    actor: str


@dataclass(frozen=True, slots=True)
class State:
    """Where a conversation stands: the next step that takes this person's next message in this chat.

    ``step`` is ``plugin.function``; an empty step ends the conversation.
    """

    step: str
    data: Mapping[str, Any] = field(default_factory=dict)
    timeout: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a decision's lines for the message's own chat are said, those of receipts included.

    ``to`` is another chat (row id) that gets them instead; ``receipts`` False leaves out what receipts add;
    ``silent`` sends without a sound; ``expects`` is a line after a receipt that tells ``expect``;
    ``unless_answered`` drops them if somebody answers the message before they are sent.
    """

    to: int | None = None
    receipts: bool = True
    silent: bool = False
    expects: Text | None = None
    unless_answered: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a message. Deciding reads; only the dispatcher writes.

    ``reason`` explains: what matched, score, threshold, rule. JSON values, never the resident's words.
    ``manner`` is set by a middleware that minds where all this is said.
    """

    disposition: Disposition
    replies: tuple[Reply, ...] = ()
    effects: tuple[Any, ...] = ()
    state: State | None = None
    reason: Mapping[str, Any] = field(default_factory=dict)
    manner: Manner | None = None


def answer(*lines: Text | str, buttons: tuple[Button, ...] = (), **reason: Any) -> Decision:
    """The message is answered with these lines."""
    return Decision(Disposition.ANSWERED, (say(*lines, buttons=buttons),), reason=reason)


def silent(**reason: Any) -> Decision:
    """Nothing is said."""
    return Decision(Disposition.SILENT, reason=reason)


def ask(*lines: Text | str, then: Any, timeout: timedelta = timedelta(minutes=10), **data: Any) -> Decision:
    """Say the lines, and give this person's next message in this chat to the step ``then``."""
    step = then if isinstance(then, str) else then.step_name
    return Decision(Disposition.ANSWERED, (say(*lines),), state=State(step, data, timeout))


def merge(decisions: list[Decision]) -> Decision:
    """One decision of the parts of a message: all replies as one, the highest disposition, effects once."""
    if len(decisions) == 1:
        return decisions[0]
    ordered = sorted(decisions, key=lambda decision: RANK[decision.disposition])
    # Answers read better first; the part that a human takes closes the message.
    spoken = sorted(decisions, key=lambda decision: -RANK[decision.disposition])
    replies = [reply for decision in spoken for reply in decision.replies]
    here = [reply for reply in replies if reply.to is None]
    merged: list[Reply] = [reply for reply in replies if reply.to is not None]
    if here:
        lines: list[Text | str] = []
        for reply in here:
            if lines:
                lines.append("")
            lines.extend(reply.lines)
        buttons: dict[tuple[str, str], Button] = {
            (button.action, button.payload): button for reply in here for button in reply.buttons
        }
        first = here[0]
        merged.insert(
            0,
            replace(
                first,
                lines=tuple(lines),
                buttons=tuple(buttons.values()),
                lane=min((reply.lane for reply in here), key=list(Lane).index),
                silent=all(reply.silent for reply in here),
                once=next((reply.once for reply in here if reply.once), None),
            ),
        )
    effects: list[Any] = []
    for decision in ordered:
        for effect in decision.effects:
            if isinstance(effect, Escalation) and any(isinstance(e, Escalation) for e in effects):
                continue
            if effect not in effects:
                effects.append(effect)
    return Decision(
        ordered[0].disposition,
        tuple(merged),
        tuple(effects),
        next((decision.state for decision in ordered if decision.state), None),
        {"parts": [dict(decision.reason) for decision in decisions]},
    )
