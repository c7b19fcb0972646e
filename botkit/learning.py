"""Learning: a matcher fitted to its entries in a process of its own, and kept in a folder for the next start."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import functools
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from hashlib import blake2s
from pathlib import Path

from botkit import language
from botkit.errors import BotkitError
from botkit.language import Entry, Matcher, saved
from botkit.language.space import Floats

MODELS = "BOTKIT_MODELS"
"""The environment variable that names a folder of models which several bots, or runs of tests, share."""
KEPT = 3
KEPT_SHARED = 12
"""How many models stay in a folder, the latest used ones: in a bot's own, and in a shared one."""
_LOOK_AGAIN = 0.5
_TOLD = 2_000
# A bot answers meanwhile: the process takes one core, and that only when nobody else wants it.
_MODEST = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_NICE = 10


@functools.cache
def _engine() -> str:
    """A fingerprint of the engine: another version of it fits another model to the same entries."""
    code = blake2s(digest_size=4)
    for file in sorted(Path(language.__file__).parent.glob("*.py")):
        code.update(file.read_bytes())
    return code.hexdigest()


class FitError(BotkitError):
    """The fitting process ended without a model. The message is what it said last."""


class Models:
    """The models of a folder, each named by a digest of just the entries that it was fitted to."""

    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        self.folder = folder
        self._kept = kept

    @classmethod
    def of(cls, data: Path) -> Models:
        """Those of a data folder, or of the folder that ``BOTKIT_MODELS`` names."""
        shared = os.environ.get(MODELS)
        return cls(Path(shared), KEPT_SHARED) if shared else cls(data / "models")

    def load(self, entries: Sequence[Entry], embeddings: str = "") -> Matcher | None:
        """The model that was fitted to these entries, with these embeddings; None where there is none yet.

        Of entries too few to be calibrated, or without anything to hold out, it is one that only compares.
        """
        path = self._path(entries, embeddings)
        matcher = saved.load(path)
        if matcher is not None:
            with contextlib.suppress(OSError):
                os.utime(path)
            if matcher.calibration is None:
                # Scores of a classifier say nothing about a likelihood by themselves.
                return Matcher(entries)
        return matcher

    async def fit(self, entries: Sequence[Entry], embeddings: Floats | None = None, name: str = "") -> Matcher:
        """Fit in a child process, some seconds to minutes; if another bot does just that, wait for it.

        ``name`` names the kind of ``embeddings`` (one row a phrasing). Cancelled, it ends the process. Raises
        ``FitError``, and ``OSError`` where the folder can't be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        async with self._alone():
            found = self.load(entries, name)
            if found is None:
                path = self._path(entries, name)
                await self._run(entries, embeddings, path)
                found = self.load(entries, name)
                self._sweep()
        if found is None:
            raise FitError("it wrote no model that this version can read")
        return found

    def _path(self, entries: Sequence[Entry], embeddings: str) -> Path:
        return self.folder / f"{saved.digest(entries, embeddings)}-{_engine()}.npz"

    async def _run(self, entries: Sequence[Entry], embeddings: Floats | None, path: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="botkit-fit-") as work:
            asked, said = Path(work, "asked.npz"), Path(work, "said")
            await asyncio.to_thread(saved.ask, entries, asked, embeddings)
            with said.open("wb") as errors:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "botkit.language.fit", str(asked), str(path),
                    stdin=asyncio.subprocess.DEVNULL, stdout=errors, stderr=errors, env={**os.environ, **_MODEST},
                )  # fmt: skip
                try:
                    with contextlib.suppress(OSError):
                        os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
                    code = await process.wait()
                finally:
                    if process.returncode is None:
                        process.kill()
                        await process.wait()
            if code:
                raise FitError(said.read_text("utf-8", "replace")[-_TOLD:].strip() or f"it ended with {code}")

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncGenerator[None, None]:
        """Hold the folder's lock: one fit at a time, whoever asks. The system frees it when a process dies."""
        with (self.folder / "lock").open("ab") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(_LOOK_AGAIN)
            yield

    def _sweep(self) -> None:
        def used(path: Path) -> float:
            try:
                return path.stat().st_mtime
            except OSError:
                return 0.0

        for old in sorted(self.folder.glob("*.npz"), key=used, reverse=True)[self._kept :]:
            old.unlink(missing_ok=True)
