"""Learning: the bot answers at once, and better once a model is fitted to just what it has."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from botkit.language import Entry, Matcher
from botkit.learning import KEPT, Models
from botkit.testing import BotHarness
from directory import learning, loading
from directory.plugin import plugin
from directory.reading import read_folder
from directory.running import directory_of
from tests.directory.conftest import TOPICS, Write

WORDS = {
    "gas": ("煤气", "灶台", "燃气"),
    "water": ("自来水", "水管", "水表"),
    "power": ("电费", "跳闸", "停电"),
    "waste": ("垃圾", "旧沙发", "回收"),
    "heart": ("失眠", "心里难受", "情绪低落"),
    "school": ("入学", "学区", "转学"),
    "locks": ("门锁", "钥匙", "保险箱"),
}
REST = tuple(WORDS)[1:]
ASKS = ("{}找谁", "{}坏了怎么办", "{}的电话是多少", "想问一下{}的事情", "{}收费贵不贵", "什么时候来看{}")


def entries(*slugs: str) -> str:
    return "\n".join(
        f"""
[[entry]]
slug = "{slug}"
topic = "{slug}"
name = {{ zh = "{WORDS[slug][0]}热线", en = "{slug} line" }}
summary = {{ zh = "{WORDS[slug][0]}的事。", en = "About {slug}." }}
phones = [{{ number = "9627{number}7" }}]
source = {{ zh = "报纸", en = "a newspaper", ref = "page 3" }}
owner = "maintainers"
phrasings.zh = [{", ".join(f'"{ask.format(word)}"' for ask in ASKS for word in WORDS[slug])}]
"""
        for number, slug in enumerate(slugs)
    )


def topics() -> str:
    more = (f'[[topic]]\nslug = "{s}"\nfamily = "repair"\nname = {{ zh = "{s}", en = "{s}" }}' for s in WORDS)
    return TOPICS.split("[[topic]]")[0] + "\n".join(more)


@pytest.fixture
def folder(write: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BOTKIT_MODELS")
    return write(topics=topics(), a=entries(*WORDS))


def harness(folder: Path, data: Path, **options: object) -> BotHarness:
    data.mkdir(exist_ok=True)
    tables = {"directory": {"folder": str(folder), **options}}
    return BotHarness([plugin], tables=tables, folder=data, background=True)


async def test_it_answers_at_once_learns_beside_it_and_remembers(folder: Path, tmp_path: Path) -> None:
    async with harness(folder, tmp_path / "data") as bot:
        directory = directory_of(bot.services)
        assert directory.index.matcher.ranking is None
        await bot.says("煤气找谁")
        bot.replied("煤气热线")
        await bot.ready()
        assert directory.index.matcher.calibration is not None and len(directory.index) == len(WORDS)
        await bot.says("灶台找谁")
        bot.replied("煤气热线")
        (model,) = (tmp_path / "data" / "models").glob("*.npz")
        written = model.stat().st_ino
    async with harness(folder, tmp_path / "data") as bot:
        assert directory_of(bot.services).index.matcher.ranking is not None and not bot.services.background
        assert model.stat().st_ino == written
        old = directory_of(bot.services).index.matcher
        # One entry leaves and another changes: that holds at once, by the old calibration, while it learns anew.
        (folder / "a.toml").write_text(entries(*REST).replace("旧沙发", "旧冰箱"), "utf-8")
        await loading.load(bot.services.database, read_folder(folder))
        await directory_of(bot.services).refresh(bot.services.database)
        matcher = directory_of(bot.services).index.matcher
        assert bot.services.background and old.calibration is not None and matcher.calibration is old.calibration
        assert "gas" not in matcher and directory_of(bot.services).index.judge("旧冰箱找谁").confidence == 1
        await bot.says("煤气找谁", id="after")
        assert "煤气热线" not in bot.last
    assert len(list((tmp_path / "data" / "models").glob("*.npz"))) == 1


async def test_what_is_removed_while_it_learns_never_comes_back(folder: Path, tmp_path: Path) -> None:
    async with harness(folder, tmp_path / "data") as bot:
        first = set(bot.services.background or ())
        (folder / "a.toml").write_text(entries(*REST), "utf-8")
        await loading.load(bot.services.database, read_folder(folder))
        directory = directory_of(bot.services)
        await directory.refresh(bot.services.database)
        assert all(task.done() for task in first)
        await bot.ready()
        assert directory.index.matcher.ranking is not None and "gas" not in directory.index.matcher


async def test_learning_can_be_switched_off_and_tests_have_none(folder: Path, tmp_path: Path) -> None:
    async with harness(folder, tmp_path / "data", learn=False) as bot:
        assert not bot.services.background and directory_of(bot.services).index.matcher.ranking is None
    tables = {"directory": {"folder": str(folder)}}
    async with BotHarness([plugin], tables=tables, folder=tmp_path / "data") as bot:
        assert bot.services.background is None
        await bot.ready()
    assert not (tmp_path / "data" / "models").exists()


async def test_a_failed_fit_is_logged_with_what_to_do_and_changes_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").write_text("in the way")
    with capture_logs() as logs:
        async with harness(folder, tmp_path / "data") as bot:
            await bot.ready()
            await bot.says("煤气找谁")
            bot.replied("煤气热线")
    (told,) = [line for line in logs if line["event"] == "directory.unlearnt"]
    assert told["fix"] and told["problem"]


async def test_stopping_ends_the_process(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[asyncio.subprocess.Process] = []
    original = asyncio.create_subprocess_exec

    async def start(*args: object, **options: object) -> asyncio.subprocess.Process:
        started.append(await original(*args, **options))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    async with harness(folder, tmp_path / "data") as bot:
        while not started:
            await asyncio.sleep(0.01)
        assert bot.services.background
    assert started[0].returncode is not None and started[0].returncode < 0


async def test_two_that_want_the_same_learn_it_once_and_old_models_go(tmp_path: Path) -> None:
    asked = [Entry(slug, tuple(ask.format(word) for ask in ASKS for word in words)) for slug, words in WORDS.items()]
    models, again = Models(tmp_path), Models(tmp_path)
    for number in range(KEPT + 1):
        (tmp_path / f"old{number}.npz").write_bytes(b"old")
    one, other = await asyncio.gather(models.fit(asked), again.fit(asked))
    assert len(one) == len(other) == len(WORDS)
    assert len(list(tmp_path.glob("*.npz"))) == KEPT
    assert models.load(asked) is not None and models.load(asked[:3]) is None


def test_many_changes_are_better_compared_anew() -> None:
    asked = [Entry(f"e{number}", (f"{number}号的事",)) for number in range(learning.FEW + 2)]
    old = Matcher(asked[:1])
    assert learning.changed(None, asked) is None and learning.changed(old, asked) is None
