"""Assembly: from a config folder to a bot, with the plugins and adapters that are installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

from botkit.adapter import Adapter
from botkit.errors import SettingsError, UserError
from botkit.plugin import discover
from botkit.settings import Settings, load

PLUGINS = "botkit.plugins"
ADAPTERS = "botkit.adapters"


def read_settings(folder: Path, environment: Mapping[str, str]) -> Settings:
    """The station's settings. Raises ``SettingsError`` naming file, line and fix."""
    names = {point.name for group in (PLUGINS, ADAPTERS) for point in entry_points(group=group)}
    return load(folder, environment, names)


def make_adapters(names: tuple[str, ...], off: dict[str, UserError] | None = None) -> list[Adapter]:
    """The adapters of these names.

    Raises ``SettingsError`` for one that is not installed, and ``UserError`` for one that lacks its extra: with
    ``off`` that is put there instead, as long as another one is left.
    """
    points = {point.name: point for point in entry_points(group=ADAPTERS)}
    adapters = []
    missing: dict[str, UserError] = {}
    for name in names:
        if name not in points:
            raise SettingsError(f"adapter {name!r} is not installed", f"use one of {', '.join(sorted(points))}")
        try:
            adapters.append(points[name].load()())
        except ModuleNotFoundError as problem:
            missing[name] = UserError(
                f"adapter {name!r} needs the package {problem.name!r}", f"pip install 'botkit-desk[{name}]'"
            )
    if missing and (off is None or not adapters):
        raise next(iter(missing.values()))
    if off is not None:
        off.update(missing)
    return adapters


__all__ = ["discover", "make_adapters", "read_settings"]
