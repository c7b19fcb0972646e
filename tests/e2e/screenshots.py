"""Pictures for the documentation: the demonstration in a real browser, both languages, phone and desktop.

Usage: ``python tests/e2e/screenshots.py [folder]`` (default ``docs/screenshots``).
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parents[2]
# Run as a script, from anywhere.
sys.path.insert(0, str(ROOT))

from tests.e2e.browser import FLAGS, NAMES  # noqa: E402

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
QUESTIONS = {
    "zh": ("煤气公司电话多少", "我的案子有进展吗", "楼道有焦味"),
    "en": ("my gas bill is wrong, who do I call", "any news on my case?", "there is smoke in the stairwell"),
}
START = 30
"""Seconds the station may take to start."""


@asynccontextmanager
async def demonstration() -> AsyncIterator[tuple[str, str]]:
    """A running demonstration on a free port and fresh data: its address and the officer's password."""
    with tempfile.TemporaryDirectory() as data:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "botkit.cli", "run",
            cwd=ROOT,
            env={**os.environ, "BOTKIT_WEB_PORT": "0", "BOTKIT_DATA": data},
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout
        url = password = ""
        try:
            async with asyncio.timeout(START):
                while not (url and password):
                    line = (await process.stdout.readline()).decode()
                    if not line:
                        sys.exit("the demonstration did not start; its log stands above")
                    if found := re.search(r"residents\s+(http\S+?)/?\s*$", line):
                        url = found[1]
                    if found := re.search(r"login\s+officer / (\S+)", line):
                        password = found[1]
            yield url, password
        finally:
            process.terminate()
            await process.wait()


async def take(page: Page, folder: Path, name: str) -> None:
    """One picture, once the page is at rest."""
    await page.wait_for_load_state("load")
    await page.evaluate("document.fonts.ready")
    await page.wait_for_timeout(300)
    await page.screenshot(path=folder / f"{name}.png")
    print(f"  {name}.png")


async def resident(browser: Browser, url: str, folder: Path, language: str, size: str, dark: bool) -> None:
    """The residents' pages, before and after three questions."""
    context = await browser.new_context(
        viewport=SIZES[size], locale=LOCALES[language], color_scheme="dark" if dark else "light"
    )
    page = await context.new_page()
    suffix = f"{language}-{size}{'-dark' if dark else ''}"
    await page.goto(url)
    await page.locator("#connection:not(.off)").wait_for()
    await take(page, folder, f"start-{suffix}")
    for count, question in enumerate(QUESTIONS[language], 1):
        await page.fill("#text", question)
        await page.keyboard.press("Enter")
        await page.locator(".line:not(.mine)").nth(count - 1).wait_for()
    await take(page, folder, f"chat-{suffix}")
    if not dark:
        await page.goto(f"{url}/directory")
        await take(page, folder, f"directory-{suffix}")
    await context.close()


async def officer(browser: Browser, url: str, password: str, folder: Path, language: str, size: str) -> None:
    """The staff's pages: logging in, the queue, a case."""
    context = await browser.new_context(viewport=SIZES[size], locale=LOCALES[language])
    page = await context.new_page()
    suffix = f"{language}-{size}"
    await page.goto(f"{url}/login")
    await take(page, folder, f"login-{suffix}")
    await page.fill("#login", "officer")
    await page.fill("#password", password)
    await page.click("main button")
    await page.wait_for_url("**/desk/**")
    await take(page, folder, f"desk-{suffix}")
    case = page.locator("main a[href*='/desk/']").first
    if await case.count():
        await case.click()
        await page.wait_for_load_state()
        await take(page, folder, f"case-{suffix}")
    await context.close()


async def main(folder: Path) -> None:
    """All pictures."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        sys.exit("no browser here: install Debian's package chromium")
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Pictures in {folder}:")
    async with demonstration() as (url, password), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            for size in SIZES:
                for language in LOCALES:
                    await resident(browser, url, folder, language, size, dark=False)
                    await officer(browser, url, password, folder, language, size)
            await resident(browser, url, folder, "zh", "phone", dark=True)
        finally:
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"))
