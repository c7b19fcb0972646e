"""A case's page in a real browser: for everybody's eyes and hands, on a phone and at a desk."""

from __future__ import annotations

import pytest

from botkit.messages import MessageKind
from tests.e2e.browser import accessible, fits, shown
from tests.e2e.conftest import Open
from tests.plugins.handoff.station import officer, only_case, station


@pytest.mark.parametrize(("phone", "english"), [(False, True), (True, False)])
async def test_a_case_can_be_read_by_everybody(open_page: Open, phone: bool, english: bool) -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("楼道里的灯不亮了，" * 20 + "https://example.org/" + "a" * 200)
        await bot.says(kind=MessageKind.UNKNOWN, data={"unreadable": "unverified"})
        path = f"/desk/handoff/{(await only_case()).ref}"
        page = await shown(zhang.client, open_page, path, phone=phone, dark=phone, english=english)
        await page.locator(".talk .tag").first.wait_for()
        await fits(page)
        await accessible(page)
