"""Redaction: what a text for a whole group had better not tell. A warning to the officer, never a decision."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from botkit.language.normalise import normalise
from botkit.language.places import find
from botkit.messages import Text, tr

_MOMENT = re.compile(
    r"(?<!\d)(?:19|20)\d\d([-./年])\d{1,2}[-./月]\d{1,2}日?|(?<!\d)\d{1,2}:\d{2}(?!\d)|#?(?<![\d-])\d{4}-\d{2,3}(?![\d-])"
)
"""Dates, times of day and case numbers, which are nobody's."""
_DIGITS = re.compile(r"(?<!\d)(?:\+?86[ -]?)?\d(?:[ -]?\d){6,18}[ -]?x?(?![\da-z])")
"""Telephones, identity cards, bank accounts: seven digits or more. Shorter ones are the hotlines that all call."""
_PLATE = re.compile(
    r"[京沪津渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][ ·.-]?[a-z0-9]{5,6}(?![a-z0-9])"
)
_PASSPORT = re.compile(r"(?<![a-z0-9])[a-z]{1,2}\d{7,8}(?!\d)")
_HEALTH = re.compile(
    "癌|肿瘤|艾滋|怀孕|孕妇|流产|精神(?:病|疾病|障碍|异常|失常|问题)|抑郁|焦虑症|自杀|自残|轻生|吸毒|戒毒|酗酒|醉酒|喝醉|酒精(?!消毒)"
    "|(?:患|确诊|感染|得)[了有]?[^,，。;；]{0,4}(?:病|症|炎|新冠|流感)|阳性|病历|病情|住院|送医|就医|送(?:往|到|去|至)?医院"
    "|(?:做|动)(?:了|过|完)?手术|手术后|残疾(?!人?(?:专用|通道|车位|坡道|停车|设施|厕所|联合会))|痴呆|老年痴呆|癫痫|性病|梅毒|乙肝|中风"
    "|心脏病|糖尿病|高血压|脑梗|骨折|昏迷|昏倒|晕倒|受伤|猝死|去世|死亡"
    r"|\b(?:cancer|tumou?r|hiv|aids|pregnan\w*|abortion|miscarriage|depress(?:ed|ion|ive)|suicid\w*|addict\w*|drunk|"
    r"intoxicated|infected|(?:to|in|at|into) (?:the |a )?hospital|hospitali[sz]ed|(?:had|after|her|his|their) surgery|"
    r"disability|disabled(?! (?:parking|access|ramp|toilet|space|bay))|dementia|alzheimer\w*|epilep\w*|"
    r"mental(?:ly)?(?: health| illness| problems?| ill)|psychiatr\w*|injur(?:ed|ies|y)|unconscious|stroke|"
    r"heart (?:attack|disease|condition)|diabet\w*|passed away|tested positive)\b"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌马苗凤花俞任袁柳鲍史唐费廉岑薛雷"
    "贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余卜顾孟平黄穆萧肖尹姚邵汪祁毛禹狄米贝臧戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童"
    "颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁宣邓郁单杭洪包左石崔吉龚程邢裴陆荣翁荀羊甄曲封芮储靳段富巫焦巴弓侯班秋仲伊"
    "宁仇栾甘厉戎祖武符刘景龙叶幸司韶黎蒲邰鄂索赖卓蔺屠乔阴胥苍闻莘党翟谭贡劳姬申扶堵冉宰郦雍桑桂牛尚温庄晏柴瞿阎慕茹习艾鱼容易慎戈廖终暨居"
    "衡耿满弘匡寇广东欧沃利蔚越夔隆师巩聂晁勾敖融冷辛阚那简饶曾沙鞠丰巢荆游竺方欧阳"
)
_TITLES = (
    "某某?|先生|女士|小姐|太太|阿姨|阿婆|阿公|奶奶|爷爷|叔叔|伯伯|大爷|大妈|大娘|大叔|大哥|大姐|师傅|老师|老伯|同学"
    "|家(?=的?(?:漏|装|狗|孩子|儿子|女儿|老人))"
)
# What ends a word that a title follows: 保安师傅, 水管师傅, 由于大爷们 name nobody.
_WORDS = (
    "保安", "水管", "物管", "交管", "由于", "对于", "关于", "至于", "双方", "对方", "校方", "警方", "地方", "广东",
    "山东", "房东", "股东",
)  # fmt: skip
_NO_NAME = "".join(f"(?<!{word})" for word in _WORDS)
_COMMON = (
    "王李张刘陈杨赵黄周吴徐孙朱胡林郭何罗郑梁谢宋唐许邓冯曹彭曾萧肖董潘袁蔡余叶杜苏魏吕丁任沈姚卢姜崔钟谭陆汪范廖贾"
)
_ENGLISH = (
    r"\b(?:mr|mrs|ms|miss|madam|auntie|uncle)\b\.? "
    r"(?!(?:the|a|an|our|your|this|that|it|you|out)\b)[a-z]{2,}"
)
_TITLED = re.compile(
    f"(?:欧阳|[{_SURNAMES}]){_NO_NAME}(?:{_TITLES})"
    f"|[老小][{_COMMON}](?=家|的|已|和|与|说|反映|被|在|跟|[,，。]|$)"
    f"|{_ENGLISH}"
)


def named(text: str, names: Iterable[str]) -> bool:
    """Whether a text names one of these people, as their platforms show them."""
    plain = normalise(text)
    return any(_stands(normalise(name), plain) for name in names if len(name.strip()) > 1)


def found(text: str, names: Iterable[str], vouched: Callable[[str], bool] = lambda number: False) -> tuple[Text, ...]:
    """What a text tells of persons: names, numbers, rooms, health; empty where nothing was found.

    ``names`` are those of the case's residents, as their platforms show them; ``vouched`` numbers may be known by all.
    """
    plain = normalise(text)
    place = find(text)
    told = (
        ("name", named(text, names) or _TITLED.search(plain)),
        ("number", _numbers(plain, vouched)),
        ("room", place is not None and place.room),
        ("health", _HEALTH.search(plain)),
    )
    return tuple(tr(f"handoff.redaction.{what}") for what, there in told if there)


def _numbers(plain: str, vouched: Callable[[str], bool]) -> bool:
    # What stands in place of a date joins no digits.
    rest = _MOMENT.sub("|", plain)
    dialled = any(not vouched(match[0]) for match in _DIGITS.finditer(rest))
    return dialled or any(pattern.search(plain) for pattern in (_PLATE, _PASSPORT))


def _stands(name: str, plain: str) -> bool:
    """Whether a name stands in a text: Latin ones as whole words, for Li is no lift."""
    if not name.isascii():
        return name in plain
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", plain) is not None
