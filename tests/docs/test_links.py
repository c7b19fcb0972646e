"""Everything that the pages point to is there: links, headings, files, modules, make targets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, all_pages, blocks, prose

LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
NAMED = re.compile(r"`((?:botkit|adapters|directory|config|tests|benchmarks|docs|\.ci)/[\w./-]*)`")
MADE = re.compile(r"^benchmarks/results/")
"""What is named but made by running, not kept."""
PAGES = all_pages()


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the usual renderers make them."""
    found = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_somewhere(page: Path) -> None:
    for found in LINK.finditer(prose(page)):
        target = found[1] or found[2]
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists() and path.is_relative_to(ROOT), f"{ids(page)} links to {target}"
        assert not anchor or anchor in anchors(path), f"{ids(page)}: no heading {anchor} in {name or 'this page'}"


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_named_files_are_there(page: Path) -> None:
    for name in NAMED.findall(page.read_text("utf-8")):
        assert MADE.match(name) or (ROOT / name).exists(), f"{ids(page)} names {name}"


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = page.read_text("utf-8")
    named = set(re.findall(r"`make ([a-z]+)|^make ([a-z]+)", text, re.MULTILINE))
    assert {a or b for a, b in named} <= targets


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_nothing_of_somebody_s_machine_is_told(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not re.search(r"/(?:home|root|work|Users)/", text)
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)


def test_every_page_can_be_found_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        for found in LINK.finditer(prose(page)):
            path = (page.parent / (found[1] or found[2]).partition("#")[0]).resolve()
            if path.suffix == ".md":
                waiting.append(path)
    assert set(PAGES) <= seen


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "screenshots").glob("*.png"))
    assert pictures
    readme = (ROOT / "README.md").read_text("utf-8")
    for picture in pictures:
        if picture.name in readme:
            assert picture.stat().st_size < 150_000, picture.name


def test_blocks_are_of_known_languages() -> None:
    known = {"", "python", "toml", "po", "mermaid"}
    assert {block.language for page in PAGES for block in blocks(page)} <= known
