"""An estate for the tests: rooms of officers and partners, people with accounts, cases of every kind."""

from __future__ import annotations

from collections.abc import Iterable

from botkit.decision import Decision, Disposition, Escalation
from botkit.messages import Message, MessageKind, Sender, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import enrol
from botkit.staff import Member
from botkit.testing import BotHarness
from botkit.testing.fake import FakeAdapter, Sent
from tests.plugins.handoff.station import desk

OFFICERS, PARTNER, COMMITTEE, FRAUD = "officers-room", "property-room", "committee-room", "fraud-room"

TOPICS = {
    "堆物": ("hazard_report", "routine"),
    "户口": ("hukou", "routine"),
    "可疑电话": ("is_it_real", "routine"),
    "刷单": ("task_rebate", "fraud"),
    "焦味": ("fire", "emergency"),
    "打我": ("domestic_violence", "emergency"),
    "不想活": ("self_harm", "emergency"),
    "跟踪": ("stalking", "routine"),
    "投诉": ("officer_complaint", "routine"),
}
"""What the stages before handoff would have made of a message with these words."""

senses = Plugin("senses")


@senses.stage(Stage.GUARD)
async def sense(segment: str) -> Decision | None:
    """Stands for safety and for the guard of police subjects: advice for danger, and the case's topic and level."""
    for word, (topic, level) in TOPICS.items():
        if word in segment:
            advice = (say("110"),) if level == "emergency" else ()
            ended = Disposition.EMERGENCY if level == "emergency" else Disposition.ESCALATED
            return Decision(ended, advice, (Escalation(topic, level),))
    return None


async def room(bot: BotHarness, kind: str, group: str, name: str = "") -> None:
    """Make a group a room of staff, as an admin would: with a code that somebody types there."""
    code = await bot.services.unit(lambda unit: enrol.make(desk(bot), unit, "staff:1", kind=kind, name=name))
    await bot.says(f"/link {code}", group=group, at_bot=True, who="admin")
    bot.replied()


async def person(bot: BotHarness, login: str, roles: Iterable[str], title: str = "") -> Member:
    """Somebody of the station with an account on the platform, who has written to the bot in private."""
    member, _ = await bot.services.staff.create(login, login.title(), roles, title=title)
    await account(bot, member)
    return member


async def account(bot: BotHarness, member: Member) -> None:
    """Give somebody an account on the platform, by the name of their login."""
    await bot.services.officers.enrol(member, "fake", Sender(member.login, member.name))


def said_in(bot: BotHarness, chat: str) -> list[Sent]:
    """Everything that the bot has said in one chat, as it stands there now."""
    return [sent for sent in bot.sent if sent.out.chat.id == chat]


def heard(bot: BotHarness, *staffed: str) -> list[str]:
    """Every text that reached a chat other than these."""
    return [sent.text for sent in bot.sent if sent.out.chat.id not in staffed]


def receipts(bot: BotHarness) -> list[str]:
    """The messages that somebody was shown to have read."""
    assert isinstance(bot.platform, FakeAdapter)
    return list(bot.platform.receipts)


async def case_of(number: int) -> Case:
    """The day's case of this running number."""
    return await Case.get(number=f"0311-{number:02d}")


async def reply(bot: BotHarness, sent: Sent, text: str, *, who: str, **options: object) -> Message:
    """Somebody answers one of the bot's messages in its chat."""
    chat = sent.out.chat.id
    group = None if chat.startswith("dm-") else chat
    return await bot.says(text, who=who, group=group, reply_to=sent.id, **options)


async def press(bot: BotHarness, sent: Sent, label: str, *, who: str) -> None:
    """Somebody presses a button under a certain message."""
    value = next(value for shown, value in sent.out.buttons if shown == label)
    chat = sent.out.chat.id
    group = None if chat.startswith("dm-") else chat
    message = bot.message(who=who, group=group, kind=MessageKind.BUTTON, data={"value": value})
    await bot.deliver(message)
