"""Files: stored once, whole or not at all, shown without what cameras hide in them."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from botkit.errors import StorageError
from botkit.files import Broken, Files, Missing, TooLarge


def photo(size: tuple[int, int] = (60, 40), kind: str = "JPEG", orientation: int = 1, place: bool = False) -> bytes:
    """An image with a red left half, and what cameras add."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    if place:
        exif.get_ifd(0x8825)[2] = (31.0, 14.0, 0.0)
        exif[0x010F] = "Camera of Mr Li"
    out = BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


async def test_the_same_bytes_are_stored_once(tmp_path: Path) -> None:
    files = Files(tmp_path)
    first, second = await files.put(photo(), "image/jpeg"), await files.put(photo(), "image/jpeg")
    assert first == second and first.endswith(".jpg")
    assert await files.get(first) == photo()
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert files.mime(first) == "image/jpeg"


async def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        await Files(tmp_path, max_bytes=10).put(b"x" * 11, "image/jpeg")


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 64, "A" * 64 + ".jpg", "0" * 64 + ".exe"])
async def test_only_ids_of_ours_are_looked_for(tmp_path: Path, name: str) -> None:
    with pytest.raises(Missing):
        await Files(tmp_path).get(name)


async def test_an_unknown_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        await Files(tmp_path).display("0" * 64 + ".jpg")


async def test_a_shown_image_carries_no_place_and_stands_upright(tmp_path: Path) -> None:
    files = Files(tmp_path)
    data = photo(orientation=6, place=True)
    assert b"Camera of Mr Li" in data
    shown = await files.display(await files.put(data, "image/jpeg"))
    assert b"Camera" not in shown and b"Exif" not in shown
    with Image.open(BytesIO(shown)) as image:
        assert not image.getexif() and not image.info.get("exif")
        assert image.size == (40, 60)
        # Turned clockwise, the left half is on top.
        red, green, _ = image.convert("RGB").getpixel((20, 10))  # type: ignore[misc]  # three bands
        assert red > 200 and green < 60


async def test_a_large_image_is_shown_small_and_made_once(tmp_path: Path) -> None:
    files = Files(tmp_path)
    file_id = await files.put(photo((3000, 1500)), "image/jpeg")
    with Image.open(BytesIO(await files.display(file_id))) as image:
        assert image.size == (2000, 1000)
    made = next((tmp_path / "display").rglob("*.jpg"))
    before = made.stat().st_mtime_ns
    await files.display(file_id)
    assert made.stat().st_mtime_ns == before


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
async def test_other_formats_are_shown_as_jpeg(tmp_path: Path, kind: str) -> None:
    files = Files(tmp_path)
    image = Image.new("RGBA", (30, 30), (0, 0, 0, 0)) if kind != "GIF" else Image.new("P", (30, 30))
    out = BytesIO()
    image.save(out, kind)
    found = await files.inspect(out.getvalue())
    assert (found.broken, found.mime) == (False, f"image/{kind.lower()}")
    with Image.open(BytesIO(await files.display(await files.put(out.getvalue(), found.mime)))) as shown:
        assert shown.format == "JPEG"


CUT = photo()[: len(photo()) // 2]


@pytest.mark.parametrize("data", [b"", b"not an image", CUT, CUT[:200], b"\xff\xd8\xff"])
async def test_broken_images_are_found_out(tmp_path: Path, data: bytes) -> None:
    files = Files(tmp_path)
    found = await files.inspect(data)
    assert found.broken and found.size == len(data)
    with pytest.raises(Broken):
        await files.display(await files.put(data, found.mime))


async def test_a_decompression_bomb_is_not_decoded(tmp_path: Path) -> None:
    out = BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    assert (await Files(tmp_path).inspect(out.getvalue())).broken


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
async def test_an_unwritable_folder_says_what_to_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="data folder"):
            await Files(tmp_path / "files").put(b"x", "image/jpeg")
    finally:
        tmp_path.chmod(0o700)


async def test_a_folder_that_can_not_be_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file stands in the way")
    with pytest.raises(StorageError, match="can't be written"):
        await Files(tmp_path / "files").put(b"x", "image/jpeg")
