"""The space: texts as vectors of length 1, in which what few entries have weighs more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language.features import features
from botkit.language.space import EMPTY, Raw, Space, Vector

TEXTS = (("煤气公司电话", "gas company number"), ("自来水公司电话", "water company number"), ("开锁电话", "locksmith"))


def space_of(*entries: tuple[str, ...]) -> Space:
    return Space.of([[Raw.of(text) for text in texts] for texts in entries])


def weight(space: Space, vector: Vector, text: str, feature: str) -> float:
    number = next(hashed for hashed, name in Raw.of(text).named(features(text)).items() if name == feature)
    hashes = np.append(space.hashes, space.added)
    return float(vector.values[list(hashes[vector.ids]).index(number)])


@given(st.text(max_size=200))
def test_vectors_have_length_1_or_are_empty(text: str) -> None:
    vector = _space.vector(Raw.of(text))
    assert 0 <= vector.unknown <= 1
    assert list(vector.ids) == sorted(set(vector.ids.tolist()))
    if len(vector.ids):
        assert float(vector.values @ vector.values) == pytest.approx(1, abs=1e-5)
    else:
        assert vector.unknown == 1


_space = space_of(*TEXTS)


def test_what_few_entries_have_weighs_more() -> None:
    text = "煤气电话"
    vector = _space.vector(Raw.of(text))
    assert weight(_space, vector, text, "煤") > weight(_space, vector, text, "电") > 0
    assert vector.values.dtype == np.float32 and vector.ids.dtype == np.int32


def test_a_text_of_an_entry_is_known_and_a_strange_one_is_not() -> None:
    known, half, strange = (_space.vector(Raw.of(text)) for text in ("开锁电话", "开锁电话 犇骉", "犇骉"))
    assert known.unknown == 0 and 0 < half.unknown < 1 and strange is EMPTY
    assert float(known.values @ half.values) == pytest.approx(1)


def test_later_features_are_numbered_behind_and_the_others_stay() -> None:
    raw = Raw.of("牙科诊所电话")
    more = _space.with_more([raw])
    vector = more.vector(raw)
    assert vector.unknown == 0 and len(more) == len(_space) + len(more.added)
    assert vector.ids.max() >= len(_space)
    before, after = (one.vector(Raw.of("煤气公司电话")) for one in (_space, more))
    assert np.array_equal(before.ids, after.ids) and np.array_equal(before.values, after.values)


@pytest.mark.parametrize("entries", [(), ((),), (("",), ("？？",)), (("",), ("煤气",))])
def test_a_space_of_little(entries: tuple[tuple[str, ...], ...]) -> None:
    space = space_of(*entries)
    for text in ("", "煤气", "gas"):
        vector = space.vector(Raw.of(text))
        assert np.isfinite(vector.values).all()
    assert space.with_more([]).vector(Raw.of("水")) is EMPTY
    assert len(space.with_more([Raw.of("水")]).vector(Raw.of("水")).ids)


def test_the_same_entries_make_the_same_space_whatever_their_order() -> None:
    turned = space_of(*TEXTS[::-1])
    assert np.array_equal(turned.hashes, _space.hashes) and np.array_equal(turned.weights, _space.weights)


def test_features_are_named_by_their_hashes() -> None:
    found = features("煤气 bill")
    raw = Raw.of_features(found)
    names = raw.named(found)
    assert set(raw.hashes.tolist()) == set(names)
    assert {"煤", "bill"} <= set(names.values())


@given(st.lists(st.text(max_size=60), max_size=8))
def test_many_vectors_at_once_are_as_one_by_one(texts: list[str]) -> None:
    raws = [Raw.of(text) for text in texts]
    for vector, raw in zip(_space.vectors(raws), raws, strict=True):
        alone = _space.vector(raw)
        assert list(vector.ids) == list(alone.ids) and vector.unknown == pytest.approx(alone.unknown)
        assert vector.values == pytest.approx(alone.values, abs=1e-6)
