"""Every story on every platform that has what it needs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.stories.station import read_once
from tests.stories.telling import PLATFORMS, lacking
from tests.stories.world import World


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A platform that lacks something is not collected: ``python -m tests.stories.table`` tells which and why."""
    mark = metafunc.definition.get_closest_marker("story")
    if mark is not None:
        names = [name for name, driver in PLATFORMS.items() if not lacking(driver, mark.kwargs["needs"])]
        metafunc.parametrize("platform", names)


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_read_twice() -> Iterator[None]:
    with read_once():
        yield


@pytest.fixture
async def world(request: pytest.FixtureRequest, platform: str, tmp_path: Path) -> AsyncIterator[World]:
    """The world of a story."""
    driver = PLATFORMS[platform]()
    driver.given = {name: request.getfixturevalue(name) for name in driver.fixtures}
    driver.hidden = request.node.get_closest_marker("story").kwargs["hidden"]
    async with World(driver, tmp_path).living() as world:
        yield world
