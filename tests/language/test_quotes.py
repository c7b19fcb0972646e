"""Quotes: what others said is not what the sender says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language.quotes import quoted


@pytest.mark.parametrize(
    ("text", "own", "others"),
    [
        ("「张三：着火了」\n- - - - - - - -\n假的吧", "假的吧", "张三：着火了"),
        ("> 停水了\n> 真的\n我家也是", "我家也是", "停水了\n真的"),
        ("[引用] 李四: 电话多少\n95598", "95598", "李四: 电话多少"),
        ("[引用 李四：电话多少]95598", "95598", "李四：电话多少"),
        ("回复 王五：好的", "好的", ""),
        ("真的吗//@张三:有骗子", "真的吗", "@张三:有骗子"),
        ("On Mon, 3 Mar 2026 Li wrote:\n> fire\nno fire", "no fire", "fire"),
        ("> 只有引用", "", "只有引用"),
    ],
)
def test_quotations_are_parted(text: str, own: str, others: str) -> None:
    assert quoted(text) == (own, others)


@pytest.mark.parametrize("text", ["他说「着火了」", "煤气电话多少", "3 > 2", "", "https://a.cn//@x"])
def test_what_only_looks_like_one_is_the_senders(text: str) -> None:
    assert quoted(text) == (text, "")


@given(st.text(alphabet=st.sampled_from("「」：:>＞\n[]引用回复//@ab着火 -"), max_size=80))
def test_it_never_raises_and_invents_nothing(text: str) -> None:
    own, others = quoted(text)
    assert set(own) | set(others) <= set(text) | {"\n"}
