"""The rota's page in a real browser: for everybody's eyes and hands, on a phone and at a desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.browser import accessible, fits, shown
from tests.e2e.conftest import Open
from tests.plugins.handoff.test_roster_page import PAGE, SHEET, open_rota


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
async def test_the_rota_can_be_read_and_changed_by_everybody(
    open_page: Open, tmp_path: Path, phone: bool, dark: bool
) -> None:
    async with open_rota(tmp_path, "chief", "li") as (station, chief, li):
        await station.bot.says("/swap 3-12 li", who="zhang")
        await station.bot.says("/leave 3-14", who="li")
        for who in (chief, li):
            page = await shown(who.client, open_page, PAGE, phone=phone, dark=dark)
            assert await page.locator("table tbody tr").count() > 14
            await fits(page)
            await accessible(page)
            if who is chief:
                file = {"name": "duties.csv", "mimeType": "text/csv", "buffer": f"{SHEET}x,y,z,主班,li,\n".encode()}
                await page.locator("#import-file").set_input_files(file)  # type: ignore[arg-type]  # as documented
                await page.locator("form[action$=import] button").click()
                await page.locator("#preview-title").wait_for()
                await fits(page)
                await accessible(page)
                await page.locator("form[action$=confirm] button").click()
                await page.locator("form[action$=undo] button").wait_for()
            await page.locator("form[action='/desk/roster/address'] button").click()
            await page.locator("#address").wait_for()
            await fits(page)
            await accessible(page)
            await page.close()
