"""Trying a question on the desk, and what an entry is easily mistaken for."""

from __future__ import annotations

import re

import pytest

from tests.directory.curation.conftest import Maintainer


async def tried(desk: Maintainer, words: str) -> str:
    await desk.page("/try")
    return await desk.send("/try", {"q": words}, status=200)


async def test_a_question_is_answered_as_the_bot_would_and_told_why(desk: Maintainer) -> None:
    page = await tried(desk, "煤气公司电话多少")
    assert "answer:" in page and "Gas line" in page and "962777" in page
    assert re.search("Nearest phrasing</dt>.*?煤气公司电话多少", page, re.DOTALL)
    assert "answers from" in page and "What weighed most" in page and "/desk/directory/faq/faq_gas/edit" in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("不用煤气公司电话了", "it is taken back"),
        ("qwxv zzz", "to an officer"),
        ("<b>煤气</b>", "&lt;b&gt;煤气&lt;/b&gt;"),
        ("煤" * 5000, 'maxlength="500"'),
    ],
)
async def test_what_is_no_question_is_told_too(desk: Maintainer, words: str, told: str) -> None:
    assert told in await tried(desk, words)


async def test_two_asks_are_tried_apart(desk: Maintainer) -> None:
    page = await tried(desk, "煤气公司电话多少？另外煤气费怎么交？")
    assert page.count("How sure") == 2 and "How do I pay for gas?" in page


async def test_nothing_is_kept_of_it(desk: Maintainer) -> None:
    assert "急得要命" in await tried(desk, "煤气公司在哪里，我急得要命")
    rows = await desk.run.bot.services.database.read("SELECT text FROM question_log")
    assert rows == [] and not await desk.run.bot.services.database.read("SELECT id FROM inbox")


async def test_what_an_entry_is_mistaken_for(desk: Maintainer) -> None:
    page = await desk.page("/entry/gas/neighbours")
    assert "“Gas line” were not there" in page and "How do I pay for gas?" in page and "%" in page
    assert "/neighbours" in await desk.page("/entry/gas/edit")
    await desk.page("/entry/moon/neighbours", status=404)
    assert "/neighbours" not in await desk.page("/topic/gas/edit")
