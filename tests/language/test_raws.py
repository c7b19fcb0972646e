"""Raws: many texts at once give what they give one by one, in their order."""

from __future__ import annotations

import pytest

from botkit.language import raws
from botkit.language.raws import raws_of
from botkit.language.space import Raw

TEXTS = ["煤气公司电话多少", "", "my gas bill is wrong", "煤气 gas 962777", "😀"] * 900


def same(one: list[Raw], other: list[Raw]) -> bool:
    return all(a.hashes.tolist() == b.hashes.tolist() and a.blocks.tolist() == b.blocks.tolist()
               for a, b in zip(one, other, strict=True))  # fmt: skip


def test_beside_each_other_as_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = raws_of(TEXTS)
    monkeypatch.setattr(raws, "MANY", 100)
    monkeypatch.setattr(raws.os, "cpu_count", lambda: 2)
    assert same(raws_of(TEXTS), alone) and same(alone[:5], list(map(Raw.of, TEXTS[:5])))


def test_where_no_process_can_be_started_it_goes_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(raws, "MANY", 10)
    monkeypatch.setattr(raws.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(raws, "ProcessPoolExecutor", refuse)
    assert len(raws_of(TEXTS[:20])) == 20
