"""What the plugin knows while the bot runs: its roster and settings, and which chats have a case at all.

The plugin object is one for the process; a running bot is told by its database.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from weakref import WeakKeyDictionary

from botkit.clock import Clock
from botkit.messages import ChatKind
from botkit.plugins.handoff import rosterfile
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.roster import Roster
from botkit.plugins.handoff.settings import HandoffSettings
from botkit.plugins.handoff.states import LIVE
from botkit.services import Services
from botkit.storage import Database


class Desk:
    """One running bot's handoff.

    ``chats`` counts the live cases of each chat, so that a message in a chat without one costs no look at the
    database. It changes only after a commit.
    """

    def __init__(self, services: Services, roster: Roster, settings: HandoffSettings) -> None:
        self.services = services
        self.roster = roster
        self.settings = settings
        self.chats: Counter[int] = Counter()

    @property
    def clock(self) -> Clock:
        return self.services.clock

    async def load(self) -> None:
        """Count the live cases that are stored."""
        self.chats = Counter()
        for case in await Case.filter(state__in=list(LIVE)).only("chat_id"):
            self.chats[case.chat_id] += 1

    def opened(self, chat_id: int) -> None:
        """A case of this chat was opened."""
        self.chats[chat_id] += 1

    def ended(self, chat_id: int) -> None:
        """A case of this chat came to its end."""
        self.chats[chat_id] -= 1
        if self.chats[chat_id] <= 0:
            del self.chats[chat_id]

    def private(self, case: Case) -> bool:
        """Whether only the resident reads the place of the report."""
        return self.services.chats.by_id(case.chat_id).chat.kind is ChatKind.DM

    def place(self, case: Case) -> str:
        """The name of the place of the report, as the platform shows it."""
        chat = self.services.chats.by_id(case.chat_id).chat
        return chat.title or chat.id

    def day(self, moment: datetime) -> datetime:
        """A moment on the station's wall clock."""
        return moment.astimezone(self.roster.zone)


_desks: WeakKeyDictionary[Database, Desk] = WeakKeyDictionary()


async def start(services: Services) -> None:
    """Read the roster and what is open. Raises ``SettingsError`` for a roster that can't be used."""
    settings: HandoffSettings = services.plugin_settings("handoff")
    roster = rosterfile.load(services.config / settings.roster, services.catalogues.zone)
    desk = Desk(services, roster, settings)
    await desk.load()
    _desks[services.database] = desk


async def stop(services: Services) -> None:
    """Forget a bot that ends."""
    _desks.pop(services.database, None)


def desk_of(database: Database) -> Desk:
    """The handoff of the bot with this database."""
    return _desks[database]
