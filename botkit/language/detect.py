"""Which language a message is written in, and so is answered in: Chinese or English."""

from __future__ import annotations

import re

from botkit.language.normalise import HAN, without_mentions

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)

_INITIAL = "zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]"
_FINAL = (
    "iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|ei|ao|ou|an|en|in|un|vn|ia|ie|iu|ua|ue|ui|uo|ve|er|"
    "[aeiouv]"
)
_PINYIN = re.compile(f"(?:(?:{_INITIAL})(?:{_FINAL})|[aeo](?:[inr]|ng?|[ou])?)+")
# Words that are spelt like pinyin, and are common in English.
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "a ai an ben bin can change chang die din dong e fan fun gang gen gun hang he hen hi hong i in jan "
        "jun kin la lane lie lo long man mane me men mu na name nan no o on pa pan pane pie pin ping ran "
        "rang run same sane sang she shin shoe sin sing so song sun sung tan tang ten tie tin to tong tune "
        "wan we win wing woman women yen you",
    )
)
_LONGEST = 4_000


def detect(text: str) -> str:
    """``zh`` or ``en``. Never raises; looks at the first 4,000 characters.

    Mixed text is Chinese, unless it is an English sentence with a Chinese name in it. Pinyin without tones
    is Chinese. Text without any letters (digits, emoji) is Chinese, the language of the house.
    """
    text = _NOT_WORDS.sub(" ", without_mentions(text[:_LONGEST])).lower()
    words = _WORD.findall(text)
    han = len(_HAN.findall(text))
    if han:
        return "en" if han <= 4 and len(words) >= 2 * han and len(words) >= 5 else "zh"
    if not words:
        return "zh"
    return "zh" if is_pinyin(words) else "en"


def is_pinyin(words: list[str]) -> bool:
    """Whether most of the words (lower case) are Chinese in Latin letters, and not by chance."""
    words = words[:60]
    spelt = [word for word in words if len(word) <= 24 and _PINYIN.fullmatch(word)]
    surely = [word for word in spelt if word not in _ENGLISH]
    return len(surely) >= 2 and len(spelt) >= 0.75 * len(words) and len(surely) >= 0.5 * len(words)
