"""The plugin object: everything that handoff registers with the framework, on one page."""

from __future__ import annotations

from pathlib import Path

from botkit.decision import Escalation
from botkit.plugin import Place, Plugin, Stage
from botkit.plugins.handoff import appliers, cli, desk, effects, ledger
from botkit.plugins.handoff.access import ROLES, STATION
from botkit.plugins.handoff.officers import alarms, clocks, enrol, leaving, paging, partners, timers
from botkit.plugins.handoff.pages import answers, people
from botkit.plugins.handoff.pages.web import routes
from botkit.plugins.handoff.residents import late, privacy, resident, retention, stages, switch, words
from botkit.plugins.handoff.room import asking, cards, ordering, orders, pressing, room
from botkit.plugins.handoff.roster import duties, handover, presence, rota, swaps
from botkit.plugins.handoff.settings import HandoffSettings

plugin = Plugin(
    "handoff",
    models=("botkit.plugins.handoff.models", "botkit.plugins.handoff.staffing"),
    migrations="botkit.plugins.handoff.migrations",
    settings=HandoffSettings,
    folder=Path(__file__).parent,
)

plugin.cli = cli.app

plugin.on_start(desk.start)
plugin.on_start(leaving.start)
plugin.on_start(timers.start)
plugin.on_start(duties.start)
plugin.on_stop(desk.stop)
plugin.ledger(ledger.account)

# what residents cause ---------------------------------------------------------------------------------------

plugin.applies(Escalation)(appliers.escalate)
plugin.applies(effects.Withdrawn)(appliers.withdraw)
plugin.applies(effects.Outcome)(appliers.outcome)
plugin.applies(effects.Expired)(appliers.expire)
plugin.applies(effects.Revised)(appliers.revised)
plugin.applies(effects.Late)(late.apply)
plugin.applies(effects.Erased)(privacy.apply)

plugin.middleware(partners.middleware)
plugin.middleware(late.middleware)
plugin.middleware(switch.middleware)
plugin.stage(Stage.TAKEOVER)(stages.takeover)
plugin.stage(Stage.GUARD)(resident.human_asked)
plugin.stage(Stage.HANDOFF)(stages.everything_else)

plugin.command("human", "人工")(resident.human)
plugin.command("cancel", "取消")(resident.cancel_command)
plugin.command("case", "进度")(resident.status_command)
plugin.command("privacy", "隐私")(privacy.privacy)
plugin.command("delete", "删除")(privacy.delete)
plugin.command("verify", "核验", "核实")(enrol.verify)
plugin.menu_entry("human", "handoff.menu.human", Place.PRIVATE, Place.GROUP)
plugin.menu_entry("case", "handoff.menu.case", Place.PRIVATE)
plugin.menu_entry("cancel", "handoff.menu.cancel", Place.PRIVATE)
plugin.menu_entry("verify", "handoff.menu.verify", Place.PRIVATE, Place.GROUP)
plugin.menu_entry("privacy", "handoff.menu.privacy", Place.PRIVATE)
plugin.menu_entry("delete", "handoff.menu.delete", Place.PRIVATE)
plugin.text(contains=words.CANCEL_PARTS)(resident.cancel)
plugin.text(contains=words.STATUS_PARTS)(resident.status)
plugin.text(contains="-", regex=words.NUMBER.pattern)(resident.by_number)
plugin.button("human")(resident.human)
plugin.button("helped")(resident.helped)
plugin.button("unsolved")(resident.unsolved)
plugin.button("delete")(privacy.confirmed)

# what officers and partners do ------------------------------------------------------------------------------

plugin.screen(room.screen)
plugin.stage(Stage.ROOM)(room.words)
plugin.stage(Stage.ROOM)(alarms.in_group)
plugin.applies(effects.Ordered)(ordering.apply)
plugin.applies(effects.Retracted)(alarms.apply)
plugin.applies(effects.PartnerDid)(partners.apply)
plugin.applies(effects.Linked)(enrol.apply)
plugin.applies(effects.Switched)(switch.apply)
plugin.applies(effects.RotaChange)(rota.apply)
plugin.applies(effects.SwapAnswer)(swaps.apply_answer)
plugin.applies(effects.Arrived)(presence.apply_arrived)

for names in orders.VERBS.values():
    plugin.command(*names)(room.command)
for name, key in orders.MENU.items():
    plugin.menu_entry(name, key, Place.STAFF)
plugin.command("link", "绑定")(enrol.link)
plugin.command("off", "关闭")(switch.off)
plugin.command("on", "开启")(switch.on)
plugin.command("retract", "correct", "撤下", "更正")(alarms.command)
plugin.command(*rota.NAMES)(rota.command)
plugin.step(staff=True)(asking.answered)


for verb in pressing.VERBS:
    plugin.button(verb)(pressing.on_case(verb))
for verb in pressing.DRAFTS:
    plugin.button(verb)(pressing.on_draft(verb))
for name, done in (("partner_taken", False), ("partner_done", True)):
    plugin.button(name)(pressing.partner(done))
for name, accepted in (("swap_yes", True), ("swap_no", False)):
    plugin.button(name)(pressing.swap(accepted))
plugin.button("arrived")(presence.arrived)

# what comes due ---------------------------------------------------------------------------------------------

plugin.timer("close")(resident.close)
plugin.timer("page")(paging.page_due)
plugin.timer("card")(cards.card_due)
plugin.timer("clock")(clocks.clock_due)
plugin.timer("lease")(timers.lease)
plugin.timer("wait")(timers.wait)
plugin.timer("offer")(timers.offered)
plugin.timer("draft")(timers.draft)
plugin.timer("reminder")(timers.reminder)
plugin.timer("duty")(duties.duty_due)
plugin.timer("roster")(duties.roster_due)
plugin.timer("away")(rota.away_due)
plugin.timer("sweep")(retention.sweep_due)

plugin.applies(effects.PageDue)(appliers.page)
plugin.applies(effects.CardDue)(appliers.card)
plugin.applies(effects.ClockDue)(appliers.clock)
plugin.applies(effects.LeaseDue)(appliers.lease)
plugin.applies(effects.WaitDue)(appliers.wait)
plugin.applies(effects.OfferDue)(appliers.offered)
plugin.applies(effects.DraftDue)(appliers.draft)
plugin.applies(effects.Reminder)(appliers.reminder)
plugin.applies(effects.DutyDue)(duties.begin)
plugin.applies(effects.RosterDue)(duties.look)
plugin.applies(effects.AwayDue)(handover.apply_away)
plugin.applies(effects.SweepDue)(retention.sweep)

plugin.routes(routes)
plugin.routes(answers.routes)
plugin.staff_page("handoff.page.queue", "/desk/handoff/", ROLES, order=10)
plugin.staff_page("handoff.page.roster", "/desk/roster/", ROLES, order=20)
plugin.staff_page("handoff.page.answers", answers.PATH, STATION, order=30)
plugin.staff_page("handoff.page.people", people.PATH, people.ROLES, order=60)
