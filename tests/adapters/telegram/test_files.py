"""Files: fetched within limits, stored once, shown without what cameras hide."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.adapter import Refused
from botkit.messages import Attachment, MessageKind
from tests.adapters.telegram.kit import echoing, opened, running
from tests.kernel.kit import until
from tests.telegram.emulator import Emulator
from tests.telegram.faults import Kind
from tests.web.test_files import photo


async def fetched(emulator: Emulator, folder: Path, file_id: str, size: int = 0, **settings: float) -> bytes:
    async with opened(emulator, folder, **settings) as adapter:
        return await adapter.fetch(Attachment(MessageKind.PHOTO, file_id, size=size))


async def test_the_same_picture_is_stored_once(emulator: Emulator, tmp_path: Path) -> None:
    li, plugin, picture = emulator.person("li"), echoing(), photo()
    async with running(emulator, tmp_path, [plugin]) as bot:
        await li.photo("一", data=picture)
        await li.photo("二", data=picture)
        await until(lambda: len(plugin.heard) == 2)  # type: ignore[attr-defined]  # see echoing
        one, two = (message.attachments[0] for message in plugin.heard)  # type: ignore[attr-defined]  # see echoing
        assert one.id == two.id and await bot.services.files.get(one.id) == picture
        assert len(list((tmp_path / "files").rglob("*.jpg"))) == 1
        shown = await bot.services.files.display(one.id)
        assert b"Exif" not in shown != picture
        await emulator.shows(li, 2)


async def test_limits(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li")
    small = (await li.photo(data=photo())).payload["photo"][-1]["file_id"]
    large = (await li.video(size=30 * 2**20)).payload["video"]["file_id"]
    content = await fetched(emulator, tmp_path, small)
    assert content == photo()
    too_small = (len(content) - 1) / 2**20
    for file_id, size, settings in (
        (small, 11 * 2**20, {}),
        (small, 0, {"max_file_mb": too_small}),
        (large, 0, {}),
        ("unknown", 0, {}),
    ):
        with pytest.raises(Refused):
            await fetched(emulator, tmp_path, file_id, size, **settings)


async def test_what_is_stored_is_not_asked_for(emulator: Emulator, tmp_path: Path) -> None:
    async with opened(emulator, tmp_path) as adapter:
        file_id = await adapter.services.files.put(b"x", "")
        assert await adapter.fetch(Attachment(MessageKind.DOCUMENT, file_id)) == b"x"
    assert emulator.calls("getFile") == []


async def test_a_passing_fault_is_no_refusal(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li")
    file_id = (await li.photo()).payload["photo"][-1]["file_id"]
    emulator.faults.next("getFile", Kind.BAD_GATEWAY)
    with pytest.raises(ConnectionError):
        await fetched(emulator, tmp_path, file_id)
