"""The directory's pages in a real browser: usable by everybody, on a phone and by keyboard, in both languages."""

from __future__ import annotations

from pathlib import Path

from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from botkit.testing import BotHarness
from botkit.web.app import build
from directory.plugin import plugin
from tests.directory.conftest import ENTRY, SAMPLE, written
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
        # Chinese by day, English by night: what fits depends on the language, what can be seen on the colours.
        for night in (False, True):
            page = await open_page(
                str(server.make_url(PATHS[0])), size={"width": 360, "height": 640}, dark=night, english=night
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


def placed(slug: str, zh: str, latitude: float) -> str:
    entry = ENTRY.replace('slug = "gas"', f'slug = "{slug}"').replace("燃气热线", zh).replace("煤气公司", zh)
    return f'{entry}place = {{ zh = "南京路", en = "Nanjing Road", latitude = {latitude}, longitude = 121.47 }}\n'


async def test_the_nearest_comes_first_and_nobody_is_told_where_one_is(open_page: Open, tmp_path: Path) -> None:
    nowhere = ENTRY.replace('slug = "gas"', 'slug = "aa"').replace("煤气公司", "总机")
    folder = written(tmp_path / "d", a=nowhere, b=placed("far", "远处", 31.40), c=placed("close", "近处", 31.204))
    tables = {"directory": {"folder": str(folder), "learn": False}}
    async with BotHarness([plugin], tables=tables) as bot, TestServer(build(bot.services)) as server:
        page = await open_page(str(server.make_url("/directory")), phone=True, english=True)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        button = page.get_by_role("button", name="Nearest first")
        await button.click()
        await expect(page.get_by_text("Couldn't get your position")).to_be_visible()
        await page.context.grant_permissions(["geolocation"])
        await page.context.set_geolocation({"latitude": 31.2, "longitude": 121.47})
        await button.click()
        await expect(page.get_by_text("In each group, the nearest comes first.")).to_be_visible()
        cards = page.get_by_role("article")
        assert [await card.get_attribute("id") for card in await cards.all()] == ["close", "far", "aa"]
        await expect(cards.nth(0)).to_contain_text("about 450 meters away")
        await expect(cards.nth(1)).to_contain_text("about 22 kilometers away")
        await accessible(page)
        await fits(page)
        assert not [url for url in asked if "/static/" not in url]
        # What is found while one types is sorted as well.
        await page.get_by_role("searchbox").press_sequentially("Nanjing")
        await expect(cards.nth(0)).to_contain_text("about 450 meters away")


async def test_an_entry_is_handed_on(open_page: Open) -> None:
    async with BotHarness([plugin], tables=TABLES) as bot, TestServer(build(bot.services)) as server:
        page = await open_page(str(server.make_url("/directory/gas?lang=en")))
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.get_by_role("button", name="Share").click()
        await expect(page.get_by_text("Link copied.")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == str(server.make_url("/directory/gas"))
