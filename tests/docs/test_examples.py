"""The examples outside of the tutorial run, and the README's questions are answered as it says."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from botkit.assembly import discover, read_settings
from botkit.plugin import Stage
from botkit.testing import BotHarness
from tests.docs.pages import DOCS, ROOT, Block, all_pages, blocks

EXAMPLES = [
    pytest.param(block, id=f"{page.relative_to(ROOT)}:{block.line}")
    for page in all_pages()
    if page != DOCS / "tutorial.md"
    for block in blocks(page)
    if block.language == "python"
]


@pytest.mark.parametrize("block", EXAMPLES)
async def test_python_examples_run(block: Block) -> None:
    space: dict[str, object] = {"__name__": "example"}
    exec(compile(block.text, "example", "exec"), space)
    for name, value in space.items():
        # One with arguments needs fixtures: that it can be defined is all that is seen here.
        if name.startswith("test_") and inspect.iscoroutinefunction(value) and not inspect.signature(value).parameters:
            await value()


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_toml_examples_are_toml(page: Path) -> None:
    for block in blocks(page):
        if block.language == "toml":
            tomllib.loads(block.text)


async def test_the_readme_s_questions_are_answered_as_it_says() -> None:
    told = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    settings = read_settings(ROOT / "config", {})
    async with BotHarness(discover(settings.plugins.enabled), settings=settings) as bot:
        asked = {}
        for number, question in enumerate(("煤气公司电话多少", "我的案子有进展吗", "楼道有焦味")):
            assert question in told
            message = await bot.says(question, who=f"resident-{number}")
            asked[question] = (bot.replied(), await bot.disposition(message))
        assert "962777" in asked["煤气公司电话多少"][0] and "未核实" in asked["煤气公司电话多少"][0]
        assert asked["我的案子有进展吗"][1] == "escalated" and "#" in asked["我的案子有进展吗"][0]
        assert "119" in asked["楼道有焦味"][0].splitlines()[0]
        for question, route in (
            ("my gas bill is wrong, who do I call", "answered"),
            ("any news on my case?", "escalated"),
            ("there is smoke in the stairwell", "emergency"),
        ):
            assert question in (ROOT / "README.md").read_text("utf-8")
            message = await bot.says(question, who=question)
            assert await bot.disposition(message) == route


def test_the_readme_tells_the_stages_in_their_order() -> None:
    readme = (ROOT / "README.md").read_text("utf-8").replace("<br>", " ")
    found = re.search(r"dispatch\s+(room .+?)\]", readme)
    assert found
    names = [name.strip() for name in found[1].split("▸")]
    assert names == [{"COMMAND": "commands"}.get(stage.name, stage.name.lower()) for stage in Stage]
