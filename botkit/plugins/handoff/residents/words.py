"""How residents say what the bot must recognise about cases: words to be understood, not to be shown."""

from __future__ import annotations

import re

from botkit.language.normalise import normalise, without_mentions

CANCEL = frozenset(
    (
        "不用了", "不需要了", "不用管了", "不用处理了", "不用来了", "不麻烦了", "取消", "取消吧", "撤销",
        "撤回", "算了", "不办了", "不要了", "没事了", "解决了", "已解决", "已经解决了", "我自己解决了",
        "问题解决了", "已经好了", "勿要了", "覅了", "用不着了", "nolongerneeded", "notneeded",
        "notneededanymore", "nevermind", "cancel", "cancelit", "forgetit", "itssolved", "solved",
        "resolved", "itsresolved", "allgood", "noneed", "noneedanymore",
    )
)  # fmt: skip
"""Whole messages that withdraw a matter, in plain form."""

CANCEL_PARTS = (
    "不用", "不需要", "不麻烦", "取消", "撤销", "撤回", "算了", "不办了", "不要了", "没事了", "解决了",
    "已解决", "好了", "勿要了", "覅了", "用不着", "no longer needed", "not needed", "never mind",
    "nevermind", "cancel", "forget it", "solved", "resolved", "all good", "no need",
)  # fmt: skip
"""What every one of them contains: the index looks for these."""

HUMAN = (
    "转人工", "找人工", "人工服务", "人工客服", "要人工", "接人工", "真人", "活人", "不要机器人",
    "不想跟机器人", "别自动回复", "不要自动回复", "找民警", "找警官", "找警察", "联系民警", "让民警",
    "talk to a human", "talk to a person", "speak to a human", "speak to a person", "speak to someone",
    "talk to someone", "speak with someone", "real person", "real human", "human please",
    "talk to an officer", "speak to an officer", "speak with an officer", "through to an officer",
    "live agent", "not a bot",
)  # fmt: skip
"""Words that ask for a person, wherever they stand."""

HUMAN_WHOLE = frozenset(("人工", "human", "ahuman", "agent", "person", "aperson", "operator", "officer"))
"""Whole asks for a person that mean something else inside longer words: 人工 stands in 人工湖."""

STATUS = frozenset(
    (
        "我的进度", "处理进度", "查进度", "查询进度", "进度查询", "我的工单", "我的编号", "我的登记",
        "我的求助", "我报的事", "我提交的事", "处理到哪了", "处理得怎么样了", "mycase", "mycases",
        "casestatus", "statusofmycase", "mycasestatus", "myrequest", "requeststatus",
    )
)  # fmt: skip
"""Whole messages that ask how our own case stands. Never words about a police case, which a human answers."""

STATUS_PARTS = (
    "进度", "我的工单", "我的编号", "我的登记", "我的求助", "我报的事", "我提交的事", "处理到哪",
    "处理得怎么样", "my case", "case status", "my request", "request status",
)  # fmt: skip
"""What every one of them contains."""

ASKS = frozenset(
    (
        "怎么样了", "怎么样", "进度", "进展", "有进展吗", "好了吗", "办好了吗", "处理了吗", "到哪了",
        "什么情况", "呢", "状态", "status", "anynews", "anyupdate", "update", "howisitgoing", "",
    )
)  # fmt: skip
"""What may stand beside a case number in a message that only asks how it stands."""

FOLLOW_UP = re.compile(
    "还是|还没|仍然|依然|依旧|又(?:来|开始|坏|堵|漏|停|吵|有)|没有?解决|没处理|没人来|没来|没用|不行|上次|补充"
    r"|之前(?:说|报|反映)的|\bstill\b|\bagain\b|not (?:fixed|solved|resolved|working)|last time"
    r"|didn'?t (?:help|work)|nobody came|no one came"
)
"""Words by which a message goes on with a matter that was resolved."""

NUMBER = re.compile(r"(?<![\d-])(\d{4}-\d{2,3})(?![\d-])")
"""A case number as residents type it, with or without ``#``."""

_POLITE = re.compile(
    "谢谢(?:你们?|您|啦|了)?|感谢|多谢|麻烦(?:你们?|您)?了|辛苦(?:你们?|您)?了|好的|^那(?:就|么)?|^[嗯哦噢喔]+"
    "|民警同志|警官|[啦啊哦呀吧哈嘞]$"
    r"|\b(?:thanks?(?: you)?(?: (?:a lot|so much))?|thank u|thx|ok(?:ay)?|please|sorry|hi|hello)\b"
)
_HUMAN = re.compile("|".join(map(re.escape, HUMAN)))
_SIGNS = re.compile(r"[\W_]+")
LONGEST = 60
"""Characters of a message that may be nothing but one of these phrases."""


def bare(text: str) -> str:
    """A message without mentions, politeness, signs and spaces: what it says in substance."""
    return _SIGNS.sub("", _POLITE.sub(" ", normalise(without_mentions(text))))


def withdraws(text: str) -> bool:
    """Whether the whole message says that the matter is no longer needed."""
    return len(text) <= LONGEST and bare(text) in CANCEL


def asks_human(text: str) -> bool:
    """Whether somebody asks for a person."""
    return _HUMAN.search(normalise(text)) is not None or (len(text) <= LONGEST and bare(text) in HUMAN_WHOLE)


def asks_status(text: str) -> bool:
    """Whether the whole message asks how our own case stands."""
    return len(text) <= LONGEST and bare(text) in STATUS


def goes_on(text: str, number: str) -> bool:
    """Whether a message goes on with the resolved case of this number."""
    return number in NUMBER.findall(text) or FOLLOW_UP.search(normalise(text)) is not None


def case_number(text: str) -> tuple[str, bool] | None:
    """The case number in a message, and whether the message does nothing but ask how it stands."""
    found = NUMBER.search(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    return found[1], bare(text.replace(found[0], " ")) in ASKS
