"""How the time grows: with the length of a hostile text, and with how much there is to compare it with.

Everything that reads strangers' texts gets four times the characters, everything that looks something up gets ten
times as much to look through. What is told is how many times longer it takes, within one run, so a slow machine changes
nothing. Ends with 1 where a reader grows faster than a little more than the text does.

    python -m benchmarks.growth
"""

from __future__ import annotations

import gc
import random
import string
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from botkit.language.neardup import NearDup
from botkit.language.typos import Typos
from tests.hostile import LONG, UNITS, long_text, reader
from tests.plugins.handoff.rosters import crowded

TIMES = 4
LIMIT = 7.0
"""Times. Even growth is 4; 16 would be each character against each."""
MORE = 10
ROUNDS = 5


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of CPU time: the least of some rounds, because what others do on the machine is not ours to count."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def texts() -> bool:
    """Print each reader's slowest unit. True if all grow as they should."""
    even = True
    for name, units in UNITS.items():
        read = reader(name)
        # As the bot does: the collector must not walk the lexicons again and again.
        gc.collect()
        gc.freeze()
        found = []
        for unit in units:
            less, more = (best(partial(read, long_text(unit, length))) for length in (LONG // TIMES, LONG))
            found.append((more / less, more, unit))
        grown, seconds, unit = max(found)
        even &= grown <= LIMIT
        print(f"{name:10} x {grown:4.1f}  {seconds * 1000:7.1f} ms  {unit!r}{'' if grown <= LIMIT else '  TOO FAST'}")
    return even


def lookups() -> None:
    """Print what one look-up takes in little, and how many times as long in ten times as much."""
    rng = random.Random(1)
    words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(4, 11))) for _ in range(10_000)]
    asked = [" ".join(rng.choices(words, k=8)).replace("e", "", 3) for _ in range(50)]
    han = [chr(0x4E00 + rng.randrange(8_000)) for _ in range(600)]
    posted = ["".join(rng.choices(han, k=30)) for _ in range(10_000)]
    moment = datetime(2026, 12, 10, 4, tzinfo=UTC)

    def corrected(count: int) -> float:
        def correct(typos: Typos) -> None:
            for text in asked:
                typos.correct_text(text)

        # A new one each round: it remembers the words that it has corrected.
        return min(best(partial(correct, Typos(words[:count])), rounds=1) for _ in range(ROUNDS)) / len(asked)

    def near(count: int) -> float:
        index = NearDup()
        for number, text in enumerate(posted[:count]):
            index.add(str(number), text)
        return best(lambda: [index.nearest(text[:26]) for text in posted[: count // 10 : 10]]) / (count // 100)

    def on_duty(count: int) -> float:
        roster = crowded(count)
        return best(lambda: [roster.at(moment + timedelta(minutes=minute)) for minute in range(1000)]) / 1000

    for name, unit, take, count in (
        ("typing errors of eight words", "words", corrected, 1_000),
        ("the nearest text", "texts", near, 1_000),
        ("who is on duty", "changes of the roster", on_duty, 20),
    ):
        less, more = take(count), take(count * MORE)
        print(f"{name}: {less * 1e6:.0f} µs among {count:,} {unit}, x {more / less:.1f} among {count * MORE:,}")


def main() -> None:
    """Measure and print."""
    print(f"{LONG // TIMES:,} to {LONG:,} characters: times as long, time of the longer, of the unit that grew most")
    even = texts()
    print()
    lookups()
    sys.exit(not even)


if __name__ == "__main__":
    main()
