"""What is to be done, and doing it: verify, translate, answer what was asked, read what residents suggest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from botkit.storage import UnitOfWork
from directory import changes
from directory.changes import Edit
from directory.curation.clusters import Question, clusters
from directory.curation.work import doubles, untranslated
from directory.questions import QUESTION
from directory.values import Entry, Guide, Phone, Phrases, Words
from tests.directory.curation.conftest import BOTH, Maintainer

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def entry(desk: Maintainer) -> Entry:
    value = desk.directory.contents.get("entry", "gas")
    assert isinstance(value, Entry)
    return value


def asked(*texts: str) -> list[Question]:
    return [Question(number, text, "zh", NOW) for number, text in enumerate(texts)]


async def log(desk: Maintainer, *texts: str) -> None:
    services = desk.run.bot.services

    async def job(unit: UnitOfWork) -> None:
        for text in texts:
            unit.write(QUESTION, unit.new_id(), None, services.clock.now(), "zh", text, "", 0.3)

    await services.unit(job)


@BOTH
async def test_what_was_never_verified_is_due_until_somebody_confirms_it(desk: Maintainer) -> None:
    page = await desk.page("/todo?lang=en")
    assert "Never verified" in page and 'href="tel:962777"' in page and "Keeper: maintainers" in page
    where = await desk.send("/todo/verify/gas", {"outcome": "no_answer"})
    assert "nobody answered" in await desk.page(where) and "last: No answer" in await desk.page("/todo")
    await desk.send("/todo/verify/gas", {"outcome": "confirmed"})
    today = desk.run.bot.services.clock.now().date()
    assert entry(desk).assured_date == today
    assert 'todo/verify/gas"' not in await desk.page("/todo")
    history = await desk.page("/entry/gas/history")
    assert "Verification" in history and str(today) in history


async def test_three_calls_in_vain_come_first(desk: Maintainer) -> None:
    await desk.page("/todo?lang=en")
    for _ in range(3):
        await desk.send("/todo/verify/gas", {"outcome": "no_answer"})
    assert "nobody answered three times" in await desk.page("/todo")


async def test_what_changed_is_edited_and_what_is_gone_waits_for_its_removal(desk: Maintainer) -> None:
    await desk.page("/todo")
    assert await desk.send("/todo/verify/gas", {"outcome": "changed"}) == "/entry/gas/edit"
    change = await desk.send("/todo/verify/gas", {"outcome": "gone"})
    assert change.startswith("/changes/") and desk.directory.contents.get("entry", "gas") is not None
    await desk.send("/todo/verify/gas", {"outcome": "maybe"}, status=400)
    await desk.send("/todo/verify/moon", {"outcome": "gone"}, status=404)


@BOTH
async def test_questions_without_an_answer_become_phrasings_or_an_entry_or_go(desk: Maintainer) -> None:
    await log(desk, "哪里可以修自行车", "哪里能修自行车", "附近哪里可以修自行车呀", "今天天气怎么样")
    page = await desk.page("/todo?lang=en")
    assert "3 times" in page and "3 wordings" in page and "/entry/new?phrasings.zh=" in page
    assert page.index("修自行车") < page.index("今天天气")
    ids = page.split('action="/desk/directory/todo/questions"')[1].split("</form>")[0].split('value="')
    questions = [part.split('"')[0] for part in ids if part.split('"')[0].isdecimal()]
    assert len(questions) == 3
    await desk.send("/todo/questions", {"question": questions})
    page = await desk.page("/todo")
    assert "修自行车" not in page and "今天天气" in page


async def test_a_translation_that_stayed_behind_is_translated_or_still_right(desk: Maintainer) -> None:
    form = await desk.form("/entry/gas/edit")
    change = await desk.send("/entry/gas/edit", {**form, "summary.zh": "燃气的新事。"})
    await desk.send(f"{change}/publish")
    assert "Summary (English) may be behind" in await desk.page("/todo?lang=en")
    await desk.send("/todo/translated/gas", {"field": "summary.en"})
    assert entry(desk).behind == () and "may be behind" not in await desk.page("/todo")


@BOTH
async def test_residents_suggest_and_maintainers_read(desk: Maintainer) -> None:
    run = desk.run
    async with await run.get("/directory/suggest?slug=gas&lang=en") as response:
        assert "About: Gas line" in await response.text()

    async def suggest(text: str, **more: str) -> int:
        form = {"slug": "gas", "text": text, **more}
        async with run.http.post(f"{run.url}/directory/suggest", data=form, headers=run.own) as response:
            await response.text()
            return response.status

    assert await suggest("号码换了 <b>") == 200 and await suggest("x", website="http://spam") == 200
    assert await suggest(" ") == 422 and await suggest("长" * 501) == 422
    page = await desk.page("/todo?lang=en")
    assert "号码换了 &lt;b&gt;" in page and page.count("todo/suggestions/") == 1
    for _ in range(4):
        assert await suggest("又一条") == 200
    assert await suggest("再一条") == 429
    run.bot.services.clock.step(timedelta(hours=1))  # type: ignore[attr-defined]  # the clock of tests
    assert await suggest("再一条") == 200
    number = page.split("todo/suggestions/")[1].split('"')[0]
    await desk.send(f"/todo/suggestions/{number}")
    assert "号码换了" not in await desk.page("/todo")
    rows = await run.bot.services.database.read("SELECT * FROM directory_suggestion")
    assert {name for row in rows for name in row} == {"id", "station_id", "slug", "text", "made_at"}


async def test_a_suggestion_from_another_site_is_refused(desk: Maintainer) -> None:
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    async with desk.run.http.post(f"{desk.run.url}/directory/suggest", data={"text": "x"}, headers=headers) as response:
        assert response.status == 403


@BOTH
async def test_what_was_not_right_counts_until_it_changes(desk: Maintainer) -> None:
    services = desk.run.bot.services
    statement = "INSERT INTO answer_feedback (id, station_id, at, subject, helpful) VALUES (?, ?, ?, ?, ?)"
    for number, helpful in enumerate((False, False, True)):
        services.clock.step(timedelta(minutes=1))  # type: ignore[attr-defined]  # the clock of tests
        await services.database._direct(statement, number + 1, None, services.clock.now(), "gas", helpful)
    assert "not right 2 times, helpful 1 times" in await desk.page("/todo?lang=en")
    services.clock.step(timedelta(minutes=1))  # type: ignore[attr-defined]  # the clock of tests
    change = await changes.propose(
        services.database, [Edit("entry", "gas", replace(entry(desk), owner="x"))], kind="edit", actor="staff:1"
    )
    await services.unit(lambda unit: changes.publish(unit, change, "staff:1"))
    await desk.directory.refresh(services.database)
    assert "not right 2 times" not in await desk.page("/todo")


def test_alike_questions_come_together_and_others_stay_apart() -> None:
    english = ("where can I fix my bike", "fix my bike where")
    found = clusters(asked("哪里修鞋", "修鞋哪里有", *english, "??", "自行车打气"))
    assert [cluster.texts for cluster in found] == [
        ("哪里修鞋", "修鞋哪里有"),
        english,
        ("自行车打气",),
    ]


def test_what_lacks_a_language_is_to_be_translated() -> None:
    one = Entry("a", "t", Words("甲", ""), Words("说明", "told"), (Phone("12345"),), behind=("summary.en",))
    (found,) = untranslated(Guide((one,)))
    assert found.missing == ("name.en",) and found.behind == ("summary.en",)
    assert untranslated(Guide((replace(one, name=Words("甲", "A"), behind=()),))) == []


def test_doubles_have_one_name_or_one_number_and_nearly_one_name() -> None:
    def made(slug: str, name: str, number: str) -> Entry:
        return Entry(slug, "t", Words(name), Words("说明"), (Phone(number),), phrasings=Phrases(("问",)))

    entries = (
        made("a", "滨江开锁公司", "021-64312345"), made("b", "滨江开锁", "021-64312345"),
        made("c", "修鞋", "12345"), made("d", "修鞋", "12348"), made("e", "完全不同", "021-64312345"),
    )  # fmt: skip
    found = {(one.first.slug, one.second.slug): one.why for one in doubles(Guide(entries))}
    assert found == {("a", "b"): "number", ("c", "d"): "name"}
