"""The card: what it says, in which order, and that it is never too long for a chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import botkit
from botkit.i18n import Catalogues
from botkit.messages import Text, tr
from botkit.testing import FakeClock
from directory import card, plugin
from directory.hours import State, Status
from directory.index import Index
from directory.values import Entry, Guide, Hours, Words

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    made = Catalogues(FakeClock(NOW), ZONE)
    made.add(Path(botkit.__file__).parent / "locales")
    made.add(Path(plugin.__file__).parent / "locales")
    return made


def reader(catalogues: Catalogues, language: str = "zh", now: datetime = NOW) -> card.Reader:
    return card.Reader(language, now, ZONE, partial(catalogues.render, language=language))


def shown(subject: Entry, catalogues: Catalogues, language: str = "zh", beside: Entry | None = None) -> str:
    lines = card.answer(subject, beside, reader(catalogues, language))
    return "\n".join(catalogues.render(line, language) for line in lines)


def entry(guide: Guide, slug: str) -> Entry:
    return next(entry for entry in guide.entries if entry.slug == slug)


def test_a_card_says_who_when_where_what_it_costs_and_how_sure_it_is(guide: Guide, catalogues: Catalogues) -> None:
    assert shown(entry(guide, "gas"), catalogues).split("\n") == [
        "上海燃气热线 962777",
        "服务时间请先打电话问 · 上海全市 · 费用未核实",
        "闻到煤气味：开窗，别碰开关，人到外面再打电话。",
        "燃气报修、账单、安检和投诉都可以问。",
        "示例/未核实 · 来源：上海日报旧闻",
    ]


def test_the_locksmith_card_asks_about_danger_first(guide: Guide, catalogues: Catalogues) -> None:
    for language, number in (("zh", "119"), ("en", "119")):
        first = shown(entry(guide, "locksmith"), catalogues, language).split("\n")[0]
        assert number in first and first == entry(guide, "locksmith").ask_first.of(language)


def test_an_invented_business_says_not_to_call(guide: Guide, catalogues: Catalogues) -> None:
    invented = entry(guide, "sample_locksmith")
    assert "请勿拨打" in shown(invented, catalogues) and "Do not call" in shown(invented, catalogues, "en")
    beside = shown(entry(guide, "locksmith"), catalogues, beside=invented)
    assert "演示：示例开锁（虚构） 021-00000001，请勿拨打" in beside


def test_how_sure_it_is(guide: Guide, catalogues: Catalogues) -> None:
    real = replace(entry(guide, "gas"), sample=False)
    assert shown(real, catalogues).endswith("未核实 · 来源：上海日报旧闻")
    assured = replace(real, assured_date=date(2026, 3, 1))
    assert shown(assured, catalogues, "en").endswith("Verified 2026-03-01 · source: Shine archive")


def test_a_number_in_the_name_is_not_said_twice(guide: Guide, catalogues: Catalogues) -> None:
    assert shown(entry(guide, "legal_aid"), catalogues).count("12348") == 1
    assert shown(entry(guide, "health_services"), catalogues).startswith("12320 公共卫生热线，或 12345")


@pytest.mark.parametrize(
    ("status", "zh", "en"),
    [
        (Status(State.ALWAYS), "全天有人接", "Open day and night"),
        (Status(State.OPEN), "现在有人接", "Open now"),
        (Status(State.OPEN, NOW), "现在有人接，到今天 10:00", "Open now, until today 10:00"),
        (Status(State.CLOSING, NOW, 20), "现在有人接，20 分钟后下班", "Open now, closes in 20 min"),
        (Status(State.CLOSED), "现在休息", "Closed now"),
        (Status(State.ASK), "服务时间请先打电话问", "Call for hours"),
        (Status(State.HOLIDAY), "今天是节假日或调休，时间未确认", "Holiday hours today not confirmed"),
        (
            Status(State.OPEN, None, 0, False),
            "现在有人接（节假日安排未确认）",
            "Open now (holiday hours not confirmed)",
        ),
    ],
)
def test_open_now(status: Status, zh: str, en: str, catalogues: Catalogues) -> None:
    assert catalogues.render(card.open_text(status), "zh") == zh
    assert catalogues.render(card.open_text(status), "en").lower() == en.lower()


def test_opens_tomorrow(catalogues: Catalogues) -> None:
    opens = datetime(2026, 3, 12, 9, 0, tzinfo=ZONE)
    assert catalogues.render(card.open_text(Status(State.CLOSED, opens)), "zh") == "现在休息，明天 09:00 开"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("opening", [None, tr("directory.wrong.try")])
def test_no_card_of_the_sample_is_too_long_or_lacks_what_it_must_say(
    guide: Guide, catalogues: Catalogues, language: str, opening: Text | None
) -> None:
    index = Index(guide)
    for subject in guide.subjects:
        lines = card.answer(subject, index.beside(subject), reader(catalogues, language), opening)
        text = "\n".join(catalogues.render(line, language) for line in lines)
        assert len(text) <= card.LIMIT, (subject.slug, len(text))
        if isinstance(subject, Entry):
            assert subject.phones[0].number in text and subject.name.of(language) in text
            assert opening or (subject.area.of(language) in text and subject.cost.of(language) in text)


def test_the_longest_entry_that_is_accepted_still_fits(catalogues: Catalogues, guide: Guide) -> None:
    for sign, language, field in (("长", "zh", 0), ("l", "en", 1)):
        sizes = {
            "name": (20, 34),
            "summary": (40, 100),
            "area": (14, 30),
            "cost": (14, 30),
            "ask_first": (40, 80),
            "meanwhile": (40, 90),
        }
        long = replace(
            entry(guide, "gas"),
            hours=Hours("Mo-Fr 09:00-17:00", True),
            **{name: Words(sign * size[field], sign * size[field]) for name, size in sizes.items()},
        )
        text = shown(long, catalogues, language, entry(guide, "water"))
        assert len(text) <= card.LIMIT and "962777" in text


def test_what_has_expired_gives_no_number_but_12345(guide: Guide, catalogues: Catalogues) -> None:
    gas = replace(entry(guide, "gas"), sample=False, risk="hotline", assured_date=NOW.date() - timedelta(days=91))
    told = {
        hotline: [
            catalogues.render(line, "zh")
            for line in card.answer(gas, None, replace(reader(catalogues), hotline=hotline))
        ]
        for hotline in (True, False)
    }
    assert told[True] == [
        "上海燃气热线", "燃气报修、账单、安检和投诉都可以问。",
        "2025-12-10 之后没有再核实，号码可能已变，请打 12345 核实",
    ]  # fmt: skip
    assert "民警" in told[False][-1] and not any("962777" in line or "12345" in line for line in told[False])
    fresh = replace(gas, assured_date=NOW.date() - timedelta(days=90))
    assert "962777" in shown(fresh, catalogues) and "待复核" in shown(fresh, catalogues)


def test_the_hotline_is_not_asked_about_itself(guide: Guide, catalogues: Catalogues) -> None:
    old = replace(entry(guide, "locksmith"), sample=False, assured_date=date(2020, 1, 1))
    lines = card.answer(old, None, replace(reader(catalogues), hotline=True))
    assert "12345" not in "".join(catalogues.render(line, "zh") for line in lines)


def test_an_expired_entry_is_not_named_beside_another(guide: Guide, catalogues: Catalogues) -> None:
    water = replace(entry(guide, "water"), sample=False)
    assert "另有" in shown(entry(guide, "gas"), catalogues, beside=water)
    old = replace(water, assured_date=date(2020, 1, 1))
    assert "另有" not in shown(entry(guide, "gas"), catalogues, beside=old)


def test_a_translation_that_is_behind_says_so(guide: Guide, catalogues: Catalogues) -> None:
    gas = replace(entry(guide, "gas"), behind=("summary.en",))
    assert "The Chinese text is newer" in shown(gas, catalogues, "en")
    assert "更新" not in shown(gas, catalogues)


def test_an_expired_answer_is_not_given(guide: Guide, catalogues: Catalogues) -> None:
    faq = replace(guide.faqs[-1], sample=False, assured_date=date(2020, 1, 1))
    lines = [catalogues.render(line, "zh") for line in card.answer(faq, None, reader(catalogues))]
    assert lines[0] == faq.question.zh and faq.answer.zh not in lines and "没有再核实" in lines[-1]
