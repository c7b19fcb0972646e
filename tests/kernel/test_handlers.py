"""Handlers: a signature that can't be served is refused at once, and the index finds what a scan would."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.context import Context
from botkit.decision import Decision, Disposition
from botkit.errors import RegistrationError
from botkit.handlers import INJECTABLE, TextFilter, TextIndex, compile_handler, parse_command
from botkit.language.normalise import normalise
from botkit.messages import Message, Sender
from botkit.plugin import Plugin, Stage
from botkit.testing import BotHarness

PLACE = re.compile(r"test_handlers\.py:\d+")


@pytest.fixture
def plugin() -> Plugin:
    return Plugin("test")


def test_what_a_handler_cannot_have_is_named_with_its_place(plugin: Plugin) -> None:
    async def wrong(mesage: str) -> str:
        return mesage

    for register in (plugin.command("x"), plugin.button("x"), plugin.text(equals="x"), plugin.step(),
                     plugin.timer("x"), plugin.stage(Stage.SMALLTALK)):  # fmt: skip
        with pytest.raises(RegistrationError) as caught:
            register(wrong)
        text = str(caught.value)
        assert "wrong" in text and "'mesage'" in text and PLACE.search(text)
        assert all(name in text for name in INJECTABLE)


def test_open_ended_signatures_are_refused(plugin: Plugin) -> None:
    async def many(*args: Any) -> None: ...

    async def keywords(**data: Any) -> None: ...

    for function in (many, keywords):
        with pytest.raises(RegistrationError, match=function.__name__):
            plugin.command("x")(function)


def test_names_are_taken_once(tmp_path: Path) -> None:
    one, two = Plugin("one"), Plugin("two")

    async def handler() -> None: ...

    one.command("x", "y")(handler)
    with pytest.raises(RegistrationError, match="command 'x' twice"):
        one.command("/X")(handler)
    two.command("y")(handler)
    with pytest.raises(RegistrationError, match="two plugins register the command 'y'"):
        BotHarness([one, two], folder=tmp_path)
    with pytest.raises(RegistrationError, match="plugin API 99"):
        Plugin("late", api=99)
    with pytest.raises(RegistrationError, match="identifier"):
        Plugin("no good")


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "filters no text"), ({"contains": " "}, "empty word"), ({"regex": "("}, "malformed")],
)
def test_filters_that_make_no_sense_are_refused(plugin: Plugin, given: dict[str, str], said: str) -> None:
    async def handler() -> None: ...

    with pytest.raises(RegistrationError, match=said) as caught:
        plugin.text(**given)(handler)  # type: ignore[arg-type]  # that is what is tested
    assert "handler" in str(caught.value)


async def test_parameters_arrive_by_name_or_type_in_any_order_and_kind(plugin: Plugin) -> None:
    @plugin.command("a")
    async def by_type(who: Sender, args: str, everything: Context) -> str:
        return f"{who.id} {args} {everything.chat.id}"

    @plugin.command("b")
    async def by_keyword(args: str, *, sender: Sender, limit: int = 3) -> str:
        return f"{args} {sender.id} {limit}"

    @plugin.command("c")
    async def defaults(limit: int = 3, args: str = "none") -> str:
        return f"{limit} {args}"

    @plugin.command("d")
    def plain(message: Message) -> str:
        return message.text

    @plugin.command("e")
    async def nothing() -> str:
        return "nothing"

    async def partly(word: str, args: str) -> str:
        return f"{word} {args}"

    plugin.command("f")(functools.partial(partly, "fixed"))
    async with BotHarness([plugin]) as bot:
        for text, wanted in (
            ("/a x", "li x dm-li"), ("/b x", "x li 3"), ("/c x", "3 x"), ("/d x", "/d x"), ("/e", "nothing"),
            ("/f x", "fixed x"),
        ):  # fmt: skip
            await bot.says(text)
            bot.replied(wanted)


async def test_what_a_handler_returns_is_a_decision_or_a_fault(plugin: Plugin) -> None:
    @plugin.command("wrong")
    async def wrong() -> int:
        return 3

    @plugin.command("reason")
    async def reason() -> Decision:
        return Decision(Disposition.ANSWERED, reason={"score": object()})

    @plugin.command("disposition")
    async def disposition() -> Any:
        return Decision("answered")  # type: ignore[arg-type]  # that is what is tested

    @plugin.command("replies")
    async def replies() -> Any:
        return Decision(Disposition.ANSWERED, "text")  # type: ignore[arg-type]  # that is what is tested

    async with BotHarness([plugin]) as bot:
        for command in ("/wrong", "/reason", "/disposition", "/replies"):
            message = await bot.says(command)
            bot.replied("抱歉")
            assert await bot.disposition(message) == "escalated"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/echo hi there", ("echo", "hi there")),
        ("/Echo@Some_Bot  hi ", ("echo", "hi")),
        ("/echo\nhi there", ("echo", "hi there")),
        ("/echo\u3000你好", ("echo", "你好")),
        ("/回声", ("回声", "")),
        ("/", None),
        ("/ echo", None),
        ("echo", None),
        ("", None),
    ],
)
def test_commands_are_taken_apart(text: str, command: tuple[str, str] | None) -> None:
    assert parse_command(text) == command


WORD = st.text("abAB着火水 电！", min_size=1, max_size=4).filter(lambda word: normalise(word) != "")
FILTER = st.tuples(st.lists(WORD, max_size=2), st.lists(WORD, max_size=2), st.lists(WORD, max_size=2),
                   st.sampled_from([None, None, "a.", "火$", "^水"]))  # fmt: skip


@given(st.lists(FILTER, max_size=8), st.text("abAB着火水 电！", max_size=12))
def test_the_index_finds_what_a_scan_finds(filters: list[tuple[Any, ...]], text: str) -> None:
    async def handler() -> None: ...

    wanted = [TextFilter.of(compile_handler("test", handler), *given) for given in filters if any(given)]
    plain = normalise(text)
    naive = []
    for one in wanted:
        words = one.equals or one.prefix or one.contains
        hit = (
            plain in one.equals
            or any(plain.startswith(word) for word in one.prefix)
            or any(word in plain for word in one.contains)
            or not words
        )
        if hit and (one.regex is None or one.regex.search(text)):
            naive.append(one.handler)
    found = TextIndex(wanted).find(text)
    assert [id(handler) for handler, _ in found] == [id(handler) for handler in naive]
    assert all(match is None or match.group() in text for _, match in found)
