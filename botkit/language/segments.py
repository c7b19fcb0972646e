"""Segments: a message with two asks is taken apart, so that each can be decided for itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from botkit.language.normalise import HAN, normalise, without_mentions

_LONGEST = 2_000
_MOST = 4

# Where a sentence ends. Commas end one only before a word that begins another ask.
_END = r"[。！？!?；;\n]+\s*"
# Words that begin another subject, and words that may also only carry on a list.
_ZH_TURN = "另外|顺便|再问|再请问|还想|还要问|对了|第二|同时(?:想|请)|然后我?想问"
_ZH_JOIN = "还有|另一个|以及"
_EN_TURN = r"(?:and )?also|plus|by the way|btw|another (?:thing|question)|one more (?:thing|question)|secondly"
_EN_JOIN = (
    r"and (?:what|how|where|when|who|why|which|can|could|do|does|did|is|are|has|have|any|"
    r"i (?:need|want|would))"
)
_CUT = re.compile(
    rf"{_END}|[,，、.…]?\s*(?=(?:{_ZH_TURN}|{_ZH_JOIN}))|"
    rf"(?:[,.…]\s*|(?<!\band)\s)(?=(?:{_EN_TURN}|{_EN_JOIN})\b)|\.\s+(?=[A-Z])",
    re.IGNORECASE,
)
_LEAD = r"^[\s,，、.。…]*"
_TURN = re.compile(rf"{_LEAD}(?:{_ZH_TURN}|(?:{_EN_TURN})\b)", re.IGNORECASE)
_JOIN = re.compile(rf"{_LEAD}(?:{_ZH_JOIN}|(?:{_EN_JOIN})\b)", re.IGNORECASE)
_OPENER = re.compile(
    rf"{_LEAD}(?:(?:{_ZH_TURN}|{_ZH_JOIN})(?:一下|一个|下|[,，:：、\s])*|(?:(?:{_EN_TURN})\b|and\b)[,:\s]*)*",
    re.IGNORECASE,
)

# What makes a piece an ask.
_ASKS = re.compile(
    "[?？吗么呢伐]|怎么|怎样|如何|多少|哪|什么|啥|几点|几号|几时|电话|号码|热线|进展|请问|咨询|问一下|想问|想查|查一下|能不能|"
    "可不可以|可以|帮|麻烦|要|办|投诉|报修|找谁|有没有|人工|"
    r"\b(?:what|how|where|when|who|why|which|can|could|do|does|is|are|please|pls|need|want|help|number|hotline|phone|"
    r"status|any|report|renew|apply|talk|speak)\b",
    re.IGNORECASE,
)
# Words that say nothing by themselves: a piece made of these alone leans on its neighbour.
_EMPTY = re.compile(
    "请问|怎么办|怎么|怎样|如何|多少|哪里|哪儿|哪个|什么时候|什么|几点|几号|电话|号码|热线|可以|能不能|帮忙|帮我|帮|麻烦|谢谢|"
    "你好|您好|是不是|有没有|知道|告诉|一下|时候|时间|开门|关门|上班|下班|费用|收费|要钱|多久|地址|哪些|需要|"
    "你们|我们|他们|有人|现在|着急|急|救命|快|谁|我|你|您|他|她|它|的|了|吗|呢|么|啊|呀|吧|伐|这|那|个|是|在|有|要|想|问|说|叫|找|打|去|来|给|到|不|没|就|都|也|还|会|能|"
    r"\b(?:what|what's|whats|how|where|when|who|why|which|can|could|would|do|does|did|is|are|was|please|pls|need|want|help|"
    r"number|phone|hotline|call|it|its|it's|they|them|he|she|i|i'm|im|me|my|you|your|we|us|the|a|an|of|for|to|on|in|"
    r"at|and|or|be|have|has|get|know|tell|give|thanks|thank|hello|hi|hey|much|many|long|now|this|that|there|open|close|"
    r"cost|fix|repair|come|go|done|should|will|so|just|also|any|one|some)\b|[^\w]|[0-9_]",
    re.IGNORECASE,
)
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[a-z]{2,}", re.IGNORECASE)


def _weight(piece: str) -> int:
    """How much a piece says by itself: Chinese characters and (twice) English words that carry content."""
    rest = _EMPTY.sub(" ", piece)
    return len(_HAN.findall(rest)) + 2 * len(_WORD.findall(rest))


def split(text: str) -> tuple[str, ...]:
    """The asks of a message, in order; nearly always one, the text as it is.

    A cut is made only where a sentence ends or a word like 另外 or "and what" begins, and only when both
    sides say enough to be understood alone and are asks. Never raises; at most four; texts over 2,000
    characters stay whole. No words are lost but the joining one at a cut and mentions beside it.
    """
    if len(text) > _LONGEST or not text.strip():
        return (text,)
    cuts = sorted({end for found in _CUT.finditer(text) if 0 < (end := found.end()) < len(text)})
    parts: list[_Part] = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        part = _Part.of(text[start:end])
        if parts and (len(parts) == _MOST or not parts[-1].parts_from(part)):
            parts[-1] += part
        else:
            parts.append(part)
    if len(parts) == 1:
        return (text,)
    return tuple(_OPENER.sub("", part.text).strip(" ,，、") or part.text for part in parts)


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    weight: int
    asks: bool

    @classmethod
    def of(cls, text: str) -> _Part:
        plain = normalise(without_mentions(text))
        return cls(text, _weight(plain), bool(_ASKS.search(plain)))

    def __add__(self, other: _Part) -> _Part:
        return _Part(self.text + other.text, self.weight + other.weight, self.asks or other.asks)

    def parts_from(self, after: _Part) -> bool:
        """Whether what comes after is another ask, and this one is complete without it."""
        if self.weight < 2 or after.weight < 2:
            return False
        if _TURN.match(after.text):
            return self.asks or (after.asks and self.weight >= 4)
        return self.asks and (after.asks or bool(_JOIN.match(after.text)))
