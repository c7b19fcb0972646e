"""Searching a directory of 10,000 entries with ten phrasings each, and publishing it. `python -m benchmarks.search`.

What is searched are names, parts of names, names in pinyin and in traditional characters, mistyped names, numbers, and
whole questions: what the page, the API and the command line ask. Everything on one core, the collector as it is.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from random import Random
from zoneinfo import ZoneInfo

from opencc import OpenCC

from benchmarks.sentences import OWNERS, THINGS, entries
from botkit.language.pinyin import syllables
from directory.hsds.published import Published
from directory.hsds.station import records_of
from directory.index import Index
from directory.values import Entry, Guide, Phone, Phrases, Source, Topic, Words

GOAL = 0.010
"""p99 of a search, in seconds."""
_SEED = 7


def guide(count: int) -> Guide:
    """A directory of so many entries, with five Chinese and five English phrasings each."""
    random = Random(_SEED)
    made = []
    for number, asked in enumerate(entries(count)):
        zh, en = asked.phrasings[0::2], asked.phrasings[1::2]
        # A word that few others have, as names of firms are: the vocabulary grows with the directory.
        firm = "".join(random.choices("abcdefghiklmnoprstuw", k=random.randint(5, 9)))
        owner, thing = random.choice(OWNERS), random.choice(THINGS)
        made.append(
            Entry(
                slug=f"e{number}",
                topic="all",
                name=Words(f"{owner[0]}{thing[0]}服务站", f"{firm.title()} {thing[1]} service"),
                summary=Words(zh[0], en[0]),
                phones=(Phone(f"021-5{random.randrange(10**6):07}"),),
                organization=Words(f"{owner[0]}中心", f"{owner[1]} centre"),
                source=Source(Words("报纸", "a newspaper")),
                aliases=Phrases((zh[1],), (en[1],)),
                phrasings=Phrases(zh, en),
            )
        )
    return Guide(tuple(made), topics=(Topic("all", Words("服务", "services")),))


def searches(known: Guide) -> Iterator[tuple[str, str]]:
    """Searches without end, each with its kind."""
    random, traditional = Random(_SEED + 1), OpenCC("s2t")
    while True:
        entry = random.choice(known.entries)
        zh, en = entry.name.zh, entry.name.en
        at = random.randrange(1, len(en) - 1)
        yield "name", random.choice((zh, en))
        yield "part", random.choice((zh[: random.randint(1, len(zh))], en[:at]))
        yield "pinyin", random.choice(("", " ")).join(syllables(zh))
        yield "traditional", traditional.convert(zh)
        yield "mistyped", en[:at] + en[at + 1] + en[at] + en[at + 2 :]
        yield "number", entry.phones[0].digits[: random.randint(3, 11)]
        yield "question", random.choice((*entry.phrasings.zh, *entry.phrasings.en))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=3_500)
    given = parser.parse_args()
    known = guide(given.entries)
    index = Index(known)
    taken: dict[str, list[float]] = {}
    empty: dict[str, int] = {}
    for _, (kind, words) in zip(range(given.searches), searches(known), strict=False):
        begun = time.perf_counter()
        found = index.search(words)
        taken.setdefault(kind, []).append(time.perf_counter() - begun)
        empty[kind] = empty.get(kind, 0) + (not found)
    taken["all"] = [one for times in taken.values() for one in times]
    for kind, each in taken.items():
        each.sort()
        p99 = each[int(0.99 * (len(each) - 1))] * 1000
        nothing = f"{empty[kind]:4} found nothing" if kind in empty else f"goal p99 {GOAL * 1000:.0f} ms"
        print(f"{kind:12} p50 {statistics.median(each) * 1000:7.2f} ms  p99 {p99:7.2f} ms  {nothing}")
    zone = ZoneInfo("Asia/Shanghai")
    begun = time.perf_counter()
    Published(records_of(known, zone, {}), lambda words: [])
    print(f"HSDS records {time.perf_counter() - begun:.2f} s")


if __name__ == "__main__":
    main()
