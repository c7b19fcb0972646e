"""Stories and what they need: a test that runs on every platform which has that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import pytest

from botkit.adapter import Capabilities
from tests.stories.platforms.console import Terminal
from tests.stories.platforms.driver import Driver
from tests.stories.platforms.fake import Fake
from tests.stories.platforms.matrix import Clients, Locked
from tests.stories.platforms.telegram import Emulated
from tests.stories.platforms.webchat import Pages

PLATFORMS: Mapping[str, type[Driver]] = {
    f"{driver.name} {driver.variant}".strip(): driver for driver in (Fake, Pages, Terminal, Emulated, Clients, Locked)
}
"""Every platform that stories run on."""

F = TypeVar("F", bound=Callable[..., Any])


def story(*ids: str, needs: Iterable[str] = (), hidden: bool = False, deep: bool = False) -> Callable[[F], F]:
    """A test that tells these user stories, on every platform with the capabilities that it ``needs``.

    ``hidden``: where the platform may hide from the bot what a group says. ``deep``: nothing in it depends on the
    platform but that words come and go, so that a slow one tells it with BOTKIT_SOAK=1 only.
    """
    wanted = tuple(needs)
    unknown = set(wanted) - set(Capabilities.__slots__)
    assert ids and not unknown, f"no capability: {', '.join(sorted(unknown))}"

    def mark(test: F) -> F:
        marked: F = pytest.mark.story(ids=ids, needs=wanted, hidden=hidden, deep=deep)(test)
        return marked

    return mark


def lacking(platform: type[Driver], needs: Iterable[str]) -> list[str]:
    """What a platform lacks of these capabilities."""
    return [need for need in needs if not getattr(platform.capabilities, need)]


def told_on(platform: type[Driver], *, needs: Iterable[str], deep: bool, soak: bool, **_: Any) -> bool:
    """Whether a platform tells a story now."""
    return not lacking(platform, needs) and (soak or not later(platform, deep=deep))


def later(platform: type[Driver], *, deep: bool) -> bool:
    """Whether a platform tells a story with BOTKIT_SOAK=1 only."""
    return platform.slowest or (deep and platform.slow)
