"""The station's own advisories: in force when the file is saved, for their days, without a restart."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from botkit.plugins.safety.advisories import FILE, Advisories
from botkit.plugins.safety.engine import SafetyRules

CONFIG = Path(__file__).parents[3] / "config" / "safety"
TODAY = date(2026, 11, 24)
SCAM = "【热力公司】您家的供暖费已逾期未缴，请今日内点击 heat-pay.example 补缴，否则明天停暖，详询客服小李"
ENTRY = f"""
[[advisory]]
id = "heating"
kind = "scam_link"
from = 2026-11-20
until = 2026-12-31
texts = ["{SCAM}"]
phrases = ["暖气改造补贴|扫码登记"]
"""


class Desk:
    """A file, and a clock to look at it."""

    def __init__(self, folder: Path) -> None:
        self.path, self.now, self._written = folder / FILE, 0.0, 0
        self.advisories = Advisories(folder, {"scam_link"}, lambda: self.now)

    def writes(self, text: str) -> None:
        self.path.write_text(text, "utf-8")
        self._written += 1
        os.utime(self.path, (self._written, self._written))
        self.now += 2

    def finds(self, text: str, today: date = TODAY) -> str | None:
        found = self.advisories.find(text, today)
        return found.id if found else None


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_they_take_effect_and_end_without_a_restart(desk: Desk) -> None:
    assert desk.finds(SCAM) is None
    desk.writes(ENTRY)
    assert desk.finds(SCAM) == "heating"
    desk.path.unlink()
    desk.now += 2
    assert desk.finds(SCAM) is None


def test_the_file_is_looked_at_once_a_second(desk: Desk) -> None:
    desk.writes(ENTRY)
    assert desk.finds(SCAM)
    desk.path.unlink()
    desk.now += 0.5
    assert desk.finds(SCAM)
    desk.now += 0.6
    assert desk.finds(SCAM) is None


def test_other_links_and_numbers_make_no_difference(desk: Desk) -> None:
    desk.writes(ENTRY)
    assert (
        desk.finds(SCAM.replace("heat-pay.example", "http://other.example/x?id=99").replace("小李", "小王"))
        == "heating"
    )
    assert desk.finds("供暖费今年几号开始交") is None


def test_phrases_count_together(desk: Desk) -> None:
    desk.writes(ENTRY)
    assert desk.finds("邻居们，暖气改造补贴可以领了，请扫码登记") == "heating"
    assert desk.finds("暖气改造补贴什么时候发") is None


@pytest.mark.parametrize(("today", "holds"), [((2026, 11, 19), False), ((2026, 11, 20), True), ((2027, 1, 1), False)])
def test_they_hold_for_their_days(desk: Desk, today: tuple[int, int, int], holds: bool) -> None:
    desk.writes(ENTRY)
    assert (desk.finds(SCAM, date(*today)) is not None) is holds


@pytest.mark.parametrize(
    "broken",
    ["[[advisory", ENTRY.replace("scam_link", "nothing"), ENTRY.replace("2026-12-31", "2026-01-01"),
     ENTRY.replace('id = "heating"', ""), ENTRY.replace("暖气改造补贴", "暖")],
)  # fmt: skip
def test_a_broken_file_leaves_the_last_good_one(desk: Desk, broken: str) -> None:
    desk.writes(ENTRY)
    assert desk.finds(SCAM)
    desk.writes(broken)
    assert desk.finds(SCAM) == "heating"


def test_the_station_starts_with_none(tmp_path: Path) -> None:
    rules = SafetyRules.load(CONFIG)
    assert rules.advisories is not None and rules.advisories.find(SCAM, TODAY) is None
