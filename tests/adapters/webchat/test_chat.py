"""A visitor's conversation over HTTP: posting, reading, pressing, and what is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.webchat.pages import thread_of
from botkit.decision import Decision, Disposition
from botkit.errors import StorageError
from botkit.messages import Button, Chat, Lane, Message, MessageKind, Outgoing, Reply, say
from botkit.plugin import Plugin, Stage
from botkit.testing import PATIENCE, FakeClock
from tests.web.kit import Running, events, running
from tests.web.test_files import photo


def desk() -> tuple[Plugin, list[Message]]:
    """A plugin that answers everything and remembers what it saw."""
    plugin, seen = Plugin("desk"), list[Message]()

    @plugin.stage(Stage.HANDOFF)
    async def anything(message: Message) -> Decision:
        seen.append(message)
        return Decision(
            Disposition.ANSWERED,
            (say(f"echo {message.text}"[:3000], buttons=(Button("有用", "desk.press", "yes"),)),),
        )

    @plugin.button("press")
    async def press(payload: str) -> str:
        return f"pressed {payload}"

    return plugin, seen


class Visitor:
    """A visitor's page, in a few calls."""

    def __init__(self, run: Running) -> None:
        self.run = run

    async def post(self, body: Any, path: str = "/chat/messages") -> tuple[int, dict[str, Any]]:
        """Post JSON; returns status and answer."""
        data, headers = BytesIO(json.dumps(body).encode()), {"Content-Type": "application/json"}
        answer = await self.run.http.post(f"{self.run.url}{path}", data=data, headers=headers)
        return answer.status, await answer.json()

    async def says(self, text: str, ref: str = "message-0001") -> None:
        """Post a text and wait until the bot has answered."""
        assert await self.post({"id": ref, "text": text}) == (200, {"id": ref})
        await self.run.bot.drain()

    async def sends(self, photos: list[bytes], text: str = "", ref: str = "message-0001") -> tuple[int, Any]:
        """Post photos."""
        form = aiohttp.FormData({"id": ref, "text": text})
        for data in photos:
            form.add_field("photo", BytesIO(data), filename="p.jpg")
        answer = await self.run.http.post(f"{self.run.url}/chat/messages", data=form)
        await self.run.bot.drain()
        return answer.status, await answer.json()

    async def lines(self, query: str = "") -> list[dict[str, Any]]:
        """The thread."""
        answer = await self.run.get(f"/chat/lines{query}")
        assert answer.status == 200
        lines: list[dict[str, Any]] = (await answer.json())["lines"]
        return lines

    async def texts(self) -> list[str]:
        """What the thread says."""
        return [line["text"] for line in await self.lines()]

    @property
    def thread(self) -> str:
        """The platform's name of this thread."""
        [secret] = [cookie.value for cookie in self.run.http.cookie_jar if cookie.key.startswith("chat")]
        return thread_of(secret)

    def out(self, text: str, key: str = "1", **options: Any) -> Outgoing:
        """Something to say in this thread."""
        return Outgoing(key, Chat("webchat", self.thread), text, **options)


async def test_a_question_and_its_answer(tmp_path: Path, database_url: str) -> None:
    plugin, seen = desk()
    async with running(tmp_path, plugins=[plugin], database_url=database_url) as run:
        page = Visitor(run)
        await page.says("煤气公司电话多少")
        mine, answer = await page.lines()
        assert (mine["text"], mine["mine"], mine["ref"]) == ("煤气公司电话多少", True, "message-0001")
        assert (answer["text"], answer["mine"]) == ("echo 煤气公司电话多少", False)
        assert answer["buttons"] == ["有用"]
        assert mine["seq"] < answer["seq"]
        [message] = seen
        assert message.private and message.chat.id == message.sender.id == page.thread
        # The visitor's secret is in no row.
        [secret] = [cookie.value for cookie in run.http.cookie_jar if cookie.key.startswith("chat")]
        assert secret not in json.dumps(await run.bot.services.database.read("SELECT platform_id FROM chat"))


