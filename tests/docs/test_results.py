"""The benchmarks' page is filled from what was measured, and stays fillable."""

from __future__ import annotations

from benchmarks.report import UNDERSTANDING
from tests.docs.results import BEGIN, END, PAGE, fill, results

MEASURED = {
    "machine": {"python": "3.11.7", "system": "Linux x86_64", "cores": 2, "sqlite": "3.40.1"},
    "goals": [{"name": "memory", "unit": "MB", "target": 150.0, "value": 151.5, "at_least": False, "met": False}],
    "dispatch": [
        {
            "framework": "botkit",
            "handlers": "1000",
            "workload": "hits",
            "per_cpu_second": 20000.4,
            "p50_us": 39.6,
            "p99_us": 90.2,
        }
    ],
    "durable": [{"kind": "chatter", "messages": 4000, "per_second": 12000.0, "per_cpu_second": 13000.0}],
    "start": [],
    "understanding": {
        "10000": dict.fromkeys(UNDERSTANDING, 1.5) | {"memory_mb": 203.5},
        "safety": {"500": {"p50_ms": 0.4, "p99_ms": 0.876}},
    },
    "rounds": {"dispatch": [{}], "durable": [{}], "start": []},
}


def test_the_page_has_its_marks() -> None:
    page = PAGE.read_text("utf-8")
    assert page.count(BEGIN) == page.count(END) == 1


def test_figures_stand_between_the_marks() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter"
    filled = fill(fill(page, results(MEASURED)), results(MEASURED))
    assert filled.startswith(f"before\n{BEGIN}\n") and filled.endswith(f"\n{END}\nafter")
    assert "old" not in filled and filled.count("151.5 MB | **no** |") == 1
    assert "| hits | 1,000 | botkit | 20,000 | 40 | 90 |" in filled
    assert "| chatter | 4,000 | 12,000 | 13,000 |" in filled
    assert "| memory, MB | 203.5 |" in filled and "| understanding | 10,000 entries |" in filled
    assert "| 500 | 0.40 | 0.88 |" in filled
    assert "one short round" in filled
