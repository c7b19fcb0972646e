"""The commander's reports in a real browser: for everybody's eyes and hands, on a phone and at a desk."""

from __future__ import annotations

import pytest

from botkit.plugins.handoff.models import Report
from tests.e2e.browser import accessible, fits, shown
from tests.e2e.conftest import Open
from tests.plugins.reports.station import a_day, at, station, visitor


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
async def test_reports_can_be_read_by_everybody(open_page: Open, phone: bool, dark: bool) -> None:
    async with station() as bot:
        await a_day(bot)
        lost = (await Report.all().order_by("-id"))[0]
        await bot.services.unit(lambda unit: Report.filter(id=lost.id).delete())
        await bot.advance(until=at(12, 17))
        async with visitor(bot) as chief:
            for path in ("/desk/reports/", "/desk/reports/2026-03-11", "/desk/reports/2026-03-12"):
                page = await shown(chief.client, open_page, path, phone=phone, dark=dark)
                assert await page.locator("table").count()
                await fits(page)
                await accessible(page)


async def test_a_report_is_made_and_downloaded(open_page: Open) -> None:
    async with station() as bot, visitor(bot) as chief:
        await a_day(bot)
        page = await shown(chief.client, open_page, "/desk/reports/", english=True)
        await page.get_by_label("Day").fill("2026-03-11")
        await page.get_by_role("button", name="Make it now").click()
        await page.get_by_text("The difference is 0").wait_for()
        async with page.expect_download() as started:
            await page.get_by_role("link", name="Download CSV").click()
        download = await started.value
        assert download.suggested_filename == "report-2026-03-11.csv"
