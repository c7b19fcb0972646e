"""The file that the library keeps a device's keys in, written and found with less work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# As the library has it: what it keeps its keys with is its own affair.
from nio.store.database import SqliteDatabase, SqliteStore


class Database(SqliteDatabase):  # type: ignore[misc]  # the library's part for databases ships no types
    """A database to which the library ties all its tables anew for every statement."""

    def bind_ctx(self, models: Sequence[Any], bind_refs: bool = True, bind_backrefs: bool = True) -> Any:
        """Tie these tables for a while. They refer to each other alone: each search for others would find the same."""
        return super().bind_ctx(models, bind_refs=False, bind_backrefs=False)

    def create_tables(self, models: Sequence[Any], **options: Any) -> None:
        """Make what is missing, in one commit and not in one for each table and index."""
        with self.atomic():
            super().create_tables(models, **options)


class KeyFile(SqliteStore):  # type: ignore[misc]  # the library ships no types
    """The keys of one device."""

    def _create_database(self) -> Database:
        # As the library sets it: what is replaced is overwritten.
        return Database(self.database_path, pragmas={"foreign_keys": 1, "secure_delete": 1})

    def save_account(self, account: Any) -> None:
        """Keep the account's keys, in one commit."""
        with self.database.atomic():
            super().save_account(account)
