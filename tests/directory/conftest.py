"""What the directory's tests share: the sample folder, and small folders written for one test."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from directory.reading import Reading, read_folder
from directory.values import Guide

SAMPLE = Path(__file__).parents[2] / "config" / "directory"
ENTRY = """
[[entry]]
slug = "gas"
topic = "gas"
name = { zh = "燃气热线", en = "Gas line" }
summary = { zh = "燃气的事。", en = "About gas." }
phones = [{ number = "962777" }]
source = { zh = "报纸", en = "a newspaper", ref = "page 3" }
owner = "maintainers"
phrasings.zh = ["煤气公司电话多少"]
phrasings.en = ["number of the gas company"]
"""
FAQ = """
[[faq]]
slug = "faq_gas"
about = "gas"
question = { zh = "煤气费怎么交？", en = "How do I pay for gas?" }
answer = { zh = "打 962777 问。", en = "Ask 962777." }
source = { zh = "报纸", en = "a newspaper" }
owner = "maintainers"
phrasings.zh = ["煤气费怎么交"]
"""
TOPICS = """
[[family]]
slug = "repair"
name = { zh = "维修", en = "Repairs" }

[[topic]]
slug = "gas"
family = "repair"
name = { zh = "燃气", en = "Gas" }

[[topic]]
slug = "water"
family = "repair"
name = { zh = "用水", en = "Water" }
"""

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def sample() -> Reading:
    """The sample directory as its files say it."""
    return read_folder(SAMPLE)


@pytest.fixture(scope="session")
def guide(sample: Reading) -> Guide:
    """The sample directory's values."""
    return sample.guide


def written(folder: Path, **files: str) -> Path:
    """A directory folder with the sample's guard, two topics, and these files."""
    folder.mkdir(exist_ok=True)
    (folder / "guard.toml").write_bytes((SAMPLE / "guard.toml").read_bytes())
    (folder / "topics.toml").write_text(TOPICS, "utf-8")
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a directory folder: ``write(entries="…", faq="…")``."""
    return partial(written, tmp_path / "directory")
