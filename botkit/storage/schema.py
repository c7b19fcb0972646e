"""The schema of all installed parts, for the ORM's command line: ``tortoise -c botkit.storage.schema.TORTOISE_ORM``."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from botkit.assembly import ADAPTERS
from botkit.plugin import discover
from botkit.storage.database import KERNEL


def installed() -> dict[str, Any]:
    """The ORM's configuration with the models of the kernel, all plugins and all adapters."""
    apps = {"kernel": KERNEL}
    parts: list[Any] = [*discover(), *(point.load() for point in entry_points(group=ADAPTERS))]
    apps.update({part.name: (part.models, part.migrations) for part in parts if part.models})
    return {
        # Never opened: making migrations compares models with migrations, not with a database.
        "connections": {"default": "sqlite://:memory:"},
        "apps": {
            label: {"models": list(models), "migrations": migrations, "default_connection": "default"}
            for label, (models, migrations) in apps.items()
        },
    }


TORTOISE_ORM = installed()
