"""Fixtures shared by all tests: databases of both kinds, each test on a fresh one."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from jinja2.bccache import Bucket, BytecodeCache

from botkit.language import Entry, Matcher
from botkit.staff import passwords
from tests.postgres import Cluster, NoPostgres

if TYPE_CHECKING:
    from tests.matrix.federation import Pair, Servers
    from tests.matrix.homeserver import Homeserver
    from tests.matrix.synapse import Synapse
    from tests.telegram import Emulator

ROOT = Path(__file__).parents[1]
_numbers = itertools.count(1)
_LARGE = 5_000
"""Phrasings."""
# What a bot learns of the sample directory it learns once: all that tests start share it, at the next run too.
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
os.environ.setdefault("BOTKIT_MODELS", str(_CACHE / "botkit-desk" / "models"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first, so that no process waits for another's at the end; those that share servers follow each
    other, so that few processes start any."""

    def place(item: pytest.Item) -> int:
        needs = getattr(item, "fixturenames", ())
        if item.path.is_relative_to(ROOT / "tests" / "e2e"):
            return 0
        return next((n for n, server in enumerate(("pair", "homeserver", "synapse"), 1) if server in needs), 4)

    items.sort(key=place)


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


@pytest.fixture(scope="session")
def synapse() -> Iterator[Synapse]:
    """A Matrix homeserver, for the whole session."""
    from tests.matrix.synapse import NoSynapse, Synapse

    try:
        server = Synapse()
    except NoSynapse as problem:
        missing(str(problem))
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
async def homeserver(synapse: Synapse) -> AsyncIterator[Homeserver]:
    """The homeserver with people of this test's own."""
    from tests.matrix.homeserver import Homeserver

    async with Homeserver(synapse) as server:
        yield server


@pytest.fixture(scope="session")
async def _servers() -> AsyncIterator[Servers]:
    """Two Matrix homeservers that talk to each other, for the whole session."""
    from tests.matrix.federation import servers
    from tests.matrix.synapse import NoSynapse

    async with AsyncExitStack() as stack:
        try:
            both = await stack.enter_async_context(servers())
        except NoSynapse as problem:
            missing(str(problem))
        yield both


@pytest.fixture
async def pair(_servers: Servers) -> AsyncIterator[Pair]:
    """The two homeservers with people of this test's own."""
    from tests.matrix.federation import pair

    async with pair(_servers) as both:
        yield both


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A Telegram of one's own. Nothing that goes over its wire may be other than the Bot API has it."""
    from tests.telegram import Emulator  # brings aiogram, which takes a second

    async with Emulator() as emulator:
        yield emulator
        assert emulator.violations == []


def missing(what: str) -> None:
    """A part that a test needs is not there: an error in CI, a skip with the reason elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_quickly() -> Iterator[None]:
    """Many tests enrol an officer, and a hash takes as long as a guess is to. Programs that are started hash slowly."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "PASSES", 1)
        patched.setattr(passwords, "MEMORY", 64)
        yield


@pytest.fixture(scope="session", autouse=True)
def _large_matchers_are_built_once() -> Iterator[None]:
    """The demonstration's matcher takes a second to build, and a hundred tests start a bot with it: all share one.

    It never changes. What a test sets on its own stays on its own.
    """
    build = Matcher.__init__
    built: dict[tuple[Entry, ...], dict[str, Any]] = {}

    def init(self: Matcher, entries: Iterable[Entry] = ()) -> None:
        listed = tuple(entries)
        if listed in built:
            vars(self).update(built[listed])
            return
        build(self, listed)
        if self.shard.rows > _LARGE:
            built[listed] = dict(vars(self))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Matcher, "__init__", init)
        yield


@pytest.fixture(scope="session", autouse=True)
def _what_never_changes_is_read_once() -> Iterator[None]:
    """Rules, catalogues, lists and templates of this repository: most of what starting a bot takes. Tests' own files
    are not."""
    import aiohttp_jinja2

    from botkit import i18n
    from botkit.plugins.safety.engine import SafetyRules
    from directory import others, running

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SafetyRules, "load", _once(SafetyRules.load))
        patch.setattr(i18n, "read", _once(i18n.read))
        patch.setattr(others, "load", _once(others.load))
        patch.setattr(running, "read_folder", _once(running.read_folder))
        patch.setattr(aiohttp_jinja2, "setup", partial(aiohttp_jinja2.setup, bytecode_cache=_Compiled()))
        yield


class _Compiled(BytecodeCache):
    """Templates as Jinja compiled them, by name and checksum of their text."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._known.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def _once(read: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[Any, Any] = {}

    def reading(path: Path, **options: Any) -> Any:
        if not path.resolve().is_relative_to(ROOT):
            return read(path, **options)
        key = (path.resolve(), *sorted(options.items()))
        if key not in known:
            known[key] = read(path, **options)
        return known[key]

    return reading


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """What a command does to the logs is its own: the next test has others, also where a logger has been used."""
    configure = structlog.configure
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", lambda **given: configure(**given | {"cache_logger_on_first_use": False}))
        yield
    if structlog.is_configured():
        structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _no_leaked_executors() -> Iterator[None]:
    """The ORM caches executors by connection name; SQLite and PostgreSQL share ours within a session."""
    from tortoise.backends.base.executor import EXECUTOR_CACHE

    EXECUTOR_CACHE.clear()
    yield