async def test_a_repeated_message_is_one(tmp_path: Path, database_url: str) -> None:
    plugin, seen = desk()
    async with running(tmp_path, plugins=[plugin], database_url=database_url) as run:
        page = Visitor(run)
        await page.says("first", "message-0000")
        body = {"id": "message-0001", "text": "hello"}
        statuses = await asyncio.gather(*(page.post(body) for _ in range(8)))
        assert {status for status, _ in statuses} == {200}
        await page.says("hello")
        assert [message.text for message in seen] == ["first", "hello"]
        assert await page.texts() == ["first", "echo first", "hello", "echo hello"]


async def test_many_visitors_share_commits_and_see_only_their_own(tmp_path: Path) -> None:
    plugin, _ = desk()
    async with (
        running(tmp_path, plugins=[plugin]) as run,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):

        async def visit(number: int) -> list[str]:
            headers = {"Cookie": f"chat_{run.site.port}=secret-of-visitor-{number:08}"}
            body = {"id": "message-0001", "text": f"I am {number}"}
            async with http.post(f"{run.url}/chat/messages", json=body, headers=headers) as answer:
                assert answer.status == 200
            await run.bot.drain()
            async with http.get(f"{run.url}/chat/lines", headers=headers) as answer:
                return [line["text"] for line in (await answer.json())["lines"]]

        before = run.bot.services.database.writer.groups
        threads = await asyncio.gather(*(visit(number) for number in range(100)))
        assert threads == [[f"I am {n}", f"echo I am {n}"] for n in range(100)]
        # Four writes each (inbox, answer, line, receipt) in far fewer commits.
        assert run.bot.services.database.writer.groups - before < 200


