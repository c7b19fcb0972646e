"""Which language a message is written in, and so is answered in: Chinese or English."""

from __future__ import annotations

import re

from botkit.language.normalise import HAN, without_mentions
from botkit.language.spelling import is_spelt

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)

# Words that are spelt like pinyin, and are common in English.
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "a ai an are aware bake bare base ben bin bite bore cage cake came can care case chaining chance chang "
        "change cure damage dance danger dare data date dealing decide delete deleting dice die dime dine dining "
        "dong due duke e ease easier eliminate entire face fake fan fare fence gang gate gen generate guide gun "
        "gunman hang hate he hen here hesitate hong huge human hunan jun la lace lake lane late leading leaning "
        "lee liaise lice license lie like lime line long longer machine magazine magenta male man manage mane "
        "mare mate me meaning measure medicine men mending mice mine minimize minute mobile mode more mouse mu "
        "mule na name nan nature nice pa pace page pale pan pane pending pie pin pine ping poke police pure ran "
        "rang range remaining remote rename rice rule run running sake sale same sane sang see seen sending "
        "sequence she side silver simulate site size song sun sure take tale tan tang tie tile time tong tune "
        "wage wake wan wane ware woman women you",
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


def is_pinyin(words: list[str], least: int = 2) -> bool:
    """Whether most of the words (lower case) are Chinese in Latin letters, and ``least`` of them not by chance.

    Two is right for a text that may be English; among Chinese characters one is enough.
    """
    words = words[:60]
    spelt = [word for word in words if is_spelt(word)]
    surely = [word for word in spelt if word not in _ENGLISH]
    return len(surely) >= least and len(spelt) >= 0.75 * len(words) and len(surely) >= 0.5 * len(words)
