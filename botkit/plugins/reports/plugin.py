"""The plugin object: everything that reports registers with the framework, on one page."""

from __future__ import annotations

from pathlib import Path

from botkit.plugin import Plugin
from botkit.plugins.reports import book, cli, nightly, summary, web

plugin = Plugin(
    nightly.PLUGIN,
    models=("botkit.plugins.reports.models",),
    migrations="botkit.plugins.reports.migrations",
    folder=Path(__file__).parent,
)

plugin.on_start(nightly.start)
plugin.applies(book.Reconciled)(book.keep)
plugin.timer(nightly.NAME)(nightly.nightly)
plugin.command("report", "日报")(summary.report)

plugin.routes(web.routes)
plugin.staff_page("reports.page.title", web.HOME, (summary.ROLE,), order=60)
plugin.cli = cli.app
