"""The platform of these tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.telegram.emulator import Emulator


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator
