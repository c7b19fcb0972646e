"""The plugin object: everything that handoff registers with the framework, on one page."""

from __future__ import annotations

from pathlib import Path

from botkit.decision import Escalation
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff import appliers, desk, effects, ledger, resident, stages, words
from botkit.plugins.handoff.access import ROLES
from botkit.plugins.handoff.settings import HandoffSettings
from botkit.plugins.handoff.web import routes

plugin = Plugin(
    "handoff",
    models=("botkit.plugins.handoff.models",),
    migrations="botkit.plugins.handoff.migrations",
    settings=HandoffSettings,
    folder=Path(__file__).parent,
)

plugin.on_start(desk.start)
plugin.on_stop(desk.stop)

plugin.applies(Escalation)(appliers.escalate)
plugin.applies(effects.Withdrawn)(appliers.withdraw)
plugin.applies(effects.Outcome)(appliers.outcome)
plugin.applies(effects.Expired)(appliers.expire)

plugin.stage(Stage.TAKEOVER)(stages.takeover)
plugin.stage(Stage.GUARD)(resident.human_asked)
plugin.stage(Stage.HANDOFF)(stages.everything_else)

plugin.command("human", "人工")(resident.human)
plugin.command("cancel", "取消")(resident.cancel_command)
plugin.command("case", "进度")(resident.status_command)
plugin.text(contains=words.CANCEL_PARTS)(resident.cancel)
plugin.text(contains=words.STATUS_PARTS)(resident.status)
plugin.text(contains="-", regex=words.NUMBER.pattern)(resident.by_number)
plugin.button("human")(resident.human)
plugin.button("helped")(resident.helped)
plugin.button("unsolved")(resident.unsolved)
plugin.timer("close")(resident.close)
plugin.ledger(ledger.account)

plugin.routes(routes)
plugin.staff_page("handoff.page.queue", "/desk/handoff/", ROLES, order=10)
