"""Numerals: Chinese numbers in digits, so that 十二点 and 12点, 三号楼 and 3号楼 are the same."""

from __future__ import annotations

import re

_DIGITS = dict(zip("零〇一二三四五六七八九两幺", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 1), strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_LONGEST = 12

_RUN = re.compile("[零〇一二三四五六七八九两幺十百千万亿]+")
_TOLD = re.compile("[零〇一二三四五六七八九幺]{3,}")
_COUNTED = re.compile(
    " ?(?:[号楼层栋幢座弄室秒日天月年岁个位名只条台辆次块元角米斤度户期路届把张部扇间家件份周口人]|单元|小时|分钟|"
    "公里|公斤|平)"
)
# 一点 is a little, 十分 very; with these around them they are times.
_O_CLOCK = re.compile("点(?:钟|半|多|到|左右|整|前|后|[0-9零一二三四五十])")
_PART_OF_DAY = re.compile("(?:上午|下午|早上|晚上|凌晨|中午|夜里|半夜|今晚|明早|早晨|傍晚|[到至])$")
_MYRIAD = re.compile(r"(?<![\d.])([0-9]{1,5}(?:\.[0-9]{1,2})?)([万亿])(?![万亿一])")


def value(numeral: str) -> int | None:
    """What a Chinese numeral says (一百二十 is 120, 一二〇 too); None where it says no number. Never raises.

    At most twelve characters are read.
    """
    if not numeral or len(numeral) > _LONGEST:
        return None
    if all(char in _DIGITS for char in numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    total = part = 0
    digit: int | None = None
    unit = 10
    for char in numeral:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
            unit = 10 if digit == 0 else unit
        elif char in _UNITS:
            if digit is None and char != "十":
                return None
            part += (1 if digit is None or (not digit and char == "十") else digit) * _UNITS[char]
            digit, unit = None, _UNITS[char]
        elif char in _MYRIADS:
            if not part and not digit:
                return None
            total = (total + part + (digit or 0)) * _MYRIADS[char]
            part, digit, unit = 0, None, _MYRIADS[char]
        else:
            return None
    # 一百二 is 120, but 一百零二 is 102.
    return total + part + (digit or 0) * (unit // 10)


def fold(text: str) -> str:
    """A normalised text with the Chinese numerals that count or number something in digits.

    Folded are digits told one by one (three and more), numbers with 十, 百, 千, 万, and single digits before what
    they count; words such as 一下, 十分, 万一 stay. Never raises; linear.
    """
    return _MYRIAD.sub(_large, _RUN.sub(_folded, text))


def _folded(found: re.Match[str]) -> str:
    run, text = found[0], found.string
    if _TOLD.fullmatch(run):
        return "".join(str(_DIGITS[char]) for char in run)
    number = value(run)
    if number is None or run[0] in "万亿千百":
        return run
    rest = text[found.end() : found.end() + 4]
    if len(run) > 1 and run not in ("一千", "一百", "一万"):
        # Two digits side by side are a guess: 两三个 is "two or three".
        return (
            run
            if all(char in _DIGITS for char in run) and not rest.startswith(("号", "室", "弄", "栋", "幢"))
            else str(number)
        )
    if rest.startswith("点"):
        before = _PART_OF_DAY.search(text, max(0, found.start() - 3), found.start())
        return str(number) if run != "一" or before or _O_CLOCK.match(rest) else run
    if rest.startswith("分"):
        return str(number) if text[max(0, found.start() - 1) : found.start()] == "点" else run
    before_it = text[max(0, found.start() - 1) : found.start()]
    return str(number) if _COUNTED.match(rest) and before_it not in ("第", "几", "数") else run


def _large(found: re.Match[str]) -> str:
    whole, _, fraction = found[1].partition(".")
    zeros = 4 if found[2] == "万" else 8
    return str(int(whole + fraction.ljust(zeros, "0")[:zeros]))
