"""The wire: one request to the homeserver, one answer or one clear error. Nothing is retried here."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import ClientError, ClientTimeout
from nio import AsyncClient

Query = Mapping[str, str | Sequence[str]]
CLIENT = "/_matrix/client/v3"
MEDIA = "/_matrix/media/v3"
TIMEOUT = 25.0
"""Seconds for one request: less than delivery waits for a send."""
MOST = 64 * 1024 * 1024
"""Bytes of an answer that are read."""
GONE = (ClientError, ConnectionError, TimeoutError)
"""What is raised where the homeserver can't be reached or doesn't answer."""

# The library logs what it received, down to texts and keys of sessions; nothing of that is ours to write down.
for _name in ("nio", "peewee"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class MatrixError(Exception):
    """The homeserver said no. ``code`` is Matrix's own; its text is left out, for it may quote what was sent."""

    def __init__(self, status: int, code: str, retry_after: float | None = None) -> None:
        super().__init__(f"the homeserver answered {status} {code}".rstrip())
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.answer: Mapping[str, Any] = {}

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status >= 500 or self.status == 429


def path_of(*parts: str, base: str = CLIENT) -> str:
    """A path of the API, its parts quoted."""
    return "/".join((base, *(quote(part, safe="") for part in parts)))


class Wire:
    """Requests of one device, over the library's connection."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Query | None = None,
        timeout: float = TIMEOUT,
        login: bool = True,
    ) -> dict[str, Any]:
        """One request with a JSON body. Raises ``MatrixError``, or one of ``GONE``."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        answer = await self.raw(method, path, data, "application/json", query=query, timeout=timeout, login=login)
        try:
            found = json.loads(answer)
        except ValueError:
            raise MatrixError(502, "M_NOT_JSON") from None
        return found if isinstance(found, dict) else {}

    async def raw(
        self,
        method: str,
        path: str,
        data: bytes | None,
        mime: str,
        *,
        query: Query | None = None,
        timeout: float = TIMEOUT,
        login: bool = True,
        most: int = MOST,
    ) -> bytes:
        """One request with any body, answered by bytes, at most ``most``. Raises as ``call`` does."""
        headers = {"Content-Type": mime}
        if login:
            headers["Authorization"] = f"Bearer {self.client.access_token}"
        address = f"{path}?{urlencode(query, doseq=True)}" if query else path
        response = await self.client.send(method, address, data, headers, None, ClientTimeout(total=timeout))
        async with response:
            if response.status >= 400:
                told = response.headers.get("Retry-After", "")
                raise refusal(response.status, await response.content.read(MOST), told)
            size = response.content_length
            if size is not None and size > most:
                raise MatrixError(413, "M_TOO_LARGE")
            return await _read(response, most)

    async def close(self) -> None:
        """Close the connection."""
        await self.client.close()


async def _read(response: Any, most: int) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > most:
            raise MatrixError(413, "M_TOO_LARGE")
        parts.append(part)
    return b"".join(parts)


def refusal(status: int, body: bytes, header: str) -> MatrixError:
    """The error of an answer; ``header`` is what it says of when to ask again."""
    try:
        told = json.loads(body)
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    code, after = told.get("errcode"), told.get("retry_after_ms")
    wait = after / 1000 if isinstance(after, int | float) and after >= 0 else None
    if wait is None and header.isascii() and header.isdigit():
        # Newer homeservers tell it there, in seconds.
        wait = float(header[:6])
    problem = MatrixError(status, code if isinstance(code, str) else "", wait)
    problem.answer = told
    return problem


__all__ = ["CLIENT", "GONE", "MEDIA", "MatrixError", "Wire", "path_of"]
