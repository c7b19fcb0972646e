"""Patience: how long a test waits for what is sure to come."""

from __future__ import annotations

PATIENCE = 60.0
"""Seconds of real time. It ends what hangs, and measures nothing: no machine is so slow that it comes near it."""
