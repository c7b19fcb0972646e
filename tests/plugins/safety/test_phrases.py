"""Phrases: what each element means, and what is wrong is said."""

from __future__ import annotations

import pytest

from botkit.plugins.safety.phrases import PhraseError, compiled

LISTS = {"swindler": ("骗子", "scammer"), "empty": ()}


def says(phrase: str, text: str) -> bool:
    return compiled(phrase, LISTS).pattern.search(text) is not None


@pytest.mark.parametrize(
    ("phrase", "yes", "no"),
    [
        ("转 给 @swindler", "转给骗子", "转账给骗子"),
        ("转 给 @swindler", "转 给 scammer", "转给scammers"),
        ("转 ~3 给 骗子", "转钱了给骗子", "转,给骗子"),
        ("转 ~~3 给 骗子", "转,给骗子", "转。给骗子"),
        ("转 ~~~3 给 骗子", "转。给骗子", "转。。。。给骗子"),
        ("转 了? 给", "转了给", "转好给"),
        ("转 ~4 了? 给", "转钱钱给", "转钱钱钱钱钱给"),
        ("给 !快递", "给骗子", "给快递"),
        ("给 骗子 ~6 =了", "给骗子两万了", "给骗子两万"),
        ("^ 转", "啊,转", "来转"),
        ("转 $", "转,", "转账"),
        ("给 *? 骗子", "给网上认识的骗子", "给网上认识骗子"),
        ("con_man", "a con man", "conman"),
    ],
)
def test_elements(phrase: str, yes: str, no: str) -> None:
    assert says(phrase, yes)
    assert not says(phrase, no)


@pytest.mark.parametrize(
    "amount", ["5000", "三万八", "1.5万", "20k", "几百块", "¥300", "十几万", "200块钱", "12,000", "3 thousand"]
)
def test_amounts_of_money(amount: str) -> None:
    found = compiled("转了 #", LISTS).pattern.match(f"转了{amount}")
    assert (found is not None) is (amount != "3 thousand")


@pytest.mark.parametrize("number", ["两次", "二两", "三万金币", "2021年", "5个", "十步"])
def test_numbers_that_are_no_money(number: str) -> None:
    assert not says("转了 #", f"转了{number}")


def test_what_it_takes_in_ends_before_what_it_demands() -> None:
    found = compiled("给 骗子 ~6 =了", LISTS).pattern.search("给骗子两万了")
    assert found is not None and found[0] == "给骗子"


@pytest.mark.parametrize("phrase", ["转 @nobody", "转 @empty", "转 给|", "转? 给", "!转 给", "$ 给"])
def test_a_wrong_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        compiled(phrase, LISTS)
