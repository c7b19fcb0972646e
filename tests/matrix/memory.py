"""Where the tests' clients keep their keys: in memory, as the library does, without its search at each statement."""

from __future__ import annotations

from typing import Any

from nio.store import SqliteStore
from peewee import SqliteDatabase


class Database(SqliteDatabase):
    """Tables that refer to each other alone: the library would look for others, twice with every statement."""

    def bind_ctx(self, models: Any, bind_refs: bool = True, bind_backrefs: bool = True) -> Any:
        return super().bind_ctx(models, bind_refs=False, bind_backrefs=False)


class Memory(SqliteStore):
    """The keys of one client. Whatever folder it is given, nothing is put there."""

    def _create_database(self) -> Database:
        return Database(":memory:", pragmas={"foreign_keys": 1})
