"""Dead letters on the admin's page: seen without words, sent again by a press, nobody else's business."""

from __future__ import annotations

import re
from pathlib import Path

from botkit.adapter import Unreachable
from botkit.messages import Chat, Message, Sender
from botkit.plugin import Plugin
from botkit.testing import FakeAdapter
from tests.web.kit import Running, running

WORDS = "这句话管理员不该看到"
PATH = "/desk/kernel/letters"


def echo() -> Plugin:
    plugin = Plugin("echo")

    @plugin.command("echo")
    async def say(args: str) -> str:
        return args

    return plugin


async def one_dead_letter(run: Running, platform: FakeAdapter) -> None:
    platform.faults.append(Unreachable("blocked"))
    now = run.bot.services.clock.now()
    platform.put([Message(Chat("fake", "dm"), Sender("li"), "m1", now, f"/echo {WORDS}")])
    while not await run.bot.services.database.read("SELECT id FROM outbox WHERE status = 'dead'"):
        await run.bot.drain()


async def enrol(run: Running, login: str, role: str) -> None:
    await run.bot.services.staff.create(login, login, [role], password="long enough")
    assert (await run.log_in(login, "long enough")).status == 303


async def test_an_admin_sees_it_without_its_words_and_sends_it_again(tmp_path: Path) -> None:
    platform = FakeAdapter()
    async with running(tmp_path, plugins=[echo()], adapters=[platform]) as run:
        await one_dead_letter(run, platform)
        await enrol(run, "root", "admin")
        page = await (await run.get(PATH)).text()
        assert "Unreachable" in page and WORDS not in page
        action = re.search(rf'action="({PATH}/\d+/retry)"', page)
        token = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
        assert action and token
        form = {"csrf": token[1]}
        answer = await run.http.post(f"{run.url}{action[1]}", data=form, headers=run.own, allow_redirects=False)
        assert answer.status == 303
        await run.bot.drain()
        assert [sent.text for sent in platform.sent] == [WORDS]
        again = await run.http.post(f"{run.url}{action[1]}", data=form, headers=run.own, allow_redirects=False)
        assert again.headers["Location"].endswith("done=gone")
        await run.bot.drain()
        assert len(platform.sent) == 1
        assert "letter.retried" in [event for event, _ in await run.audit()]


async def test_an_officer_does_not(tmp_path: Path) -> None:
    async with running(tmp_path, plugins=[echo()], adapters=[FakeAdapter()]) as run:
        await enrol(run, "li", "officer")
        assert (await run.get(PATH)).status == 403
