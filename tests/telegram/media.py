"""What people send besides text, in the fields of the Bot API."""

from __future__ import annotations

from typing import Any

from tests.telegram.world import World

TINY_JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300030202020202030202020303030304060404040404080606050609080a0a09"
    "0809090a0c0f0c0a0b0e0b09090d110d0e0f101011100a0c12131210130f101010ffc9000b080001000101011100ffcc000600101005ffda"
    "0008010100003f00d2cf20ffd9"
)


def photo(world: World, data: bytes = TINY_JPEG, size: int | None = None) -> dict[str, Any]:
    """A photo: a thumbnail and the whole."""
    small, large = (world.store(part, "photo.jpg", "image/jpeg", "photos") for part in (TINY_JPEG, data))
    sizes = ((small, 90, 67, small.size), (large, 1280, 960, large.size if size is None else size))
    return {
        "photo": [
            {"file_id": blob.id, "file_unique_id": blob.unique, "width": wide, "height": high, "file_size": bytes_}
            for blob, wide, high, bytes_ in sizes
        ]
    }


def document(
    world: World, data: bytes = b"%PDF-1.4", name: str = "paper.pdf", mime: str = "application/pdf",
    size: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A document; ``size`` is what it claims."""
    return {"document": _file(world, data, name, mime, "documents", size) | {"file_name": name, "mime_type": mime}}


def voice(world: World, data: bytes = b"OggS", seconds: int = 3) -> dict[str, Any]:
    """A voice message."""
    fields = _file(world, data, "voice.oga", "audio/ogg", "voice")
    return {"voice": fields | {"duration": seconds, "mime_type": "audio/ogg"}}


def video(world: World, data: bytes = b"\0\0\0\x18ftyp", seconds: int = 5, size: int | None = None) -> dict[str, Any]:
    """A video."""
    fields = _file(world, data, "video.mp4", "video/mp4", "videos", size)
    return {"video": fields | {"width": 640, "height": 360, "duration": seconds, "mime_type": "video/mp4"}}


def sticker(world: World, emoji: str = "👍") -> dict[str, Any]:
    """A sticker."""
    fields = _file(world, b"RIFF", "sticker.webp", "image/webp", "stickers")
    look = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": emoji}
    return {"sticker": fields | look}


def location(latitude: float = 31.2304, longitude: float = 121.4737) -> dict[str, Any]:
    """A place."""
    return {"location": {"latitude": latitude, "longitude": longitude}}


def contact(phone: str = "+8613800000000", name: str = "Wang") -> dict[str, Any]:
    """Somebody's number."""
    return {"contact": {"phone_number": phone, "first_name": name}}


def poll(question: str = "几点?", options: tuple[str, ...] = ("八点", "九点")) -> dict[str, Any]:
    """A poll."""
    choices = [{"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(options)]
    return {
        "poll": {
            "id": "5001", "question": question, "options": choices, "total_voter_count": 0, "is_closed": False,
            "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": True,
            "members_only": False,
        }
    }  # fmt: skip


def _file(
    world: World, data: bytes, name: str, mime: str, folder: str, size: int | None = None
) -> dict[str, Any]:  # fmt: skip
    blob = world.store(data, name, mime, folder, size)
    return {"file_id": blob.id, "file_unique_id": blob.unique, "file_size": blob.size}
