"""The shard: cosines with centroids and phrasings, as plain sums over all features would give them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language.shard import PARTS, Shard
from botkit.language.space import EMPTY, Floats, Raw, Space, Vector
from tests.language.small import ENTRIES

TEXTS: list[tuple[str, ...]] = [*(entry.phrasings for entry in ENTRIES), (), ("？？",), ("", "煤气", "")]
RAWS = [[Raw.of(text) for text in texts] for texts in TEXTS]
SPACE = Space.of(RAWS)
VECTORS = [[SPACE.vector(raw) for raw in raws] for raws in RAWS]
SHARD = Shard.of(SPACE, VECTORS)
ASKED = ["煤气公司电话", "water bill", "我的钥匙 lost", "？？", "", "煤", "完全陌生", "gas gas 水"]


def dense_of(vector: Vector, width: int = len(SPACE)) -> Floats:
    dense = np.zeros(width, np.float32)
    dense[vector.ids] = vector.values
    return dense


def cosines(dense: Floats, vectors: list[Vector]) -> list[float]:
    return [float(dense[one.ids] @ one.values) for one in vectors]


def central(dense: Floats, vectors: list[Vector]) -> float:
    total = sum((dense_of(one) for one in vectors), np.zeros(len(SPACE), np.float32))
    return float(dense @ total / max(1e-9, float(np.linalg.norm(total))))


@pytest.mark.parametrize("text", ASKED)
def test_cosines_are_those_of_plain_sums(text: str) -> None:
    vector = SPACE.vector(Raw.of(text))
    dense = dense_of(vector)
    told = SHARD.centroids(vector)
    near, rows, exact = SHARD.nearest(dense, range(len(TEXTS)))
    for entry, vectors in enumerate(VECTORS):
        each = cosines(dense, vectors)
        assert told[entry] == pytest.approx(central(dense, vectors), abs=1e-5)
        assert exact[entry] == pytest.approx(told[entry], abs=2e-3)
        assert near[entry] == pytest.approx(max(each, default=0), abs=1e-3)
        if each and max(each) > 0:
            assert rows[entry] == int(np.argmax(each))


def test_some_entries_only_in_any_order() -> None:
    dense = dense_of(SPACE.vector(Raw.of("煤气公司电话")))
    every, some = SHARD.nearest(dense, range(len(TEXTS))), SHARD.nearest(dense, [2, 0, 7])
    for all_told, told in zip(every, some, strict=True):
        assert [all_told[entry] for entry in (2, 0, 7)] == list(told)
    assert [len(part) for part in SHARD.nearest(dense, [])] == [0, 0, 0]


def test_what_has_no_features_or_no_phrasings_is_like_nothing() -> None:
    near, _, exact = SHARD.nearest(dense_of(SPACE.vector(Raw.of("煤气"))), [7, 8])
    assert near.tolist() == exact.tolist() == [0, 0]
    assert not SHARD.centroids(EMPTY).any()


@given(st.text(st.sampled_from("煤气公司电话水费 gasbilwter"), max_size=40), st.sampled_from([0, 1, 2, 6, 9]))
def test_likeness_is_seven_shares(text: str, entry: int) -> None:
    vector = SPACE.vector(Raw.of(text))
    told = SHARD.likeness(vector, dense_of(vector), entry)
    assert told.shape == (7,) and np.isfinite(told).all()
    assert (told >= 0).all() and (told <= 1.001).all()


def test_the_words_of_a_phrasing_are_wholly_like_it() -> None:
    vector = SPACE.vector(Raw.of("煤气公司电话"))
    known, strange, near, strange_near, had, lacking, _ = SHARD.likeness(vector, dense_of(vector), 0).tolist()
    assert (known, near, had) == pytest.approx((1, 1, 1), abs=2e-3)
    assert strange == strange_near == lacking == 0


def test_in_bounded_time_the_commonest_features_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    vector = SPACE.vector(Raw.of("煤气公司电话"))
    whole, every = SHARD.quickly(vector)
    assert every and np.array_equal(whole, SHARD.centroids(vector))
    monkeypatch.setattr("botkit.language.shard._POSTINGS", 10)
    part, every = SHARD.quickly(vector)
    assert not every and (part <= whole + 1e-6).all() and part.argmax() == whole.argmax()


def test_features_that_came_after_it_are_in_none_of_its_entries() -> None:
    more = SPACE.with_more([Raw.of("牙科诊所电话")])
    vector = more.vector(Raw.of("牙科诊所电话"))
    alone = SPACE.vector(Raw.of("电话"))
    assert vector.ids.max() >= len(SPACE)
    assert (SHARD.centroids(vector) > 0).tolist() == (SHARD.centroids(alone) > 0).tolist()
    near, _, _ = SHARD.nearest(dense_of(vector, len(more)), [0])
    assert near[0] > 0


def test_its_rows_are_the_vectors_of_the_phrasings() -> None:
    ids, values = SHARD.row(1, 2)
    assert np.array_equal(ids, VECTORS[1][2].ids)
    assert values == pytest.approx(VECTORS[1][2].values, abs=1e-3)


def test_its_parts_make_it_again() -> None:
    again = Shard(SHARD.parts)
    assert tuple(sorted(again.parts)) == tuple(sorted(PARTS))
    assert all(np.array_equal(again.parts[name], SHARD.parts[name]) for name in PARTS)
    assert len(again) == len(TEXTS) and again.rows == sum(map(len, TEXTS))


@pytest.mark.parametrize("entries", [[], [[]], [[], []], [[EMPTY]]])
def test_a_shard_of_little(entries: list[list[Vector]]) -> None:
    space = Space.of([])
    shard = Shard.of(space, entries)
    assert shard.centroids(EMPTY).tolist() == [0] * len(entries)
    near, rows, exact = shard.nearest(np.zeros(0, np.float32), range(len(entries)))
    assert near.tolist() == exact.tolist() == rows == [0] * len(entries)
