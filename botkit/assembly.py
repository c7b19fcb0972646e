"""Assembly: from a config folder to a bot, with the plugins and adapters that are installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from botkit.adapter import Adapter
from botkit.errors import SettingsError, UserError
from botkit.plugin import discover
from botkit.settings import Settings, load

PLUGINS = "botkit.plugins"
ADAPTERS = "botkit.adapters"


class Lacking(UserError):
    """An adapter can't be loaded without the packages of its extra."""


def read_settings(folder: Path, environment: Mapping[str, str]) -> Settings:
    """The station's settings. Raises ``SettingsError`` naming file, line and fix."""
    names = {point.name for group in (PLUGINS, ADAPTERS) for point in entry_points(group=group)}
    return load(folder, environment, names)


def make_adapters(names: tuple[str, ...], off: dict[str, UserError] | None = None) -> list[Adapter]:
    """The adapters of these names.

    Raises ``SettingsError`` for one that is not installed, and ``UserError`` for one that lacks its extra: with
    ``off`` that is put there instead, as long as another one is left.
    """
    adapters = []
    missing: dict[str, UserError] = {}
    for name in names:
        try:
            adapters.append(adapter_class(name)())
        except Lacking as problem:
            missing[name] = problem
    if missing and (off is None or not adapters):
        raise next(iter(missing.values()))
    if off is not None:
        off.update(missing)
    return adapters


def adapter_class(name: str) -> type[Adapter]:
    """The adapter of a name. Raises ``SettingsError`` for one that is not installed, ``Lacking`` without its extra."""
    points = adapter_points()
    if name not in points:
        raise SettingsError(f"adapter {name!r} is not installed", f"use one of {', '.join(sorted(points))}")
    try:
        found: type[Adapter] = points[name].load()
    except ModuleNotFoundError as problem:
        raise Lacking(
            f"adapter {name!r} needs the package {problem.name!r}", f"pip install 'botkit-desk[{name}]'"
        ) from None
    return found


def adapter_points() -> dict[str, EntryPoint]:
    """Where the installed adapters are, by name. Nothing of them is loaded."""
    return {point.name: point for point in entry_points(group=ADAPTERS)}


__all__ = ["adapter_class", "adapter_points", "discover", "make_adapters", "read_settings"]
