"""What the bot says from the directory: answers, the next best after "not right", and then a human."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, Feedback, State
from botkit.language import normalise
from botkit.messages import Button, Text, say, tr
from directory import card as cards
from directory import reasons, verdicts
from directory.index import Found, Index
from directory.reasons import ANSWER, Limits, notes
from directory.values import Entry, Faq
from directory.verdicts import Ruled

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
_THANKS = (
    "谢谢", "谢谢你", "谢谢您", "谢谢侬", "多谢", "感谢", "非常感谢", "谢了", "谢谢啦", "好的谢谢", "好谢谢",
    "知道了谢谢", "打通了", "解决了", "有用", "有帮助", "帮大忙了", "thanks", "thank you", "thanks a lot", "thx",
    "that helps", "that helped", "ok thanks", "great thanks", "perfect thanks", "thank you very much", "helpful",
)
# fmt: on
WRONG = frozenset(map(normalise, _WRONG))
"""What residents type instead of pressing "not right"."""
YES = frozenset(map(normalise, _YES))
"""A yes to "is somebody behind the door?", when nothing else is said."""
THANKS = frozenset(map(normalise, _THANKS))
"""What residents type right after an answer that helped."""
STEP = "directory.after"


@dataclass(frozen=True, slots=True)
class Asked:
    """An effect: a question reached the directory. ``subject`` is empty where nothing answered it."""

    text: str
    language: str
    subject: str
    score: float


def answered(index: Index, found: Found, context: Context, limits: Limits, *, log: bool) -> Decision:
    """The answer to the context's segment. ``found`` must have a subject."""
    subject = found.subject
    assert subject is not None
    asked = (Asked(context.segment, context.language, subject.slug, found.confidence),) if log else ()
    told = reasons.reason(index, found, limits, ANSWER)
    sure = f"{found.confidence:.6f}"
    return card(index, subject, context, told, runner_up=index.runner_up(found), sure=sure, effects=asked)


def wrong(index: Index, given: str, context: Context) -> Decision:
    """An answer was not right: the next best once, then a human. ``given`` is ``slug>next best>confidence``."""
    slug, _, rest = given.partition(">")
    after, _, sure = rest.partition(">")
    said: list[object] = [Feedback(f"directory:{slug}", helpful=False)]
    if sure:
        said.append(Ruled(slug, float(sure), False, verdicts.NOT_RIGHT))
    subject = index.get(after) if after else None
    if subject is not None:
        first = tr("directory.wrong.try")
        told = {"outcome": ANSWER, "entry": after, "after": slug}
        return card(index, subject, context, told, first=first, effects=tuple(said))
    escalation = Escalation(_topic(index, slug), reason="not_right")
    return Decision(
        Disposition.ESCALATED,
        (say(tr("directory.wrong.human")),),
        (*said, escalation),
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
    if text in THANKS:
        _thanked(str(context.data.get("given", "")))
    return None


def _thanked(given: str) -> None:
    """Note that an answer helped. Somebody else says that it's a pleasure."""
    slug, _, rest = given.partition(">")
    sure = rest.rpartition(">")[2]
    noted = notes.get(None)
    if noted is not None and slug:
        noted.effects.append(Feedback(f"directory:{slug}", helpful=True))
        if sure:
            noted.effects.append(Ruled(slug, float(sure), True, verdicts.THANKS))


def card(
    index: Index,
    subject: Entry | Faq,
    context: Context,
    reason: Mapping[str, Any],
    *,
    runner_up: str = "",
    sure: str = "",
    first: Text | None = None,
    effects: tuple[object, ...] = (),
) -> Decision:
    """The card of a subject. ``sure`` is the confidence behind it, empty where it was not a guess."""
    services = context.services
    reader = cards.Reader(
        context.language,
        context.clock.now(),
        services.settings.station.zone,
        partial(services.catalogues.render, language=context.language),
        cards.HOTLINE in index.numbers,
    )
    topic = index.topic_of(subject)
    door = topic if isinstance(subject, Entry) and subject.ask_first else ""
    given = f"{subject.slug}>{runner_up}>{sure}"
    buttons = [
        Button(tr("directory.button.human"), "directory.human", topic),
        Button(tr("directory.button.wrong"), "directory.wrong", given),
    ]
    if door:
        buttons.insert(0, Button(tr("directory.button.behind_door"), "directory.behind_door", topic))
    lines = cards.answer(subject, index.beside(subject), reader, first)
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
