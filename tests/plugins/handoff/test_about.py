"""A case brings along the message that it is about, when all that was said last was a button."""

from __future__ import annotations

from botkit.decision import Decision, Disposition, Escalation
from botkit.messages import Button, Message, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff.models import Report
from tests.plugins.handoff.station import only_case, station


def chooser() -> Plugin:
    plugin = Plugin("chooser")

    @plugin.stage(Stage.DIRECTORY)
    def offer(message: Message) -> Decision:
        buttons = (Button("none of these", "chooser.none", message.id),)
        return Decision(Disposition.ANSWERED, (say("which one?", buttons=buttons),))

    @plugin.button("none")
    def none(payload: str) -> Decision:
        return Decision(Disposition.ESCALATED, effects=(Escalation("other", reason="none", about=payload),))

    return plugin


async def test_the_question_comes_with_the_button_that_was_pressed() -> None:
    async with station([chooser()]) as bot:
        question = await bot.says("楼下那个东西什么时候来修", group="3号楼", at_bot=True)
        await bot.presses("none of these", group="3号楼", at_bot=True)
        case = await only_case()
        reports = await Report.filter(case_id=case.id).order_by("id")
        assert reports[0].platform_id == question.id
        assert len(reports) == 2
