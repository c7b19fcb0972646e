"""Effects: which questions would be answered differently once a change is live, and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from botkit.language import stance
from botkit.storage import Database
from directory.changes import Edit
from directory.contents import Contents, Held
from directory.index import Index
from directory.learning import FEW, changed
from directory.reasons import Limits
from directory.running import Directory
from directory.values import Entry, Faq

ANSWERED, OFFERED, HUMAN = "answered", "offered", "human"
RECORDED = 300
"""So many of the latest recorded questions are asked again."""
OWN = 200
"""And so many of the phrasings of what changes."""


LARGE = 2_000
"""With more entries than this, only changes of a few are tried."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a question: answered with one title, titles offered, or a human."""

    kind: str
    titles: tuple[Entry | Faq, ...] = ()

    @property
    def said(self) -> tuple[str, tuple[str, ...]]:
        """What a resident would notice of it."""
        return self.kind, tuple(title.slug for title in self.titles)


@dataclass(frozen=True, slots=True)
class Effect:
    """A question whose outcome changes. ``own`` where it is a phrasing of what changes, not a recorded question."""

    question: str
    own: bool
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Effects:
    """What was asked, and what of it changes."""

    asked: int
    changed: tuple[Effect, ...]


async def recorded(database: Database) -> list[str]:
    """The latest questions that residents asked, each once, the latest first."""
    rows = await database.read(
        "SELECT text, max(asked_at) AS last FROM question_log GROUP BY text ORDER BY last DESC LIMIT ?", RECORDED
    )
    return [row["text"] for row in rows]


def effects(directory: Directory, limits: Limits, edits: Sequence[Edit], questions: Iterable[str]) -> Effects | None:
    """Ask everything of the directory as it is, and as it would be. A few milliseconds a question.

    None where so much changes in so large a directory that trying it would take minutes.
    """
    now = directory.index
    if len(edits) > FEW and len(now) > LARGE:
        return None
    later = _after(directory, edits)
    own = [text for edit in edits if isinstance(edit.value, Entry | Faq) for _, text in edit.value.phrasings]
    asked = {**dict.fromkeys(questions, False), **dict.fromkeys(own[:OWN], True)}
    found = []
    for question, is_own in asked.items():
        before, after = outcome(now, limits, question), outcome(later, limits, question)
        if before.said != after.said:
            found.append(Effect(question, is_own, before, after))
    return Effects(len(asked), tuple(found))


def outcome(index: Index, limits: Limits, question: str) -> Outcome:
    """What the directory would do with a question that stands alone."""
    found = index.judge(question)
    said = stance(question)
    if found.subject is not None and not (said.negated or said.settled):
        if found.confidence >= limits.answer:
            return Outcome(ANSWERED, (found.subject,))
        titles = index.choices(found) if found.confidence >= limits.offer else ()
        if titles:
            return Outcome(OFFERED, titles)
    return Outcome(HUMAN)


def _after(directory: Directory, edits: Sequence[Edit]) -> Index:
    """The index as it would be the moment the edits are live, before anything is learnt anew."""
    contents: Contents = directory.contents
    items = []
    for edit in edits:
        held = contents.items.get((edit.kind, edit.slug))
        position = held.position if held else len(contents.items)
        moment = held.modified_at if held else None
        made = None if edit.value is None else Held(edit.value, position, moment)  # type: ignore[arg-type]  # unused here
        items.append(((edit.kind, edit.slug), made))
    guide = contents.changed(items, contents.revision).guide
    index = directory.index.changed(directory.shown(guide), contents.revision)
    matcher = changed(directory.index.matcher, index.asked)
    return index.with_matcher(matcher) if matcher is not None else Index(index.guide, others=directory.others)
