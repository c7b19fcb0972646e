"""Phone numbers: hotlines are short numbers, wrong ones are refused, links dial what is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.phones import is_fictional, problem, uri


@pytest.mark.parametrize(
    "number",
    [
        "12345",
        "95598",
        "962740",
        "962777",
        "962525",
        "021-64312345",
        "13800138000",
        "400-820-1234",
        "+86 21 64312345",
    ],
)
def test_real_numbers_pass(number: str) -> None:
    assert problem(number) is None


@pytest.mark.parametrize(
    "number", ["021-00000001", "00000000", "123456789012345678", "11", "", "call me", "12345a", "１２３４５x"]
)
def test_others_are_refused(number: str) -> None:
    assert problem(number)


def test_samples_need_only_look_like_a_number() -> None:
    assert problem("021-00000001", sample=True) is None
    assert problem("call me", sample=True)
    assert is_fictional("021-00000001") and not is_fictional("12345")


def test_links() -> None:
    assert uri("12345") == "tel:12345"
    assert uri("021-64312345") == "tel:+862164312345"
    assert uri("400-820-1234") == "tel:4008201234"
    assert uri("+86 21 64312345") == "tel:+862164312345"


@given(st.text(max_size=30))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    wrong = problem(text)
    assert wrong is None or wrong
    if wrong is None:
        assert uri(text).removeprefix("tel:").removeprefix("+").isdigit()
