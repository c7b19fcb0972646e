"""Ids: rising, never twice, 64 bits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from botkit.ids import Ids, token
from botkit.testing import FakeClock


@given(st.lists(st.sampled_from([0, 0, 1, 5000]), min_size=1, max_size=60), st.integers(0, 1023))
def test_they_rise_whether_the_clock_stands_or_jumps(steps: list[int], worker: int) -> None:
    clock = FakeClock()
    ids = Ids(clock, worker)
    made = []
    for step in steps:
        clock.step(timedelta(milliseconds=step))
        made += [ids() for _ in range(20)]
    assert made == sorted(set(made))
    assert all(0 < one < 1 << 63 for one in made)


def test_a_clock_that_was_set_back_makes_none_twice() -> None:
    late = FakeClock(datetime(2026, 5, 1, tzinfo=UTC))
    stored = [Ids(late, 7)() for _ in range(3)]
    early = Ids(FakeClock(datetime(2026, 1, 1, tzinfo=UTC)), 7)
    early.after(max(stored))
    assert early() > max(stored)


def test_processes_do_not_share_ids() -> None:
    clock = FakeClock()
    one, other = Ids(clock, 1), Ids(clock, 2)
    assert not {one() for _ in range(5000)} & {other() for _ in range(5000)}


def test_the_first_tells_its_time_too() -> None:
    """Stations of one database are made by processes that may have the same number, each with its first id."""
    now = datetime(2026, 3, 4, tzinfo=UTC)
    first = [Ids(FakeClock(now + timedelta(milliseconds=ms)), 7)() for ms in range(3)]
    assert len(set(first)) == 3 and first == sorted(first)


def test_they_fit_for_a_lifetime() -> None:
    assert Ids(FakeClock(datetime(2090, 1, 1, tzinfo=UTC)), 1023)() < 1 << 63


def test_tokens_cannot_be_guessed_from_each_other() -> None:
    made = {token() for _ in range(1000)}
    assert len(made) == 1000 and min(map(len, made)) >= 21
