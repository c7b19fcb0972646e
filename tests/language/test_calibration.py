"""Calibration: the threshold keeps a station's target, and real verdicts can only make it more careful."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language.calibration import FEWEST, Calibration, Verdict, upper_bound
from botkit.language.facts import FACTS
from botkit.language.telling import NOTHING, TELLS_NOTHING


def calibration(*curve: tuple[float, bool, bool], share: float = 1.0) -> Calibration:
    """One with a curve of (how sure, right first, right among three)."""
    sure, right, among = zip(*curve, strict=True) if curve else ((), (), ())
    weight = np.zeros(FACTS + 2, np.float32)
    weight[1] = 1
    return Calibration(
        {
            **TELLS_NOTHING.parts,
            "cal_mean": np.zeros(FACTS + 1, np.float32),
            "cal_scale": np.ones(FACTS + 1, np.float32),
            "cal_weight": weight,
            "curve_sure": np.array(sure, np.float32),
            "curve_right": np.array(right, np.float32),
            "curve_among": np.array(among, np.float32),
            "curve_share": np.full(len(sure), share, np.float32),
        }
    )


HUNDRED = calibration(*((at / 100, at >= 20 and at % 10 != 0, at >= 10) for at in range(100)))
"""Of what is surer than 0.2 nine in ten are right; below, nothing is; from 0.1 on the right one is among three."""


def facts(first: float) -> np.ndarray:
    told = np.zeros(FACTS, np.float32)
    told[0] = first
    return told


def test_confidence_is_a_likelihood() -> None:
    assert HUNDRED.confidence(facts(0), NOTHING) == 0.5
    assert (
        0 < HUNDRED.confidence(facts(-1e6), NOTHING) < 1e-6 and 1 - 1e-6 < HUNDRED.confidence(facts(1e6), NOTHING) < 1
    )
    assert HUNDRED.confidence(facts(1), NOTHING) < HUNDRED.confidence(facts(2), NOTHING)


def test_a_higher_target_has_a_higher_threshold() -> None:
    thresholds = [HUNDRED.threshold(precision) for precision in (0.1, 0.5, 0.8, 0.9, 0.95)]
    assert thresholds == sorted(thresholds) and thresholds[0] < thresholds[-1]
    above = [at >= 20 and at % 10 != 0 for at in range(100) if at / 100 >= HUNDRED.threshold(0.85)]
    assert sum(above) / len(above) >= 0.85


def test_where_the_target_is_out_of_reach_only_the_very_words_are_answered() -> None:
    never = calibration((0.9, False, False), (0.5, True, True))
    assert never.threshold(0.98) == 1.0 > never.confidence(facts(1e6), NOTHING)
    assert calibration().threshold(0.5) == 1.0


def test_what_a_question_weighs_counts() -> None:
    light = calibration((0.9, True, True), (0.8, False, True), (0.7, True, True))
    assert light.threshold(0.7) == pytest.approx(0.9)
    parts = {**light.parts, "curve_share": np.array([1, 0.1, 1], np.float32)}
    assert Calibration(parts).threshold(0.7) == pytest.approx(0.7)


def test_good_verdicts_leave_the_threshold_and_bad_ones_raise_it() -> None:
    before = HUNDRED.threshold(0.85)
    good = [Verdict(0.5 + at / 200, True) for at in range(80)]
    assert HUNDRED.threshold(0.85, good) == before
    bad = [Verdict(0.4, False)] * 40
    raised = HUNDRED.threshold(0.85, [*good, *bad])
    assert 0.4 < raised < 0.5
    assert HUNDRED.threshold(0.85, bad) > 0.4


def test_a_few_bad_verdicts_among_good_ones_prove_nothing() -> None:
    mixed = [Verdict(0.6, False)] * 2 + [Verdict(0.5 + at / 100, True) for at in range(6)]
    assert HUNDRED.threshold(0.85, mixed) == HUNDRED.threshold(0.85)
    assert HUNDRED.threshold(0.85, [*mixed, *[Verdict(0.6, False)] * 6]) > 0.6


def test_one_angry_word_is_no_measurement() -> None:
    assert HUNDRED.threshold(0.85, [Verdict(1.0, False)] * (FEWEST - 1)) == HUNDRED.threshold(0.85)


def test_verdicts_on_what_would_not_be_answered_now_do_not_count() -> None:
    before = HUNDRED.threshold(0.85)
    assert HUNDRED.threshold(0.85, [Verdict(before - 0.05, False)] * 100) == before


def test_even_certain_answers_can_turn_out_wrong() -> None:
    assert HUNDRED.threshold(0.85, [Verdict(1.0, False)] * 50) > 1


@given(
    st.lists(st.builds(Verdict, st.floats(0, 1), st.booleans()), max_size=60),
    st.floats(0.01, 1),
)
def test_verdicts_never_lower_it(verdicts: list[Verdict], precision: float) -> None:
    before, after = HUNDRED.threshold(precision), HUNDRED.threshold(precision, verdicts)
    assert after >= before
    if sum(verdict.confidence >= before for verdict in verdicts) < FEWEST:
        assert after == before
        return
    left = [verdict.right for verdict in verdicts if verdict.confidence >= after]
    assert upper_bound(sum(left), len(left)) >= precision


@pytest.mark.parametrize(
    ("right", "total", "bound"),
    [(0, 0, 1.0), (0, 10, 0.2775), (5, 10, 0.7634), (9, 10, 0.9821), (10, 10, 1.0), (95, 100, 0.9785)],
)
def test_the_bound_is_wilsons(right: int, total: int, bound: float) -> None:
    assert upper_bound(right, total) == pytest.approx(bound, abs=1e-4)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_bound_lies_between_the_share_and_1(right: int, wrong: int) -> None:
    share = right / max(1, right + wrong)
    assert share - 1e-9 <= upper_bound(right, right + wrong) <= 1 + 1e-9


def test_choices_are_offered_while_the_right_one_is_among_them() -> None:
    limit = HUNDRED.offer_threshold(0.6)
    assert limit == pytest.approx(0.19)
    assert HUNDRED.offer_threshold(0.99) >= limit
    always = calibration(*((at / 50, True, True) for at in range(50)))
    assert always.offer_threshold(0.6) == 0
    never = calibration(*((at / 50, False, False) for at in range(50)))
    assert never.offer_threshold(0.6) == pytest.approx(0.98)
    assert calibration().offer_threshold(0.6) > 1
