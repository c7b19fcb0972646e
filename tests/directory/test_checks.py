"""Checks of invented businesses: nobody may take one for real, or reach a stranger with it."""

from __future__ import annotations

import pytest

from directory.reading import read_folder
from tests.directory.conftest import Write

FICTIONAL = """
[[entry]]
slug = "invented"
topic = "gas"
sample = true
do_not_call = true
name = { zh = "示例燃气（虚构）", en = "Example Gas (fictional)" }
summary = { zh = "虚构。", en = "Invented." }
phones = [{ number = "021-00000001" }]
source = { zh = "虚构", en = "invented" }
owner = "maintainers"
"""


def test_a_fictional_business_that_says_so_is_taken(write: Write) -> None:
    reading = read_folder(write(a=FICTIONAL))
    assert reading.problems == () and reading.guide.entries[0].do_not_call


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("示例燃气（虚构）", "燃气", "does not say so"),
        ("Example Gas (fictional)", "Gas", "does not say so"),
        ("021-00000001", "021-64312345", "may ring at somebody's"),
        ("021-00000001", "12345", "may ring at somebody's"),
        ("sample = true", "sample = false", "is no valid number"),
    ],
)
def test_one_that_does_not_is_refused(write: Write, old: str, new: str, part: str) -> None:
    reading = read_folder(write(a=FICTIONAL.replace(old, new)))
    assert reading.guide.entries == ()
    assert any(part in str(problem) for problem in reading.problems)
