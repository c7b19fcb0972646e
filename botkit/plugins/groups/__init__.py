"""Groups: what each group is to the bot: whether it may speak there, how, for which area, by which rules."""

from botkit.plugins.groups.plugin import plugin

__all__ = ["plugin"]
