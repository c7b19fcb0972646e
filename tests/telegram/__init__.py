"""An emulator of Telegram's Bot API, the stand-in for the platform in all tests."""

from tests.telegram.emulator import Emulator
from tests.telegram.faults import Fault, Kind
from tests.telegram.groups import Group
from tests.telegram.people import Person
from tests.telegram.shown import Shown

__all__ = ["Emulator", "Fault", "Group", "Kind", "Person", "Shown"]
