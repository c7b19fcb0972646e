"""Logs: what residents write can't get in, neither as a field nor through an exception."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SECRET = "今晚鲸鱼唱歌"
PROGRAM = """
import asyncio, gc, logging, sys
import structlog
from botkit import logs

secret = sys.argv[2]
logs.configure(json=sys.argv[1] == "json", level="debug")
log = structlog.get_logger()
log.info("thing.done", inbox=7, text=secret, message=secret, chat="x" * 1000, reply={"a": secret})

def raising():
    raise RuntimeError(secret)

try:
    raising()
except RuntimeError as problem:
    log.error("thing.failed", problem=type(problem).__name__, where=logs.where(problem), exc_info=True)
    logging.getLogger("aiohttp.server").exception("Error handling request %s", secret)

async def main():
    async def fails():
        raising()
    task = asyncio.create_task(fails(), name=secret)
    await asyncio.sleep(0)
    del task
    gc.collect()
    asyncio.get_running_loop().call_soon(lambda words: 1 // 0, secret)
    await asyncio.sleep(0)

asyncio.run(main())
logging.getLogger("some.library").warning("first line\\n" + secret)
logging.getLogger("some.library").info(secret)
"""


@pytest.mark.parametrize("form", ["json", "plain"])
def test_only_known_fields_and_no_messages_of_exceptions(form: str) -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM, form, SECRET], capture_output=True, text=True, check=True)
    lines = run.stderr.splitlines()
    assert SECRET not in run.stderr and SECRET not in run.stdout
    assert SECRET.encode("unicode_escape").decode() not in run.stderr
    done, failed = lines[0], lines[1]
    assert "thing.done" in done and "inbox" in done and "x" * 300 in done and "x" * 301 not in done
    assert "thing.failed" in failed and "RuntimeError" in failed and "raising" in failed
    if form == "json":
        assert json.loads(done).keys() == {"event", "inbox", "chat", "level", "timestamp"}
    libraries = "\n".join(lines[2:])
    assert "ERROR aiohttp.server: RuntimeError in" in libraries
    assert libraries.count("ERROR asyncio:") == 2 and "ZeroDivisionError" in libraries
    assert libraries.endswith("WARNING some.library: first line")


UNREAD = """
import sys
import structlog
from botkit import logs

logs.configure()
log = structlog.get_logger()
sys.stdin.readline()
for number in range(3):
    log.warning("thing.done", count=number)
print("goes on")
"""


def test_where_nobody_reads_them_any_more_the_bot_goes_on() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", UNREAD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdin and run.stdout and run.stderr
        run.stderr.close()
        run.stdin.write("now\n")
        run.stdin.flush()
        assert run.stdout.read() == "goes on\n"
