"""The database: opening, migrating and closing it, reading from it, and the one door for writing."""

from __future__ import annotations

import contextlib
import contextvars
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext, get_current_context
from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from botkit.audit import Audit
from botkit.clock import Clock
from botkit.errors import StorageError
from botkit.ids import Ids
from botkit.live import Live
from botkit.outgoing import Outgoing
from botkit.scheduler import Timers
from botkit.sql import Statement
from botkit.storage.bulk import Batches, commit, fill
from botkit.storage.faults import is_driver, is_fault, storage_error
from botkit.storage.migrate import migrate
from botkit.storage.writer import IN_UNIT, UnitOfWork, Writer

T = TypeVar("T")

# The ORM writes statements and their values to its debug log: never let that be switched on.
logging.getLogger("tortoise.db_client").setLevel(logging.WARNING)


KERNEL = (("botkit.storage.models",), "botkit.storage.migrations")
"""The kernel's own models and migrations."""


class Router:
    """Reads go to a connection of their own, except inside a unit of work, which must see its own writes."""

    def db_for_read(self, model: type) -> str | None:
        context = get_current_context()
        if context is None or IN_UNIT.get() or "reader" not in context.connections.db_config:
            return None
        return "reader"


class Database:
    """One station's database.

    ``url`` is ``sqlite:///path`` or ``postgres://…``. On SQLite every commit is on disk when it returns
    (write-ahead log, synchronous=FULL) unless ``durable`` is False, which only tests may ask for.
    """

    outgoing: Outgoing
    timers: Timers

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        apps: Mapping[str, tuple[Sequence[str], str | None]] | None = None,
        durable: bool = True,
        live: Live | None = None,
    ) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite:")
        self.clock = clock
        self.live = live or Live()
        self.ids = Ids(clock)
        self.audit = Audit(clock, self.ids)
        self.timers = Timers(self.ids)
        self.station_id = 0
        self.apps = {"kernel": KERNEL, **(apps or {})}
        self._durable = durable
        self._context: TortoiseContext | None = None
        self._tokens: list[contextvars.Token[Any]] = []
        self.writer = Writer(self, self.audit)

    # life -------------------------------------------------------------------------------------------------

    async def open(self, station: str = "station") -> None:
        """Create or migrate the tables and start the writer.

        Raises ``StorageError`` that names the place and the fix when the database can't be opened.
        """
        config: dict[str, Any] = {
            "connections": self._connections(),
            "apps": {
                label: {"models": list(models), "migrations": migrations, "default_connection": "default"}
                for label, (models, migrations) in self.apps.items()
            },
            "routers": [Router],
        }
        self._context = TortoiseContext()
        self._context.__enter__()
        try:
            await self._context.init(config=config)
            for alias in config["connections"]:
                # At once and by hand: a first query that can't connect would leave its lock behind.
                await self._context.connections.get(alias).create_connection(with_db=True)
            await migrate(self._context, config["apps"], lock=not self.sqlite)
            await self._settle(station)
        except Exception as problem:
            await self.close()
            if not isinstance(problem, OSError) and not is_driver(problem):
                raise
            raise StorageError(
                f"the database {self.shown} can't be opened: {problem}",
                "check that the folder exists, is yours to write to and has space; for PostgreSQL that the server runs",
            ) from problem
        self.writer.start()

    async def _settle(self, station: str) -> None:
        rows = await self.read("SELECT id FROM station WHERE slug = ?", station)
        if rows:
            self.station_id = rows[0]["id"]
        else:
            self.station_id = self.ids()
            await self._direct("INSERT INTO station (id, slug) VALUES (?, ?)", self.station_id, station)
        self.ids.after(self.station_id)
        for table in ("inbox", "outbox", "audit"):
            rows = await self.read(f"SELECT max(id) AS top FROM {table}")
            if rows[0]["top"]:
                self.ids.after(rows[0]["top"])
        self.audit.station_id = self.station_id
        self.audit.head = await self.audit.load(self)

    async def close(self) -> None:
        """Commit what waits, then close. Does nothing when it was not open."""
        if self._context is None:
            return
        await self.writer.close()
        context, self._context = self._context, None
        with contextlib.suppress(BaseORMException):
            await context.connections.close_all()
        with contextlib.suppress(ValueError):
            # Closed from another task than the one that opened: that task's context dies with it.
            context.__exit__(None, None, None)

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.url.removeprefix("sqlite://"))

    @property
    def shown(self) -> str:
        """The database's place without its password, for messages."""
        parts = urlsplit(self.url)
        if self.sqlite:
            return self.url.removeprefix("sqlite://")
        return f"{parts.scheme}://{parts.hostname}:{parts.port or 5432}{parts.path}"

    def _connections(self) -> dict[str, Any]:
        if not self.sqlite:
            return {"default": expand_db_url(self.url.replace("postgresql://", "postgres://", 1))}
        base = {
            "file_path": str(self.path),
            "journal_mode": "WAL",
            "synchronous": "FULL" if self._durable else "OFF",
            "busy_timeout": 5000,
            "temp_store": "MEMORY",
            # The journal is kept small by checkpoints of 1,000 pages; a limit would truncate it at each of them.
            "journal_size_limit": 64 << 20,
        }
        engine = "tortoise.backends.sqlite"
        return {
            "default": {"engine": engine, "credentials": base},
            "reader": {"engine": engine, "credentials": {**base, "query_only": "ON"}},
        }

    # reading ----------------------------------------------------------------------------------------------

    async def read(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows of a raw query with ``?`` placeholders, as dictionaries.

        Sees committed data only; inside a unit of work also what its models wrote. Raises ``StorageError``
        when the database can't be read.
        """
        connection = self._get("reader" if self.sqlite and not IN_UNIT.get() else "default")
        statement = Statement(sql)
        query = statement.sqlite if self.sqlite else statement.postgres
        try:
            return [dict(row) for row in await connection.execute_query_dict(query, list(parameters))]
        except Exception as problem:  # the drivers raise what they like
            if isinstance(problem, OSError) or is_fault(problem):
                raise storage_error(problem) from problem
            raise

    def _get(self, alias: str) -> Any:
        if self._context is None:
            raise StorageError("the database is closed", "open it first")
        return self._context.connections.get(alias)

    async def _direct(self, sql: str, *parameters: Any) -> None:
        statement = Statement(sql)
        await self._get("default").execute_insert(
            statement.sqlite if self.sqlite else statement.postgres, list(parameters)
        )

    # writing ----------------------------------------------------------------------------------------------

    async def unit(self, job: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run a job in a savepoint of the next group, and return its result once committed."""
        return await self.writer.unit(job)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """A transaction for the writer: committed inside, so that a failing commit is rolled back too."""
        transaction = in_transaction("default")
        async with contextlib.AsyncExitStack() as stack:
            try:
                connection = await transaction.__aenter__()
            # Also when cancelled: what was half entered holds the writer's lock.
            except BaseException:
                await _abandon(transaction)
                raise
            stack.push_async_exit(transaction)
            yield connection
            await connection.commit()

    async def commit_rows(self, batches: Batches) -> set[int]:
        """A transaction of nothing but raw rows; returns what ``fill`` does."""
        if self.sqlite:
            return await commit(self._get("default"), batches)
        async with self.transaction() as connection:
            return await self.fill(connection, batches)

    async def fill(self, connection: Any, batches: Batches) -> set[int]:
        """Write raw rows on a transaction's connection; returns the ids that were there, where told."""
        return await fill(connection, batches, sqlite=self.sqlite)


async def _abandon(transaction: Any) -> None:
    """Give back what a transaction that could not begin has taken; the ORM keeps its lock or its connection."""
    client = getattr(transaction, "client", None)
    if client is None:
        if transaction._trxlock.locked():
            transaction._trxlock.release()
    elif client._connection is not None and client._parent._pool:
        with contextlib.suppress(Exception):
            await client._parent._pool.release(client._connection)