async def test_a_press_counts_once_and_where_there_is_a_button(tmp_path: Path, database_url: str) -> None:
    plugin, _ = desk()
    async with running(tmp_path, plugins=[plugin], database_url=database_url) as run:
        page = Visitor(run)
        await page.says("hello")
        mine, answer = await page.lines()
        press = {"id": "press-000001", "line": answer["ref"], "button": 0}
        for _ in range(2):
            assert (await page.post(press, "/chat/press"))[0] == 200
        await run.bot.drain()
        pressed, reply = (await page.lines())[2:]
        assert (pressed["text"], pressed["target"], pressed["mine"]) == ("有用", answer["ref"], True)
        assert reply["text"] == "pressed yes"
        wrong: list[Mapping[str, Any]] = [
            {"id": "press-000002", "line": answer["ref"], "button": 1},
            {"id": "press-000002", "line": mine["ref"], "button": 0},
            {"id": "press-000002", "line": "unknown", "button": 0},
        ]
        for body in wrong:
            status, said = await page.post(body, "/chat/press")
            assert status == 404 and said["error"]["fix"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b"[" * 100_000, b'{"id": "message-0001"}',
        b'{"id": "short", "text": "x"}', b'{"id": "message-0001", "text": 5}', b'{"text": "no id"}',
        b'{"id": "message-0001", "text": "   \\n"}', b'{"id": "../../../etc/x", "text": "x"}',
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_kindly(tmp_path: Path, body: bytes) -> None:
    plugin, seen = desk()
    async with running(tmp_path, plugins=[plugin]) as run:
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        answer = await run.http.post(f"{run.url}/chat/messages", data=body, headers=headers)
        error = (await answer.json())["error"]
        assert answer.status == 400 and error["what"] and error["fix"]
        assert not seen


@pytest.mark.parametrize(
    "body",
    [
        {"id": "press-000001", "line": "x", "button": True},
        {"id": "press-000001", "line": "x", "button": -1},
        {"id": "press-000001", "line": "x", "button": "0"},
        {"id": "press-000001", "line": 5, "button": 0},
        {"line": "x", "button": 0},
    ],
)
async def test_a_press_that_makes_no_sense_is_refused(tmp_path: Path, body: Mapping[str, Any]) -> None:
    async with running(tmp_path) as run:
        await run.get("/")
        assert (await Visitor(run).post(body, "/chat/press"))[0] == 400


async def test_long_texts_are_kept_and_longer_ones_refused(tmp_path: Path, database_url: str) -> None:
    plugin, _ = desk()
    async with running(tmp_path, plugins=[plugin], database_url=database_url) as run:
        page = Visitor(run)
        long = "很长的一段话。" * 20_000
        await page.says(long)
        assert (await page.lines())[0]["text"] == long
        status, said = await page.post({"id": "message-0002", "text": "长" * 200_001})
        assert status == 413 and "太长" in said["error"]["what"]
        status, said = await page.post({"id": "message-0003", "text": "x" * (13 << 20)})
        assert status == 413 and said["error"]["fix"]


async def test_strange_characters_are_kept_and_shown_safely(tmp_path: Path, database_url: str) -> None:
    plugin, seen = desk()
    async with running(tmp_path, plugins=[plugin], database_url=database_url) as run:
        page = Visitor(run)
        body = b'{"id": "message-0001", "text": "a\\u0000b\\ud800c \\u202e110\\u001b <b>x</b>"}'
        answer = await run.http.post(
            f"{run.url}/chat/messages", data=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status == 200
        await run.bot.drain()
        assert (await page.texts())[0] == "a\ufffdb?c \ufffd110\ufffd <b>x</b>"
        assert seen[0].text == "a\ufffdb?c \u202e110\x1b <b>x</b>"


async def test_photos_arrive_and_broken_ones_are_told(tmp_path: Path) -> None:
    plugin, seen = desk()
    async with running(tmp_path, plugins=[plugin]) as run:
        page = Visitor(run)
        assert (await page.sends([photo(place=True), b"no photo at all"], "楼道里的"))[0] == 200
        [message] = seen
        assert message.kind is MessageKind.PHOTO and message.text == "楼道里的"
        good, broken = message.attachments
        assert (good.mime, good.broken, good.size) == ("image/jpeg", False, len(photo(place=True)))
        assert broken.broken
        adapter = run.bot.services.adapters["webchat"]
        assert await adapter.fetch(good) == photo(place=True)
        mine = (await page.lines())[0]
        assert [file["broken"] for file in mine["files"]] == [False, True]
        shown = await run.get(f"/chat/files/{mine['ref']}/0")
        assert shown.content_type == "image/jpeg" and b"Camera" not in await shown.read()
        assert (await run.get(f"/chat/files/{mine['ref']}/1")).status == 404
        assert (await run.get(f"/chat/files/{mine['ref']}/2")).status == 404
        # Another visitor sees none of it.
        run.http.cookie_jar.clear()
        assert (await run.get(f"/chat/files/{mine['ref']}/0")).status == 401
        await run.get("/")
        assert (await run.get(f"/chat/files/{mine['ref']}/0")).status == 404


async def test_too_much_photo_is_refused_kindly(tmp_path: Path) -> None:
    plugin, seen = desk()
    async with running(tmp_path, plugins=[plugin]) as run:
        page = Visitor(run)
        status, said = await page.sends([b"x" * (10 * 1024 * 1024 + 1)])
        assert status == 413 and "10 MB" in said["error"]["fix"]
        status, said = await page.sends([photo()] * 6)
        assert status == 413 and "5" in said["error"]["fix"]
        assert (await page.sends([photo((8 + n, 8)) for n in range(5)]))[0] == 200
        assert len(seen) == 1 and len(seen[0].attachments) == 5


UNKNOWN_FIELD = b'--x\r\nContent-Disposition: form-data; name="king"\r\n\r\n1\r\n--x--'


@pytest.mark.parametrize("body", [b"--x\r\n", b"", UNKNOWN_FIELD])
async def test_a_broken_form_is_refused(tmp_path: Path, body: bytes) -> None:
    async with running(tmp_path) as run:
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        answer = await run.http.post(f"{run.url}/chat/messages", data=body, headers=headers)
        assert answer.status == 400 and (await answer.json())["error"]["what"]


async def test_a_flood_is_slowed_down_and_nothing_is_lost(tmp_path: Path) -> None:
    plugin, _ = desk()
    clock = FakeClock()
    async with running(tmp_path, plugins=[plugin], clock=clock) as run:
        page = Visitor(run)
        await run.get("/")
        statuses = [(await page.post({"id": f"message-{n:04}", "text": "hi"}))[0] for n in range(31)]
        assert statuses == [200] * 30 + [429]
        body = {"id": "message-0030", "text": "hi"}
        answer = await run.http.post(f"{run.url}/chat/messages", json=body)
        assert answer.status == 429 and answer.headers["Retry-After"] == "2"
        clock.step(timedelta(seconds=2))
        assert (await page.post(body))[0] == 200


async def test_a_visitor_unknown_to_the_browser_is_told(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        for path in ("/chat/lines", "/chat/events", "/chat/files/message-0001/0"):
            answer = await run.get(path)
            assert answer.status == 401 and "Cookie" in (await answer.json())["error"]["fix"]
        await run.get("/")
        for query in ("?after=x", "?before=-1", "?after=" + "9" * 30):
            assert (await run.get(f"/chat/lines{query}")).status == 400


async def test_nothing_is_confirmed_before_it_is_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin, seen = desk()
    monkeypatch.setattr("adapters.webchat.adapter.COMMIT_WAIT", 0.2)
    async with running(tmp_path, plugins=[plugin]) as run:
        page = Visitor(run)
        await page.says("hello")
        reached, go = asyncio.Event(), asyncio.Event()
        accept = run.bot.intake.accept

        async def slow(adapter: Any, batch: Any) -> Any:
            reached.set()
            await go.wait()
            return await accept(adapter, batch)

        monkeypatch.setattr(run.bot.intake, "accept", slow)
        body = {"id": "message-0002", "text": "是否收到"}
        answer = await run.http.post(f"{run.url}/chat/messages", json=body)
        assert answer.status == 503 and answer.headers["Retry-After"] == "2"
        assert reached.is_set() and len(seen) == 1
        go.set()
        await page.says("是否收到", "message-0002")
        assert [message.text for message in seen] == ["hello", "是否收到"]


async def test_the_same_key_says_it_once(tmp_path: Path, database_url: str) -> None:
    plugin, _ = desk()
    async with running(tmp_path, plugins=[plugin], database_url=database_url) as run:
        page, adapter = Visitor(run), run.bot.services.adapters["webchat"]
        await page.says("hello")
        names = {await adapter.send(page.out("民警到了", "the-key-of-it", author="社区民警")) for _ in range(3)}
        assert len(names) == 1 and "the-key" not in names.pop()
        line = (await page.lines())[-1]
        assert (line["text"], line["author"], line["mine"]) == ("民警到了", "社区民警", False)
        assert len(await page.lines()) == 3


async def test_edits_and_receipts_reach_pages_that_were_away(tmp_path: Path, database_url: str) -> None:
    plugin, _ = desk()
    async with running(tmp_path, plugins=[plugin], database_url=database_url) as run:
        page, adapter = Visitor(run), run.bot.services.adapters["webchat"]
        await page.says("hello")
        mine, answer = await page.lines()
        last = max(mine["changed"], answer["changed"])
        await adapter.edit(page.out("changed", kind="edit", target=answer["ref"]))
        for _ in range(2):
            await adapter.seen(page.out("", kind="seen", target="message-0001"))
        news = await page.lines(f"?after={last}")
        assert [(line["ref"], line["seq"]) for line in news] == [
            (answer["ref"], answer["seq"]),
            (mine["ref"], mine["seq"]),
        ]
        assert news[0]["text"] == "changed" and news[0]["edited"] and not news[0]["buttons"]
        assert news[1]["seen"] and not mine["seen"]
        # What the visitor wrote can't be edited by a reply.
        await adapter.edit(page.out("forged", kind="edit", target="message-0001"))
        assert await page.texts() == ["hello", "changed"]


async def test_the_stream_brings_what_was_missed_and_what_comes(tmp_path: Path, database_url: str) -> None:
    plugin, _ = desk()
    async with running(tmp_path, plugins=[plugin], database_url=database_url) as run:
        page = Visitor(run)
        await page.says("one")
        last = (await page.lines())[-1]["changed"]
        await page.says("two", "message-0002")
        headers = {"Last-Event-ID": str(last)}
        async with asyncio.timeout(PATIENCE), await run.get("/chat/events", headers=headers) as stream:
            news = events(stream)
            assert (await anext(news))[0] == "ready"
            assert [(await anext(news))[1]["text"] for _ in range(2)] == ["two", "echo two"]
            await page.says("three", "message-0003")
            name, line, number = await anext(news)
            assert (name, line["text"], number) == ("line", "three", str(line["changed"]))
            assert (await anext(news))[1]["text"] == "echo three"


async def test_a_long_thread_is_read_in_pages(tmp_path: Path) -> None:
    plugin, _ = desk()
    async with running(tmp_path, plugins=[plugin], tables={"webchat": {"posts_per_minute": 1000}}) as run:
        page = Visitor(run)
        await run.get("/")
        for number in range(60):
            await page.post({"id": f"message-{number:04}", "text": str(number)})
        await run.bot.drain()
        last = await page.lines()
        assert len(last) == 100 and last[-1]["seq"] == 120
        earlier = await page.lines(f"?before={last[0]['seq']}")
        assert [line["seq"] for line in earlier + last] == list(range(1, 121))


async def test_advice_on_danger_is_shown_although_nothing_can_be_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin, _ = desk()
    async with running(tmp_path, plugins=[plugin]) as run:
        page, adapter = Visitor(run), run.bot.services.adapters["webchat"]
        await page.says("hello")
        last = (await page.lines())[-1]["changed"]
        async with asyncio.timeout(PATIENCE), await run.get(f"/chat/events?after={last}") as stream:
            news = events(stream)
            await anext(news)

            async def broken(job: Any) -> Any:
                raise StorageError("disk full", "free some space")

            monkeypatch.setattr(run.bot.services, "unit", broken)
            with pytest.raises(StorageError):
                await adapter.send(page.out("请立即拨打119", "advice:1", lane=Lane.URGENT))
            with pytest.raises(StorageError):
                await adapter.send(page.out("routine", "2"))
            _, line, number = await anext(news)
            assert (line["text"], line["urgent"], line["seq"], number) == ("请立即拨打119", True, 0, "")
            monkeypatch.undo()
            await adapter.send(page.out("请立即拨打119", "advice:1", lane=Lane.URGENT))
            assert (await anext(news))[1]["ref"] == line["ref"]
        assert (await page.texts()).count("请立即拨打119") == 1


async def test_an_officer_s_words_carry_their_role(tmp_path: Path) -> None:
    plugin = Plugin("officer")

    @plugin.stage(Stage.HANDOFF)
    async def answer() -> Reply:
        return Reply(("我是民警",), officer=True, author="社区民警\u202e")

    async with running(tmp_path, plugins=[plugin]) as run:
        page = Visitor(run)
        await page.says("hello")
        assert (await page.lines())[-1]["author"] == "社区民警\ufffd"


async def test_what_doctor_shows_has_no_secret(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        shown = run.bot.services.adapters["webchat"].describe()
        assert shown["page"] == "/" and shown["idempotent_send"] and shown["waiting"] == 0
