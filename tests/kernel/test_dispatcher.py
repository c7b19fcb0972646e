"""Every event ends in exactly one disposition, whatever the plugins do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from botkit.context import Context
from botkit.decision import Concern, Decision, Disposition, Escalation, Verdict, answer, ask
from botkit.messages import Message, MessageKind, Reply, tr
from botkit.plugin import Plugin, Stage
from botkit.storage import Statement, UnitOfWork
from botkit.testing import BotHarness


def cases(plugin: Plugin, opened: list[Escalation]) -> None:
    """Give a plugin a very small handoff."""

    @plugin.applies(Escalation)
    async def open_case(effect: Escalation, unit: UnitOfWork) -> dict[str, object]:
        opened.append(effect)
        return {"case": len(opened), "lines": (f"case {len(opened)}",)}


@pytest.fixture
def plugin() -> Plugin:
    return Plugin("test")


async def test_a_command_is_answered(plugin: Plugin, database_url: str) -> None:
    @plugin.command("echo", "回声")
    async def echo(args: str) -> str:
        return args

    async with BotHarness([plugin], database_url=database_url) as bot:
        message = await bot.says("/echo 你好 hello")
        bot.replied("你好 hello")
        assert await bot.disposition(message) == "answered"
        await bot.says("/回声@demo_bot 再来")
        bot.replied("再来")


async def test_a_conversation_asks_step_by_step(plugin: Plugin, database_url: str) -> None:
    @plugin.command("report")
    async def report() -> Decision:
        return ask("哪里？", then=where)

    @plugin.step()
    async def where(message: Message) -> Decision:
        return ask("什么时候？", then=when, place=message.text)

    @plugin.step()
    async def when(message: Message, data: dict[str, str]) -> str:
        return f"{data['place']}，{message.text}"

    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/report")
        bot.replied("哪里？")
        await bot.says("三号楼", who="wang")
        bot.kept_silent()
        await bot.says("三号楼")
        bot.replied("什么时候？")
        await bot.says("刚才")
        bot.replied("三号楼，刚才")
        await bot.says("刚才")
        bot.kept_silent()


async def test_a_conversation_survives_a_restart_and_ends_in_time(plugin: Plugin, tmp_path: Path) -> None:
    async def late() -> str:
        return "那下次再说"

    @plugin.command("report")
    async def report() -> Decision:
        return ask("哪里？", then=where)

    @plugin.step(on_timeout=late)
    async def where(message: Message) -> str:
        return f"记下了：{message.text}"

    async with BotHarness([plugin], folder=tmp_path) as bot:
        await bot.says("/report")
        await bot.says("/report", who="wang")
    async with BotHarness([plugin], folder=tmp_path, clock=bot.clock) as bot:
        await bot.says("三号楼", id="again")
        bot.replied("记下了：三号楼")
        await bot.advance(minutes=11)
        bot.replied("那下次再说")
        await bot.says("三号楼", who="wang", id="late")
        bot.kept_silent()


async def test_buttons_come_back_as_presses_and_forged_ones_do_not(plugin: Plugin) -> None:
    from botkit.messages import Button, say

    @plugin.command("menu")
    async def menu() -> Reply:
        return say("选一个", buttons=(Button("电", "test.pick", "power"), Button("水", "test.pick", "water")))

    @plugin.button("pick")
    async def pick(payload: str) -> str:
        return f"picked {payload}"

    async with BotHarness([plugin]) as bot:
        await bot.says("/menu")
        bot.news()
        await bot.presses("水")
        bot.replied("picked water")
        await bot.says(kind=MessageKind.BUTTON, data={"value": "test.pick|admin"})
        bot.replied("过期")
        await bot.says(kind=MessageKind.BUTTON, data={"value": "test.pick|power"}, who="wang")
        bot.replied("过期")


async def test_text_filters_ignore_case_and_width(plugin: Plugin) -> None:
    @plugin.text(equals="help", prefix="帮", contains="怎么用")
    async def help_() -> str:
        return "here is how"

    async with BotHarness([plugin]) as bot:
        for text in ("Help", "ＨＥＬＰ", "帮我看看", "这个怎么用啊"):
            await bot.says(text)
            bot.replied("here is how")
        await bot.says("需要帮忙")
        bot.kept_silent()


async def test_middleware_wraps_first_plugin_outermost() -> None:
    first, second = Plugin("first"), Plugin("second")
    order: list[str] = []

    def around(plugin: Plugin) -> None:
        async def middleware(context: Context, call_next):  # type: ignore[no-untyped-def]  # a test's brevity
            order.append(f"{plugin.name} in")
            decision = await call_next(context)
            order.append(f"{plugin.name} out")
            return decision

        plugin.middleware(middleware)

    around(first)
    around(second)

    @second.command("x")
    async def x() -> str:
        return "y"

    async with BotHarness([first, second]) as bot:
        await bot.says("/x")
    assert order == ["first in", "second in", "second out", "first out"]


async def test_a_plugin_that_raises_costs_one_kind_line_and_a_case(plugin: Plugin, database_url: str) -> None:
    opened: list[Escalation] = []
    cases(plugin, opened)

    @plugin.command("bad")
    async def bad() -> str:
        raise RuntimeError("secret words of a resident")

    @plugin.command("good")
    async def good() -> str:
        return "fine"

    async with BotHarness([plugin], database_url=database_url) as bot:
        message = await bot.says("/bad")
        bot.replied("抱歉", "case 1")
        assert await bot.disposition(message) == "escalated"
        assert await bot.reason(message) == {"trouble": "raised"}
        await bot.says("/good")
        bot.replied("fine")


async def test_a_plugin_that_hangs_delays_nobody_else(plugin: Plugin) -> None:
    opened: list[Escalation] = []
    given_up: list[str] = []
    cases(plugin, opened)

    @plugin.command("hang")
    async def hang() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.append("hang")
        return "never"

    @plugin.command("good")
    async def good() -> str:
        return "fine"

    async with BotHarness([plugin], handler_timeout=0.3) as bot:
        hanging = bot.message("/hang", who="wang")
        bot.platform.put([hanging, bot.message("/good")])
        while not bot.sent:
            await asyncio.sleep(0.001)
        assert bot.sent[0].text == "fine"
        assert not given_up, "the neighbour was answered while it hung"
        await bot.settle()
        assert "case 1" in bot.last
        assert await bot.reason(hanging) == {"trouble": "timeout"}


async def test_an_effect_that_fails_undoes_its_own_writes_only(plugin: Plugin, database_url: str) -> None:
    @plugin.applies(Escalation)
    async def broken(effect: Escalation, unit: UnitOfWork) -> None:
        unit.audit("never.happened")
        raise LookupError("no such roster")

    @plugin.command("help")
    async def help_() -> Decision:
        return Decision(Disposition.ESCALATED, effects=(Escalation(),))

    @plugin.command("good")
    async def good() -> str:
        return "fine"

    async with BotHarness([plugin], database_url=database_url) as bot:
        broken_message, good_message = bot.message("/help"), bot.message("/good", who="wang")
        await bot.deliver(broken_message, good_message)
        assert sorted(bot.news()) == ["fine", "抱歉，这条消息我没处理好，已转给民警来看。"]
        assert await bot.disposition(broken_message) == "unreadable"
        assert await bot.disposition(good_message) == "answered"
        assert not await bot.services.database.read("SELECT id FROM audit WHERE event = 'never.happened'")


async def test_one_chat_keeps_its_order_and_others_do_not_wait(plugin: Plugin) -> None:
    gate = asyncio.Event()

    @plugin.command("slow")
    async def slow() -> str:
        await gate.wait()
        return "slow"

    @plugin.command("fast")
    async def fast(args: str) -> str:
        return f"fast {args}"

    async with BotHarness([plugin]) as bot:
        bot.platform.put([bot.message("/slow"), bot.message("/fast li"), bot.message("/fast wang", who="wang")])
        while not bot.sent:
            await asyncio.sleep(0.001)
        assert bot.news() == ["fast wang"]
        gate.set()
        await bot.settle()
        assert bot.news() == ["slow", "fast li"]


async def test_an_emergency_does_not_wait_for_its_chat(plugin: Plugin) -> None:
    gate = asyncio.Event()

    @plugin.screen
    def danger(message: Message) -> Verdict | None:
        return Verdict(Concern.EMERGENCY, "fire", "fire") if "着火" in message.text else None

    @plugin.stage(Stage.SAFETY)
    async def safety(verdict: Verdict) -> Decision | None:
        if verdict.concern is not Concern.EMERGENCY:
            return None
        return Decision(Disposition.EMERGENCY, (Reply(("快离开",)),))

    @plugin.command("slow")
    async def slow() -> str:
        await gate.wait()
        return "slow"

    async with BotHarness([plugin]) as bot:
        bot.platform.put([bot.message("/slow"), bot.message("着火了")])
        while not bot.sent:
            await asyncio.sleep(0.001)
        assert bot.news() == ["快离开"]
        gate.set()


async def test_parts_of_a_message_become_one_reply(plugin: Plugin) -> None:
    opened: list[Escalation] = []
    cases(plugin, opened)

    @plugin.stage(Stage.DIRECTORY)
    async def directory(segment: str) -> Decision | None:
        return answer("煤气 xx") if "煤气" in segment else None

    @plugin.stage(Stage.SMALLTALK)
    async def smalltalk(segment: str) -> Decision | None:
        return Decision(Disposition.SMALLTALK, (Reply(("您好",)),)) if segment.startswith("你好") else None

    @plugin.stage(Stage.HANDOFF)
    async def handoff() -> Decision:
        return Decision(Disposition.ESCALATED, effects=(Escalation(),))

    async with BotHarness([plugin]) as bot:
        message = await bot.says("煤气公司电话，还有我的案子")
        assert bot.replied("煤气", "case 1").index("煤气") < bot.last.index("case")
        assert await bot.disposition(message) == "escalated"
        await bot.says("你好")
        bot.replied("您好")
        assert len(opened) == 1


async def test_what_a_crash_left_is_done_once_after_the_restart(plugin: Plugin, tmp_path: Path) -> None:
    @plugin.command("echo")
    async def echo(args: str) -> str:
        return args

    async with BotHarness([plugin], folder=tmp_path) as first:
        await first.settle()  # the table was read: what comes now is only offered
        first.bot.dispatcher.offer = lambda items: None  # the process dies right after the commit
        first.bot.intake._offer = first.bot.dispatcher.offer
        message = await first.says("/echo hi")
        assert await first.disposition(message) is None
    async with BotHarness([plugin], folder=tmp_path) as second:
        await second.settle()
        second.replied("hi")
        await second.deliver(message)
        second.kept_silent()


async def test_more_than_memory_holds_waits_in_the_database(plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botkit.backlog.MOST", 20)
    monkeypatch.setattr("botkit.backlog.PAGE", 7)

    @plugin.command("echo")
    async def echo(args: str) -> str:
        return args

    async with BotHarness([plugin]) as bot:
        # Letters: a number of three digits would be taken for one that can be dialled, and withheld.
        wanted = ["".join("abcdefghij"[int(digit)] for digit in f"{n:03}") for n in range(300)]
        await bot.deliver(*[bot.message(f"/echo {word}", who=f"p{n % 7}") for n, word in enumerate(wanted)])
        assert sorted(bot.news()) == wanted
        rows = await bot.services.database.read("SELECT count(*) AS n FROM inbox WHERE disposition = 'answered'")
        assert rows[0]["n"] == 300


async def test_edits_and_deletions_are_kept_and_not_answered(plugin: Plugin) -> None:
    @plugin.command("echo")
    async def echo(args: str) -> str:
        return args

    async with BotHarness([plugin]) as bot:
        first = await bot.says("/echo one", id="m1")
        bot.replied("one")
        edit = await bot.says("/echo two", id="m1", revision=1)
        gone = await bot.says(id="m1", revision=2, kind=MessageKind.DELETED)
        bot.kept_silent()
        assert [await bot.disposition(m) for m in (first, edit, gone)] == ["answered", "silent", "system"]


async def test_texts_in_the_language_of_the_message(plugin: Plugin) -> None:
    @plugin.command("t")
    async def text() -> Decision:
        return answer(tr("kernel.trouble"))

    async with BotHarness([plugin]) as bot:
        await bot.says("/t 请帮帮我")
        bot.replied("抱歉")
        await bot.says("/t please help me")
        bot.replied("Sorry")


async def test_a_cancellation_from_inside_a_handler_is_a_fault_like_any_other(plugin: Plugin) -> None:
    opened: list[Escalation] = []
    cases(plugin, opened)

    @plugin.command("cancelled")
    async def cancelled() -> str:
        nobody: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        nobody.cancel()
        return await nobody

    @plugin.command("good")
    async def good() -> str:
        return "fine"

    async with BotHarness([plugin]) as bot:
        message = await bot.says("/cancelled")
        bot.replied("抱歉", "case 1")
        assert await bot.reason(message) == {"trouble": "raised"}
        await bot.says("/good")
        bot.replied("fine")


async def test_advice_on_danger_is_said_even_if_no_case_can_be_opened(plugin: Plugin, database_url: str) -> None:
    @plugin.screen
    def danger(message: Message) -> Verdict | None:
        return Verdict(Concern.EMERGENCY, "fire", "fire", "kernel.button.stale") if "着火" in message.text else None

    @plugin.stage(Stage.SAFETY)
    async def safety(verdict: Verdict) -> Decision | None:
        return Decision(Disposition.EMERGENCY, (Reply((tr(verdict.advice),)),), (Escalation("fire", "emergency"),))

    @plugin.applies(Escalation)
    async def broken(effect: Escalation, unit: UnitOfWork) -> None:
        raise LookupError("no such roster")

    async with BotHarness([plugin], database_url=database_url) as bot:
        message = await bot.says("着火了", group="g")
        bot.replied("过期")
        assert await bot.disposition(message) == "unreadable"


async def test_a_bad_row_spoils_only_its_own_decision(plugin: Plugin, database_url: str) -> None:
    @plugin.command("echo")
    async def echo(args: str) -> str:
        return args

    @plugin.command("bad")
    async def bad() -> Reply:
        return Reply(("never said",), once="\ud800")  # no database takes it

    async with BotHarness([plugin], database_url=database_url) as bot:
        people = ("li", "wang", "zhao")
        messages = [
            bot.message(text, who=who) for text, who in zip(("/echo a", "/bad", "/echo b"), people, strict=True)
        ]
        bot.platform.put(messages)  # type: ignore[attr-defined]
        await bot.settle()
        assert [await bot.disposition(message) for message in messages] == ["answered", "escalated", "answered"]
        assert {"a", "b"} < set(bot.news()) and "never said" not in bot.news()


async def test_a_row_that_nobody_can_read_holds_up_no_other(plugin: Plugin, tmp_path: Path) -> None:
    @plugin.command("echo")
    async def echo(args: str) -> str:
        return args

    async with BotHarness([plugin], folder=tmp_path) as first:
        await first.settle()  # what an earlier start left has been looked for: nothing reads the table any more
        first.bot.intake._offer = lambda items: None  # the process dies right after the commit
        spoilt = await first.says("/echo a", who="li")
        await first.says("/echo b", who="wang")

        async def spoil(unit: UnitOfWork) -> None:
            unit.write(Statement("UPDATE inbox SET payload = ? WHERE platform_id = ?"), "{", spoilt.id)

        await first.services.unit(spoil)
    async with BotHarness([plugin], folder=tmp_path) as second:
        await second.settle()
        second.replied("b")
        assert await second.disposition(spoilt) == "unreadable"
