"""A case's page in a real browser: for everybody's eyes and hands, on a phone and at a desk."""

from __future__ import annotations

import wave
from io import BytesIO

import pytest

from botkit.messages import Attachment, MessageKind
from tests.e2e.browser import accessible, fits, shown
from tests.e2e.conftest import Open
from tests.plugins.handoff.station import officer, only_case, station

LONG = 0.2
"""Seconds of a recording."""


def recording() -> bytes:
    """Somebody says nothing, into a file that every browser plays."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(int(2 * 8000 * LONG)))
    return out.getvalue()


@pytest.mark.parametrize(("phone", "english"), [(False, True), (True, False)])
async def test_a_case_can_be_read_by_everybody(open_page: Open, phone: bool, english: bool) -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("楼道里的灯不亮了，" * 20 + "https://example.org/" + "a" * 200)
        await bot.says(kind=MessageKind.UNKNOWN, data={"unreadable": "unverified"})
        voice, file = await bot.services.files.put(recording(), "audio/wav"), await bot.services.files.put(b"x", "a/b")
        for kind, name, id, mime in (
            (MessageKind.VOICE, "", voice, "audio/wav"),
            (MessageKind.DOCUMENT, "合同" * 40, file, "a/b"),
        ):
            await bot.says(kind=kind, attachments=(Attachment(kind, id, name, mime),))
        await bot.says(kind=MessageKind.LOCATION, data={"lat": 31.2304, "lon": 121.4737})
        path = f"/desk/handoff/{(await only_case()).ref}"
        page = await shown(zhang.client, open_page, path, phone=phone, dark=phone, english=english)
        await page.locator(".talk .tag").first.wait_for()
        # Whether it can be heard is known when it has been.
        assert await page.locator(".talk audio").evaluate(
            "heard => new Promise((ended, failed) => { heard.onended = () => ended(heard.duration);"
            " heard.onerror = () => failed(heard.error.message); heard.muted = true; heard.play().catch(failed); })"
        ) == pytest.approx(LONG, abs=0.01)
        await fits(page)
        await accessible(page)
