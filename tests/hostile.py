"""Texts that are meant to be slow to read, and everything that reads what strangers write."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from botkit.language import Matcher
from botkit.language.dialect import standard
from botkit.language.estates import Estates
from botkit.language.neardup import signature
from botkit.language.normalise import normalise
from botkit.language.pinyin import syllables
from botkit.language.places import find
from botkit.language.quotes import quoted
from botkit.language.segments import split
from botkit.language.spelling import is_spelt
from botkit.language.stance import stance
from botkit.language.tokens import tokens, without_fillers
from botkit.language.typos import Typos
from botkit.plugins.safety.engine import SafetyRules
from tests.language.small import ENTRIES

Reader = Callable[[str], object]

LONG = 100_000
"""Characters: some fifty times what platforms let through."""

UNITS: dict[str, tuple[str, ...]] = {
    "dialect": ("伊", "勿", "阿拉", "脱", "物"),
    "matcher": ("煤气公司电话", "gas number ", "a", "啊", "\u200b", "👍", "\ud800", "煤 ", "1"),
    "neardup": ("煤", "a ", "1.", "。", "http://a.cn "),
    "normalise": ("着火", "樓道", "a\u0301\u0323", "着 ", "a", " \n", "\u202e", "。！", "@", "\ud800火"),
    "pinyin": ("煤", "an", "a'", "ang", "着", "n"),
    "places": ("3号", "3-", "一", "弄", "a road ", "幸福", "室502", "lane 1 ", "路"),
    "quotes": ("「a:", "> \n", "//@", "[引用", "回复", "a写道：\n"),
    "safety": ("a", "着火", "着火演习", "没有着火", "。", "没转给骗子", "去年转给骗子了", "sent a scammer money "),
    "segments": ("还有", "a and what ", "。A", "另外我想问"),
    "stance": ("不用", "if ", "据", "“a", "no ", "> \n", "i have ", "我要", "别再"),
    "tokens": ("一", "万", "a.", "1", "[", "@", "http://", "a@", "1-", "嗯", "零一", "1. "),
    "typos": ("煤汽", "locsmith ", "a", "派粗"),
}
"""What is repeated until the text is long, by who reads it: each is a piece of what that reader looks for."""


def long_text(unit: str, length: int = LONG) -> str:
    """``unit`` again and again."""
    return (unit * (length // len(unit) + 1))[:length]


@cache
def reader(name: str) -> Reader:
    """What reads a text under this name of ``UNITS``."""
    made: dict[str, Callable[[], Reader]] = {
        "dialect": lambda: standard,
        "matcher": lambda: Matcher(ENTRIES).judge,
        "neardup": lambda: signature,
        "normalise": lambda: normalise,
        "pinyin": lambda: lambda text: (syllables(text), is_spelt(text[:32])),
        "places": _places,
        "quotes": lambda: quoted,
        "safety": _safety,
        "segments": lambda: split,
        "stance": lambda: stance,
        "tokens": lambda: lambda text: (tokens(text), without_fillers(text)),
        "typos": lambda: Typos(["locksmith", "煤气", "派出所", "hotline"]).correct_text,
    }
    return made[name]()


def _places() -> Reader:
    estates = Estates({"幸福小区": ["幸福里", "平安路123弄"], "Riverside Garden": ["riverside"]})
    return lambda text: find(text, estates)


def _safety() -> Reader:
    rules = SafetyRules.load(Path(__file__).parents[1] / "config" / "safety", learned=False)
    return lambda text: rules.judge(text, plain=True)
