"""Links: addresses that are made to look like somebody else's, told by their form and not by a list of endings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Latin, Greek and Cyrillic letters, digits and hyphens: what a name in an address is, or pretends to be, made of.
_NAME = "a-z0-9\u00df-\u024f\u0370-\u052f\uff10-\uff5a-"
_ADDRESS = re.compile(rf"(?<![{_NAME}.@])((?:[{_NAME}]{{1,63}}\.){{1,6}}[{_NAME}]{{2,24}})(?![{_NAME}])", re.IGNORECASE)
CUES = frozenset(("brand", "office"))
"""Signs that honest addresses can bear as well."""
_MOST = 20
_LONGEST = 20_000
# Letters for which digits and other letters are set: a1ipay, paypa1, rnicrosoft.
_LOOKS = str.maketrans("01l35478", "oiiesatb")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
# Brands and offices that scams stand for, with the domains that are theirs.
_BRANDS = {
    "alipay": "alipay.com", "taobao": "taobao.com", "tmall": "tmall.com", "wechat": "wechat.com", "weixin": "qq.com",
    "icbc": "icbc.com.cn", "boc": "boc.cn", "abchina": "abchina.com", "cmbchina": "cmbchina.com", "ccb": "ccb.com",
    "unionpay": "unionpay.com", "paypal": "paypal.com", "apple": "apple.com", "icloud": "icloud.com",
    "amazon": "amazon.com", "netflix": "netflix.com", "microsoft": "microsoft.com", "google": "google.com",
    "12306": "12306.cn", "12123": "122.gov.cn", "etc": "", "yibao": "", "shebao": "", "gongan": "", "jingcha": "",
    "sfexpress": "sf-express.com", "ems": "ems.com.cn", "jd": "jd.com", "pinduoduo": "pinduoduo.com",
}  # fmt: skip
_SHORT_BRAND = 4
_OFFICIAL = re.compile(r"\.(?:gov|edu|mil)(?:\.[a-z]{2})?$")
_OFFICE = re.compile(r"(?:^|[.-])gov(?:[.-]|$)")


def signs(text: str) -> list[str]:
    """What is wrong with the addresses in a text: ``punycode``, ``mixed``, ``digits``, ``brand``, ``office``.

    Never raises; linear; looks at twenty addresses.
    """
    if "." not in text:
        return []
    found: dict[str, None] = {}
    for number, address in enumerate(_ADDRESS.finditer(text[:_LONGEST])):
        if number >= _MOST:
            break
        found.update(dict.fromkeys(_wrong(unicodedata.normalize("NFKC", address[1]).lower())))
    return list(found)


def _wrong(host: str) -> Iterator[str]:
    if _OFFICIAL.search(host) and not host.startswith("xn--"):
        return
    if any(label.startswith("xn--") for label in host.split(".")):
        yield "punycode"
    elif not host.isascii():
        # Letters of another alphabet among Latin ones: аpple with a Cyrillic а.
        if any(char.isascii() and char.isalpha() for label in host.split(".")[:-1] for char in label):
            yield "mixed"
        return
    if _OFFICE.search(host):
        yield "office"
    own = ".".join(host.split(".")[-2:])
    for part in re.split(r"[.-]", host):
        plain = _looks(part)
        for brand, theirs in _BRANDS.items():
            if len(brand) < _SHORT_BRAND and part == host.split(".")[-2]:
                continue
            if theirs and (host == theirs or host.endswith(f".{theirs}")):
                continue
            named = part == brand or (len(brand) > _SHORT_BRAND and brand in part)
            if named and own.split(".")[0] != brand:
                yield "brand"
            elif not named and (plain == _LOOKING[brand] or (len(brand) > _SHORT_BRAND and _LOOKING[brand] in plain)):
                yield "digits"


def _looks(part: str) -> str:
    """A part of an address as a quick eye takes it: l, 1 and i are one."""
    looks = part.translate(_LOOKS) if any(char.isalpha() for char in part) else part
    for pair, letter in _PAIRS:
        looks = looks.replace(pair, letter)
    return looks


_LOOKING = {brand: _looks(brand) for brand in _BRANDS}
