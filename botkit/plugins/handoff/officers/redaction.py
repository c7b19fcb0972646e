"""Redaction: what a text for a whole group had better not tell. A warning to the officer, never a decision."""

from __future__ import annotations

import re
from collections.abc import Iterable

from botkit.language.normalise import normalise
from botkit.language.places import find
from botkit.messages import Text, tr

_DIGITS = re.compile(r"(?<!\d)(?:\d[ -]?){5,}(?!\d)")
_PLATE = re.compile(r"[京沪津渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][a-z0-9]{5,6}")
_HEALTH = re.compile(
    "癌|肿瘤|艾滋|怀孕|流产|精神病|抑郁|自杀|自残|吸毒|酒精|传染|阳性|病历|住院|手术|残疾|痴呆|癫痫|性病|梅毒|乙肝"
    r"|\b(?:cancer|tumou?r|hiv|aids|pregnan\w*|abortion|depress\w*|suicid\w*|addict\w*|drunk|infect\w*|hospital\w*"
    r"|surgery|disab\w*|dementia|epilep\w*|mental\w*|psychiatr\w*)\b"
)
_TITLED = re.compile(
    "[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪"
    "舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁宣邓郁单杭洪包左石崔"
    "吉龚程邢裴陆荣翁荀羊甄曲家封芮储靳段富巫焦巴弓侯班秋仲伊宫宁仇栾甘厉戎祖武符刘景龙叶幸司韶黎蒲邰从鄂索赖卓蔺屠蒙池乔阴胥"
    "能苍双闻莘党翟谭贡劳姬申扶堵冉宰郦雍桑桂牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖终暨居衡步都耿满弘"
    "匡国文寇广禄东欧殳沃利蔚越夔隆师巩聂勾敖融冷辛阚那简饶空曾沙养鞠须丰巢关相查后荆红游竺权盖益桓公]"
    "(?:某|[先女][生士]|阿姨|叔叔|大爷|大妈|师傅|老师)"
    r"|\b(?:mr|mrs|ms|miss)\.? [a-z]+"
)


def found(text: str, names: Iterable[str]) -> tuple[Text, ...]:
    """What a text tells of persons: names, numbers, rooms, health; empty where nothing was found.

    ``names`` are those of the case's residents, as their platforms show them.
    """
    plain = normalise(text)
    place = find(text)
    told = (
        ("name", any(len(name) > 1 and normalise(name) in plain for name in names) or _TITLED.search(plain)),
        ("number", _DIGITS.search(plain) or _PLATE.search(plain)),
        ("room", place is not None and place.room),
        ("health", _HEALTH.search(plain)),
    )
    return tuple(tr(f"handoff.redaction.{what}") for what, there in told if there)
