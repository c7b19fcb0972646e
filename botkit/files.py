"""Files: attachments on disk, each stored once under its hash, shown without what cameras hide in them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from botkit.errors import BotkitError, StorageError, UserError

if TYPE_CHECKING:
    from PIL.Image import Image

T = TypeVar("T")

MAX_BYTES = 10 * 1024 * 1024
MAX_SIDE = 2000
"""Longest side of a displayed image, in pixels."""
MAX_PIXELS = 40_000_000
"""What is decoded at most: a small file can claim a picture of gigabytes."""
MAX_PIXELS_JPEG = 89_000_000
"""More for JPEG, which is decoded at an eighth of its size where that is enough."""

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
MIMES = {extension: mime for mime, extension in EXTENSIONS.items()} | {"bin": "application/octet-stream"}
ID = re.compile(r"[0-9a-f]{64}\.(?:jpg|png|webp|gif|bin)")
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class FileError(BotkitError):
    """A file that can't be taken or shown. The subclasses say why."""


class TooLarge(FileError):
    """More bytes than the limit."""


class Missing(FileError):
    """There is no such file."""


class Broken(FileError):
    """Not an image, a damaged one, or one that would take too much memory to decode."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file really is, whatever its sender said. ``size`` is in bytes, width and height in pixels."""

    mime: str
    size: int
    broken: bool
    width: int = 0
    height: int = 0


class Files:
    """The folder of attachments.

    A file's id is its SHA-256 and its type, so the same bytes are stored once and an id can't be guessed.
    Images are decoded in threads, two at a time, so that uploads can't eat the memory of the machine.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self._decoding = asyncio.Semaphore(2)

    async def put(self, data: bytes, mime: str) -> str:
        """Store a file for good, and return its id; when this returns it is on the disk.

        Raises ``TooLarge`` above the limit, ``StorageError`` where the folder can't be written.
        """
        if len(data) > self.max_bytes:
            raise TooLarge(f"a file of {len(data)} bytes; the limit is {self.max_bytes}")
        return await asyncio.to_thread(self._put, data, EXTENSIONS.get(mime, "bin"))

    async def get(self, file_id: str) -> bytes:
        """The bytes as they came. Raises ``Missing``."""
        path = self._path(file_id)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise Missing(file_id) from None

    def path(self, file_id: str) -> Path:
        """Where the bytes lie as they came. Raises ``Missing``."""
        path = self._path(file_id)
        if not path.exists():
            raise Missing(file_id)
        return path

    async def inspect(self, data: bytes) -> Inspection:
        """Find out what these bytes are, by decoding them."""
        return await self._decode(lambda: inspect(data))

    async def display(self, file_id: str) -> bytes:
        """The image for showing: a JPEG of at most 2000 pixels a side, upright, without metadata (no place,
        no camera, no thumbnail). Made once and kept. Raises ``Missing`` or ``Broken``.
        """
        cached = self._path(file_id, "display").with_suffix(".jpg")
        with contextlib.suppress(FileNotFoundError):
            return await asyncio.to_thread(cached.read_bytes)
        data = await self.get(file_id)
        shown = await self._decode(lambda: shrink(data))
        await asyncio.to_thread(_write, cached, shown)
        return shown

    def remove(self, file_id: str) -> None:
        """Delete a file that nothing refers to any more, and what was made of it. Nothing where there is none."""
        if ID.fullmatch(file_id):
            self._path(file_id).unlink(missing_ok=True)
            self._path(file_id, "display").with_suffix(".jpg").unlink(missing_ok=True)

    def mime(self, file_id: str) -> str:
        """The type of a stored file, from its id."""
        return MIMES[file_id.rpartition(".")[2]]

    async def _decode(self, work: Callable[[], T]) -> T:
        async with self._decoding:
            return await asyncio.to_thread(work)

    def _put(self, data: bytes, extension: str) -> str:
        file_id = f"{hashlib.sha256(data).hexdigest()}.{extension}"
        path = self._path(file_id)
        # A file under its final name is complete: it got that name only after its bytes were on disk.
        if not path.exists():
            _write(path, data)
        return file_id

    def _path(self, file_id: str, kind: str = "original") -> Path:
        if not ID.fullmatch(file_id):
            raise Missing(file_id)
        return self.folder / kind / file_id[:2] / file_id


def _write(path: Path, data: bytes) -> None:
    """Write all or nothing: a temporary file, flushed to disk, then renamed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        # Also when interrupted: no half-written file stays behind.
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as problem:
        raise StorageError(
            f"the file folder {path.parent} can't be written: {problem.strerror}",
            "check free space and the rights of the data folder",
        ) from problem


def inspect(data: bytes) -> Inspection:
    """What these bytes are. Decodes the whole image, so that a picture that is cut off counts as broken."""
    try:
        with _open(data) as image:
            mime = "image/jpeg" if _is_jpeg(image) else f"image/{(image.format or '').lower()}"
            width, height = image.size
            # Draft mode reads every byte but builds a small picture.
            image.draft("RGB", (256, 256))
            image.load()
        return Inspection(mime, len(data), False, width, height)
    except Broken:
        return Inspection("application/octet-stream", len(data), True)
    # Pillow's decoders raise whatever their formats' parsers raise; all of it means a broken image.
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, EOFError, MemoryError):
        return Inspection("application/octet-stream", len(data), True)


def shrink(data: bytes, side: int = MAX_SIDE) -> bytes:
    """An image as an upright JPEG without metadata, at most ``side`` pixels a side. Raises ``Broken``."""
    from PIL import Image, ImageOps

    try:
        with _open(data) as image:
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((side, side))
            # Transparent parts become white, and a fresh image carries nothing of the old one's metadata.
            paper = Image.new("RGB", upright.size, "white")
            ink = upright.convert("RGBA")
            paper.paste(ink, mask=ink.getchannel("A"))
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, EOFError, MemoryError) as problem:
        raise Broken("the image can't be decoded") from problem
    out = BytesIO()
    paper.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def _open(data: bytes) -> Image:
    try:
        from PIL import Image
    except ImportError as problem:
        raise UserError("photos need Pillow", "pip install 'botkit-desk[webchat]'") from problem
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as problem:
        raise Broken("not an image") from problem
    width, height = image.size
    if width * height > (MAX_PIXELS_JPEG if _is_jpeg(image) else MAX_PIXELS):
        image.close()
        raise Broken("an image of too many pixels")
    return image


def _is_jpeg(image: Image) -> bool:
    # Phones write several pictures into one JPEG file, which Pillow calls MPO.
    return image.format in ("JPEG", "MPO")
