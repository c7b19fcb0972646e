"""Clusters: questions that nothing answered, those of one kind together, for whoever writes the next entry."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from botkit.language.normalise import HAN, normalise
from botkit.sql import moment
from botkit.storage import Database

LATEST = 5_000
"""So many of the latest questions are looked at."""
ALIKE = 0.5
"""Two questions are of one kind from this Dice coefficient of their terms on. Chosen by eye on typed questions."""
_PIECES = re.compile(f"([{HAN}]+)|([a-z]+(?:'[a-z]+)*)")


@dataclass(frozen=True, slots=True)
class Question:
    """A recorded question, redacted when it was written."""

    id: int
    text: str
    language: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions of one kind, the latest first."""

    questions: tuple[Question, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """What was asked, each wording once."""
        return tuple(dict.fromkeys(question.text for question in self.questions))

    @property
    def language(self) -> str:
        """The language of most."""
        return Counter(question.language for question in self.questions).most_common(1)[0][0]


async def unanswered(database: Database) -> list[Question]:
    """The latest questions that the directory did not answer."""
    rows = await database.read(
        "SELECT id, text, language, asked_at FROM question_log WHERE subject = '' ORDER BY asked_at DESC LIMIT ?",
        LATEST,
    )
    return [Question(row["id"], row["text"], row["language"], moment(row["asked_at"])) for row in rows]


def clusters(questions: Sequence[Question]) -> list[Cluster]:
    """The questions by kind, the most asked first. A question joins the cluster whose first one is most like it."""
    groups: list[list[Question]] = []
    sizes: list[int] = []
    with_term: defaultdict[str, list[int]] = defaultdict(list)
    for question in questions:
        terms = _terms(question.text)
        if not terms:
            continue
        shared = Counter(group for term in terms for group in with_term[term])
        best = max(shared, key=lambda group: 2 * shared[group] / (len(terms) + sizes[group]), default=None)
        if best is not None and 2 * shared[best] / (len(terms) + sizes[best]) >= ALIKE:
            groups[best].append(question)
            continue
        for term in terms:
            with_term[term].append(len(groups))
        groups.append([question])
        sizes.append(len(terms))
    return sorted((Cluster(tuple(group)) for group in groups), key=lambda cluster: -len(cluster.questions))


def _terms(text: str) -> frozenset[str]:
    """Pairs of Chinese characters and whole words."""
    found: set[str] = set()
    for han, word in _PIECES.findall(normalise(text)):
        found.update(a + b for a, b in pairwise(han)) if len(han) > 1 else found.add(han or word)
    return frozenset(found)
