"""A small station for the pages' tests and pictures: it answers, warns, and has an officer."""

from __future__ import annotations

from botkit.context import Context
from botkit.decision import Decision, Disposition, answer
from botkit.messages import Button, Lane, Reply, say
from botkit.plugin import Plugin, Stage

GAS = "燃气热线：962777，24 小时。也可以拨 12345。\n来源：市燃气公司 · 核实于 2026-10-01"
GAS_EN = "Gas hotline: 962777, day and night. Or call 12345.\nSource: city gas company · verified 2026-10-01"
FIRE = "请立即拨打 119！\n先离开，关好门，不要乘电梯。\n已通知值班民警。"
FIRE_EN = "Call 119 now!\nLeave, close the door, do not take the lift.\nThe officer on duty has been told."
CASE = "好的，您的事已转给社区民警，最迟明天上午给您回音。"
CASE_EN = "Your matter is with the community officer now. You will hear by tomorrow morning at the latest."
OFFICER = "您好，我是社区民警。您说的情况我看到了，明天上午我上门看看，可以吗？"
OFFICER_EN = "Hello, I am your community officer. I will come by tomorrow morning. Is that all right?"


def station() -> Plugin:
    """The plugin."""
    plugin = Plugin("station")
    plugin.staff_page("web.nav.desk", "/desk/station/", ["officer"])

    @plugin.numbers
    def numbers() -> frozenset[str]:
        return frozenset({"110", "119", "120", "962777", "12345"})

    @plugin.stage(Stage.SAFETY)
    async def safety(context: Context) -> Decision | None:
        text, english = context.segment, context.language == "en"
        if "焦味" not in text and "smoke" not in text:
            return None
        said = say(FIRE_EN if english else FIRE, lane=Lane.URGENT)
        return Decision(Disposition.EMERGENCY, (said,))

    @plugin.stage(Stage.DIRECTORY)
    async def directory(context: Context) -> Decision | None:
        text, english = context.segment, context.language == "en"
        if "煤气" not in text and "gas" not in text:
            return None
        helpful = Button("Helpful" if english else "有用", "station.helpful")
        human = Button("Ask an officer" if english else "没用，找民警", "station.human")
        return answer(GAS_EN if english else GAS, buttons=(helpful, human))

    @plugin.button("helpful")
    async def helpful(context: Context) -> str:
        return "Good to hear." if context.language == "en" else "很高兴帮到您。"

    @plugin.button("human")
    async def human(context: Context) -> Decision:
        return await everything_else(context)

    @plugin.stage(Stage.HANDOFF)
    async def everything_else(context: Context) -> Decision:
        english = context.language == "en"
        told = say(CASE_EN if english else CASE)
        spoken = Reply(
            (OFFICER_EN if english else OFFICER,),
            officer=True,
            author="Community officer" if english else "社区民警",
        )
        return Decision(Disposition.ESCALATED, (told, spoken))

    return plugin
