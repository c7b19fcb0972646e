"""Freshness: each risk has its term, with its borders to the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from directory.freshness import Freshness, expires, freshness
from directory.values import Entry, Phone, Words

DAY = date(2026, 1, 1)
ENTRY = Entry("gas", "gas", Words("燃气"), Words("燃气的事。"), (Phone("962777"),), assured_date=DAY)


@pytest.mark.parametrize(
    ("risk", "days", "state"),
    [
        ("urgent", 0, "fresh"), ("urgent", 22, "fresh"), ("urgent", 23, "due"), ("urgent", 30, "due"),
        ("urgent", 31, "expired"), ("hotline", 67, "fresh"), ("hotline", 68, "due"), ("hotline", 90, "due"),
        ("hotline", 91, "expired"), ("other", 273, "fresh"), ("other", 274, "due"), ("other", 365, "due"),
        ("other", 366, "expired"),
    ],
)  # fmt: skip
def test_terms(risk: str, days: int, state: str) -> None:
    entry = replace(ENTRY, risk=risk)
    assert freshness(entry, DAY + timedelta(days=days)) == state
    last = expires(entry)
    assert last is not None and freshness(entry, last) == "due"


def test_samples_and_what_was_never_verified_do_not_expire() -> None:
    later = DAY + timedelta(days=4000)
    assert freshness(replace(ENTRY, sample=True), later) is Freshness.SAMPLE
    never = replace(ENTRY, assured_date=None)
    assert freshness(never, later) is Freshness.UNVERIFIED and expires(never) is None
