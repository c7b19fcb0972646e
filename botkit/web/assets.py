"""Static files under URLs that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in memory, also compressed where that helps."""

    body: bytes
    packed: bytes | None
    mime: str


class Assets:
    """The static folders of shell, plugins and adapters, read once.

    A folder's URL holds a hash of all its files, so that scripts can import their neighbours by name.
    """

    def __init__(self, folders: Iterable[tuple[str, Path]]) -> None:
        self._files: dict[str, Asset] = {}
        self._versions: dict[str, str] = {}
        for owner, folder in folders:
            paths = (path for path in sorted(folder.glob("*")) if path.suffix in TYPES)
            files = {path.name: path.read_bytes() for path in paths}
            digest = hashlib.sha256()
            for name, body in files.items():
                digest.update(f"{name}\0{len(body)}\0".encode() + body)
            version = self._versions[owner] = digest.hexdigest()[:12]
            for name, body in files.items():
                mime = TYPES[Path(name).suffix]
                packed = gzip.compress(body, 6, mtime=0) if mime.startswith(("text/", "image/svg")) else None
                self._files[f"{owner}/{version}/{name}"] = Asset(body, packed, mime)

    def url(self, owner: str, name: str) -> str:
        """The address of a file. Raises ``KeyError`` for one that is not there."""
        path = f"{owner}/{self._versions[owner]}/{name}"
        if path not in self._files:
            raise KeyError(f"no static file {name!r} of {owner!r}")
        return f"/static/{path}"

    async def serve(self, request: web.Request) -> web.Response:
        """Answer ``/static/{path}``."""
        asset = self._files.get(request.match_info["path"])
        if asset is None:
            raise web.HTTPNotFound
        headers = {"Content-Type": asset.mime, "Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=asset.packed, headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=asset.body, headers=headers)
