"""Start and memory: `botkit run` as a person starts it, to a resident's first answer in the web chat.

The data folder is new, so creating the database is part of the time. Memory is the process's resident set
after some further questions. Then the same once more, with the data folder that is there.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

QUESTIONS = (
    "煤气公司电话多少",
    "my gas bill is wrong, who do I call",
    "停水了找谁",
    "谢谢",
    "医保卡丢了怎么办",
    "我的案子有进展吗",
)
T = TypeVar("T")
PATIENCE = 30.0
"""Seconds after which a bot that does not answer counts as broken."""


class Visitor:
    """A resident's browser, as far as asking needs one."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        self._cookies: dict[str, str] = {}
        self._asked = 0

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        """Send a request and keep the cookies. Raises ``OSError`` while nobody listens."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        content = None
        if body is not None:
            content = json.dumps(body)
            headers["Content-Type"] = "application/json"
        try:
            self._connection.request(method, path, content, headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        if response.status >= 400:
            raise AssertionError(f"{method} {path}: {response.status} {text[:200]!r}")
        return text

    def ask(self, question: str) -> str:
        """Post a message and return the reply to it."""
        self._asked += 1
        self.request("POST", "/chat/messages", {"id": f"benchmark-{self._asked}", "text": question})
        replies = self.until(lambda: self.replies(self._asked))
        return replies[-1]

    def replies(self, number: int) -> list[str]:
        """What the bot said, once it said something to so many messages."""
        lines = json.loads(self.request("GET", "/chat/lines"))["lines"]
        said = [line["text"] for line in lines if not line["mine"]]
        return said if len(said) >= number else []

    @staticmethod
    def until(look: Callable[[], T]) -> T:
        """What ``look`` returns, once that is something."""
        end = time.perf_counter() + PATIENCE
        while time.perf_counter() < end:
            if found := look():
                return found
            time.sleep(0.005)
        raise AssertionError(f"no answer within {PATIENCE:g} s")

    def open(self, process: subprocess.Popen[bytes]) -> bool:
        """Open the page, if the bot is there already."""
        if process.poll() is not None:
            raise AssertionError(f"botkit run ended with {process.returncode}")
        try:
            self.request("GET", "/")
        except (OSError, http.client.HTTPException):
            return False
        return True


@contextmanager
def running(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A bot as a process of its own, stopped at the end."""
    environment = {**os.environ, "BOTKIT_WEB_PORT": str(port), "BOTKIT_DATA": str(data)}
    with (data.parent / "log").open("ab") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("botkit")), "run"], env=environment, stdout=log, stderr=log
        )
        try:
            yield process
        except AssertionError as problem:
            raise SystemExit(f"{problem}\n{(data.parent / 'log').read_text()[-2000:]}") from None
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def memory_mb(process: int) -> float:
    """The resident set of a process, in MB."""
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True)
    return round(int(said.stdout) / 1000, 1)


def start(data: Path) -> dict[str, float]:
    """Start, ask, and stop."""
    port = free_port()
    begin = time.perf_counter()
    with running(data, port) as process:
        visitor = Visitor(port)
        Visitor.until(lambda: visitor.open(process))
        visitor.ask(QUESTIONS[0])
        first = time.perf_counter() - begin
        for question in QUESTIONS[1:]:
            visitor.ask(question)
        return {"first_answer_s": round(first, 2), "memory_mb": memory_mb(process.pid)}


def main() -> None:
    """Run as a process of its own, and print one JSON line."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="botkit-start-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        new, again = start(data), start(data)
    print(json.dumps({**new, "again_s": again["first_answer_s"], "again_memory_mb": again["memory_mb"]}))


if __name__ == "__main__":
    main()
