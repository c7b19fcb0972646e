"""A real browser, started once, and pages in it that report what goes wrong in them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.conftest import missing
from tests.e2e.browser import FLAGS, NAMES

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
Open = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        missing("no browser here: install Debian's package chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[Open]:
    """Opens an address in a browser of its own: ``await open_page(url, phone=True, dark=True)``.

    At the end of the test no page may have had an error in its scripts or broken its security policy.
    """
    problems: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_it(url: str, **options: Any) -> Page:
            phone = options.pop("phone", False)
            context = await browser.new_context(
                viewport=options.pop("size", PHONE if phone else DESK),
                has_touch=phone,
                color_scheme="dark" if options.pop("dark", False) else "light",
                locale="en-GB" if options.pop("english", False) else "zh-CN",
                reduced_motion="reduce",
            )
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
            page.on(
                "console",
                lambda line: problems.append(line.text) if "Security Policy" in line.text else None,
            )
            await page.goto(url)
            return page

        yield open_it
    assert not problems, problems
