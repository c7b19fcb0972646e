"""Canned answers: written by one, approved by another, filled for each case, and never sent unapproved."""

from __future__ import annotations

import re

from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.staffing import CannedAnswer
from botkit.storage.models import AuditEntry
from botkit.testing import BotHarness
from tests.plugins.handoff.estate import OFFICERS, account, case_of, room, said_in, senses
from tests.plugins.handoff.station import Officer, officer, only_case, station

PATH = "/desk/answers/"
Form = dict[str, str | list[str]]
ZH = "{station}{holder}已收到 {case}，{date} 前后给您回音。"
EN = "{holder} of {station} has {case}; you will hear from us around {date}."


async def writes(who: Officer, slug: str = "received", zh: str = ZH, en: str = EN, topics: str = "") -> tuple[int, str]:
    """Fill in the form as it stands for this answer and submit it."""
    _, page = await who.get(f"{PATH}?edit={slug}")
    kept = {"csrf": field(page, "csrf"), "read": field(page, "read")}
    fields: Form = {**kept, "slug": slug, "zh": zh, "en": en, "topics": topics.split()}
    return await who.sends(f"{PATH}propose", fields)


async def approves(who: Officer, slug: str = "received", page: str = "") -> tuple[int, str]:
    """Press the button under this answer, as the page is now or was."""
    page = page or (await who.get(PATH))[1]
    part = page.partition(f'id="answer-{slug}"')[2].partition("</article>")[0]
    return await who.sends(f"{PATH}{slug}/approve", {"csrf": field(page, "csrf"), "read": field(part, "read")})


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


async def claimed(bot: BotHarness, zhang: Officer, text: str = "楼道堆物", who: str = "hong") -> Case:
    await bot.says(text, who=who)
    case = await Case.all().order_by("-id").first()
    assert case is not None
    await zhang.does("claim", case)
    await bot.settle()
    bot.news()
    return case


async def test_from_the_first_draft_to_the_resident() -> None:
    async with (
        station([senses]) as bot,
        officer(bot) as zhang,
        officer(bot, "li", ("backup",), "综合民警") as li,
    ):
        await account(bot, zhang.member)
        await room(bot, "officers", OFFICERS)
        status, page = await writes(zhang)
        assert status == 200 and "已提交，等另一位审核" in page
        assert "派出所社区民警已收到 #0311-01，2026-03-11 前后" in page and "等另一位审核" in page
        case = await claimed(bot, zhang)
        await bot.says(f"常用 #{case.number} received", who="zhang", group=OFFICERS)
        bot.replied("还没有审过的常用答复")
        status, page = await approves(li)
        assert status == 200 and "已审核，可以使用" in page and "Li 已审" in page
        await bot.says(f"常用 #{case.number}", who="zhang", group=OFFICERS)
        bot.replied("received：")
        await bot.says(f"常用 #{case.number} received", who="zhang", group=OFFICERS)
        await bot.advance(seconds=11)
        assert said_in(bot, "dm-hong")[-1].text == "派出所社区民警已收到 #0311-01，2026-03-11 前后给您回音。"
        assert said_in(bot, "dm-hong")[-1].out.author == "社区民警"
        events = {row.event for row in await AuditEntry.filter(subject="canned:received")}
        assert events == {"answer.proposed", "answer.approved"}


async def test_the_case_page_fills_a_fitting_answer_into_the_reply() -> None:
    async with (
        station([senses]) as bot,
        officer(bot) as zhang,
        officer(bot, "li", ("backup",), "综合民警") as li,
    ):
        await writes(zhang)
        await writes(zhang, "papers", "户口请到窗口办。", "Come to the window.", topics="hukou")
        case = await claimed(bot, zhang)
        assert "填入" not in await zhang.opens(case)
        for slug in ("received", "papers"):
            await approves(li, slug)
        page = await zhang.opens(case)
        assert "<option>received</option>" in page and "papers" not in page
        _, page = await zhang.get(f"/desk/handoff/{case.ref}?answer=received")
        assert ">派出所社区民警已收到 #0311-01，2026-03-11 前后给您回音。</textarea>" in page
        assert page.count("2026-03-11 前后给您回音") == 1
        _, page = await zhang.get(f"/desk/handoff/{case.ref}?answer=nothing")
        assert 'name="text"' in page


async def test_the_language_is_the_residents() -> None:
    async with (
        station([senses]) as bot,
        officer(bot, title="community officer") as zhang,
        officer(bot, "li", ("backup",), "综合民警") as li,
    ):
        await writes(zhang)
        await approves(li)
        case = await claimed(bot, zhang, "There is rubbish in my stairwell, please help", "ann")
        assert case.language == "en"
        _, page = await zhang.get(f"/desk/handoff/{case.ref}?answer=received")
        assert "community officer of Police station has #0311-01" in page


async def test_nobody_approves_their_own() -> None:
    async with station([senses]) as bot, officer(bot, "chief", ("commander",), "所长") as chief:
        _, page = await writes(chief)
        assert "/received/approve" not in page
        read = (await CannedAnswer.get()).changed_at.isoformat()
        fields = {"csrf": field(page, "csrf"), "read": read}
        status, page = await chief.sends(f"{PATH}received/approve", fields)
        assert status == 422 and "要由别人审核" in page
        assert (await CannedAnswer.get()).state == "draft"


