"""Addresses that look like somebody else's, and honest ones."""

from __future__ import annotations

import pytest

from botkit.plugins.safety.links import signs


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("登录 http://xn--80ak6aa92e.com/login", "punycode"),
        ("点a1ipay.example领红包", "digits"),
        ("paypa1.com-check.example", "digits"),
        ("rnicrosoft.example 升级", "digits"),
        ("https://\u0430pple.com/id", "mixed"),
        ("http://alipay.security-check.example/a", "brand"),
        ("【社保】yibao-gov.example/renzheng", "office"),
        ("etc-renzheng.example 补缴", "brand"),
    ],
)
def test_look_alikes(text: str, sign: str) -> None:
    assert sign in signs(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "今天3.5公里，第1.2节",
        "https://www.alipay.com/x",
        "查票上 www.12306.cn",
        "https://sh.gov.cn/service",
        "docs.google.com/a",
        "me@apple.com",
        "ok.so we meet at 5.30pm.thanks",
        "www.jd.com 有货",
    ],
)
def test_honest_addresses(text: str) -> None:
    assert signs(text) == []
