"""Places: found however they are written, and never in numbers that are something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language.estates import Estates
from botkit.language.normalise import normalise
from botkit.language.places import Place, find, same

ESTATES = Estates(
    {
        "幸福小区": ["幸福里", "平安路123弄"],
        "阳光花园": [],
        "望江第一公寓": ["望一公寓"],
        "三桥世博家园": [],
        "青山一村": [],
        "青山二村": [],
        "Riverside Garden": ["riverside"],
    }
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("幸福小区3号楼2单元502室漏水", Place(estate="幸福小区", building="3", unit="2", room="502")),
        ("我家在幸福小區三號樓五零二室", Place(estate="幸福小区", building="3", room="502")),
        ("3-502漏水", Place(building="3", room="502")),
        ("3-2-502 停电", Place(building="3", unit="2", room="502")),
        ("3号楼502有人打架", Place(building="3", room="502")),
        ("三栋二单元", Place(building="3", unit="2")),
        ("3#1203", Place(building="3", room="1203")),
        ("3号门口有人晕倒", Place(building="3")),
        ("在绿地香颂花园B座1203", Place(estate="绿地香颂花园", building="b", room="1203")),
        ("和平路88弄5号502室着火", Place(road="和平路", lane="88", building="5", room="502")),
        ("地下一层车库 3号楼", Place(building="3", floor="-1")),
        ("Lane 123, No. 5, room 502", Place(lane="123", building="5", room="502")),
        ("building 3 unit 2 room 502", Place(building="3", unit="2", room="502")),
        ("smoke on the 12th floor of tower B", Place(building="b", floor="12")),
        ("No. 5, Lane 88 Heping Road", Place(road="heping road", lane="88", building="5")),
        ("我住502室", Place(room="502")),
    ],
)
def test_places_are_found(text: str, place: Place) -> None:
    assert find(text, ESTATES) == place


@pytest.mark.parametrize(
    "text",
    [
        "3号下午停水", "5月3号", "打110", "打13812345678", "021-65551234", "502元", "3-5000元", "12:30来", "2026-5-12",
        "三室两厅", "3室2厅", "十二点", "302路公交", "2号线", "请到12号窗口", "95598", "我们小区停电了", "隔壁小区着火",
        "5楼着火", "room service", "call 962288", "10-4", "2026年3月11日", "价格120-150", "一下", "", "lane",
    ],
)  # fmt: skip
def test_other_numbers_are_no_places(text: str) -> None:
    assert find(text, ESTATES) is None


@pytest.mark.parametrize(
    ("text", "estate"),
    [
        ("幸福里停电", "幸福小区"), ("平安路123弄停电", "幸福小区"), ("陽光花園停電", "阳光花园"),
        ("三桥事博家园", "三桥世博家园"),
        ("望江第一公禹着火", "望江第一公寓"), ("望江第一寓着火", "望江第一公寓"), ("望江第一公公寓", "望江第一公寓"),
        ("幸服小区", "幸福小区"), ("青山二村", "青山二村"),
        ("RIVERSIDE has no water", "Riverside Garden"), ("riversid garden", "Riverside Garden"),
    ],
)  # fmt: skip
def test_known_estates_are_found_with_aliases_and_slips(text: str, estate: str) -> None:
    found = find(text, ESTATES)
    assert found is not None and found.estate == estate


@pytest.mark.parametrize("text", ["青山三村", "望江第公寓", "阳春花园", "幸存小区", "我们的小区", "阳光很好"])
def test_another_estate_is_no_slip(text: str) -> None:
    assert ESTATES.find(text) is None


def test_an_alias_belongs_to_one_estate() -> None:
    with pytest.raises(ValueError, match="甲"):
        Estates({"东苑": ["甲"], "西苑": ["甲"]})
    assert len(ESTATES) == 7


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("幸福小区3号楼", "幸福里三号楼502室", True),
        ("3号楼502", "3-502", True),
        ("3号楼5楼", "3号楼502", True),
        ("和平路88弄5号", "No. 5, Lane 88 Heping Road", True),
        ("幸福小区", "幸福小区3号楼", True),
        ("3号楼6楼", "3号楼502", False),
        ("3号楼", "5号楼", False),
        ("幸福小区3号楼", "阳光花园3号楼", False),
        ("3号楼502", "3号楼602", False),
        ("幸福小区", "3号楼", False),
    ],
)
def test_one_place_may_be_told_more_precisely(one: str, other: str, joined: bool) -> None:
    a, b = find(one, ESTATES), find(other, ESTATES)
    assert a is not None and b is not None
    assert same(a, b) is same(b, a) is joined


def test_keys_are_the_same_however_it_is_written() -> None:
    ways = ["幸福小区3号楼502室", "幸福里三號樓五〇二", "幸服小区 3号502"]
    keys = {place.key() for text in ways if (place := find(text, ESTATES))}
    assert len(keys) == 1


def test_spans_show_where_it_was_read() -> None:
    text = "我在幸福小区3号楼"
    found = find(text, ESTATES)
    assert found is not None
    assert [(kind, normalise(text)[start:end]) for kind, start, end in found.spans] == [
        ("estate", "幸福小区"),
        ("building", "3号楼"),
    ]


@given(st.text(alphabet=st.sampled_from("幸福小区三3号楼502室-弄路lane no. 单元一零#层b"), max_size=60))
def test_it_never_raises_and_is_its_own_place(text: str) -> None:
    place = find(text, ESTATES)
    if place is not None:
        assert place.key() == place.key()
        assert all(0 <= start <= end <= len(normalise(text)) for _, start, end in place.spans)


def test_a_room_before_its_corridor_is_no_floor() -> None:
    place = find("阳光花园3号楼502楼道堆物")
    assert place is not None and (place.room, place.floor) == ("502", "")
    place = find("3号楼12楼走廊")
    assert place is not None and (place.room, place.floor) == ("", "12")
