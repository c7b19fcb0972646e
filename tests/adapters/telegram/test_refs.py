"""References: numbers begin anew in a supergroup, and nothing is taken for another message."""

from __future__ import annotations

import pytest

from adapters.telegram import refs

EARLY, SUPER, PERSON = "-4000001", "-1001900000001", "7000001"


@pytest.mark.parametrize("chat", [EARLY, SUPER, PERSON])
def test_a_reference_is_its_message(chat: str) -> None:
    name = refs.name(chat, 5)
    for ref in (name, refs.press(name, "77"), refs.reaction(name, 9)):
        assert refs.number(ref, chat) == 5
    assert refs.number(refs.name(int(chat), 5), int(chat)) == 5


def test_an_early_message_is_none_of_the_supergroup() -> None:
    assert refs.name(EARLY, 5) != refs.name(SUPER, 5) == "5"
    assert refs.number(refs.name(EARLY, 5), SUPER) is None


@pytest.mark.parametrize("ref", [None, "", "x", "g", "topic:5", refs.event(7), refs.event(7, "bot.added"), "press:"])
def test_what_is_no_message_is_none(ref: str | None) -> None:
    assert refs.number(ref, SUPER) is None


def test_topics() -> None:
    assert refs.topic("topic:5") == 5
    assert [refs.topic(thread) for thread in (None, "5", "topic:", "topic:x")] == [None] * 4
