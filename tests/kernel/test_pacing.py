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
    pacer = Pacer(Capabilities(rate_global=per_second, rate_chat=per_minute))
    now = WEDNESDAY
    everything: list[datetime] = []
    chats: dict[int, list[datetime]] = {}
    routine: list[datetime] = []
    for pause, urgent, chat in wishes:
        now += timedelta(seconds=pause if pause > 1 else 0)
        free_at = pacer.take(chat, Lane.URGENT if urgent else Lane.REPLY, now)
        if free_at is not None:
            assert free_at > now
            continue
        everything.append(now)
        chats.setdefault(chat, []).append(now)
        if not urgent:
            routine.append(now)
    assert most_within(everything, timedelta(seconds=1)) <= per_second
    if per_second >= 10:
        assert most_within(routine, timedelta(seconds=1)) <= 0.9 * per_second
    for sent in chats.values():
        assert most_within(sent, timedelta(minutes=1)) <= per_minute


def test_a_refused_message_may_go_when_it_was_told() -> None:
    pacer = Pacer(Capabilities(rate_chat=20))
    now = WEDNESDAY
    for _ in range(18):
        assert pacer.take(1, Lane.REPLY, now) is None
    free_at = pacer.take(1, Lane.BULK, now)
    assert free_at == now + timedelta(minutes=1)
    assert [pacer.take(1, Lane.URGENT, now) for _ in range(2)] == [None, None]
    assert pacer.take(1, Lane.URGENT, now) is not None
    assert pacer.take(2, Lane.REPLY, now) is None
    assert pacer.take(1, Lane.REPLY, free_at) is None


def test_a_block_holds_everybody_and_a_shorter_one_does_not_end_it() -> None:
    pacer = Pacer(Capabilities())
    pacer.block(WEDNESDAY + timedelta(seconds=30))
    pacer.block(WEDNESDAY + timedelta(seconds=5))
    assert pacer.take(1, Lane.URGENT, WEDNESDAY + timedelta(seconds=6)) == WEDNESDAY + timedelta(seconds=30)
    assert pacer.take(1, Lane.REPLY, WEDNESDAY + timedelta(seconds=30)) is None
