"""Whatever a stranger sends is read to the end. How long that takes: `python -m benchmarks.growth`."""

from __future__ import annotations

import pytest

from tests.hostile import UNITS, long_text, reader


@pytest.mark.parametrize(("name", "unit"), [(name, unit) for name, units in UNITS.items() for unit in units])
def test_a_hundred_thousand_characters_of_anything_are_read(name: str, unit: str) -> None:
    reader(name)(long_text(unit))
