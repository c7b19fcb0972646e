"""The maintainers' day in a real browser: verify three, fix one, import a sheet with two errors, correct it, undo."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, expect

from directory.plugin import plugin
from directory.running import Directory, directory_of
from directory.values import Entry
from tests.directory.conftest import ENTRY, FAQ, written
from tests.e2e.browser import accessible, fits
from tests.e2e.conftest import Open
from tests.web.kit import Running, running

PASSWORD = "long enough"
PATHS = (
    "/", "/?q=zzz", "/entry/gas/edit", "/entry/new", "/faq/faq_gas/edit", "/entry/gas/history", "/changes/", "/sheets",
    "/todo",
    "/try",
    "/entry/gas/neighbours",
)  # fmt: skip


def three(text: str) -> str:
    """The entry of the tests three times, as gas, water and power."""
    names = {"water": ("供水热线", "Water line", "962740"), "power": ("供电热线", "Power line", "95598")}
    return text + "".join(
        text.replace('slug = "gas"', f'slug = "{slug}"')
        .replace("燃气热线", zh)
        .replace("Gas line", en)
        .replace("962777", number)
        .replace("煤气公司电话多少", f"{zh}多少")
        for slug, (zh, en, number) in names.items()
    )


@asynccontextmanager
async def station(folder: Path, data: Path) -> AsyncIterator[Running]:
    tables = {"directory": {"folder": str(folder), "learn": False}}
    async with running(data, plugins=[plugin], adapters=(), tables=tables) as run:
        await run.bot.services.staff.create("wang", "王维护", ["maintainer"], password=PASSWORD)
        yield run


async def log_in(open_page: Open, run: Running, path: str = "/", **options: object) -> Page:
    page = await open_page(f"{run.url}/desk/directory{path}", **options)
    await page.locator("#login").fill("wang")
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/directory**")
    return page


def live(directory: Directory, slug: str) -> Entry:
    entry = directory.contents.get("entry", slug)
    assert isinstance(entry, Entry)
    return entry


def sheet(table: bytes, change: dict[tuple[str, str], str]) -> bytes:
    """A table with some cells changed: by slug and column."""
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    for row in rows:
        for (slug, column), value in change.items():
            name = next(name for name in row if name.endswith(column))
            if row[next(iter(row))] == slug:
                row[name] = value
    made = io.StringIO()
    writer = csv.DictWriter(made, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue().encode("gb18030")


async def send(page: Page, content: bytes) -> None:
    await page.get_by_role("link", name="表格导入导出").click()
    file = {"name": "名单.csv", "mimeType": "text/csv", "buffer": content}
    await page.get_by_label("表格文件").set_input_files([file])  # type: ignore[list-item]
    await page.get_by_role("button", name="上传并预览").click()


async def test_a_day(open_page: Open, tmp_path: Path) -> None:
    async with station(written(tmp_path / "directory", a=three(ENTRY), b=FAQ), tmp_path) as run:
        directory, today = directory_of(run.bot.services), run.bot.services.clock.now().date()
        page = await log_in(open_page, run, "/todo")
        # Verify three.
        for number in range(3):
            await page.locator("#due li", has_text="热线").first.get_by_role("button", name="没变").click()
            await expect(page.locator("#due li", has_text="热线")).to_have_count(2 - number)
        assert all(live(directory, slug).assured_date == today for slug in ("gas", "water", "power"))
        # Fix one, by keyboard: a mistake is told while it is typed, the answer shown when it is right.
        await page.get_by_role("link", name="全部", exact=True).click()
        await page.get_by_role("link", name="供水热线", exact=True).focus()
        await page.keyboard.press("Enter")
        phone = page.get_by_label("电话 1", exact=True)
        await phone.fill("110")
        await expect(page.locator("#wrong-in-phones")).to_contain_text("110")
        await phone.fill("962740")
        await page.get_by_label("名称（英文）").fill("Water hotline")
        await expect(page.locator("#checked .bubble").last).to_contain_text("Water hotline")
        await expect(page.locator("#wrong-in-phones")).to_be_empty()
        await page.get_by_label("修改说明").first.fill("改了英文名")
        await page.get_by_role("button", name="保存并查看影响").click()
        await expect(page.get_by_role("cell", name="Water line")).to_be_visible()
        await expect(page.get_by_text("回答都不会变")).to_be_visible()
        await page.get_by_role("button", name="发布").click()
        await expect(page.get_by_text("已发布")).to_be_visible()
        assert live(directory, "water").name.en == "Water hotline"
        # Import a sheet with two errors, see them named, correct it, import, undo.
        async with run.http.get(
            f"{run.url}/desk/directory/sheets/entry.csv",
            headers={"Cookie": "; ".join(f"{c['name']}={c['value']}" for c in await page.context.cookies())},
        ) as response:
            table = await response.read()
        wrong = {("gas", "name.en"): "Gas hotline", ("water", "phone1.number"): "119", ("power", "topic"): "moon"}
        await send(page, sheet(table, wrong))
        await expect(page.get_by_role("alert")).to_contain_text("有 2 处要改")
        for cell in ("119", "moon"):
            await expect(page.get_by_role("row").filter(has_text=cell)).to_contain_text("名单.csv · ")
        assert live(directory, "gas").name.en == "Gas line"
        right = {("gas", "name.en"): "Gas hotline", ("power", "name.en"): "Power hotline"}
        await send(page, sheet(table, right))
        await expect(page.get_by_text("修改 2", exact=True)).to_be_visible()
        await page.get_by_role("button", name="发布").click()
        await expect(page.get_by_role("button", name="撤销这次修改")).to_be_visible()
        assert [live(directory, slug).name.en for slug in ("gas", "power")] == ["Gas hotline", "Power hotline"]
        await page.get_by_role("button", name="撤销这次修改").click()
        await page.get_by_role("button", name="发布").click()
        await expect(page.get_by_text("已发布")).to_be_visible()
        assert [live(directory, slug).name.en for slug in ("gas", "power")] == ["Gas line", "Power line"]
        assert live(directory, "water").name.en == "Water hotline"


async def test_the_pages_are_accessible_and_fit_a_phone(open_page: Open, tmp_path: Path) -> None:
    async with station(written(tmp_path / "directory", a=ENTRY, b=FAQ), tmp_path) as run:
        for dark in (False, True):
            # Chinese by day at a desk, English by night on a phone.
            size = {"width": 360, "height": 640} if dark else {"width": 1280, "height": 800}
            page = await log_in(open_page, run, size=size, dark=dark, english=dark)
            for path in PATHS:
                await page.goto(f"{run.url}/desk/directory{path}")
                await accessible(page)
                await fits(page)
            await page.goto(f"{run.url}/desk/directory/try")
            await page.locator("#q").fill("煤气公司电话多少")
            await page.keyboard.press("Enter")
            await page.locator("#ask-1").wait_for()
            assert "煤气" not in page.url, "what residents say has no place in an address"
            await accessible(page)
            await fits(page)
            await page.goto(f"{run.url}/desk/directory/entry/gas/edit")
            await page.locator("#in-owner").fill(f"owner {dark}")
            await page.locator("button.primary").last.click()
            await page.wait_for_url("**/changes/**")
            await page.locator("#effects-done").wait_for()
            await accessible(page)
            await fits(page)
        await page.goto(f"{run.url}/directory/suggest?slug=gas")
        await accessible(page)
        await fits(page)
