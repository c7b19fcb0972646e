"""The residents' page in a real browser: asking, being answered, losing the line, coming back."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Page, expect

from botkit.clock import SystemClock
from botkit.messages import Chat, Outgoing
from botkit.testing import PATIENCE
from tests.e2e.browser import accessible, fits
from tests.e2e.conftest import Open
from tests.e2e.station import station
from tests.web.kit import Running, running
from tests.web.test_files import photo

SLOW = 15_000
"""Milliseconds that a lost line may take to come back."""


HREFS = "links => links.map((link) => link.getAttribute('href'))"


async def ask(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.keyboard.press("Enter")


async def thread_of_page(run: Running) -> str:
    rows = await run.bot.services.database.read("SELECT platform_id FROM chat")
    return str(rows[-1]["platform_id"])


async def test_a_resident_asks_and_the_thread_stays(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        page = await open_page(run.url, phone=True)
        danger = page.get_by_role("complementary")
        assert await danger.get_by_role("link").evaluate_all(HREFS) == ["tel:110", "tel:119", "tel:120"]
        await page.get_by_role("button", name="煤气公司电话多少").click()
        log = page.get_by_role("log")
        await expect(log.get_by_text("燃气热线")).to_be_visible()
        assert await log.get_by_role("link").evaluate_all(HREFS) == ["tel:962777", "tel:12345"]
        human = page.get_by_role("button", name="没用，找民警")
        await human.click()
        await expect(log.locator(".officer")).to_contain_text("我是社区民警")
        await expect(log.locator(".officer .author")).to_have_text("社区民警 民警")
        await expect(human).to_have_attribute("aria-pressed", "true")
        before = await log.locator(".line").all_inner_texts()
        assert len(before) == 5
        await page.reload()
        await expect(log.locator(".line")).to_have_count(5)
        assert await log.locator(".line").all_inner_texts() == before
        await expect(human).to_have_attribute("aria-pressed", "true")
        await expect(danger).to_be_in_viewport()


async def test_danger_is_answered_in_red_with_the_number_first(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        page = await open_page(run.url)
        await ask(page, "楼道有焦味")
        urgent = page.locator(".line.urgent .bubble")
        await expect(urgent).to_contain_text("请立即拨打 119")
        assert (await urgent.inner_text()).splitlines()[0] == "请立即拨打 119！"


async def test_what_was_written_without_a_server_arrives_once(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        port = run.site.port
        page = await open_page(run.url)
        await ask(page, "煤气第一问")
        await expect(page.locator(".line.bot")).to_have_count(1)
    state = page.locator("#connection")
    await expect(state).to_have_text("正在重新连接…", timeout=SLOW)
    await ask(page, "煤气第二问")
    await ask(page, "煤气第三问")
    await expect(page.locator(".line.waiting")).to_have_count(2)
    await expect(page.locator(".line.waiting").last).to_contain_text("发送中")
    async with running(tmp_path, plugins=[station()], clock=SystemClock(), port=port) as run:
        await expect(page.locator(".line.bot")).to_have_count(3, timeout=SLOW)
        await expect(page.locator(".line.waiting")).to_have_count(0)
        await expect(state).to_have_text("已连接", timeout=SLOW)
        mine = await page.locator(".line.mine .bubble").all_inner_texts()
        assert mine == ["煤气第一问", "煤气第二问", "煤气第三问"]
        rows = await run.bot.services.database.read("SELECT count(*) AS n FROM inbox")
        assert rows[0]["n"] == 3


async def test_what_was_not_sent_survives_a_reload(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        page = await open_page(run.url)
        await expect(page.locator("#connection")).to_have_text("已连接")
        # The server can't be reached for posting, and a photo waits as well.
        await page.route("**/chat/messages", lambda route: route.abort())
        await ask(page, "煤气漏了吗")
        await page.set_input_files("#photos", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo()})
        await ask(page, "照片里的煤气表")
        await expect(page.locator(".line.waiting")).to_have_count(2)
        await page.reload()
        await expect(page.locator(".line.waiting")).to_have_count(2)
        await page.unroute("**/chat/messages")
        await expect(page.locator(".line.waiting")).to_have_count(0, timeout=SLOW)
        await expect(page.locator(".line.mine .bubble")).to_have_text(["煤气漏了吗", "照片里的煤气表"])
        image = page.locator(".line.mine img")
        ref = await page.locator(".line.mine").last.get_attribute("data-ref")
        await expect(image).to_have_attribute("src", f"/chat/files/{ref}/0")
        assert await image.evaluate("image => image.complete && image.naturalWidth") == 60
        rows = await run.bot.services.database.read("SELECT count(*) AS n FROM inbox")
        assert rows[0]["n"] == 2


async def test_receipts_and_changes_appear_by_themselves(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        page, adapter = await open_page(run.url), run.bot.services.adapters["webchat"]
        await ask(page, "煤气")
        await expect(page.locator(".line.bot")).to_have_count(1)
        await expect(page.locator(".line.mine .state")).to_have_text("已送达")
        ref = await page.locator(".line.mine").get_attribute("data-ref")
        chat = Chat("webchat", await thread_of_page(run))
        await adapter.seen(Outgoing("s", chat, "", kind="seen", target=ref))
        await expect(page.locator(".line.mine .state")).to_have_text("值班民警已看到")
        answer = await page.locator(".line.bot").get_attribute("data-ref")
        await adapter.edit(Outgoing("e", chat, "已通知值班民警", kind="edit", target=answer))
        await expect(page.locator(".line.bot .bubble")).to_have_text("已通知值班民警")
        await expect(page.locator(".line.bot .foot")).to_contain_text("已更新")


async def test_two_windows_show_the_same(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        first = await open_page(run.url)
        second = await first.context.new_page()
        await second.goto(run.url)
        await expect(second.locator("#connection")).to_have_text("已连接")
        await ask(first, "煤气")
        await expect(second.locator(".line")).to_have_count(2)
        await ask(second, "煤气费")
        await expect(first.locator(".line")).to_have_count(4)


async def test_strange_words_stay_words(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        page = await open_page(run.url)
        await ask(page, "<img src=x onerror=alert(1)> 打电话 <b>962777</b>\u202e")
        bubble = page.locator(".line.mine .bubble").first
        await expect(bubble).to_have_text("<img src=x onerror=alert(1)> 打电话 <b>962777</b>\ufffd")
        assert await page.locator(".line img").count() == 0
        await ask(page, "很长。" * 1000)
        fold = page.get_by_role("button", name="展开全文")
        await expect(fold).to_have_attribute("aria-expanded", "false")
        await fold.click()
        assert len(await page.locator(".line.mine .bubble").last.inner_text()) == 3000


async def test_numbers_to_dial_are_told_from_others(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        page = await open_page(run.url)
        found = await page.evaluate(
            """async () => {
              const url = document.querySelector('script[type=module]').src.replace('chat.js', 'text.js');
              const { linked } = await import(url);
              return [
                '拨 110 或 12345', '021-6275 6666', '+86 21 62756666', '400-820-8820', '13800138000',
                '2026-10-01 08:30', '编号 2026-0012', '#12345', '共 300 元', '12345 元', '3号楼 1201室',
                '24 小时', '1 2 3', 'a12345', '123456789012345678', 'IP 10.0.0.100', '95598/962777', '96110',
              ].map((text) => [...linked(text, '').querySelectorAll('a')].map((link) => link.href));
            }"""
        )
        assert found == [
            ["tel:110", "tel:12345"], ["tel:02162756666"], ["tel:+862162756666"], ["tel:4008208820"],
            ["tel:13800138000"], [], [], [], [], [], [], [], [], [], [], [], [], ["tel:96110"],
        ]  # fmt: skip


async def test_refused_messages_can_be_given_up(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        page = await open_page(run.url, english=True)
        await page.evaluate("document.getElementById('text').value = 'x'.repeat(200001)")
        await page.get_by_role("button", name="Send").click()
        failed = page.locator(".line.failed")
        await expect(failed).to_contain_text("too long")
        await expect(failed).to_contain_text("Not sent")
        await failed.get_by_role("button", name="Discard").click()
        await expect(failed).to_have_count(0)
        await page.reload()
        await expect(page.locator("#connection")).to_have_text("Connected")
        assert await page.locator(".line").count() == 0


async def test_the_page_works_by_keyboard(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        page = await open_page(run.url)
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "跳到正文"
        focused, order = "(e => e.id || e.textContent.trim())(document.activeElement)", []
        for _ in range(12):
            await page.keyboard.press("Tab")
            order.append(await page.evaluate(focused))
        assert order[0] == "便民目录" and order[2:5] == ["110 报警", "119 火警", "120 急救"]
        assert order[-3:] == ["photos", "text", "send"]
        await page.locator("#text").focus()
        await page.keyboard.insert_text("煤气\n第二行")
        await page.keyboard.press("Shift+Enter")
        assert await page.locator(".line").count() == 0
        await page.keyboard.press("Enter")
        await expect(page.locator(".line.bot")).to_have_count(1)
        assert await page.evaluate("document.activeElement.id") == "text"


async def test_everything_is_accessible_and_fits(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        await run.bot.services.staff.create("li", "李警官", ["officer", "admin"], password="long enough")
        await run.bot.services.staff.create("wu", "吴", ["maintainer"], password="long enough")
        # Chinese by day, English by night: what fits depends on the language, what can be seen on the colours.
        for night in (False, True):
            page = await open_page(run.url, size={"width": 360, "height": 640}, dark=night, english=night)
            await accessible(page)
            await fits(page)
            for text in ("gas", "smoke", "help") if night else ("煤气", "焦味", "其他"):
                await ask(page, text)
            await expect(page.locator(".line")).to_have_count(7)
            await page.evaluate("document.activeElement.blur()")
            await accessible(page)
            await fits(page)
            for path in ("/login", "/nothing"):
                await page.goto(f"{run.url}{path}")
                await accessible(page)
                await fits(page)
            await page.goto(f"{run.url}/login")
            await page.locator("#login").fill("wu")
            await page.locator("#password").fill("wrong")
            await page.get_by_role("main").get_by_role("button").click()
            await expect(page.get_by_role("alert")).to_be_visible()
            await accessible(page)
            await page.locator("#password").fill("long enough")
            await page.get_by_role("main").get_by_role("button").click()
            await page.wait_for_url("**/desk")
            await accessible(page)
            await fits(page)


async def test_touch_targets_are_large_enough(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        page = await open_page(run.url, phone=True)
        await ask(page, "煤气")
        await expect(page.locator(".choices button")).to_have_count(2)
        small = await page.evaluate(
            """() => [...document.querySelectorAll('button, .top a, .danger a, .attach, textarea')]
              .filter((e) => e.offsetParent && !e.classList.contains('skip'))
              .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
              .filter(([, box]) => box.height < 43.5 || box.width < 40).map(([text]) => text)"""
        )
        assert not small


async def test_the_desk_hears_news_and_reads_again_after_a_gap(tmp_path: Path, open_page: Open) -> None:
    async with running(tmp_path, plugins=[station()], clock=SystemClock()) as run:
        await run.bot.services.staff.create("wu", "吴", ["maintainer"], password="long enough")
        page = await open_page(f"{run.url}/login")
        await page.locator("#login").fill("wu")
        await page.locator("#password").fill("long enough")
        await page.get_by_role("main").get_by_role("button").click()
        await page.wait_for_url("**/desk")
        await expect(page.locator("[data-live]")).to_have_text("实时更新中")
        await page.evaluate(
            "window.heard = []; document.body.addEventListener('live:role:maintainer', e => heard.push(e.detail))"
        )
        run.bot.services.live.publish("role:maintainer", {"n": 1})
        async with asyncio.timeout(PATIENCE):
            while await page.evaluate("heard") != [{"n": 1}]:
                await asyncio.sleep(0.02)
        assert await page.evaluate("typeof htmx.version") == "string"
        token = await page.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRF-Token']")
        assert len(token) == 64
        await page.get_by_role("button", name="退出").click()
        await page.wait_for_url("**/login")
