"""Fitting: a small directory learnt in half a second, the same every time, sure of what it should be sure of."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from botkit.language import Entry, Matcher, saved
from botkit.language.fit import fit
from botkit.language.space import Floats
from tests.language.small import ENTRIES, STRANGERS

HELD_OUT = (
    ("请问煤气公司电话是多少呀", "utilities"),
    ("停水了问哪里", "utilities"),
    ("哪里有开锁的师傅", "locksmith"),
    ("I am locked out of the flat", "locksmith"),
    ("旧的大件垃圾要怎么扔", "garbage"),
    ("where do I find a free lawyer", "legal_aid"),
    ("公积金的提取", "housing_fund"),
)


@pytest.fixture(scope="module")
def fitted() -> Matcher:
    return fit(ENTRIES)


def test_it_ranks_and_is_calibrated(fitted: Matcher) -> None:
    assert fitted.ranking is not None and fitted.calibration is not None and not fitted.embeds
    assert fitted.entries == list(ENTRIES)


def test_its_own_phrasings_are_certain_and_strangers_stay_below_the_threshold(fitted: Matcher) -> None:
    limit = fitted.threshold()
    for entry in ENTRIES:
        assert all(fitted.judge(phrasing).confidence == 1 for phrasing in entry.phrasings)
    assert all(fitted.judge(text).confidence < limit for text in STRANGERS)


def test_what_is_near_is_found_and_surer_than_any_stranger(fitted: Matcher) -> None:
    kin = {entry.key: entry.kin for entry in ENTRIES}
    judged = [fitted.judge(text) for text, _ in HELD_OUT]
    assert [kin[one.matches[0].key] for one in judged] == [wanted for _, wanted in HELD_OUT]
    sure = sorted(one.confidence for one in judged)
    assert sure[1] > max(fitted.judge(text).confidence for text in STRANGERS)


def test_the_threshold_follows_the_target_and_offers_begin_below_it(fitted: Matcher) -> None:
    limits = [fitted.threshold(precision) for precision in (0.5, 0.8, 0.9, 0.95, 0.98)]
    assert limits == sorted(limits) and limits[0] < limits[-1] <= 1
    assert fitted.offer_threshold() < limits[-1]
    assert fitted.offer_threshold(0.3) <= fitted.offer_threshold(0.9)


def test_the_same_entries_give_the_same_model(fitted: Matcher) -> None:
    again = fit(ENTRIES).parts()
    assert again.keys() == fitted.parts().keys()
    for name, array in fitted.parts().items():
        assert np.array_equal(again[name], array), name


def test_with_embeddings_as_well() -> None:
    one, other = (fit(ENTRIES, _meanings(0)).parts() for _ in range(2))
    assert all(np.array_equal(other[name], array) for name, array in one.items())
    assert one["emb_weight"].shape == (len(ENTRIES), 16)


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (Entry("silent", ()),),
        ENTRIES[:2],
        tuple(Entry(str(number), ("电话", "number")) for number in range(5)),
        tuple(Entry(str(number), ("？？", "👍")) for number in range(5)),
        tuple(Entry(str(number), (f"第{number}个问题",)) for number in range(6)),
        (*ENTRIES, Entry("silent", ())),
        tuple(Entry(entry.key, entry.phrasings, "one") for entry in ENTRIES),
    ],
    ids=["none", "silent", "two", "alike", "signs", "one each", "one silent", "all kin"],
)
def test_odd_directories_are_learnt_without_a_warning(entries: tuple[Entry, ...]) -> None:
    matcher = fit(entries)
    assert [entry for entry in entries if entry.phrasings] == matcher.entries
    for text in ("", "电话", "完全陌生", "第3个问题", "👍"):
        assert 0 <= matcher.judge(text).confidence <= 1
    assert 0 < matcher.threshold() <= 1


def _meanings(seed: int) -> Floats:
    """Vectors of which each entry's point one way."""
    random = np.random.default_rng(seed)
    ways = random.normal(size=(len(ENTRIES), 2, 8))
    rows = [ways[n] + 0.3 * random.normal(size=(2, 8)) for n, entry in enumerate(ENTRIES) for _ in entry.phrasings]
    return np.array(rows, np.float32)


@pytest.fixture(scope="module")
def meaning() -> tuple[Matcher, Floats]:
    """A matcher with embeddings, and those of its phrasings."""
    vectors = _meanings(1)
    return fit(ENTRIES, vectors), vectors


def test_what_means_the_same_is_found_without_a_word_in_common(meaning: tuple[Matcher, Floats]) -> None:
    matcher, vectors = meaning
    assert matcher.embeds
    owners = [entry.key for entry in ENTRIES for _ in entry.phrasings]
    for at in (0, 20, 40):
        judged = matcher.judge("犇骉淼", embedding=vectors[at])
        assert judged.matches[0].key == owners[at] and judged.matches[0].features == ()
    assert matcher.judge("犇骉淼").matches == ()


def test_what_can_not_be_read_is_understood_by_its_words(meaning: tuple[Matcher, Floats]) -> None:
    matcher, vectors = meaning
    nothing = np.zeros_like(vectors[0])
    assert matcher.judge("犇骉淼", embedding=nothing).matches == ()
    assert matcher.judge("开锁电话", embedding=nothing).matches[0].key == "locksmith"


def test_what_was_removed_is_not_meant_any_more(meaning: tuple[Matcher, Floats]) -> None:
    matcher, vectors = meaning
    less = matcher.without("gas").with_entry(Entry("water", ("矿泉水配送",)))
    for text in ("犇骉淼", "煤气公司电话"):
        told = less.judge(text, 100, embedding=vectors[0]).matches
        assert "gas" not in {match.key for match in told}
        assert all(match.phrasing == "矿泉水配送" for match in told if match.key == "water")
    for entry in ENTRIES:
        matcher = matcher.without(entry.key)
    assert matcher.judge("煤气公司电话", embedding=vectors[0]).matches == ()


def run(*arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "botkit.language.fit", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": "7"}
    )


def test_a_process_of_its_own_learns_the_same(fitted: Matcher, tmp_path: Path) -> None:
    asked, told = tmp_path / "asked.npz", tmp_path / "told.npz"
    saved.ask(ENTRIES, asked)
    done = run(asked, told)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    matcher = saved.load(told)
    assert matcher is not None and matcher.entries == fitted.entries
    for name, array in fitted.parts().items():
        assert np.array_equal(matcher.parts()[name], array), name


def test_a_process_that_has_nothing_to_learn_says_so_and_leaves_no_model(tmp_path: Path) -> None:
    done = run(tmp_path / "missing.npz", tmp_path / "told.npz")
    assert done.returncode and "missing.npz" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_running_bot_needs_no_scikit_learn() -> None:
    program = "import sys, botkit.language.saved, botkit.language.embed; print({'sklearn', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_it_ends_with_the_bot_that_asked_for_it() -> None:
    child = "from botkit.language.fit import end_with_parent as end; end(); print('up', flush=True); input()"
    parent = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=subprocess.PIPE,"
        " stdout=subprocess.PIPE); p.stdout.readline(); print(p.pid, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent, child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as bot:
        assert bot.stdout is not None
        pid = int(bot.stdout.readline())
        watched = os.pidfd_open(pid)
        bot.kill()
        # Readable once that process has ended.
        assert select.select([watched], [], [], 10)[0]
        os.close(watched)
