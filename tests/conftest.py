"""Fixtures shared by all tests: databases of both kinds, each test on a fresh one."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster, NoPostgres

_numbers = itertools.count(1)
# What a bot learns of the sample directory it learns once: all that tests start share it, at the next run too.
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
os.environ.setdefault("BOTKIT_MODELS", str(_CACHE / "botkit-desk" / "models"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A temporary PostgreSQL cluster on a socket of its own, for the whole session."""
    try:
        cluster = Cluster()
    except NoPostgres as problem:
        missing(str(problem))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(params=["sqlite", "postgres"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path / 'test.sqlite3'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    yield await cluster.create(name)
    await cluster.drop(name)


def missing(what: str) -> None:
    """A part that a test needs is not there: an error in CI, a skip with the reason elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(autouse=True)
def _no_leaked_executors() -> Iterator[None]:
    """The ORM caches executors by connection name; SQLite and PostgreSQL share ours within a session."""
    from tortoise.backends.base.executor import EXECUTOR_CACHE

    EXECUTOR_CACHE.clear()
    yield
