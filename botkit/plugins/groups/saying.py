"""Saying: the few forms in which the plugin answers those who settle something for a group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botkit.decision import Decision, Disposition, Manner, answer
from botkit.messages import Reply, Text, say, tr
from botkit.plugins.groups.keeping import settings_of
from botkit.services import Services

IN_FULL = Manner()
"""What is settled for a group is told there, whatever the group's budget: it was asked for by whoever sets that."""


def refused(who: str, **reason: Any) -> Decision:
    """A polite no. ``who`` is the catalogue key that says who may."""
    return answer(tr(who), rule="groups.refused", **reason)


def only_in_group() -> Decision:
    """What belongs to a group is settled there."""
    return answer(tr("groups.only"), rule="groups.only")


def settled(*lines: Text | str, effects: Iterable[Any] = (), rule: str, **options: Any) -> Decision:
    """It is done, and said."""
    return replied(say(*lines, **options), effects=effects, rule=rule)


def greets(services: Services) -> Text:
    """What a group is told where its newcomers are greeted: what the bot does then, and what it keeps."""
    return tr("groups.greets", days=settings_of(services).greet_again_days)


def replied(reply: Reply, *, effects: Iterable[Any] = (), rule: str) -> Decision:
    """A reply that the group reads as it is."""
    return Decision(Disposition.ANSWERED, (reply,), tuple(effects), reason={"rule": rule}, manner=IN_FULL)
