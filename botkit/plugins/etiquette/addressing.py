"""Addressing by word: "民警同志，…" at the start speaks to the desk, the police in passing does not."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from botkit.language.normalise import HAN, normalise

_LOOKED_AT = 80
_EVERYBODY = re.compile(
    r"\s*[@＠]\s*(?:所有人|全体|大家|all|everyone|everybody|room|channel|here)(?![a-z])", re.IGNORECASE
)

_HELLO = "(?:您好|你好|请问|哈喽|喂|哎|嗨|欸|hi|hello|hey|excuse me|dear)"
_WHO_ZH = (
    f"(?:[{HAN}]?(?:警官|民警)(?:同志|老师|先生|阿姨|叔叔|大哥|姐姐|你好|您好|侬好)?|警察(?:同志|叔叔|"
    f"阿姨|先生|哥哥|姐姐)?|"
    "公安(?:同志|局的?同志)|社区民警|片警(?:同志)?|值班民警|派出所(?:同志|的?同志))"
)
_WHO_EN = r"(?:(?:mr |dear )?(?:police )?officers?(?: [a-z]{2,12})?|police|mr policeman|constable)"
# What makes it a call: a pause after it, a question whether somebody is there, a greeting or a request.
_CALL_ZH = (
    r"(?:\s*[,:!?~。、…]|\s*$|\s*(?:在伐|在吗|在不在|在么|有伐|有人|来一下|来看看|您好|你好|侬好|请问|"
    r"请|麻烦|帮|救|我想|我要|我有|我家|我们|我的|想问|问一下|问下|"
    r"求助|能不能|能否|可不可以|可以|听得到|管管|管一管|看看|快来|好!|好,|侬|你们?(?:能|可以|管|来|看)))"
)
_CALL_EN = (
    r"(?:\s*[,:!?~.]|\s*$|"
    r"\s+(?:are you|can you|could you|please|pls|help|i |we |is anyone|is there|my |there\b))"
)
_ZH = re.compile(rf"^(?:{_HELLO}[\s,!~。]*)?{_WHO_ZH}{_CALL_ZH}")
_EN = re.compile(rf"^(?:{_HELLO}[\s,!~.]*)?{_WHO_EN}{_CALL_EN}")
# "警察叔叔，辛苦了！" praises them in passing, "警察叔叔真帅" too.
_ABOUT = re.compile(
    rf"^(?:{_WHO_ZH}|{_WHO_EN})\s*[,:!~]?\s*"
    "(?:真|太|好帅|来了|来过|昨天|刚才|说|讲|叫|辛苦|人真好|都|也|正在|威武|万岁|加油)"
)


def is_call(text: str) -> bool:
    """Whether a message begins by calling the police officer of the chat. Never raises."""
    plain = normalise(text[:_LOOKED_AT])
    if plain.startswith("@"):
        return False
    return bool(_ZH.match(plain) or _EN.match(plain)) and not _ABOUT.match(plain)


def calls_everybody(text: str) -> bool:
    """Whether a message begins by calling the whole group: a notice, which asks the desk nothing."""
    return _EVERYBODY.match(text) is not None


def names(text: str, aliases: Iterable[str]) -> bool:
    """Whether one of these is mentioned as a whole: "@社区民警 在吗", not "@社区民警家属群"."""
    return any(_mention(alias).search(text) for alias in aliases)


@functools.cache
def _mention(alias: str) -> re.Pattern[str]:
    return re.compile(rf"[@＠]{re.escape(alias)}(?:同志)?(?![{HAN}\w]*(?:群|家属|中心))", re.IGNORECASE)
