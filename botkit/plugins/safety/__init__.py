"""Safety: emergencies and fraud, seen in the screen and answered with fixed advice before everything else."""

from botkit.plugins.safety.plugin import plugin

__all__ = ["plugin"]
