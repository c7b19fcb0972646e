"""Officers: which accounts on the platforms belong to the station's people. Enrolled, never guessed from a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botkit.sql import Statement, Write
from botkit.staff import CASE_ROLES, Member
from botkit.storage.models import Identity, Person
from botkit.storage.models import Staff as StaffRow

if TYPE_CHECKING:
    from botkit.chats import Chats
    from botkit.messages import Sender
    from botkit.staff import Staff
    from botkit.storage import Database, UnitOfWork

_KNOWN = f"""
    SELECT DISTINCT identity.adapter_id, identity.platform_id
    FROM identity JOIN staff ON staff.person_id = identity.person_id
    JOIN role_grant ON role_grant.staff_id = staff.id
    WHERE staff.active AND role_grant.role IN ({", ".join("?" * len(CASE_ROLES))})
"""
_WHO = """
    SELECT staff.id FROM identity JOIN staff ON staff.person_id = identity.person_id
    WHERE identity.adapter_id = ? AND identity.platform_id = ? AND staff.active
"""
_POSTS = """
    SELECT chat.id FROM identity JOIN staff ON staff.person_id = identity.person_id
    JOIN chat ON chat.id = identity.chat_id WHERE staff.id = ? AND staff.active ORDER BY identity.id
"""
_LINK = Statement("UPDATE identity SET person_id = (SELECT staff.person_id FROM staff WHERE staff.id = ?) WHERE id = ?")


class Officers:
    """The accounts of everybody active who works on cases: in memory for the screen, asked anew for every act."""

    def __init__(self, database: Database, chats: Chats, staff: Staff) -> None:
        self._database = database
        self._chats = chats
        self._staff = staff
        self.accounts: frozenset[tuple[str, str]] = frozenset()
        """All of them, by adapter and the platform's id."""
        staff.after_change.append(self.load)

    def known(self, adapter: str, platform_id: str) -> bool:
        """Whether this account is an officer's."""
        return (adapter, platform_id) in self.accounts

    async def load(self) -> None:
        """Read who they are. Call it again whenever people, roles or accounts change."""
        while True:
            before = self.accounts
            rows = await self._database.read(_KNOWN, *sorted(CASE_ROLES))
            if self.accounts is before:
                break
            # Somebody was linked while this was read, and may be missing from it.
        self.accounts = frozenset((row["adapter_id"], row["platform_id"]) for row in rows)

    async def who(self, adapter: str, platform_id: str) -> Member | None:
        """Whose account this is, read now: somebody suspended a second ago is nobody."""
        rows = await self._database.read(_WHO, adapter, platform_id)
        return await self._staff.get(rows[0]["id"]) if rows else None

    async def posts(self, staff_id: int) -> list[int]:
        """The private chats (row ids) in which somebody of the station can be reached."""
        return [row["id"] for row in await self._database.read(_POSTS, staff_id)]

    def link(self, unit: UnitOfWork, member: Member, identity: int, *, actor: str) -> None:
        """Make a stored account one of this person's. Whoever calls has made sure that it is theirs."""
        unit.write(_LINK, member.id, identity)
        unit.audit("identity.enrolled", member.actor, actor=actor, identity=identity)

    def add(self, member: Member, account: tuple[str, str]) -> None:
        """Know an account that was just linked, without asking the database."""
        if member.may(CASE_ROLES):
            self.accounts = self.accounts | {account}

    async def unlink(self, unit: UnitOfWork, staff_id: int, identity: int, *, actor: str) -> bool:
        """Make an account nobody's of the station any more: a person of its own. False where it was not theirs.

        Whoever calls loads the accounts anew after the commit.
        """
        row = await StaffRow.get_or_none(id=staff_id)
        person = unit.new_id()
        if row is None or not await Identity.filter(id=identity, person_id=row.person_id).update(person_id=person):
            return False
        await Person.create(id=person, station_id=unit.database.station_id, created_at=unit.database.clock.now())
        unit.audit("identity.unlinked", f"staff:{staff_id}", actor=actor, identity=identity)
        return True

    async def enrol(self, member: Member, adapter: str, sender: Sender, *, actor: str = "system") -> None:
        """Make an account one of this person's, whether it was seen before or not."""
        writes: list[Write] = []
        identity = self._chats.enter_identity(adapter, sender, writes)
        try:
            await self._database.writer.rows(writes)
        # Whatever it was: what is not stored must not be remembered.
        except Exception:
            self._chats.forget(writes)
            raise

        async def job(unit: UnitOfWork) -> None:
            self.link(unit, member, identity, actor=actor)

        await self._database.unit(job)
        await self.load()
