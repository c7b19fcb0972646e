"""What the plugin knows while the bot runs: its roster and settings, and which chats have a case at all.

The plugin object is one for the process; a running bot is told by its database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from botkit.clock import Clock
from botkit.language.estates import Estates
from botkit.messages import ChatKind, Text, tr
from botkit.plugins.handoff.access import COMMANDER_ONLY, STATION, WIDE, Sight
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers.chain import Who
from botkit.plugins.handoff.record import TOPIC
from botkit.plugins.handoff.roster import rosterfile
from botkit.plugins.handoff.roster.areas import names, nearest, tidied
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier
from botkit.plugins.handoff.roster.stored import change_of
from botkit.plugins.handoff.routing import TOPICS, Team
from botkit.plugins.handoff.settings import HandoffSettings
from botkit.plugins.handoff.staffing import EVERYTHING, Room, RosterChange, ShiftStart, Switch
from botkit.plugins.handoff.states import LIVE, Level, State
from botkit.services import Services
from botkit.staff import Member
from botkit.storage import Database

_PLACES = (
    "SELECT DISTINCT chat_id FROM case_file",
    "SELECT DISTINCT report.chat_id FROM report JOIN case_file ON case_file.id = report.case_id",
)
KEPT = timedelta(days=62)
"""So long changes of the roster that are over stay at hand: for looking back."""

WHO = {
    Who.PRIMARY: "handoff.who.primary",
    Who.BACKUP: "handoff.who.backup",
    Who.COMMANDER: "handoff.who.commander",
    Who.ANTI_FRAUD: "handoff.who.anti_fraud",
    Who.EVERYBODY: "handoff.who.everybody",
}


class Desk:
    """One running bot's handoff.

    ``chats`` are those with a live case, so that a message in any other costs no look at the database. ``rooms`` are
    the staff rooms by chat, ``switches`` what is switched off. They change only after a commit.
    """

    def __init__(self, services: Services, roster: Roster, settings: HandoffSettings) -> None:
        self.services = services
        self.roster = roster
        self.settings = settings
        self.estates = Estates(settings.estates)
        self.chats: set[int] = set()
        self.rooms: dict[int, Room] = {}
        self.switches: set[str] = set()
        self._absent: frozenset[tuple[str, str]] = frozenset()

    @property
    def clock(self) -> Clock:
        return self.services.clock

    async def load(self) -> None:
        """Read which chats have live cases, the rooms and the roster's changes."""
        living = [state.value for state in (*LIVE, State.MERGED)]
        marks = ", ".join("?" * len(living))
        for table in _PLACES:
            found = await self.services.database.read(f"{table} WHERE case_file.state IN ({marks})", *living)
            self.chats |= {row["chat_id"] for row in found}
        self.rooms = {room.chat_id: room for room in await Room.all()}
        self.switches = set(await column(Switch.all(), "name"))
        await self.load_roster()

    async def load_roster(self) -> None:
        """Read the roster's changes, and who did not come to their shift."""
        missing = await ShiftStart.filter(state="missing", ends_at__gt=self.clock.now())
        self.roster = await self.roster_now()
        self._absent = frozenset((row.source, row.who) for row in missing)

    async def roster_now(self) -> Roster:
        """The roster with the changes that are stored now; inside a unit of work with its own."""
        active = await RosterChange.filter(state="active", ends_at__gt=self.clock.now() - KEPT).order_by("id")
        return self.roster.with_changes(change_of(row) for row in active)

    def came(self, source: str, who: str) -> None:
        """Somebody said that they are there for their shift."""
        self._absent -= {(source, who)}

    def stayed_away(self, source: str, who: str) -> None:
        """Somebody did not come to their shift."""
        self._absent |= {(source, who)}

    def missing(self, duty: Duty) -> bool:
        """Whether whoever has this duty did not say that they are there."""
        return (duty.source, duty.who) in self._absent

    def forget_room(self, chat_id: int) -> None:
        """A room is an ordinary group again."""
        self.rooms.pop(chat_id, None)

    def rooms_for(self, case: Case) -> list[int]:
        """The staff rooms (chats) in which a case is worked on: none for what is the commander's alone."""
        if case.topic in COMMANDER_ONLY:
            return []
        fraud = case.level == Level.FRAUD or case.topic in TOPICS[Team.ANTI_FRAUD]
        kinds = ("officers", "anti_fraud") if fraud else ("officers",)
        return [room.chat_id for room in self.rooms.values() if room.kind in kinds]

    def area(self, chat_id: int) -> str:
        """The area that a chat belongs to; empty in private, and where nobody said it."""
        return self.services.chats.by_id(chat_id).ways.area

    def areas(self) -> tuple[str, ...]:
        """All areas that groups of the station have."""
        return tidied(group.ways.area for group in self.services.chats.groups())

    def groups_beyond(self, mine: Callable[[str], bool]) -> frozenset[int]:
        """The groups (chats) that have an area, and none of these."""
        known = {area: mine(area) for area in {group.ways.area for group in self.services.chats.groups()} if area}
        return frozenset(g.id for g in self.services.chats.groups() if not known.get(g.ways.area, True))

    def asks(self, duty: Duty, area: str) -> bool:
        """Whether a running duty is one of those of its tier that are asked about cases of an area."""
        running = self.roster.at(self.clock.now())
        there = (each for each in running if each.tier is duty.tier and not self.missing(each))
        return duty in nearest({duty, *there}, area)

    def sight(self, member: Member) -> Sight:
        """What somebody of the station sees now: a duty officer the cases of the areas that they are on duty for.

        Who is named for areas sees besides those of areas that nobody is named for, and of those for which they are
        asked because nobody else is there; all while their duty is the whole station.
        """
        named = self.roster.areas_of(member.login, self.clock.now())
        if not named or member.may(WIDE) or not member.may(STATION):
            return Sight(member.roles, member.id)
        served = self.roster.areas
        running = [duty for duty in self.roster.at(self.clock.now()) if duty.who == member.login]

        def mine(area: str) -> bool:
            asked = any(self.asks(duty, area) for duty in running)
            return asked or names(named, area) or not names(served, area)

        return Sight(member.roles, member.id, self.groups_beyond(mine))

    def keeps_quiet(self, now: datetime) -> bool:
        """Whether routine work makes no sound: at night, and while the bot covers."""
        return self.settings.silent(self.day(now).time()) or self.roster.covered(now)

    def covers(self, now: datetime) -> bool:
        """Whether the bot stands in for the officers: routine work waits for later, or nobody is known to be there.

        A duty without a name tells residents a role, but not that anybody reads along in their group.
        """
        front = [duty for duty in self.roster.at(now) if duty.tier in (Tier.PRIMARY, Tier.BACKUP)]
        return self.roster.covered(now) or not any(duty.who and not self.missing(duty) for duty in front)

    def watched(self) -> bool:
        """Whether somebody has the desk's pages open."""
        return self.services.live.heard(TOPIC)

    def whos(self, asked: list[str]) -> Text:
        """Whom a page asks, in words."""
        return tr(WHO[Who(asked[0])]) if len(asked) == 1 else tr("handoff.who.several", first=tr(WHO[Who(asked[0])]))

    def opened(self, chat_id: int) -> None:
        """A case of this chat was opened."""
        self.chats.add(chat_id)

    def ended(self, chat_id: int) -> None:
        """No case of this chat lives any more."""
        self.chats.discard(chat_id)

    def private(self, case: Case) -> bool:
        """Whether only the resident reads the place of the report."""
        return self.alone(case.chat_id)

    def alone(self, chat_id: int) -> bool:
        """Whether only one person and the bot are in a chat."""
        return self.services.chats.by_id(chat_id).chat.kind is ChatKind.DM

    def place(self, case: Case) -> str:
        """The name of the place of the report, as the platform shows it."""
        return self.title(case.chat_id)

    def title(self, chat_id: int) -> str:
        """What a chat is called."""
        chat = self.services.chats.by_id(chat_id).chat
        return chat.title or chat.id

    def takes_files(self, chat_id: int) -> bool:
        """Whether pictures can be sent to a chat."""
        adapter = self.services.adapters.get(self.services.chats.by_id(chat_id).chat.adapter)
        return adapter is not None and adapter.capabilities.media_out

    def where(self, chat_id: int) -> Text:
        """A place in words: in private, or in which group."""
        if self.alone(chat_id):
            return tr("handoff.place.private")
        return tr("handoff.place.group", title=self.title(chat_id))

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
    services.covers = desk.covers
    services.silenced = lambda: EVERYTHING in desk.switches


async def stop(services: Services) -> None:
    """Forget a bot that ends."""
    _desks.pop(services.database, None)


def desk_of(database: Database) -> Desk:
    """The handoff of the bot with this database."""
    return _desks[database]
