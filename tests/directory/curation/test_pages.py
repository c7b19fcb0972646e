"""A maintainer's work on the pages: look, edit, review, publish, look back, undo."""

from __future__ import annotations

import pytest

from directory.values import Entry, Faq, Words
from tests.directory.curation.conftest import BOTH, Maintainer


def entry(desk: Maintainer, slug: str = "gas") -> Entry:
    value = desk.directory.contents.get("entry", slug)
    assert isinstance(value, Entry)
    return value


@BOTH
async def test_an_edit_waits_until_it_is_published_and_can_be_undone(desk: Maintainer) -> None:
    assert "Gas line" in await desk.page("/?lang=en") and "燃气热线" in await desk.page("/?lang=zh")
    form = await desk.form("/entry/gas/edit?lang=en")
    change = await desk.send("/entry/gas/edit", {**form, "name.en": "Gas hotline", "note": "they renamed it"})
    page = await desk.page(change)
    assert "Name (English)" in page and "Gas line" in page and "Gas hotline" in page and "they renamed it" in page
    assert entry(desk).name.en == "Gas line" and change in await desk.page("/")
    await desk.send(f"{change}/publish")
    assert entry(desk).name.en == "Gas hotline" and entry(desk).phrasings.zh == ("煤气公司电话多少",)
    assert desk.directory.index.search("gas hotline")[0].slug == "gas"
    history = await desk.page("/entry/gas/history")
    assert "they renamed it" in history and "王维护" in history and "the files" in history
    back = await desk.send(f"{change}/undo")
    assert "Undo" in await desk.page(back)
    await desk.send(f"{back}/publish")
    assert entry(desk).name.en == "Gas line"
    events = [event for event, _ in await desk.run.audit()]
    assert events.count("directory.published") == 3 and events.count("directory.proposed") == 3


async def test_a_form_with_mistakes_comes_back_as_it_was_typed_with_each_beside_its_input(desk: Maintainer) -> None:
    form = await desk.form("/entry/gas/edit")
    wrong = {**form, "phones.number": ["110", "", "", "", ""], "name.zh": "", "name.en": "", "summary.en": "x" * 101}
    page = await desk.send("/entry/gas/edit", wrong, status=422)
    assert "x" * 101 in page and 'value="110"' in page
    assert page.count('aria-invalid="true"') == 2 and 'href="#in-name-zh"' in page
    checked = await desk.send("/entry/gas/check", wrong, status=200)
    assert "emergency number" in checked and 'id="wrong-in-summary-en" hx-swap-oob="true"' in checked


async def test_a_mistake_in_part_of_a_field_stands_beside_its_own_input(desk: Maintainer) -> None:
    form = await desk.form("/entry/gas/edit?lang=zh")
    wrong = {**form, "hours.note.en": "x" * 121, "source.ref": "r" * 201, "topics": "moon"}
    checked = await desk.send("/entry/gas/check?lang=zh", wrong, status=200)
    for name, told in (
        ("hours-note-en", "有 121 个字"),
        ("source-ref", "有 201 个字"),
        ("topics", "没有“moon”这个类目"),
    ):
        beside = checked.partition(f'id="wrong-in-{name}"')[2].partition("</p>")[0]
        assert told in beside, name
    page = await desk.send("/entry/gas/edit?lang=zh", wrong, status=422)
    assert 'href="#in-hours-note-en"' in page and "directory." not in page.partition('id="checked"')[2]


async def test_while_typing_the_page_shows_how_the_bot_would_answer(desk: Maintainer) -> None:
    form = await desk.form("/entry/gas/edit")
    checked = await desk.send("/entry/gas/check", {**form, "cost.zh": "免费", "cost.en": "free"}, status=200)
    assert "燃气热线 962777" in checked and "Gas line 962777" in checked and "免费" in checked


async def test_a_new_entry_gets_a_slug_of_its_name_and_may_begin_with_questions(desk: Maintainer) -> None:
    form = await desk.form("/entry/new?phrasings.zh=水管爆了&phrasings.zh=水龙头坏了")
    assert form["phrasings.zh"] == "水管爆了\n水龙头坏了"
    form |= {
        "name.zh": "供水热线", "summary.zh": "停水漏水都管。", "topic": "water", "phones.number": ["12345"],
        "source.zh": "报纸", "owner": "王维护", "languages": "zh, wuu", "place.zh": "南京路", "free": "1",
    }  # fmt: skip
    change = await desk.send("/entry/new", form)
    assert "added" in await desk.page(change)
    await desk.send(f"{change}/publish")
    made = entry(desk, "gong_shui_re_xian")
    assert made.name == Words("供水热线") and made.languages == ("zh", "wuu") and made.free
    assert made.phrasings.zh == ("水管爆了", "水龙头坏了") and made.place.address.zh == "南京路"
    assert desk.directory.index.judge("水管爆了").subject == made


