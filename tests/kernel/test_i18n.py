"""Texts: in both languages, with their arguments, in the station's time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import botkit
from botkit.errors import UserError
from botkit.i18n import Catalogues, MissingText
from botkit.messages import Ref, tr
from botkit.testing import FakeClock

KERNEL = Path(botkit.__file__).parent / "locales"


def write(folder: Path, locale: str, name: str, **texts: str) -> None:
    path = folder / locale / "LC_MESSAGES" / f"{name}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f'msgid "{key}"\nmsgstr "{text}"\n\n' for key, text in texts.items()), "utf-8")


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    write(tmp_path, "zh_CN", "test", **{
        "t.case": "编号 {case}，{when} 前回复", "t.outer": "【{inner}】", "t.bad": "{",
        "t.odd": "{case.real.x}",
        "t.number": "{n} 人",
    })  # fmt: skip
    write(
        tmp_path,
        "en",
        "test",
        **{"t.case": "{case}, by {when}", "t.outer": "[{inner}]", "t.number": "{n} people"},
    )
    made = Catalogues(FakeClock(), ZoneInfo("Asia/Shanghai"))
    made.add(KERNEL)
    made.add(tmp_path)
    return made


def test_arguments_come_from_the_text_or_the_facts(catalogues: Catalogues) -> None:
    when = datetime(2026, 3, 11, 4, 30, tzinfo=UTC)
    facts = {"case": Ref("A-7"), "when": when}
    assert catalogues.render(tr("t.case"), "zh", facts) == "编号 A-7，今天 12:30 前回复"
    assert catalogues.render(tr("t.case", case="B"), "en", facts) == "B, by today 12:30"
    assert catalogues.render(tr("t.outer", inner=tr("t.case")), "en", facts) == "[A-7, by today 12:30]"
    assert catalogues.render("as it {is}", "zh") == "as it {is}"
    assert catalogues.render(tr("t.outer", inner="{case}"), "zh", facts) == "【{case}】", "an argument is no template"


def test_moments_are_told_as_people_say_them(catalogues: Catalogues) -> None:
    now = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
    told = {
        language: [catalogues.moment(now + timedelta(**span), language)
                   for span in ({"hours": 1}, {"hours": 15}, {"hours": -11}, {"days": 9})]
        for language in ("zh", "en")
    }  # fmt: skip
    assert told["zh"] == ["今天 11:00", "明天 01:00", "昨天 23:00", "3月20日 10:00"]
    assert told["en"] == ["today 11:00", "tomorrow 01:00", "yesterday 23:00", "Mar 20, 10:00"]


def test_masked_hides_what_cannot_be_a_phone_number(catalogues: Catalogues) -> None:
    facts = {"case": Ref("2026-0311"), "when": datetime(2026, 3, 11, 4, 30, tzinfo=UTC)}
    assert catalogues.render(tr("t.case"), "zh", facts, masked=True) == "编号 ·，· 前回复"
    assert catalogues.render(tr("t.number", n=12345), "zh", masked=True) == "· 人"
    assert catalogues.render(tr("t.number", n="12345"), "zh", masked=True) == "12345 人"
    assert catalogues.render(tr("t.number", n=date(2026, 3, 11)), "zh") == "2026-03-11 人"


def test_what_is_missing_or_malformed_is_named(catalogues: Catalogues) -> None:
    for key, said in (
        ("t.none", "no text"),
        ("t.case", "'case'"),
        ("t.bad", "malformed"),
        ("t.odd", "malformed"),
    ):
        with pytest.raises(MissingText, match=said) as caught:
            catalogues.render(tr(key, **({"case": 1} if key == "t.odd" else {})), "zh")
        assert key in str(caught.value)
    assert catalogues.text("fr", "kernel.trouble") == catalogues.text("zh", "kernel.trouble")
    assert not catalogues.has("en", "t.bad") and catalogues.has("zh", "t.bad")


def test_two_catalogues_may_not_say_different_things(catalogues: Catalogues, tmp_path: Path) -> None:
    write(tmp_path / "two", "zh_CN", "other", **{"t.outer": "另一句"})
    with pytest.raises(UserError, match=r"other\.po.*t\.outer"):
        catalogues.add(tmp_path / "two")


def test_a_file_that_is_no_catalogue_is_named(catalogues: Catalogues, tmp_path: Path) -> None:
    path = tmp_path / "three" / "en" / "LC_MESSAGES" / "broken.po"
    path.parent.mkdir(parents=True)
    for text, place in (
        ('msgid "a.b"\nmsgstr without quotes\n', ":2"), ('\nmsgid "a.b\nmsgstr "x"\n', ":2"),
        ('msgid "a"\nmsgstr "x" y\n', ":2"), ("garbage\n", ":1"), ('msgid "a"\nmsgid "b"\nmsgstr "x"\n', ""),
    ):  # fmt: skip
        path.write_text(text)
        with pytest.raises(UserError, match=rf"broken\.po{place}"):
            catalogues.add(tmp_path / "three")


def test_the_kernel_has_all_texts_in_both_languages(catalogues: Catalogues) -> None:
    kernel = Catalogues(FakeClock(), UTC)
    kernel.add(KERNEL)
    assert kernel.keys("zh") == kernel.keys("en") and len(kernel.keys("zh")) >= 6
