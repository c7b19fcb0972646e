"""The safety stage alone: how long `judge` takes by length of the text, and loading. `python -m benchmarks.safety`."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from botkit.plugins.safety.engine import SafetyRules
from botkit.plugins.safety.examples import load_examples

FOLDER = Path(__file__).parents[1] / "config" / "safety"
ROUNDS = 5
GOAL_500 = 0.001
"""p99 of a text of 500 characters."""


def _best(rules: SafetyRules, text: str) -> float:
    """The least of some rounds: what others do on the machine is not ours to count."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        rules.judge(text, plain=True)
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main() -> None:
    """Measure and print."""
    begun = time.perf_counter()
    rules = SafetyRules.load(FOLDER)
    print(f"loading  {(time.perf_counter() - begun) * 1000:8.1f} ms")
    texts = [example.text for example in load_examples(FOLDER)]
    whole = "".join(texts)
    sets = {"messages": texts[::20]}
    for size in (50, 500, 5_000, 100_000):
        sets[str(size)] = [whole[at : at + size] for at in range(0, min(len(whole) - size, 200 * size), size)][:200]
    for name, given in sets.items():
        taken = sorted(_best(rules, text) * 1000 for text in given)
        p99 = taken[int(0.99 * (len(taken) - 1))]
        goal = f"  goal {GOAL_500 * 1000:.0f} ms" if name == "500" else ""
        print(f"{name:8} {statistics.median(taken):8.3f} ms  p99 {p99:8.3f} ms{goal}")


if __name__ == "__main__":
    main()
