"""Residents' questions in private chats, which the sample directory answers."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.updates import Sample, update

FIRST = 500_000_000
EACH = 3
"""Questions that a person asks: fewer than etiquette would call a flood."""

QUESTIONS = (
    "煤气公司电话多少",
    "my gas bill is wrong, who do I call",
    "停水了打什么电话",
    "燃气账单看不懂打哪个电话问",
    "医保热线是多少",
    "消费者投诉打哪个电话",
)


def questions() -> Iterator[Sample]:
    """Questions without end, each in the private chat of somebody; the text of the reply is not foretold."""
    number = 0
    while True:
        chat = FIRST + number // EACH
        number += 1
        yield Sample(update(number, chat, QUESTIONS[number % len(QUESTIONS)]), (chat, ""))
