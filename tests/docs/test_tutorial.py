"""The tutorial is true: its files are written as it says, and the tests in them pass."""

from __future__ import annotations

import ast
import importlib
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from botkit.plugin import discover
from botkit.settings import load
from tests.docs.pages import DOCS, blocks

PAGE = DOCS / "tutorial.md"
LANGUAGES = {"python", "toml", "po"}


def files() -> dict[str, str]:
    """The files that the tutorial tells to write, with what all their blocks say."""
    found: dict[str, str] = {}
    for block in blocks(PAGE):
        if block.language:
            assert block.language in LANGUAGES, f"line {block.line}: what is {block.language}?"
            first, _, rest = block.text.partition("\n")
            assert first.startswith("# "), f"line {block.line}: the block does not name its file"
            # A file's parts stand on the lines of the page, so that an error can be found there.
            known = found.get(first[2:], "")
            gap = block.line - known.count("\n")
            found[first[2:]] = known + "\n" * gap + rest
    return found


FILES = files()
MODULES = [name.removesuffix(".py").replace("/__init__", "") for name in FILES if name.endswith(".py")]
TESTS = [
    (name.removesuffix(".py"), node.name)
    for name, text in FILES.items()
    if name.startswith("test_")
    for node in ast.parse(text).body
    if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that a reader of the tutorial ends with, installed as its package would be."""
    folder = tmp_path_factory.mktemp("tutorial")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    info = folder / f"botkit_lostfound-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in named.items())
        for group, named in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("".join(points))
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield folder
    finally:
        sys.path.remove(str(folder))
        for module in MODULES:
            sys.modules.pop(module, None)


@pytest.mark.parametrize(("module", "name"), TESTS, ids=[name for _, name in TESTS])
async def test_the_tutorial_s_tests_pass(folder: Path, module: str, name: str) -> None:
    await getattr(importlib.import_module(module), name)()


def test_each_chapter_s_files_were_tested(folder: Path) -> None:
    assert {module for module, _ in TESTS} == {module for module in MODULES if module.startswith("test_")}
    assert len(TESTS) >= 8


def test_the_plugin_is_found_and_enabled(folder: Path) -> None:
    settings = load(folder, {}, ["lostfound"])
    plugins = discover(settings.plugins.enabled)
    assert [plugin.name for plugin in plugins] == list(settings.plugins.enabled)
    assert "lostfound" in settings.plugins.enabled


def test_the_first_plugin_has_ten_lines() -> None:
    block = next(block for block in blocks(PAGE) if block.text.startswith("# lostfound.py"))
    # Blank lines and the line that names the file are not counted against it: the whole block is ten lines.
    assert len(block.text.splitlines()) <= 10
