"""How tests and screenshots use the system's browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from playwright.async_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[1] / "setup" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def shown(client: TestClient[Any, Any], open_page: Any, path: str, **options: Any) -> Page:
    """A page of the desk in the browser, for whom this client is logged in as."""
    base = str(client.make_url("/")).rstrip("/")
    page: Page = await open_page(f"{base}/login", **options)
    for cookie in client.session.cookie_jar:
        await page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
    await page.goto(f"{base}{path}")
    return page


async def accessible(page: Page) -> None:
    """Fail with what axe finds wrong on the page."""
    if not AXE.exists():
        what = "no axe-core here: tests/setup/servers.sh installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(what)
        pytest.skip(what)
    await page.evaluate(AXE.read_text("utf-8"))
    # Only what is wrong comes back: all that is right, with every node, takes longer than looking for it.
    look = "rules => axe.run({runOnly: rules, resultTypes: ['violations']}).then(found => found.violations)"
    found: list[dict[str, Any]] = await page.evaluate(look, RULES)
    wrong = [
        f"{rule['id']} ({rule['help']}): {node['html'][:160]} {[check['message'] for check in node['any']]}"
        for rule in found
        for node in rule["nodes"]
    ]
    assert not wrong, "\n".join(wrong)


async def fits(page: Page) -> None:
    """Fail where the page is wider than the window."""
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"
