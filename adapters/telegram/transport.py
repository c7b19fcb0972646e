"""The way to Telegram: the library's requests over aiohttp, where it is known whether anything was sent at all."""

from __future__ import annotations

import logging
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT = 5.0
READ = 20.0
"""Seconds until a connection must stand, and until its answer must come; the kernel gives a call thirty in all."""
IDLE = 12.0
"""Seconds that an unused connection is kept: less than servers keep it, so that none is used that they just closed."""
CONNECTIONS = 64
PATIENCE = 5.0
"""Seconds to wait where Telegram doesn't say how long."""
_DEFAULT = BaseRequest.DEFAULT_NONE


class NotSent(NetworkError):
    """Telegram could not be reached: nothing was sent."""


class Interrupted(NetworkError):
    """The connection ended before the answer came: what was asked may have been done."""


class Flood(TelegramError):
    """Telegram wants to be left alone for ``after`` seconds. The library's own error warns whoever makes it."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many requests; again in {after:g} s")
        self.after = after


class Failed(NetworkError):
    """Telegram's servers failed with this ``status``."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server answered {status}")
        self.status = status


class Transport(BaseRequest):
    """HTTP for ``telegram.Bot``. The address holds the token, so no error and no log ever quotes it."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._session: aiohttp.ClientSession | None = None
        self._told_time: str | None = None
        # These libraries tell addresses and texts in their lower levels, whatever the level of the root logger.
        for name in ("telegram", "httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    @property
    def date(self) -> datetime | None:
        """What time it was at Telegram when it last answered."""
        try:
            return parsedate_to_datetime(self._told_time) if self._told_time else None
        except ValueError:
            return None

    @property
    def read_timeout(self) -> float | None:
        return READ

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(self, method: str, *, read_timeout: float = READ, **fields: Any) -> Any:
        """Call a method and return its result as it came. Raises ``TelegramError``."""
        query = urlencode({name: value if isinstance(value, str) else _json(value) for name, value in fields.items()})
        url = f"{self._base}/{method}?{query}"
        return result(await self._request_wrapper(url, "GET", read_timeout=read_timeout))

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = _DEFAULT,
        write_timeout: Any = _DEFAULT,
        connect_timeout: Any = _DEFAULT,
        pool_timeout: Any = _DEFAULT,
    ) -> tuple[int, bytes]:
        patience = READ if read_timeout is _DEFAULT or read_timeout is None else float(read_timeout)
        async with self._ask(method, url, patience, data=_body(request_data)) as response:
            body = await response.read()
            self._told_time = response.headers.get("Date")
        if response.status == 429:
            raise Flood(_retry_after(body))
        if response.status == 413:
            raise BadRequest("too large")
        if response.status >= 500:
            raise Failed(response.status)
        return response.status, body

    async def download(self, url: str, limit: int) -> bytes | None:
        """The bytes at an address, or None where there are more than ``limit``. Raises ``TelegramError``."""
        async with self._ask("GET", url, READ) as response:
            if response.status != 200:
                raise Failed(response.status)
            body = bytearray()
            async for chunk in response.content.iter_chunked(1 << 16):
                body += chunk
                if len(body) > limit:
                    return None
            return bytes(body)

    def _ask(self, method: str, url: str, patience: float, data: Any = None) -> _Asking:
        if self._session is None:
            raise NotSent("the adapter is closed")
        # ``sock_connect`` and ``connect`` bound what comes before the first byte, ``sock_read`` each wait after it.
        timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT * 2, sock_connect=CONNECT, sock_read=patience)
        return _Asking(self._session.request(method, url, data=data, timeout=timeout, allow_redirects=False))


class _Asking:
    """A request under way: aiohttp's errors as the library's, without what they quote."""

    def __init__(self, request: Any) -> None:
        self._request = request

    async def __aenter__(self) -> aiohttp.ClientResponse:
        try:
            response: aiohttp.ClientResponse = await self._request.__aenter__()
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise _told(problem) from None
        return response

    async def __aexit__(self, kind: Any, problem: BaseException | None, traceback: Any) -> None:
        await self._request.__aexit__(kind, problem, traceback)
        if isinstance(problem, (aiohttp.ClientError, TimeoutError, OSError)):
            raise _told(problem) from None


def _told(problem: BaseException) -> TelegramError:
    name = type(problem).__name__
    if isinstance(problem, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)):
        return NotSent(f"no connection ({name})")
    if isinstance(problem, TimeoutError):
        return TimedOut(f"no answer ({name})")
    return Interrupted(f"the connection ended ({name})")


def _body(data: RequestData | None) -> Any:
    if data is None:
        return None
    if not data.contains_files:
        return aiohttp.FormData(data.json_parameters)
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form


def _retry_after(body: bytes) -> float:
    try:
        return float(msgspec.json.decode(body)["parameters"]["retry_after"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return PATIENCE


def result(payload: bytes) -> Any:
    """The result in an answer. Raises ``TelegramError`` for what is no answer."""
    try:
        return msgspec.json.decode(payload)["result"]
    except (msgspec.DecodeError, KeyError, TypeError):
        raise Interrupted("the answer can't be read") from None


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
