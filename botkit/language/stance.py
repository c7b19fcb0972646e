"""Stance: how the writer of a message stands to what it names: asked or taken back, own or told, now or once."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from botkit.language.normalise import normalise, without_mentions
from botkit.language.quotes import quoted

_LONGEST = 2_000
_SHORTEST_QUOTE = 4

_CLAUSES = re.compile(r"[,，。.!！;；、…\n]+\s*|(?<=[^\x00-\x7f])\s+|(?<=[?？])\s*|\s+(?=(?:but|however)\b)")
_ASKS = re.compile(
    "[?？吗呢伐]|么$|怎么|怎样|如何|多少|哪|什么|啥|几点|谁|能不能|可不可以|可以[^,，。]*(?:吗|么|伐)|有没有|是不是|"
    "要不要|请问|想问|问一?下|咨询|"
    "求助|麻烦|帮我|我要(?!取消)|我想|需要(?<!不需要)|电话|"
    r"^(?:please|pls|what|who|where|when|how|which|why|can|could|do|does|is|are|any|i (?:still )?need|i want|i'd "
    r"like|looking for)\b|"
    r"\b(?:but|just|only) (?:i )?(?:need|want|asking)\b|^(?:just|only|instead)\b|\b(?:number|hotline|phone)\b",
)
# What takes an ask back. In a question, or beside another ask, it does not: 不用预约吗 asks.
_NEGATED = re.compile(
    "(?:不用|不要|不需要|不必|无需|无须|用不着|没必要|不想|不打算|甭|别)(?:再|麻烦|帮我|给我|你们|您|来|去|找|叫|"
    "请)*[^,，。]{0,12}了|"
    "(?:不用|不需要|不必|无需|用不着|没必要)(?:再|麻烦|帮|给|叫|请|找|派|来|开|修|换|查|送|报)|(?:不用|不需要|"
    "不必)(?:谢|您|你们)?$|"
    "(?:^|[就都先我也那吧])不(?:找|问|修|办|报|开|查|要|麻烦|打扰)(?:[^,，。]{0,6})了(?:吧|啊|哈|谢谢)?$|^算了|"
    "算了吧?$|当我没(?:问|说)|没事(?:儿)?了|"
    "取消(?:吧|刚才|求助|报修|刚刚)|不是(?:要|来|想|问|找|求|让)|并非(?:要|来|想|问|找)|"
    r"\b(?:no longer|not|never|don't|dont|do not|doesn't|won't|no) (?:\w+ ){0,2}?(?:need|want|require|necessary|"
    r"looking for|asking)\b|"
    r"\bno need\b|\bnever ?mind\b|\bforget (?:it|about it|that)\b|\bcancel (?:that|it|my (?:request|question|call|"
    r"report))\b|"
    r"\b(?:don't|do not) (?:send|bother|come|call)\b|\bnot (?:need|want)(?:ed)?\b|\bneedn't\b",
)
# What makes a question even of a clause that says 不用.
_QUESTION = re.compile(
    "[?？吗么伐]$|怎么|怎样|如何|多少|哪|什么|啥(?!事)|谁|能不能|可不可以|可以[^,，。]*吗|找谁|要不要"
)
_SETTLED = re.compile(
    "(?:已经|都|就|刚|自己|终于|早就|现在)?(?:解决|搞定|修好|弄好|处理好|处理完|办好|办完|找到|查到|打通|联系上|"
    "恢复|开开|打开)(?:[^,，。不没]{0,4}了|$)(?!吗|么|没|伐|多久|哪)|"
    "(?:来水|来电|通气|通水|通电|好)了$|没问题了|"
    r"\b(?:(?:is|are|was|were|been|got|it's|have|has|had|i|we|all|already|just) )(?:\w+ ){0,2}?"
    r"(?:solved|resolved|fixed|sorted|settled|found|repaired|back on|working again)\b|\bproblem solved\b|\ball "
    r"(?:good|sorted|fine) now\b",
)
_PAST = re.compile(
    "昨天|昨晚|昨夜|前天|前几天|前阵子|前段时间|上(?:个|一)?(?:周|星期|礼拜|月|次|回)|去年|前年|往年|以前|从前|那天|"
    "当时|曾经|小时候|早年|"
    "[0-9一二两三四五六七八九十几半多]+(?:天|周|年|个月|个多月|个星期|个礼拜)(?:以|之)?前|"
    r"\byesterday\b|\blast (?:night|week|month|year|time|summer|winter|spring|autumn)\b|\bago\b|\bused to\b|\bback "
    r"then\b|\bpreviously\b|"
    r"\bthe other day\b|\bonce had\b",
)
_STILL = re.compile(
    "还没|还是|还在|仍|至今|到现在|一直|直到|又|现在|今天|目前|依然|没人(?:来|管|理)|没(?:有)?(?:解决|修|处理|消息|"
    "进展|回)|怎么|"
    r"\bstill\b|\bsince\b|\bagain\b|\bnow\b|\btoday\b|\bnot yet\b|\bever since\b|\bnobody\b",
)
_REPORTED = re.compile(
    "听说|据说|听(?:人|邻居|朋友|他们|他|她|别人|我妈|楼上|隔壁)[^,，。]{0,4}(?:说|讲)|传言|传闻|谣传|"
    "(?:他|她|他们|邻居|朋友|群里|网上|有人|别人|人家|物业|同事|大家)(?:们)?(?:都|跟我|和我|告诉我|在|也|"
    "又)?(?:都)?(?:说|讲|传)(?!一下|话|明|好)|"
    r"\bi(?:'ve)? heard\b|\bapparently\b|\bthey say\b|\bpeople (?:say|said)\b|\btold me\b|\brumou?rs?\b|\bsupposedly\b|"
    r"\b(?:he|she|they|someone|somebody|neighbou?rs?|friends?|everyone) (?:said|says|say|told|claims?)\b",
)
_HYPOTHETICAL = re.compile(
    "(?:如果|要是|假如|假设|假使|若是|倘若|如若|万一|打个比方|设想)(?!方便|可以|有空|能行|您|行|没空|不麻烦)|"
    "的话(?:怎么|该|要|会)|"
    r"\bwhat if\b|\bsuppos(?:e|ing)\b|\bhypothetical(?:ly)?\b|\bin case (?:of|i|my|the|we|there)\b|\bwhat would "
    r"happen\b|"
    r"\bif (?!possible|so\b|not\b|you (?:can|could|don't mind|please)|that's ok|any\b)(?:\w+)",
)
_NEWS = re.compile(
    "新闻|报道|热搜|头条|快讯|本报讯|记者|公众号|推文|视频里|视频上|电视里|电视上|抖音|快手|微博|网传|电影|电视剧|"
    "剧里|小说|游戏里|转发|转自|转载|"
    "据[^,，。]{2,12}(?:消息|通报|介绍|悉)|"
    r"\bnews\b|\breportedly\b|\baccording to\b|\bheadlines?\b|\barticles?\b|\bon (?:tv|the radio|youtube|tiktok)\b|"
    r"\b(?:in|from) (?:the|a|that) (?:film|movie|game|novel|show|series|video)\b|\bbreaking:|\b(?:was|were|been) "
    r"reported\b|\bforwarded\b",
)
_OTHER = re.compile(
    "(?:帮|替|代)(?:朋友|邻居|同事|别人|他|她|亲戚|同学|人)(?:们)?(?:问|查|咨询|找|报|求)|"
    "^(?:我的?|我们|我家)?(?:的)?(?:一个|有个|有一个|那个|这个)?(?:朋友|邻居|同事|同学|亲戚|房东|租客|室友|老板|"
    "楼上|楼下|隔壁|对门|对面|路人|群友)|"
    "^(?:有人(?!知道|晓得|认识|有|能|会|要|帮|吗|在)|某人|别人|人家|他|她|他们|她们|有个(?!问题|事|案|东西|快递)|"
    "有一个(?!问题|事|案|东西|快递))|"
    r"\b(?:my|our|a|the|his|her) (?:friend|neighbou?r|colleague|landlord|tenant|flatmate|roommate|boss|coworker)s?\b|"
    r"^(?:he|she|they|someone|somebody|people|a (?:man|woman|guy|lady|kid|child))\b|\b(?:asking )?for (?:a friend|"
    r"someone)\b",
)
_OWN = re.compile(
    r"(?:^|[^帮替给])(?:我|我们|咱|俺)(?!的?(?:朋友|邻居|同事|同学|亲戚|房东|租客|室友|老板)|听|看|想问|帮|替)|"
    r"\b(?:i|i'm|i've|we|me|us|myself|mine)\b"
)
_SPOKEN = re.compile("[“「『\"']([^”」』\"'\n]{1,400})[”」』\"']")


@dataclass(frozen=True, slots=True)
class Stance:
    """What the words around an ask say about it. All false: the writer asks, now, for himself."""

    negated: bool = False
    """The ask is taken back, or named only to say that it is not meant; nothing else is asked."""
    settled: bool = False
    """It is over: found, repaired, solved."""
    past: bool = False
    """It was at some other time, and nothing says that it goes on."""
    third_person: bool = False
    """It concerns somebody outside the writer's household."""
    reported: bool = False
    """Hearsay: the writer has it from others."""
    hypothetical: bool = False
    """It has not happened: what if."""
    quotation: bool = False
    """Words of somebody else stand in it."""
    news: bool = False
    """It is from the news, a forwarded article, or fiction."""

    @property
    def plain(self) -> bool:
        """Whether nothing of all this holds."""
        return not any(getattr(self, field.name) for field in fields(self))

    @property
    def told(self) -> tuple[str, ...]:
        """The names of those that hold, for explanations."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name))


def stance(text: str) -> Stance:
    """The stance of one segment, as ``split`` gives them, in Chinese or English.

    Cues are general words, so it is a likelihood and not a verdict: use it to hold back an answer, never to hold
    back an alarm. Never raises; linear; the first 2,000 characters count; some 20 µs.
    """
    own, others = quoted(text[:_LONGEST])
    plain = normalise(without_mentions(own))
    clauses = [clause.strip() for clause in _CLAUSES.split(plain) if clause and clause.strip()]
    taken_back = [clause for clause in clauses if _NEGATED.search(clause)]
    asked = any(_ASKS.search(clause) for clause in clauses if clause not in taken_back)
    asked = asked or any("?" in clause or _QUESTION.search(clause) for clause in taken_back)
    settled = any(_SETTLED.search(clause) for clause in clauses) and not asked
    return Stance(
        negated=bool(taken_back) and not asked,
        settled=settled,
        past=bool(_PAST.search(plain)) and (settled or not _STILL.search(plain)),
        third_person=not _OWN.search(plain) and any(_OTHER.search(clause) for clause in clauses),
        reported=bool(_REPORTED.search(plain)),
        hypothetical=bool(_HYPOTHETICAL.search(plain)),
        quotation=bool(others) or any(len(said) >= _SHORTEST_QUOTE for said in _SPOKEN.findall(plain)),
        news=bool(_NEWS.search(plain)),
    )
