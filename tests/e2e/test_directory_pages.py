"""The directory's pages in a real browser: usable by everybody, on a phone and by keyboard, in both languages."""

from __future__ import annotations

from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from botkit.testing import BotHarness
from botkit.web.app import build
from directory.plugin import plugin
from tests.directory.conftest import SAMPLE
from tests.e2e.browser import accessible, fits
from tests.e2e.conftest import Open

TABLES = {"directory": {"folder": str(SAMPLE), "learn": False}}
PATHS = (
    "/directory",
    "/directory?q=962777&open=1",
    "/directory?q=qwxv",
    "/directory/locksmith",
    "/directory/water",
    "/hsds/reference",
)


async def test_everything_is_accessible_and_fits(open_page: Open) -> None:
    async with BotHarness([plugin], tables=TABLES) as bot, TestServer(build(bot.services)) as server:
        for english in (False, True):
            for dark in (False, True):
                page = await open_page(
                    str(server.make_url(PATHS[0])), size={"width": 360, "height": 640}, dark=dark, english=english
                )
                for path in PATHS:
                    await page.goto(str(server.make_url(path)))
                    await accessible(page)
                    await fits(page)


async def test_a_resident_finds_an_entry_by_keyboard(open_page: Open) -> None:
    async with BotHarness([plugin], tables=TABLES) as bot, TestServer(build(bot.services)) as server:
        page = await open_page(str(server.make_url("/directory")))
        await page.get_by_role("searchbox").focus()
        await page.keyboard.insert_text("ranqi")
        await page.keyboard.press("Enter")
        link = page.get_by_role("article").first.get_by_role("heading").get_by_role("link")
        await expect(link).to_have_text("上海燃气热线")
        await link.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/directory/gas")
        await expect(page.get_by_role("heading", level=1)).to_have_text("上海燃气热线")
        await expect(page.get_by_role("link", name="拨打 962777")).to_have_attribute("href", "tel:962777")


async def test_results_come_while_one_types(open_page: Open) -> None:
    async with BotHarness([plugin], tables=TABLES) as bot, TestServer(build(bot.services)) as server:
        page = await open_page(str(server.make_url("/directory")))
        box = page.get_by_role("searchbox")
        await box.press_sequentially("ranqi")
        link = page.get_by_role("article").first.get_by_role("heading").get_by_role("link")
        await expect(link).to_have_text("上海燃气热线")
        await expect(box).to_be_focused()
        assert "q=ranqi" in page.url
        await accessible(page)
