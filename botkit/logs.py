"""Structured logs that can't carry message texts: only known fields, only short values."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

FIELDS = frozenset(
    {
        "event", "level", "timestamp", "adapter", "attempt", "chat", "count", "disposition", "handler", "inbox",
        "changed", "fix", "lane", "outbox", "path", "place", "plugin", "port", "problem", "reason", "retired", "rule",
        "seconds", "stage", "status", "what",
        "subject", "task", "timer", "url", "version", "where",
    }
)  # fmt: skip
"""What a log line may say. Nothing here is ever written by a resident."""


def only_known(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor that drops every field that is not known, and cuts every value."""
    return {
        name: value if isinstance(value, int | float | bool) else str(value)[:300]
        for name, value in event.items()
        if name in FIELDS
    }


def where(problem: BaseException) -> str:
    """Where an exception came from: file, line and function of the last frames, without its message.

    The message of an exception may quote what a resident wrote, so it never reaches a log.
    """
    frames = []
    traceback: TracebackType | None = problem.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{Path(code.co_filename).name}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return " < ".join(reversed(frames[-4:]))


class WithoutWords(logging.Formatter):
    """Libraries' log lines: one line each, and of an exception only its type and place."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and record.exc_info[1] is not None:
            problem = record.exc_info[1]
            # The message before a traceback often repeats what the exception says, as that of asyncio does.
            return f"{record.levelname} {record.name}: {type(problem).__name__} in {where(problem)}"
        return f"{record.levelname} {record.name}: {record.getMessage().partition(chr(10))[0][:300]}"


class Lines:
    """Writes each line at once. Where nobody can read them any more they are lost, and nothing else is.

    A pipe whose reader died, or a full disk, is no reason to leave somebody without an answer.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write a line."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{line}\n")
            self._stream.flush()

    log = debug = info = warning = error = critical = exception = msg


def configure(*, json: bool = False, level: str = "info") -> None:
    """Set logging up for the process: JSON lines for machines, plain lines for a terminal, on standard error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    renderer: Any = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *args: Lines(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries' warnings are worth having; their debug lines may quote requests and statements.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutWords())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
