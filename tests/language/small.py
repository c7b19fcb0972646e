"""A small directory that several tests ask: seven entries, two of them kin, and one that is not to be answered."""

from __future__ import annotations

from botkit.language import Entry

ENTRIES = (
    Entry(
        "gas",
        (
            "煤气公司电话",
            "煤气费怎么交",
            "燃气表坏了找谁",
            "煤气公司的客服热线",
            "gas company number",
            "my gas bill is wrong",
            "who do I call about gas",
            "pay the gas bill",
        ),
        "utilities",
    ),
    Entry(
        "water",
        (
            "自来水公司电话",
            "停水了打哪里",
            "水费怎么查",
            "家里没有水了",
            "water company number",
            "no water at home",
            "the water bill is too high",
            "who do I call about water",
        ),
        "utilities",
    ),
    Entry(
        "locksmith",
        (
            "开锁电话",
            "钥匙丢了进不了门",
            "附近有开锁师傅吗",
            "开锁要多少钱",
            "locksmith near me",
            "locked out of my flat",
            "I lost my keys",
            "open my door please",
        ),
    ),
    Entry(
        "garbage",
        (
            "大件垃圾怎么扔",
            "装修垃圾找谁",
            "垃圾分类怎么分",
            "旧沙发扔哪里",
            "how to throw away an old sofa",
            "where does bulky waste go",
            "sorting garbage",
            "garbage collection times",
        ),
    ),
    Entry(
        "legal_aid",
        (
            "免费律师哪里找",
            "法律援助怎么申请",
            "想问问律师",
            "打官司没有钱",
            "free legal hotline",
            "where can I find a lawyer",
            "apply for legal aid",
            "I need legal advice",
        ),
    ),
    Entry(
        "housing_fund",
        (
            "公积金怎么提取",
            "公积金账户查询",
            "住房公积金可以取吗",
            "提取公积金要什么材料",
            "housing fund withdrawal",
            "check my housing fund",
            "take money out of the housing fund",
        ),
    ),
    Entry(
        "small_talk",
        ("你是谁呀", "今天天气怎么样", "讲个笑话", "who are you", "tell me a joke", "how is the weather"),
        answers=False,
    ),
)
"""Enough for a fit of half a second."""
STRANGERS = ("周末一起打羽毛球", "who won the football match", "", "？？", "👍👍", "<url>", "qwrtzp")