@BOTH
async def test_what_others_lean_on_cannot_be_removed_before_them(desk: Maintainer) -> None:
    await desk.page("/entry/gas/edit")
    assert "How do I pay for gas?" in await desk.send("/entry/gas/remove", status=422)
    await desk.page("/faq/faq_gas/edit")
    change = await desk.send("/faq/faq_gas/remove", {"note": "gone"})
    await desk.send(f"{change}/publish")
    change = await desk.send("/entry/gas/remove")
    await desk.send(f"{change}/publish")
    assert desk.directory.contents.guide.subjects == ()
    await desk.page("/entry/gas/edit", status=404)
    assert "removed" in await desk.page("/entry/gas/history")


async def test_questions_topics_and_families_have_forms_too(desk: Maintainer) -> None:
    for path, field, value in (
        ("/faq/faq_gas", "answer.en", "Pay in the app."),
        ("/topic/gas", "name.en", "Gas supply"),
        ("/family/repair", "name.en", "Repair"),
    ):
        form = await desk.form(f"{path}/edit")
        change = await desk.send(f"{path}/edit", {**form, field: value})
        await desk.send(f"{change}/publish")
        assert value in await desk.page(f"{path}/history")
    faq = desk.directory.contents.get("faq", "faq_gas")
    assert isinstance(faq, Faq) and faq.answer.en == "Pay in the app." and faq.behind == ("answer.zh",)


async def test_saving_what_has_not_changed_proposes_nothing(desk: Maintainer) -> None:
    form = await desk.form("/entry/gas/edit")
    assert "nothing to save" in await desk.send("/entry/gas/edit", form, status=200)


@BOTH
async def test_a_change_that_met_another_says_what_and_stays(desk: Maintainer) -> None:
    form = await desk.form("/entry/gas/edit")
    first = await desk.send("/entry/gas/edit", {**form, "owner": "first"})
    second = await desk.send("/entry/gas/edit", {**form, "owner": "second"})
    await desk.send(f"{first}/publish")
    assert "gas owner" in await desk.send(f"{second}/publish", status=409)
    await desk.send(f"{second}/refuse")
    assert "not taken" in await desk.page(second) and entry(desk).owner == "first"


async def test_the_effects_show_what_would_be_answered_differently(desk: Maintainer) -> None:
    form = await desk.form("/entry/gas/edit")
    change = await desk.send("/entry/gas/edit", {**form, "phrasings.zh": "煤气公司电话多少\n下水道堵了找谁通"})
    effects = await desk.page(f"{change}/effects")
    assert "下水道堵了找谁通" in effects and "to an officer" in effects and "answer:" in effects
    assert desk.directory.index.judge("下水道堵了找谁通").confidence < 0.5


@pytest.mark.parametrize(
    "query", ["?q=煤气", "?q=gas", "?topic=gas", "?owner=maintainers", "?state=unverified", "?kind=faq"]
)
async def test_lists_are_filtered(desk: Maintainer, query: str) -> None:
    assert "1 found" in await desk.page(f"/{query}&lang=en")


@pytest.mark.parametrize("query", ["?q=zzz", "?topic=water", "?owner=x", "?state=expired", "?kind=faq&q=zzz"])
async def test_what_fits_nothing_says_so(desk: Maintainer, query: str) -> None:
    assert "Nothing fits" in await desk.page(f"/{query}&lang=en")


async def test_others_of_the_station_see_none_of_it(desk: Maintainer) -> None:
    await desk.run.bot.services.staff.create("li", "李", ["officer", "admin"], password="long enough")
    desk.run.http.cookie_jar.clear()
    async with await desk.run.get("/desk/directory/") as response:
        assert response.status == 303 and "/login" in response.headers["Location"]
    await desk.run.log_in("li", "long enough")
    for path in ("/", "/entry/gas/edit", "/changes/", "/sheets", "/sheets/directory.xlsx"):
        await desk.page(path, status=403)
