"""Redaction: what officers really write to a group, and what of it tells too much."""

from __future__ import annotations

import pytest

from botkit.plugins.handoff.officers.redaction import found, named

CLEAN = (
    "楼道堆物已清理，谢谢反映",
    "今天下午三点停水两小时",
    "3号楼电梯已修好",
    "已联系物业，明天上午10:30派人处理。",
    "#0311-01 已办结，谢谢大家。",
    "2026年3月12日前清理完毕",
    "2026-03-12 起封闭施工，请绕行",
    "请到派出所窗口办理，周一至周五 8:30-17:30",
    "可以拨打12345或96110咨询",
    "保安师傅已经去看了",
    "水管师傅今天到，请家长和老师放心",
    "飞线充电已拆除，充电请到北门车棚",
    "残疾人通道上的车已经移走",
    "由于老师反映的护栏松动，已请市政处理",
    "小区东门路灯已修好",
    "12号楼2单元门禁已更换",
    "双方已经和解",
    "井盖已更换，共花费1500元",
    "地下车库请用酒精消毒液，不要用明火",
    "噪音扰民已处理，夜里十点后禁止施工",
    "施工方保证三天内完成，过时请再反映",
    "请大家小时候就养成好习惯，不要高空抛物",
    "The rubbish in the stairwell has been cleared, thank you.",
    "The lift in building 3 works again.",
    "Water will be off from 3 to 5 pm today.",
    "Please do not miss the notice at the gate.",
    "The car in the disabled parking space has been moved.",
    "Call 12345 for questions about the works.",
    "The hospital road is closed until 2026-03-15.",
)

TOLD = {
    "502室张先生醉酒已送医": "name room health",
    "张阿姨家漏水已修好": "name",
    "王某已被批评教育": "name",
    "李某某已到派出所说明情况": "name",
    "欧阳女士的钱包已找到": "name",
    "老王家的狗已经牵走": "name",
    "3号楼502室漏水已修": "room",
    "五零二室的噪音已处理": "room",
    "12-1203 的住户已同意拆除": "room",
    "2单元401已经通知": "room",
    "请联系13812345678领取": "number",
    "请联系 138-1234-5678 领取": "number",
    "打 021-55556666 找失主": "number",
    "身份证31010119900101123X已找到": "number",
    "沪A12345 的车主请移车": "number",
    "沪AD12345已移走": "number",
    "护照 E12345678 在窗口": "number",
    "银行卡 6222 0202 0001 1234 567 已冻结": "number",
    "当事人有精神疾病，已联系家属": "health",
    "老人患有老年痴呆，已送回家": "health",
    "伤者骨折，正在住院": "health",
    "他确诊新冠，正在隔离": "health",
    "孩子有自杀倾向，已安排陪护": "health",
    "女方怀孕，请大家体谅": "health",
    "喝醉的男子已送回": "health",
    "孙大爷晕倒，已送医院": "name health",
    "Mr Wang in flat 502 has been told.": "name room",
    "Mrs. Li found her dog.": "name",
    "Please call 138 1234 5678 for the keys.": "number",
    "The man in room 1203 was drunk.": "room health",
    "She was taken to hospital and is doing well.": "health",
    "The tenant has a mental illness.": "health",
    "The injured boy is home again.": "health",
    "Ms Chen's scooter, plate 沪B8K123, was found.": "name number",
}


@pytest.mark.parametrize("text", CLEAN)
def test_what_names_nobody_passes(text: str) -> None:
    assert [told.key for told in found(text, ["梅丽", "Li"])] == []


@pytest.mark.parametrize(("text", "what"), TOLD.items())
def test_what_tells_of_a_person_is_named(text: str, what: str) -> None:
    assert [told.key.rpartition(".")[2] for told in found(text, ())] == what.split()


def test_the_reporters_own_name_is_found_as_a_whole() -> None:
    assert named("已告诉梅丽", ["梅丽"]) and named("Li has it back", ["Li"]) and named("ＬＩ 已取走", ["Li"])
    assert not named("The lift works", ["Li"]) and not named("好", ["好"]) and not named("已办", [])


def test_a_number_that_the_directory_vouches_for_is_nobodys() -> None:
    text = "物业值班电话 021-55556666"
    assert found(text, ()) and not found(text, (), lambda number: number == "021-55556666")


def test_a_text_that_tells_everything_is_told_all_of_it() -> None:
    told = found("3号楼502室的张先生确诊肺炎，电话13812345678", ())
    assert [each.key.rpartition(".")[2] for each in told] == ["name", "number", "room", "health"]
