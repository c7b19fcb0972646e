"""Reports: the daily reconciliation, which shows that every message got its response and every matter its result."""

from botkit.plugins.reports.plugin import plugin

__all__ = ["plugin"]
