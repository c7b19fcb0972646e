"""The console: the conformance suite through a pipe, and the program itself behind one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.console import Console
from adapters.console.adapter import printable
from botkit.adapter import Adapter
from botkit.folder import DataFolder
from botkit.testing.conformance import AdapterConformance, Platform
from tests.adapters.console.sink import Sink


class Terminal(Platform):
    """A pipe for each sitting; what was printed stays printed."""

    repeats = False

    def __init__(self) -> None:
        self._sink = Sink()

    def adapter(self) -> Adapter:
        source, self._end = os.pipe()
        self._source = os.fdopen(source, encoding="utf-8", errors="replace")
        return Console(self._source, self._sink)

    async def write(self, text: str) -> str:
        # A pipe takes 64 KB before its reader must have read.
        await asyncio.to_thread(_write_all, self._end, (text + "\n").encode())
        return text

    async def unserve(self) -> None:
        os.close(self._end)
        # The reader sees the end of the pipe and lets go of it.
        await asyncio.to_thread(_wait_for_reader)
        self._source.close()

    async def shown(self) -> list[str]:
        return list(self._sink.prints)


def _write_all(end: int, data: bytes) -> None:
    while data:
        data = data[os.write(end, data) :]


def _wait_for_reader() -> None:
    for thread in threading.enumerate():
        if thread.name == "console":
            thread.join(10)


class TestConsole(AdapterConformance):
    @pytest.fixture
    async def platform(self) -> AsyncIterator[Platform]:
        yield Terminal()


def chat(lines: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "botkit.cli", "chat"],
        input=lines, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "BOTKIT_DATA": str(data), **environment},
    )  # fmt: skip


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    done = chat("煤气公司电话多少\nwho do I call about my gas bill\n楼道有焦味\n", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert "962777" in done.stdout
    # In the order of the lines, although danger overtakes everything else where people write at the same time.
    assert done.stdout.index("962777") < done.stdout.index("请立即拨打 119")
    assert "Traceback" not in done.stderr


def test_nothing_dangerous_reaches_a_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\td\n中　文") == "a[2Jbc\td\n中　文"


def test_beside_a_running_bot_it_keeps_to_itself(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.hold()
    try:
        done = chat("你好\n", tmp_path / "data")
    finally:
        folder.release()
    assert done.returncode == 0, done.stderr
    assert "temporary" in done.stderr
    assert "您好" in done.stdout
    assert not (tmp_path / "data" / "botkit.sqlite3").exists()
