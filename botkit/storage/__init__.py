"""Storage: the database, its writer with group commit, and units of work."""

from botkit.storage.database import Database
from botkit.storage.writer import Statement, UnitOfWork, Write, Writer

__all__ = ["Database", "Statement", "UnitOfWork", "Write", "Writer"]
