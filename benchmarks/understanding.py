"""Understanding: what a directory of 1,000 or 10,000 entries with ten phrasings each costs, and the safety stage.

``serve`` is what a chat meets: a saved model is loaded, and messages are judged, told and explained. Its classifier
has the shape of a fitted one (as many weights for each entry, as many entries) but random values: a weight is fetched,
multiplied and added whatever it is, so the time is the same, and learning 10,000 entries takes minutes. ``fit``
measures that learning, once and apart.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import percentile
from benchmarks.processes import ROOT
from benchmarks.sentences import entries, messages
from botkit.language import Entry, Matcher, saved
from botkit.language.calibration import Calibration
from botkit.language.facts import FACTS
from botkit.language.ranking import MOST_WEIGHTS, Ranking
from botkit.language.telling import Telling

PHRASINGS = 10
MESSAGES = 2_000
WARM_UP = 200
PASSES = 3
SAFETY_LENGTHS = (500, 2_000, 20_000, 100_000)
_NEW = Entry("new", ("牙疼看哪里", "附近的口腔医院", "dentist nearby", "my tooth hurts", "emergency dentist"))


def build(count: int, path: Path) -> dict[str, Any]:
    """Build a matcher, give it weights, and save it."""
    listed = entries(count, PHRASINGS)
    begin = time.process_time()
    matcher = Matcher(listed)
    seconds = time.process_time() - begin
    matcher.ranking = _weights(matcher, count)
    matcher.calibration = _calibration(matcher)
    saved.save(matcher, path)
    return {"build_s": round(seconds, 2), "build_peak_mb": _peak_mb(), "saved_mb": round(path.stat().st_size / 1e6, 1)}


def _weights(matcher: Matcher, count: int) -> Ranking:
    random = np.random.default_rng(0)
    width = len(matcher.space)
    most = min(width, int(np.clip(MOST_WEIGHTS / count, 300, 4_000)))
    ids = np.concatenate([np.sort(random.choice(width, most, replace=False)) for _ in range(count)])
    return Ranking(
        {
            "lin_start": np.arange(count + 1, dtype=np.int64) * most,
            "lin_id": ids.astype(np.int32),
            "lin_value": random.normal(0, 0.1, len(ids)).astype(np.float32),
            "lin_bias": np.full(count, -1, np.float32),
            "lin_like": np.array([-1.0, 0.5, 0.5], np.float32),
            "emb_weight": np.zeros((0, 0), np.float32),
            "emb_mean": np.zeros((0, 0), np.float32),
        }
    )


def _telling(matcher: Matcher) -> Telling:
    hashes = matcher.space.hashes[:: max(1, len(matcher.space) // 10_000)]
    weights = np.full(len(hashes), 0.01, np.float32)
    return Telling(
        {"tell_new": hashes, "tell_new_weight": weights, "tell_missed": hashes, "tell_missed_weight": weights}
    )


def _calibration(matcher: Matcher) -> Calibration:
    sure = np.linspace(0, 1, 5_000, dtype=np.float32)
    return Calibration(
        {
            **_telling(matcher).parts,
            "cal_mean": np.zeros(FACTS + 1, np.float32),
            "cal_scale": np.ones(FACTS + 1, np.float32),
            "cal_weight": np.full(FACTS + 2, 0.1, np.float32),
            "curve_sure": sure,
            "curve_right": (sure > 0.5).astype(np.float32),
            "curve_among": (sure > 0.2).astype(np.float32),
            "curve_share": np.ones(len(sure), np.float32),
        }
    )


def serve(path: Path, count: int) -> dict[str, Any]:
    """Load a saved matcher and answer messages. CPU time of one core; memory is what the process grew by."""
    listed = entries(count, PHRASINGS)
    # What any message needs is loaded before: tables of sounds and of dialect are no part of a directory.
    Matcher(listed[:20]).judge("煤气費 gas bill")
    gc.collect()
    before = _resident_mb()
    begin = time.process_time()
    matcher = saved.load(path)
    loaded = time.process_time() - begin
    if matcher is None or len(matcher) != count:
        raise AssertionError(f"{path} is no model of {count} entries")
    given = list(islice(messages(listed), MESSAGES))
    judged = timed(matcher.judge, given)
    grown = _resident_mb() - before
    times = [_new(matcher) for _ in range(5)]
    return {
        "load_s": round(loaded, 2),
        "messages": MESSAGES,
        **judged,
        "memory_mb": round(grown, 1),
        "with_entry_ms": round(1000 * max(times), 1),
    }


def _new(matcher: Matcher) -> float:
    begin = time.process_time()
    changed = matcher.with_entry(_NEW)
    seconds = time.process_time() - begin
    assert changed.judge("牙疼看哪里").matches[0].key == "new"
    return seconds


def timed(work: Callable[[str], object], given: Sequence[str]) -> dict[str, float]:
    """The median and the 99th percentile of a message, in ms of CPU time.

    Each message's time is the best of ``PASSES`` passes over all: what the rest of the machine does to the caches is
    no part of it, what makes a message slow is.
    """
    clock = time.process_time_ns
    best = [sys.maxsize] * len(given)
    # As the bot does: the collector must not walk the directory again and again.
    gc.collect()
    gc.freeze()
    for text in given[:WARM_UP]:
        work(text)
    for _ in range(PASSES):
        for number, text in enumerate(given):
            begin = clock()
            work(text)
            best[number] = min(best[number], clock() - begin)
    best.sort()
    return {f"p{share}_ms": round(percentile(best, share / 100) / 1000, 2) for share in (50, 99)}


def safety(count: int = 1_000) -> dict[str, Any]:
    """The safety stage's judgement of messages of 500 characters, and of very long ones."""
    from botkit.plugins.safety.engine import SafetyRules

    rules = SafetyRules.load(ROOT / "config" / "safety")
    talk = "".join(islice(messages(entries(100, PHRASINGS)), 8_000))
    found: dict[str, Any] = {}
    for length in SAFETY_LENGTHS:
        times = count if length <= 500 else max(20, 400_000 // length)
        texts = [talk[start : start + length] for start in _starts(len(talk) - length, times)]
        found[str(length)] = timed(lambda text: rules.judge(text, plain=False), texts)
    return found


def _starts(last: int, times: int) -> list[int]:
    return [at * last // times for at in range(times)]


def fit(count: int) -> dict[str, Any]:
    """Learn the classifier and the calibration, as a publish does in the background."""
    with tempfile.TemporaryDirectory(prefix="botkit-fit-") as folder:
        asked, path = Path(folder) / "asked.npz", Path(folder) / "model.npz"
        saved.ask(entries(count, PHRASINGS), asked)
        subprocess.run([sys.executable, "-m", "botkit.language.fit", str(asked), str(path)], check=True, cwd=ROOT)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "fit_s": round(used.ru_utime + used.ru_stime, 1),
            "fit_peak_mb": round(used.ru_maxrss / 1000, 1),
            **serve(path, count),
        }


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1)


def main() -> None:
    """Run as a process of its own, and print one JSON line."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    arguments.add_argument("what", choices=("build", "serve", "safety", "fit"))
    arguments.add_argument("--entries", type=int, default=1_000)
    arguments.add_argument("--model", type=Path, help="the file that build writes and serve reads")
    given = arguments.parse_args()
    if given.what in ("build", "serve") and given.model is None:
        arguments.error(f"{given.what} needs --model")
    told = {
        "build": lambda: build(given.entries, given.model),
        "serve": lambda: serve(given.model, given.entries),
        "safety": safety,
        "fit": lambda: fit(given.entries),
    }
    print(json.dumps(told[given.what]()))


if __name__ == "__main__":
    main()
