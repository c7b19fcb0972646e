"""Tokens: what is compared by kind, not by letter: addresses, long numbers, stickers, fillers of speech."""

from __future__ import annotations

import re

from botkit.language.numerals import fold as fold_numerals

URL, MAIL, NUMBER = "<url>", "<mail>", "<number>"
"""What stands for a web address, a mail address and a number of seven digits or more."""

_ENDINGS = (
    "com|cn|net|org|gov|edu|top|xyz|cc|vip|info|site|shop|club|online|app|link|icu|ltd|io|me|tv|co|hk|tw|uk|us|ru"
)
_URL = re.compile(
    r"(?:https?://|www\.)[^\s\u3000-\u9fff\uff00-\uffef<>\"']{1,400}"
    rf"|(?<![a-z0-9@.-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}(?:{_ENDINGS})(?![a-z0-9-])(?:[/?#][a-z0-9_./?=&#%+~:-]{{0,"
    rf"400}})?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}", re.IGNORECASE)
# Five-digit and six-digit numbers stay: 12345 and 962288 are services, and mean something.
_NUMBER = re.compile(r"(?<![\d.])(?:(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\+?\d(?:-?\d){6,30})(?![\d.]*\d)")
_SPACES = re.compile(" {2,}")
# Clients write what they can't show as [捂脸] or [Facepalm].
_STICKER = re.compile(r"\[[\u4e00-\u9fff]{1,5}\]|\[[a-z]{2,14}\]", re.IGNORECASE)

# What voice input writes down and nobody means.
_FILLERS = re.compile(
    "[嗯呃额唔]+[,，、…。 ]*(?![度头])|(?:那个|这个)(?:就是说?|什么|啊|呃|嗯)+[,，、 ]*|就是说[,，、 ]*|"
    "(?<![你我他])怎么说呢[,，、 ]*|"
    "(?:你|我)跟(?:你|我)讲[,，、 ]*|我跟你说[,，、 ]*|你知道[吧吗伐](?=[,，、 ])[,，、 ]*|然后呢[,，、 ]*|"
    "(?:然后){2,}|"
    r"\b(?:um+|uh+|er+m*|hmm+|you know|i mean|like i said|sort of|kind of)\b[, .…]*"
)


def tokens(text: str) -> str:
    """A normalised text in which addresses are ``<url>`` and ``<mail>``, numbers of 7 to 31 digits ``<number>``,
    Chinese numerals digits, and stickers gone. For comparing only; never raises; linear.
    """
    if "[" in text:
        text = _STICKER.sub(" ", text)
    if "@" in text:
        text = _MAIL.sub(f" {MAIL} ", text)
    if "." in text or "://" in text:
        text = _URL.sub(f" {URL} ", text)
    text = _NUMBER.sub(f" {NUMBER} ", fold_numerals(text))
    return _SPACES.sub(" ", text).strip()


def without_fillers(text: str) -> str:
    """A normalised text without the um and er of speech: 嗯, 那个就是, 怎么说呢, you know. All of them is nothing."""
    return _FILLERS.sub("", text).strip()
