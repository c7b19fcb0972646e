"""Pacing: never more than a platform's limit in any span, and a tenth kept for what is urgent."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from botkit.adapter import Capabilities
from botkit.messages import Lane
from botkit.pacing import Pacer
from botkit.testing.clock import WEDNESDAY


def most_within(sent: list[datetime], span: timedelta) -> int:
    return max((sum(1 for other in sent if one <= other < one + span) for one in sent), default=0)


@given(
    st.lists(st.tuples(st.floats(0, 5), st.booleans(), st.integers(1, 3)), max_size=120),
    st.sampled_from([1.0, 5.0, 12.0, 30.0]),
    st.sampled_from([4.0, 20.0]),
)
def test_limits_hold_in_any_span(wishes: list[tuple[float, bool, int]], per_second: float, per_minute: float) -> None:
    pacer: Pacer[int] = Pacer(Capabilities(rate_global=per_second, rate_chat=per_minute))
    now = WEDNESDAY
    everything: list[datetime] = []
    chats: dict[int, list[datetime]] = {}
    routine: list[datetime] = []
    for pause, urgent, chat in wishes:
        now += timedelta(seconds=pause if pause > 1 else 0)
        lane = Lane.URGENT if urgent else Lane.REPLY
        if free_at := pacer.chat_free_at(chat, lane, now):
            assert free_at > now
            continue
        if not pacer.take(chat, lane, now):
            continue
        everything.append(now)
        chats.setdefault(chat, []).append(now)
        if not urgent:
            routine.append(now)
    assert most_within(everything, timedelta(seconds=1)) <= per_second
    if per_second >= 10:
        assert most_within(routine, timedelta(seconds=1)) < per_second
    for sent in chats.values():
        assert most_within(sent, timedelta(minutes=1)) <= per_minute


def test_a_chat_that_is_full_says_when_it_takes_the_next() -> None:
    pacer: Pacer[int] = Pacer(Capabilities(rate_chat=20))
    now = WEDNESDAY
    for _ in range(18):
        assert pacer.chat_free_at(1, Lane.REPLY, now) is None and pacer.take(1, Lane.REPLY, now)
    free_at = pacer.chat_free_at(1, Lane.BULK, now)
    assert free_at == now + timedelta(minutes=1)
    for _ in range(2):
        assert pacer.chat_free_at(1, Lane.URGENT, now) is None and pacer.take(1, Lane.URGENT, now)
    assert pacer.chat_free_at(1, Lane.URGENT, now) is not None
    assert pacer.chat_free_at(2, Lane.REPLY, now) is None
    assert pacer.chat_free_at(1, Lane.REPLY, free_at) is None


def test_at_the_gate_urgent_messages_go_first_and_the_rest_in_order() -> None:
    pacer: Pacer[str] = Pacer(Capabilities(rate_global=10))
    now = WEDNESDAY
    assert [pacer.take(chat, Lane.BULK, now) for chat in range(10)] == [True] * 9 + [False]
    for item, lane in (("a", Lane.BULK), ("b", Lane.REPLY), ("c", Lane.BULK), ("d", Lane.URGENT), ("e", Lane.URGENT)):
        pacer.wait(item, lane, item)
    assert pacer.next(now) == "d" and pacer.next(now) is None
    soon = pacer.wakes_at(now)
    assert soon == now + timedelta(seconds=1)
    # Nobody overtakes those who wait, but for what is more urgent than all of them.
    assert not pacer.take("f", Lane.URGENT, soon)
    assert [pacer.next(soon) for _ in range(5)] == ["e", "b", "a", "c", None]
    assert pacer.wakes_at(soon) is None and pacer.take("f", Lane.BULK, soon)


def test_a_block_holds_everybody_and_a_shorter_one_does_not_end_it() -> None:
    pacer: Pacer[str] = Pacer(Capabilities())
    pacer.block(WEDNESDAY + timedelta(seconds=30))
    pacer.block(WEDNESDAY + timedelta(seconds=5))
    at = WEDNESDAY + timedelta(seconds=6)
    assert not pacer.take(1, Lane.URGENT, at)
    pacer.wait(1, Lane.URGENT, "a")
    assert pacer.wakes_at(at) == WEDNESDAY + timedelta(seconds=30) and pacer.next(at) is None
    assert pacer.next(WEDNESDAY + timedelta(seconds=30)) == "a"


def test_after_a_block_each_message_that_is_taken_lets_one_more_be_under_way() -> None:
    pacer: Pacer[int] = Pacer(Capabilities())
    pacer.block(WEDNESDAY)
    for chat in range(100):
        assert pacer.take(chat, Lane.REPLY, WEDNESDAY) == (chat == 0)
        pacer.wait(chat, Lane.REPLY, chat) if chat else None
    # While it is not known what became of the first, there is nothing to wait for but that.
    assert pacer.wary and pacer.next(WEDNESDAY) is None and pacer.wakes_at(WEDNESDAY) is None
    pacer.answered(False)
    assert [pacer.next(WEDNESDAY), pacer.next(WEDNESDAY)] == [1, None]
    pacer.answered(True)
    assert [pacer.next(WEDNESDAY) for _ in range(3)] == [2, 3, None]
    pacer.block(WEDNESDAY)
    assert [pacer.next(WEDNESDAY), pacer.next(WEDNESDAY)] == [4, None]
    sent: list[int] = []
    while pacer.wary:
        pacer.answered(True)
        while (item := pacer.next(WEDNESDAY)) is not None:
            sent.append(item)
    assert sent == list(range(5, 100)) and not pacer.limited


def test_what_was_under_way_before_a_block_says_nothing_of_what_is_taken_after_it() -> None:
    pacer: Pacer[int] = Pacer(Capabilities(rate_global=100))
    assert all(pacer.take(chat, Lane.REPLY, WEDNESDAY) for chat in range(60))
    pacer.block(WEDNESDAY)
    for _ in range(60):
        pacer.answered(True)
    assert [pacer.take(chat, Lane.URGENT, WEDNESDAY) for chat in range(2)] == [True, False]


def test_with_a_burst_routine_messages_are_spread_and_urgent_ones_go_at_once() -> None:
    pacer: Pacer[int] = Pacer(Capabilities(rate_global=30, rate_burst=6))
    now, sent = WEDNESDAY, 0
    seconds = {}
    for tenth in range(30):
        while pacer.take(sent, Lane.BULK, now):
            sent += 1
        seconds[tenth] = sent
        now += timedelta(seconds=0.1)
    assert [seconds[tenth] for tenth in (0, 1, 2, 4, 9)] == [6, 6, 12, 18, 29]
    assert seconds[29] == 87
    assert pacer.take(1000, Lane.BULK, now)
    while pacer.take(sent, Lane.BULK, now):
        sent += 1
    assert pacer.take(1001, Lane.URGENT, now)