async def test_an_officer_proposes_but_does_not_approve() -> None:
    async with (
        station([senses]) as bot,
        officer(bot) as zhang,
        officer(bot, "wang") as wang,
        officer(bot, "mao", ("maintainer",)) as mao,
        officer(bot, "fan", ("anti_fraud",)) as fan,
    ):
        await writes(zhang)
        _, page = await wang.get(PATH)
        assert "/received/approve" not in page and "/received/retire" not in page
        fields = {"csrf": field(page, "csrf"), "read": (await CannedAnswer.get()).changed_at.isoformat()}
        for action in ("approve", "retire"):
            assert (await wang.sends(f"{PATH}received/{action}", fields))[0] == 403
        for outsider in (mao, fan):
            assert (await outsider.get(PATH))[0] == 403
        assert (await CannedAnswer.get()).state == "draft"


async def test_what_changed_meanwhile_is_not_approved_unread() -> None:
    async with (
        station([senses]) as bot,
        officer(bot) as zhang,
        officer(bot, "li", ("backup",), "综合民警") as li,
    ):
        await writes(zhang)
        _, page = await li.get(PATH)
        await bot.advance(minutes=1)
        await writes(zhang, zh="改过的。")
        status, shown = await approves(li, page=page)
        assert status == 422 and "刚被改过" in shown
        assert (await approves(li))[0] == 200
        # Who had the older version open does not overwrite the newer one.
        await bot.advance(minutes=1)
        await writes(zhang, zh="又改过。")
        old = {"csrf": field(page, "csrf"), "read": field(page.partition("article")[2], "read")}
        status, shown = await li.sends(f"{PATH}propose", old | {"slug": "received", "zh": "旧的", "en": "old"})
        assert status == 422 and "刚被改过" in shown and "旧的" in shown
        status, shown = await li.sends(f"{PATH}propose", old | {"read": "", "slug": "received", "zh": "新", "en": "n"})
        assert status == 422 and "已经有叫" in shown


async def test_a_new_version_is_out_of_use_until_it_is_approved_and_a_retired_one_for_good() -> None:
    async with (
        station([senses]) as bot,
        officer(bot) as zhang,
        officer(bot, "li", ("backup",), "综合民警") as li,
        officer(bot, "chief", ("commander",), "所长") as chief,
    ):
        await writes(zhang)
        await approves(li)
        case = await claimed(bot, zhang)
        await bot.advance(minutes=1)
        await writes(li, zh="没审过的新话。")
        _, page = await zhang.get(f"/desk/handoff/{case.ref}?answer=received")
        assert "没审过的新话" not in page and "填入" not in page
        assert (await approves(chief))[0] == 200
        _, page = await zhang.get(f"/desk/handoff/{case.ref}?answer=received")
        assert "没审过的新话" in page
        _, page = await chief.get(PATH)
        await chief.sends(f"{PATH}received/retire", {"csrf": field(page, "csrf")})
        _, page = await zhang.get(f"/desk/handoff/{case.ref}?answer=received")
        assert "没审过的新话" not in page


async def test_what_is_wrong_with_a_text_is_said_with_what_to_do() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        texts: list[tuple[dict[str, str], str]] = [
            ({"zh": "您好 {name}"}, "花括号里的“name”不认识"),
            ({"en": "Hello {name}"}, "{case}, {holder}, {station}, {date}"),
            ({"zh": "您好 {case"}, "花括号里的"),
            ({"zh": "您好 }case{"}, "花括号里的"),
            ({"zh": "请打 021-55556666"}, "号码 021-55556666 不在目录里，请先加进目录"),
            ({"zh": "  "}, "中英文都要写"),
            ({"en": "x" * 501}, "各不超过 500 个字"),
            ({"slug": "Hello World"}, "名称用小写字母"),
        ]
        for wrong, told in texts:
            status, page = await writes(zhang, **wrong)
            assert status == 422 and told in page, wrong
        assert not await CannedAnswer.exists()
        assert (await writes(zhang, zh="急事打110。"))[0] == 200


async def test_a_preview_keeps_nothing() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        _, page = await zhang.get(PATH)
        kept = {"csrf": field(page, "csrf"), "slug": "received"}
        fields: Form = {**kept, "zh": ZH, "en": EN, "topics": ["hukou", "x"]}
        status, page = await zhang.sends(f"{PATH}preview", fields)
        assert status == 200 and "居民会看到" in page and "派出所社区民警已收到 #0311-01" in page
        assert "community officer of Police station" in page and ZH in page
        assert '<option value="hukou" selected>' in page
        assert not await CannedAnswer.exists()


async def test_into_a_group_the_filled_words_are_asked_about_and_sent_as_read() -> None:
    async with (
        station([senses]) as bot,
        officer(bot) as zhang,
        officer(bot, "li", ("backup",), "综合民警") as li,
    ):
        await account(bot, zhang.member)
        await room(bot, "officers", OFFICERS)
        await writes(zhang)
        await approves(li)
        await bot.says("楼道堆物", group="g1", at_bot=True, who="hong")
        await zhang.does("claim", await only_case())
        await bot.settle()
        bot.news()
        await bot.says("常用 #0311-01 received", who="zhang", group=OFFICERS)
        bot.replied("派出所社区民警已收到 #0311-01")
        await bot.advance(minutes=1)
        await writes(li, zh="没审过的新话。")
        await bot.presses("照发", who="zhang", group=OFFICERS)
        await bot.advance(seconds=11)
        assert said_in(bot, "g1")[-1].text.startswith("派出所社区民警已收到")
        assert (await case_of(1)).spoke_at is not None
