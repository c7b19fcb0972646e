"""What the bot says from the directory: answers, the next best after "not right", and then a human."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, Feedback, State
from botkit.language import Match, normalise
from botkit.messages import Button, Text, say, tr
from directory import card
from directory.index import Found, Index
from directory.settings import DirectorySettings
from directory.values import Entry, Faq

# fmt: off
_WRONG = (
    "不对", "不是", "错了", "不对的", "不是这个", "答错了", "答得不对", "不是我要的", "不是我问的",
    "没帮到", "没用", "勿对", "not right", "wrong", "wrong answer", "that's wrong", "that is wrong",
    "not this", "not that", "not this one", "not helpful", "that's not it",
)
_YES = (
    "有", "有的", "有人", "有啊", "有呀", "是", "是的", "对", "有小孩", "有孩子", "有老人", "有个小孩",
    "小孩在里面", "孩子在里面", "老人在里面", "里面有人", "有火", "yes", "yes there is", "yes a child",
    "a child", "my child", "my baby", "my mother", "somebody is inside", "someone is inside", "there is",
)
# fmt: on
WRONG = frozenset(map(normalise, _WRONG))
"""What residents type instead of pressing "not right"."""
YES = frozenset(map(normalise, _YES))
"""A yes to "is somebody behind the door?", when nothing else is said."""
STEP = "directory.after"


@dataclass(frozen=True, slots=True)
class Asked:
    """An effect: a question reached the directory. ``subject`` is empty where nothing answered it."""

    text: str
    language: str
    subject: str
    score: float


def find(index: Index, settings: DirectorySettings, text: str) -> tuple[Found | None, Match | None]:
    """What a question is about, and what came nearest, even where that is not near enough to answer."""
    nearest = index.nearest(text)
    return index.choose(nearest, settings.threshold, settings.margin), nearest[0] if nearest else None


def answered(index: Index, found: Found, context: Context, settings: DirectorySettings) -> Decision:
    """The answer to the context's segment."""
    reason = {
        "entry": found.subject.slug,
        "topic": index.topic_of(found.subject),
        "score": round(found.match.score, 3),
        "threshold": settings.threshold,
        "phrasing": found.match.phrasing,
        "revision": index.revision,
    }
    asked = Asked(context.segment, context.language, found.subject.slug, found.match.score)
    effects = (asked,) if settings.log_questions else ()
    return _card(index, found.subject, found.runner_up, context, reason, effects=effects)


def wrong(index: Index, given: str, context: Context) -> Decision:
    """An answer was not right: the next best once, then a human. ``given`` is ``slug>next best``."""
    slug, _, after = given.partition(">")
    feedback = Feedback(f"directory:{slug}", helpful=False)
    subject = index.get(after) if after else None
    if subject is not None:
        first = tr("directory.wrong.try")
        return _card(index, subject, "", context, {"entry": after, "after": slug}, first=first, effects=(feedback,))
    escalation = Escalation(_topic(index, slug), reason="not_right")
    return Decision(
        Disposition.ESCALATED,
        (say(tr("directory.wrong.human")),),
        (feedback, escalation),
        reason={"entry": slug, "rule": "not_right"},
    )


def human(topic: str) -> Decision:
    """A person was asked for. Who takes it says so."""
    escalation = Escalation(topic or "other", reason="asked_human")
    return Decision(Disposition.ESCALATED, (), (escalation,), reason={"rule": "asked_human"})


def behind_door(topic: str) -> Decision:
    """Somebody, or a fire, is behind the door: the number first, and an officer at once."""
    return Decision(
        Disposition.EMERGENCY,
        (say(tr("directory.danger.behind_door"), tr("directory.danger.behind_door_more")),),
        (Escalation(topic or "locked_in", "emergency", "behind_door"),),
        reason={"rule": "behind_door"},
    )


def typed(index: Index, context: Context) -> Decision | None:
    """What is typed right after an answer, when it is a word on that answer; None for anything else."""
    text = normalise(context.message.text).strip(" ,.!?，。！？")
    if text in WRONG:
        return wrong(index, str(context.data.get("given", "")), context)
    if context.data.get("door") and text in YES:
        return behind_door(str(context.data["door"]))
    return None


def _card(
    index: Index,
    subject: Entry | Faq,
    runner_up: str,
    context: Context,
    reason: dict[str, object],
    *,
    first: Text | None = None,
    effects: tuple[object, ...] = (),
) -> Decision:
    services = context.services
    reader = card.Reader(
        context.language,
        context.clock.now(),
        services.settings.station.zone,
        partial(services.catalogues.render, language=context.language),
    )
    topic = index.topic_of(subject)
    door = topic if isinstance(subject, Entry) and subject.ask_first else ""
    given = f"{subject.slug}>{runner_up}"
    buttons = [
        Button(tr("directory.button.human"), "directory.human", topic),
        Button(tr("directory.button.wrong"), "directory.wrong", given),
    ]
    if door:
        buttons.insert(0, Button(tr("directory.button.behind_door"), "directory.behind_door", topic))
    lines = card.answer(subject, index.beside(subject), reader, first)
    return Decision(
        Disposition.ANSWERED,
        (say(*lines, buttons=tuple(buttons)),),
        effects,
        State(STEP, {"given": given, "door": door}),
        reason,
    )


def _topic(index: Index, slug: str) -> str:
    subject = index.get(slug)
    return index.topic_of(subject) if subject is not None else "other"
