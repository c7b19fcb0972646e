"""Telling: what sets a message apart from an entry, and which of it matters."""

from __future__ import annotations

import numpy as np
import pytest

from botkit.language import Entry, Matcher
from botkit.language.classify import Sample, learn
from botkit.language.features import features, hashed
from botkit.language.fit import fit
from botkit.language.heldout import FOLDS, _group_folds
from botkit.language.space import Raw
from botkit.language.telling import NOTHING, TELLS_NOTHING, Difference, Telling

SUBJECTS = ("公交卡", "门禁卡", "图书证", "游泳证", "健身卡", "停车证", "饭卡", "洗澡票", "体检单", "借书证")
ASPECTS = {
    "apply": ("{}怎么办", "在哪里办{}", "想办一张{}", "{}办理地点", "办{}要带什么"),
    "lost": ("{}丢了", "我的{}不见了", "{}掉了怎么补", "补一张{}", "{}遗失补办"),
    "refund": ("{}怎么退", "退{}", "{}退钱", "不用了想退{}", "{}能退吗"),
}


def hashes(block: str, *found: str) -> np.ndarray:
    return np.array(sorted(hashed(block, found)), np.uint32)


def difference(text: str, *phrasings: str) -> Difference:
    others = tuple(Entry(str(number), (f"别的{number}", text)) for number in range(3))
    matcher = Matcher([Entry("one", phrasings), *others])
    only = matcher
    for entry in others:
        only = only.without(entry.key)
    return only.facts(Raw.of(text))[2]


def test_it_is_what_only_one_of_the_two_has() -> None:
    apart = difference("煤气费退", "煤气费交", "煤气费怎么交", "煤气费")
    assert set(hashes("c", "退")) <= set(apart.new) and not set(hashes("c", "煤", "气", "费", "交")) & set(apart.new)
    at = {int(one): share for one, share in zip(apart.missed, apart.shares, strict=True)}
    assert at[int(hashes("c", "交")[0])] == pytest.approx(2 / 3)
    assert not set(hashes("c", "煤", "气", "费", "退")) & set(at)


def test_nothing_sets_a_phrasing_apart_from_its_entry() -> None:
    apart = difference("煤气费", "煤气费")
    assert not len(apart.new) and not len(apart.missed)


def test_what_is_learnt_of_features_is_added_up() -> None:
    new, missed = hashes("c", "退", "交"), hashes("c", "丢", "补")
    telling = Telling(
        {
            "tell_new": new,
            "tell_new_weight": np.array([-2.0, -1.0], np.float32),
            "tell_missed": missed,
            "tell_missed_weight": np.array([-4.0, 3.0], np.float32),
        }
    )
    assert telling.says(NOTHING) == 0
    assert telling.says(Difference(new, NOTHING.missed, NOTHING.shares)) == -3
    unknown = hashes("c", "犇")
    assert telling.says(Difference(unknown, missed[:1], np.array([0.5], np.float32))) == -2
    assert TELLS_NOTHING.says(Difference(new, missed, np.ones(2, np.float32))) == 0


def test_words_of_every_subject_tell_which_of_its_entries_is_meant() -> None:
    entries = [
        Entry(f"{subject} {aspect}", tuple(form.format(subject) for form in forms))
        for number, subject in enumerate(SUBJECTS)
        for aspect, forms in ASPECTS.items()
        if not (number < 3 and aspect == "refund")
    ]
    matcher = fit(entries)
    assert matcher.calibration is not None
    weights = dict(
        zip(matcher.calibration.parts["tell_new"], matcher.calibration.parts["tell_new_weight"], strict=True)
    )
    of = {word: float(weights[int(hashes("c", word)[0])]) for word in "退办"}
    # Who wants money back is never helped by how to apply; to apply is what many phrasings do without saying so.
    assert of["退"] < min(0.0, of["办"]), of


def test_neighbours_are_taken_out_in_different_turns() -> None:
    entries = [
        Entry(f"{subject} {aspect}", tuple(form.format(subject) for form in forms))
        for subject in SUBJECTS
        for aspect, forms in ASPECTS.items()
    ]
    kin = [entry.kin for entry in entries]
    folds = _group_folds(learn(Sample(entries)), kin)
    assert sorted(np.bincount(folds)) == [len(entries) // FOLDS] * FOLDS
    per_subject = folds.reshape(len(SUBJECTS), len(ASPECTS)).tolist()
    together = sum(len(ASPECTS) - len(set(row)) for row in per_subject)
    assert together <= len(SUBJECTS) * len(ASPECTS) // FOLDS // 2, per_subject


def test_a_group_is_taken_out_as_a_whole() -> None:
    entries = [
        Entry(f"{n}", (f"第{n}个{'甲乙丙丁戊己'[n % 6]}", f"{'甲乙丙丁戊己'[n % 6]}的问题{n}"), f"group {n // 3}")
        for n in range(30)
    ]
    kin = [entry.kin for entry in entries]
    folds = _group_folds(Matcher(entries), kin)
    assert all(len(set(folds[at : at + 3])) == 1 for at in range(0, 30, 3))
    assert len(set(folds.tolist())) == FOLDS


def test_synonyms_share_a_meaning() -> None:
    for one, other in (("fix my bike", "repair my bicycle"), ("where is my parcel", "where is my package")):
        assert set(features(one)["m"]) & set(features(other)["m"])
    assert features("煤气费")["m"] == () == features("zebra crossing")["m"]
