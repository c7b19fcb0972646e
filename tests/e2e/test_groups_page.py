"""The page of groups in a real browser: for everybody's eyes and hands, on a phone and at a desk."""

from __future__ import annotations

import pytest

from tests.e2e.browser import accessible, fits, shown
from tests.e2e.conftest import Open
from tests.plugins.groups.station import enabled, happens, station
from tests.plugins.groups.test_page import visitor


@pytest.mark.parametrize(("phone", "english"), [(False, True), (True, False)])
async def test_groups_can_be_read_and_changed_by_everybody(open_page: Open, phone: bool, english: bool) -> None:
    async with station() as bot:
        await enabled(bot)
        await happens(bot, "bot.added", group="h", title="幸福小区三号楼业主大群（一号群）")
        async with visitor(bot) as officer:
            page = await shown(officer.client, open_page, "/desk/groups/", phone=phone, dark=phone, english=english)
            await fits(page)
            await accessible(page)
            area = page.get_by_role("textbox").last
            await area.fill("东区")
            await area.press("Enter")
            await page.locator(".notice[role=status]").wait_for()
            # Nothing that can be pressed is beyond the edge.
            width = await page.evaluate("innerWidth")
            for button in await page.get_by_role("button").all():
                box = await button.bounding_box()
                assert box and box["x"] + box["width"] <= width
            await fits(page)
            await accessible(page)
