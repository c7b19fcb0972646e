"""The main job, as two people do it in two browsers, while the program is killed between their steps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import Open
from tests.e2e.program import Program, ready

SECONDS = 20_000
"""Milliseconds that anything may take to appear: the machine is slow, and a restart lies between."""


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    program = Program(tmp_path / "data")
    try:
        await program.start()
        await answering(program)
        yield program
    finally:
        await program.stop()


async def answering(program: Program) -> None:
    async with aiohttp.ClientSession() as session:
        await ready(program, session)


async def crash(program: Program) -> None:
    await program.kill()
    await program.start()
    await answering(program)


async def write(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.locator("#send").click()


def log(page: Page) -> Locator:
    return page.locator("#log")


async def sees(page: Page, text: str, *, times: int = 1) -> None:
    """The resident's thread shows a text this many times, and no more."""
    lines = log(page).get_by_text(text)
    await expect(lines.first).to_be_visible(timeout=SECONDS)
    await expect(lines).to_have_count(times)


async def log_in(open_page: Open, program: Program, login: str = "officer") -> Page:
    page = await open_page(f"{program.url}/login")
    await page.fill("#login", login)
    await page.fill("#password", program.password(login))
    await page.click("form.login button")
    return page


async def test_a_resident_an_officer_and_three_crashes(open_page: Open, program: Program) -> None:
    officer = await log_in(open_page, program)
    await expect(officer.locator("#queue")).to_be_visible(timeout=SECONDS)
    resident = await open_page(program.url, phone=True)

    await write(resident, "煤气公司电话多少")
    await sees(resident, "962777")
    await write(resident, "我的案子有进展吗")
    await sees(resident, "-01")
    case = officer.locator("#queue a.item")
    await expect(case).to_have_count(1, timeout=SECONDS)

    await crash(program)

    await case.click()
    await officer.locator("form[action$='/claim'] button").click()
    await expect(officer.locator("#reply-text")).to_be_visible(timeout=SECONDS)
    await sees(resident, "接手")

    await crash(program)

    await officer.fill("#reply-text", "您好，材料收到了，明天给您回复。")
    await officer.locator("form[action$='/reply'] button").click()
    await sees(resident, "材料收到了")

    await crash(program)

    await officer.locator("details:has(#resolve-code) summary").click()
    await officer.select_option("#resolve-code", index=1)
    await officer.fill("#resolve-text", "已经办好，请查收。")
    await officer.locator("form[action$='/resolve'] button").click()
    await sees(resident, "已经办好")
    await resident.reload()
    for text in ("962777", "材料收到了", "已经办好"):
        await sees(resident, text)


async def test_danger_and_english(open_page: Open, program: Program) -> None:
    resident = await open_page(f"{program.url}/?lang=en", english=True)
    await write(resident, "my gas bill is wrong, who do I call")
    await sees(resident, "962777")
    await write(resident, "there is smoke in the stairwell")
    warning = log(resident).get_by_text("119").first
    await expect(warning).to_be_visible(timeout=SECONDS)
    assert "119" in (await warning.inner_text()).splitlines()[0]


async def test_an_admin_sees_no_case(open_page: Open, program: Program) -> None:
    resident = await open_page(program.url)
    await write(resident, "我的案子有进展吗")
    await sees(resident, "-01")
    admin = await log_in(open_page, program, "admin")
    response = await admin.goto(f"{program.url}/desk/handoff/")
    assert response and response.status == 403
