"""Faults: which errors are the database's own (no space, no connection), not those of a statement."""

from __future__ import annotations

import sqlite3

from tortoise.exceptions import BaseORMException, DBConnectionError, TransactionManagementError

from botkit.errors import StorageError

# Result codes by name: disk and file, rights, other processes, memory.
_SQLITE = (
    "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN",
    "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_NOMEM", "SQLITE_PERM",
)  # fmt: skip
# SQLSTATE classes: connection, rollback by the server, resources, shutdown, system, internal.
_POSTGRES = ("08", "40", "53", "57", "58", "XX")


def is_driver(problem: BaseException) -> bool:
    """Whether an error comes from the ORM or a database driver, whatever it says."""
    if isinstance(problem, BaseORMException | sqlite3.Error):
        return True
    return type(problem).__module__.startswith("asyncpg")


def is_fault(problem: BaseException) -> bool:
    """Whether an error, or one that it came from, says that the database can't be used now."""
    return _fault(problem) is not None


def storage_error(problem: BaseException) -> StorageError:
    """The same as an error for people: what happened, and what to do."""
    return StorageError(
        f"the database can't be read or written: {_fault(problem) or problem}",
        "check free space and the rights of the data folder; for PostgreSQL that the server runs",
    )


def _fault(problem: BaseException) -> BaseException | None:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [problem]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if _is_one(one):
            return one
        waiting += [
            one.__cause__,
            one.__context__,
            *(arg for arg in one.args if isinstance(arg, BaseException)),
        ]
    return None


def _is_one(problem: BaseException) -> bool:
    if isinstance(problem, StorageError | DBConnectionError | TransactionManagementError):
        return True
    if isinstance(problem, sqlite3.Error):
        return getattr(problem, "sqlite_errorname", "").startswith(_SQLITE)
    if not type(problem).__module__.startswith("asyncpg"):
        return False
    state = getattr(problem, "sqlstate", None)
    # Without a state it is the client's word: the connection is closed or busy, unless a value was wrong.
    return state.startswith(_POSTGRES) if isinstance(state, str) else not isinstance(problem, ValueError)
