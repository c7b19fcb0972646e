"""Smalltalk: messages that are nothing but a greeting, thanks, goodbye or "what are you?"."""

from __future__ import annotations

import re

from botkit.language.normalise import normalise, without_mentions

_LONGEST = 60

_ROBOT = (
    "(?:robot|bot|ai|chatbot|chatgpt|gpt|deepseek|机器人|机器|真人|人工智能|人工|人工客服|人类|活人|"
    "真的人|人|程序|自动回复|客服)"
)
_WHAT = "(?:robot|bot|ai|human|person|machine|real|chatbot|program|officer|policeman|computer)"
_KINDS: tuple[tuple[str, str], ...] = (
    (
        "what",
        rf"你(?:到底)?是(?:不是)?\s*(?:一个|个)?\s*{_ROBOT}(?:\s*(?:还是|"
        rf"or)\s*(?:是)?\s*{_ROBOT})?\s*(?:吗|么|伐|嘛|吧|啊|呀|呢)?|"
        rf"(?:是|这是|侬是)(?:不是)?\s*{_ROBOT}\s*(?:吗|么|伐|嘛|还是{_ROBOT})|"
        "你是(?:谁|什么|啥|什么人|哪位|干什么的|做什么的|干嘛的|什么东西)|侬是啥人|侬是谁|"
        "你叫什么(?:名字)?|你叫啥|您是(?:谁|哪位)|"
        "你(?:能|会|可以)(?:做|干|帮我?做?)?(?:些|点)?(?:什么|啥|嘛)(?:事|忙)?|你有什么(?:用|功能)|"
        "怎么用|你怎么用|"
        rf"(?:are|r) (?:you|u) (?:an? )?(?:real |live )?{_WHAT}(?: or (?:an? )?(?:real )?{_WHAT})?|"
        rf"am i (?:talking|speaking|chatting) (?:to|with) (?:an? )?(?:real )?{_WHAT}|"
        rf"is this (?:an? )?(?:{_WHAT}|real person)|(?:who|what) (?:are|r) (?:you|u)|what(?:'s|"
        rf" is) your name|whats your name|"
        r"what (?:can|do) (?:you|u) do|how do you work|what is this(?: bot| chat| service)?|"
        r"(?:你|侬|您)?(?:会|能|懂)(?:说|讲|听|speak)?\s*(?:英语|英文|中文|普通话|上海话|日语|english|chinese)|"
        r"(?:do|can) (?:you|u|i) (?:speak|understand|write|talk)(?: in)? (?:english|chinese|mandarin)",
    ),
    (
        "thanks",
        r"(?:非常|太|十分|真是|实在)?(?:谢谢|感谢|多谢|蟹蟹|谢啦|谢了|谢过|3q|谢{1,2})(?:你们?|您|侬|啦|"
        r"了|啊|哦|呀|大家|民警|警官|警察|同志|哈)*|辛苦(?:你们?|您)?(?:了|啦)?|麻烦(?:你们?|您)?(?:了|"
        r"啦)|"
        r"帮了?大忙(?:了)?|解决了|搞定了|打通了|找到了|感激不尽|感恩|点个?赞|好评|太?棒了|真棒|真贴心|你们?真好|"
        r"回(?:复|消息)?(?:得)?(?:真|好|太)快|(?:you|that|this|it)(?:'re| are|'s| is| was| were) (?:so |very |really )?"
        r"(?:helpful|quick|fast|kind|amazing|awesome|great|brilliant)|good (?:bot|job|work)|well done|"
        r"(?:many |great |ok )?thank(?:s| you| u)(?: (?:so much|a lot|very much|again|for (?:your|"
        r"the) help|for the info|a million))?|thx|ty|tks|cheers|much appreciated|appreciate it|"
        r"that helps|that helped|xiexie|xie xie",
    ),
    (
        "bye",
        r"没别的(?:事)?|[你您]忙|有空再聊|talk (?:later|soon)|that will be all|"
        r"再见|再会|拜拜|拜了|88|886|回见|晚安|先这样|就这样|那就这样|没别的了|没事了|没有了|不打扰了|"
        r"下次聊|祝你?(?:们)?(?:平安|顺利|工作顺利|新年快乐|节日快乐)|"
        r"(?:good)?bye(?: bye)?|see (?:you|ya)(?: later)?|good ?night|take care|have a (?:nice|good|"
        r"great) (?:day|one|evening|weekend)|that'?s all|nothing else|no more questions|zaijian|bai bai",
    ),
    (
        "greeting",
        r"(?:大家|民警|警官|警察|机器人|小|同志)*(?:你|您|侬)们?好|早上好|上午好|中午好|下午好|晚上好|"
        r"早安|午安|早啊?|早呀|大家好|哈[喽啰罗]|嗨|嘿|喂|在|在吗|在么|在伐|在不在|在嘛|在线吗|有人吗|"
        r"有人在吗|有人伐|"
        r"请问|打扰了|打扰一下|新年好|新年快乐|春节快乐|节日快乐|过年好|恭喜发财|中秋快乐|端午安康|"
        r"吃了吗|吃了伐|饭吃了吗|最近好吗|你好吗|"
        r"(?:新年|春节|中秋|端午|元宵|国庆|元旦|冬至|周末|节日)(?:快乐|好|安康|愉快|吉祥)|"
        r"happy (?:mid-?autumn|lunar new year|spring festival|dragon boat|national day|weekend|friday|holidays?|easter)"
        r"(?: festival| day)?|hi|hello|hey|hiya|yo|howdy|greetings|good (?:morning|afternoon|evening|day)|morning|"
        r"how are you(?: today| doing)?|how'?s it going|what'?s up|sup|anyone (?:there|here)|"
        r"anybody (?:there|here)|are you there|you there|is anyone there|happy new year|merry christmas|"
        r"nice to meet you|nihao|ni hao|excuse me",
    ),
    (
        "ack",
        r"好的?|好嘞|好滴|好呀|好哦|行|行吧|嗯|嗯嗯|哦|哦哦|噢|喔|知道了|晓得了|明白了?|了解了?|收到|"
        r"可以|可以的|没问题|对的?|是的?|"
        r"ok(?:ay)?|k|kk|got it|i see|understood|alright|all right|sure|fine|great|cool|nice|perfect|"
        r"noted|yes|yep|yeah|no problem|roger",
    ),
)
# What may stand around it and says nothing: titles, particles, signs.
_FILLER = re.compile(
    r"民警同志|警察同志|警察叔叔|警察阿姨|警官同志|警官|民警|同志|小助手|助手|机器人|朋友|各位|吗|么|伐|啊|呀|哦|"
    r"噢|呢|吧|哈|呵|嘻|嘿|啦|了|的|哟|咯|嘞|那|那么|就|都|真|真的|好|很|额|也|"
    r"每天|今天|这么晚|还在|回消息|一家人|全家|大家|"
    r"\b(?:there|officer|officers|police|bot|robot|everyone|all|again|so|very|much|the|guys|then|now|"
    r"please|well|oh|and|to|from|night shift|"
    r"building \d+|mate|sir|madam|ma'am|dear|lol|haha|for|your|help|you|it|was)\b",
)
_ALL = [(kind, re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")) for kind, pattern in _KINDS]
_GRAVEST = ("what", "thanks", "bye", "greeting", "ack")
_LAUGH = re.compile("哈|呵|嘻|嘿|lol|haha|hehe|hhh")
_QUESTION = re.compile("[?!.。…]")
_SAYS = re.compile(r"[^\W_]")


def smalltalk(text: str) -> str | None:
    """``what``, ``thanks``, ``bye``, ``ack``, ``greeting``, ``empty``, ``sign``, or None. Never raises.

    ``empty`` is nothing but a mention or a "?"; ``sign`` is a laugh or emoji, which want no answer.

    None whenever anything is left that could be an ask; only texts up to 60 characters count.
    """
    bare = without_mentions(text)
    if not bare.strip():
        return "empty"
    if len(bare) > _LONGEST:
        return None
    plain = rest = normalise(bare)
    found = set()
    for kind, pattern in _ALL:
        rest, count = pattern.subn(" ", rest)
        if count:
            found.add(kind)
    if _SAYS.search(_FILLER.sub(" ", rest)):
        return None
    if not found:
        if _SAYS.search(_LAUGH.sub(" ", plain)):
            return None
        return "sign" if _LAUGH.search(plain) or not _QUESTION.search(plain) else "empty"
    return next(kind for kind in _GRAVEST if kind in found)
