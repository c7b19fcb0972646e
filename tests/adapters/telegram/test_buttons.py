"""Buttons: short enough for Telegram, signed for their chat, and forged by nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.buttons import LIMIT, Buttons

BUTTONS = Buttons(b"key")


class Outbox:
    """The rows that long values are read from."""

    def __init__(self, rows: dict[int, list[tuple[str, str]]]) -> None:
        self._rows = rows

    async def read(self, statement: str, row: int) -> list[dict[str, Any]]:
        return [{"choices": json.dumps(self._rows[row])}] if row in self._rows else []


@given(st.text(max_size=90), st.integers(1, 1 << 62))
async def test_every_value_comes_back_and_fits(value: str, row: int) -> None:
    value = value.encode("utf-8", "replace").decode()
    data = BUTTONS.data("-100", str(row), 1, value)
    outbox: Any = Outbox({row: [("a", "first"), ("b", value)]})
    assert len(data.encode()) <= LIMIT
    assert await BUTTONS.value(outbox, "-100", data) == value
    assert await BUTTONS.value(outbox, "-101", data) is None
    assert await Buttons(b"other").value(outbox, "-100", data) is None


@pytest.mark.parametrize(
    "data", ["", "x", "=", "=AAAAAAAAhandoff.claim|1", "#AAAAAAAA12.0", "#", "=short", "🙂🙂🙂🙂🙂🙂"]
)
async def test_what_nobody_made_is_nothing(data: str) -> None:
    outbox: Any = Outbox({12: [("a", "v")]})
    assert await BUTTONS.value(outbox, "-100", data) is None


async def test_a_long_value_whose_row_is_gone_is_nothing() -> None:
    data = BUTTONS.data("-100", "9", 2, "长" * 40)
    empty: Any = Outbox({})
    short: Any = Outbox({9: [("a", "v")]})
    assert await BUTTONS.value(empty, "-100", data) is None
    assert await BUTTONS.value(short, "-100", data) is None


def labels(*given: str) -> list[list[str]]:
    keyboard = BUTTONS.keyboard("1", "2", [(label, "v") for label in given])
    assert keyboard is not None
    return [[button.text for button in row] for row in keyboard.inline_keyboard]


def test_rows_fit_a_narrow_phone() -> None:
    assert labels("接了", "转", "已办", "回复") == [["接了", "转", "已办"], ["回复"]]
    assert labels("ok", "这是一个非常非常长的按钮名称", "no") == [["ok"], ["这是一个非常非常长的按钮名称"], ["no"]]
    assert BUTTONS.keyboard("1", "2", []) is None
