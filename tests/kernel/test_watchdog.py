"""The watchdog: code that blocks the whole process costs one restart, and its message goes to a human."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from botkit.testing import PATIENCE
from botkit.watchdog import FILE, Watchdog, note, read

PROGRAM = """
import asyncio, os, sys, time
from pathlib import Path
from botkit import watchdog
from botkit.decision import Escalation
from botkit.messages import Message
from botkit.plugin import Plugin, Stage
from botkit.testing import BotHarness

data = Path(sys.argv[1])
plugin = Plugin("test")

@plugin.command("block")
async def block():
    print("blocking", os.getpid(), flush=True)
    time.sleep(60)

@plugin.applies(Escalation)
async def case(effect, unit):
    return {"lines": (f"case {effect.topic} {effect.reason}",)}

async def main():
    harness = BotHarness([plugin], folder=data)
    harness.bot.dispatcher.hung = watchdog.read(data)
    dog = watchdog.Watchdog(
        data, lambda: list(harness.bot.dispatcher.deciding), warn_after=0.3, restart_after=0.6
    )
    async with harness:
        dog.start()
        if not harness.bot.dispatcher.hung:
            harness.platform.put([harness.message("/block")])
        while True:
            dog.beat()
            if harness.sent:
                print("said", os.getpid(), harness.last.replace("\\n", " "), flush=True)
                return
            await asyncio.sleep(0.01)

asyncio.run(main())
"""


async def test_a_blocking_handler_is_noted_and_its_message_goes_to_a_human(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, err.decode()
    lines = out.decode().splitlines()
    assert [line for line in lines if line.startswith("blocking")] == [f"blocking {process.pid}"]
    assert lines[-1].startswith(f"said {process.pid} ") and "case bot_trouble blocked" in lines[-1]
    [blocked] = [line for line in lines if "loop.blocked" in line]
    assert "block" in blocked and "<string>" in blocked, "the log says where"
    assert len(read(tmp_path)) == 1


def test_notes_add_up_and_a_broken_note_is_none(tmp_path: Path) -> None:
    assert read(tmp_path) == frozenset()
    note(tmp_path, [3, 1])
    note(tmp_path, [2])
    assert read(tmp_path) == {1, 2, 3}
    (tmp_path / FILE).write_text("[1, 2")
    assert read(tmp_path) == frozenset()


def test_it_knows_whether_the_loop_turns(tmp_path: Path) -> None:
    dog = Watchdog(tmp_path, list, warn_after=60)
    assert dog.alive
    dog = Watchdog(tmp_path, list, warn_after=-1)
    assert not dog.alive
