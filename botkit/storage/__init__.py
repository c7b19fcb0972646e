"""Storage: the database, its writer with group commit, and units of work."""

from botkit.sql import Statement, Write
from botkit.storage.database import Database
from botkit.storage.writer import UnitOfWork, Writer

__all__ = ["Database", "Statement", "UnitOfWork", "Write", "Writer"]
