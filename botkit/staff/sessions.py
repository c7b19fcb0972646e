"""Sessions: who is logged in, as rows that can be revoked, each begun with a password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from botkit.sql import Statement, moment
from botkit.staff.members import STAFF, Member, Members
from botkit.staff.passwords import Backoff, Passwords, TooSoon

if TYPE_CHECKING:
    from botkit.storage import Database, UnitOfWork

IDLE = timedelta(hours=12)
"""A session ends this long after its last request."""
TOUCH = timedelta(minutes=5)
"""How exactly the last request is remembered: a write for each request would be a waste."""

_SESSION = """
    SELECT session.id, session.staff_id, session.language, session.seen_at, session.expires_at,
           staff.login, staff.name, staff.title, staff.active
    FROM session JOIN staff ON staff.id = session.staff_id WHERE session.token_hash = ?
"""
_BEGIN = Statement(
    "INSERT INTO session (id, station_id, token_hash, staff_id, language, created_at, seen_at, expires_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_EXTEND = Statement("UPDATE session SET seen_at = ?, expires_at = ? WHERE id = ?")
_END = Statement("DELETE FROM session WHERE id = ?")
END_ALL = Statement("DELETE FROM session WHERE staff_id = ?")
_SWEEP = Statement("DELETE FROM session WHERE expires_at < ?")


class Sessions(Members):
    """Checks passwords and keeps sessions."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._passwords = Passwords()
        self._backoff = Backoff(database.clock)

    async def check(self, login: str, password: str, *, remote: str = "") -> Member | None:
        """Who this is, or None for a wrong login or password; either takes the same time.

        ``remote`` is the network address asked from. Raises ``TooSoon`` after repeated failures.
        """
        login = login.strip().lower()
        if wait := self._backoff.wait((login, remote)):
            raise TooSoon(wait)
        rows = await self._database.read(f"{STAFF} WHERE login = ?", login)
        known = rows[0] if rows else None
        right = await self._passwords.verify(known["password_hash"] if known else None, password)
        if known and right and known["active"]:
            self._backoff.succeeded((login, remote))
            return await self._member(known)
        self._backoff.failed((login, remote))
        # An unknown login is not written down: people type their password into the wrong field.
        subject = f"staff:{known['id']}" if known else ""

        async def job(unit: UnitOfWork) -> None:
            unit.audit("staff.login_failed", subject, actor="web")

        await self._database.unit(job)
        return None

    async def login(self, login: str, password: str, *, remote: str = "") -> tuple[Member, str] | None:
        """Check a password and begin a session; returns the person and the session's secret token."""
        member = await self.check(login, password, remote=remote)
        return None if member is None else (member, await self.begin(member))

    async def begin(self, member: Member, language: str | None = None) -> str:
        """Begin a session and return its token, of which only a hash is kept."""
        token, now = secrets.token_urlsafe(32), self._database.clock.now()

        async def job(unit: UnitOfWork) -> None:
            unit.write(_SWEEP, now)
            station, digest = self._database.station_id, _digest(token)
            unit.write(_BEGIN, unit.new_id(), station, digest, member.id, language, now, now, now + IDLE)
            unit.audit("staff.logged_in", member.actor, actor=member.actor)

        await self._database.unit(job)
        return token

    async def session(self, token: str) -> Member | None:
        """Who holds this token, or None where the session ended. Being asked keeps it alive."""
        rows = await self._database.read(_SESSION, _digest(token))
        if not rows or not rows[0]["active"]:
            return None
        row, now = rows[0], self._database.clock.now()
        if moment(row["expires_at"]) <= now:
            return None
        if now - moment(row["seen_at"]) > TOUCH:

            async def job(unit: UnitOfWork) -> None:
                unit.write(_EXTEND, now, now + IDLE, row["id"])

            await self._database.unit(job)
        return await self._member({**row, "id": row["staff_id"]}, session=row["id"], language=row["language"])

    async def logout(self, member: Member) -> None:
        """End the session that this member was found by."""

        async def job(unit: UnitOfWork) -> None:
            unit.write(_END, member.session)
            unit.audit("staff.logged_out", member.actor, actor=member.actor)

        await self._database.unit(job)

    async def revoke(self, staff_id: int, *, actor: str = "system") -> None:
        """End all sessions of somebody, at once."""

        async def job(unit: UnitOfWork) -> None:
            unit.write(END_ALL, staff_id)
            unit.audit("staff.sessions_revoked", f"staff:{staff_id}", actor=actor)

        await self._database.unit(job)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
