"""Staff: the people of the station. Who they are, what they may do, and whether they are logged in."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from tortoise.exceptions import IntegrityError

from botkit.clock import Clock
from botkit.errors import UserError
from botkit.sql import Statement, moment
from botkit.storage.models import Person, RoleGrant
from botkit.storage.models import Staff as StaffRow

if TYPE_CHECKING:
    from botkit.storage import Database, UnitOfWork

ROLES = ("officer", "backup", "commander", "anti_fraud", "partner", "maintainer", "admin")
CASE_ROLES = frozenset({"officer", "backup", "commander", "anti_fraud"})
"""Roles that work on cases as police do. Admin is not among them, nor are partners, who get single cases."""
IDLE = timedelta(hours=12)
"""A session ends this long after its last request."""
TOUCH = timedelta(minutes=5)
"""How exactly the last request is remembered: a write for each request would be a waste."""
MIN_PASSWORD = 10

_STAFF = "SELECT id, login, name, title, active, password_hash FROM staff"
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
_END_ALL = Statement("DELETE FROM session WHERE staff_id = ?")
_SWEEP = Statement("DELETE FROM session WHERE expires_at < ?")


class TooSoon(UserError):
    """Too many wrong passwords: try again in ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many failed logins", f"wait {seconds:.0f} seconds")
        self.seconds = seconds


class LastAdmin(UserError):
    """Without this person nobody could look after people any more."""

    def __init__(self) -> None:
        super().__init__("this is the last active admin", "make somebody else an admin first")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the station. ``title`` is what residents read; ``session`` is 0 outside a login."""

    id: int
    login: str
    name: str
    title: str
    roles: frozenset[str]
    session: int = 0
    language: str | None = None

    @property
    def actor(self) -> str:
        """How the audit log names this person."""
        return f"staff:{self.id}"

    def may(self, roles: Iterable[str]) -> bool:
        """Whether one of these roles is held."""
        return not self.roles.isdisjoint(roles)


class Backoff:
    """Longer and longer waits after repeated failures, in memory: three are free, then 1, 2, 4 … 60 seconds.

    Keys hold login and address, so that guessing from elsewhere doesn't lock the officer out.
    """

    FREE = 3
    KEYS = 10_000

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], tuple[int, datetime]] = OrderedDict()

    def wait(self, key: tuple[str, str]) -> float:
        """Seconds to wait before the next attempt; 0 when it may be made now."""
        count, last = self._failures.get(key, (0, None))
        if last is None or count < self.FREE:
            return 0
        pause = min(60.0, 2.0 ** min(count - self.FREE, 6))
        return max(0, pause - (self._clock.now() - last).total_seconds())

    def failed(self, key: tuple[str, str]) -> None:
        """Count a failure."""
        count, _ = self._failures.pop(key, (0, None))
        self._failures[key] = (count + 1, self._clock.now())
        if len(self._failures) > self.KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: tuple[str, str]) -> None:
        """Forget the failures."""
        self._failures.pop(key, None)


class Staff:
    """Enrols people, checks passwords and keeps sessions, as rows that can be revoked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # 19 MiB and 2 passes: OWASP's first choice, and small enough for a machine of a station.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._hashing = asyncio.Semaphore(2)
        self._nobody: str | None = None
        self._backoff = Backoff(database.clock)
        self.on_change: list[Callable[[UnitOfWork, int, str], Awaitable[None]]] = []
        """Called with staff id and actor inside the unit that took rights from somebody, or gave them back."""
        self.after_change: list[Callable[[], Awaitable[None]]] = []
        """Called once such a unit is committed."""

    # people -----------------------------------------------------------------------------------------------

    async def create(
        self,
        login: str,
        name: str,
        roles: Iterable[str],
        *,
        title: str = "",
        password: str | None = None,
        actor: str = "system",
    ) -> tuple[Member, str]:
        """Enrol somebody, and return them with their password (a new one, unless it was given).

        Raises ``UserError`` for a login that is taken, an unknown role, or a password under 10 characters.
        """
        login, wanted = login.strip().lower(), frozenset(roles)
        if not login or len(login) > 64 or not login.isprintable():
            raise UserError("a login has 1 to 64 printable characters", "choose another")
        if unknown := wanted - frozenset(ROLES):
            raise UserError(f"no such role: {', '.join(sorted(unknown))}", f"use some of {', '.join(ROLES)}")
        if password is not None and len(password) < MIN_PASSWORD:
            raise UserError("that password is too short", f"use at least {MIN_PASSWORD} characters")
        password = password or secrets.token_urlsafe(12)
        digest = await self._hash(password)
        database, now = self._database, self._database.clock.now()

        async def job(unit: UnitOfWork) -> int:
            person, staff = unit.new_id(), unit.new_id()
            station = database.station_id
            await Person.create(id=person, station_id=station, created_at=now)
            await StaffRow.create(
                id=staff, station_id=station, login=login, name=name, title=title, password_hash=digest,
                person_id=person, created_at=now,
            )  # fmt: skip
            for role in sorted(wanted):
                await RoleGrant.create(id=unit.new_id(), station_id=station, staff_id=staff, role=role, granted_at=now)
            unit.audit("staff.enrolled", f"staff:{staff}", actor=actor, roles=",".join(sorted(wanted)))
            return staff

        try:
            staff = await database.unit(job)
        except IntegrityError:
            raise UserError(f"the login {login!r} is taken", "choose another") from None
        return Member(staff, login, name, title, wanted), password

    async def reset(self, login: str) -> str:
        """Give somebody a new password, returned, and end their sessions. Raises ``UserError`` for an unknown login."""
        member = await self.find(login)
        if member is None:
            raise UserError(f"nobody is enrolled as {login!r}", "add them with `botkit staff add`")
        password = secrets.token_urlsafe(12)
        digest = await self._hash(password)

        async def job(unit: UnitOfWork) -> None:
            await StaffRow.filter(id=member.id).update(password_hash=digest)
            unit.audit("staff.password_reset", f"staff:{member.id}")

        await self._database.unit(job)
        await self.revoke(member.id)
        return password

    async def suspend(self, login: str, *, actor: str = "system") -> Member:
        """Take all rights from somebody, at once and everywhere: sessions end, accounts are nobody's from now on.

        Raises ``UserError`` for an unknown login, ``LastAdmin``. ``restore`` gives the rights back.
        """
        member = await self.find(login)
        if member is None:
            raise UserError(f"nobody is enrolled as {login!r}", "add them with `botkit staff add`")

        async def job(unit: UnitOfWork) -> None:
            await self._keep_an_admin(member.id)
            await StaffRow.filter(id=member.id).update(active=False)
            unit.write(_END_ALL, member.id)
            unit.audit("staff.suspended", member.actor, actor=actor)

        await self._change(job, member.id, actor)
        return member

    async def restore(self, login: str, *, actor: str = "system") -> None:
        """Give somebody who was suspended their rights back. Raises ``UserError`` for an unknown login."""
        rows = await self._database.read("SELECT id FROM staff WHERE login = ?", login.strip().lower())
        if not rows:
            raise UserError(f"nobody is enrolled as {login!r}", "add them with `botkit staff add`")
        staff_id = rows[0]["id"]

        async def job(unit: UnitOfWork) -> None:
            await StaffRow.filter(id=staff_id).update(active=True)
            unit.audit("staff.restored", f"staff:{staff_id}", actor=actor)

        await self._change(job, staff_id, actor)

    async def grant(self, staff_id: int, roles: Iterable[str], *, actor: str = "system") -> None:
        """Give somebody exactly these roles, from the next click and press on.

        Raises ``UserError`` for an unknown role, ``LastAdmin``.
        """
        wanted = frozenset(roles)
        if unknown := wanted - frozenset(ROLES):
            raise UserError(f"no such role: {', '.join(sorted(unknown))}", f"use some of {', '.join(ROLES)}")
        station, now = self._database.station_id, self._database.clock.now()

        async def job(unit: UnitOfWork) -> None:
            if "admin" not in wanted:
                await self._keep_an_admin(staff_id)
            await RoleGrant.filter(staff_id=staff_id, role__not_in=sorted(wanted) or [""]).delete()
            held = {grant.role for grant in await RoleGrant.filter(staff_id=staff_id)}
            for role in sorted(wanted - held):
                await RoleGrant.create(
                    id=unit.new_id(), station_id=station, staff_id=staff_id, role=role, granted_at=now
                )
            unit.audit("staff.roles_set", f"staff:{staff_id}", actor=actor, roles=",".join(sorted(wanted)))

        await self._change(job, staff_id, actor)

    async def _keep_an_admin(self, staff_id: int) -> None:
        # Inside the unit: two admins who suspend each other at the same moment must not both succeed.
        admins = {grant.staff_id for grant in await RoleGrant.filter(role="admin")}
        active = {row.id for row in await StaffRow.filter(active=True, id__in=sorted(admins) or [0])}
        if active == {staff_id}:
            raise LastAdmin

    async def _change(self, job: Callable[[UnitOfWork], Awaitable[None]], staff_id: int, actor: str) -> None:
        async def whole(unit: UnitOfWork) -> None:
            await job(unit)
            for watcher in self.on_change:
                await watcher(unit, staff_id, actor)

        await self._database.unit(whole)
        for told in self.after_change:
            await told()

    async def everybody(self) -> list[tuple[Member, bool]]:
        """All people of the station, and whether they are active."""
        rows = await self._database.read(f"{_STAFF} ORDER BY login")
        return [(await self._member(row), bool(row["active"])) for row in rows]

    async def ensure_demo(self) -> Mapping[str, str]:
        """Create the demonstration's admin, officer and maintainer, apart, where there is nobody yet.

        Returns their passwords by login, to be shown once; empty when there were people already.
        """
        if await self._database.read("SELECT id FROM staff LIMIT 1"):
            return {}
        _, admin = await self.create("admin", "Admin", ["admin"], title="管理员")
        _, officer = await self.create("officer", "值班民警", ["officer"], title="社区民警")
        _, maintainer = await self.create("maintainer", "目录维护员", ["maintainer"], title="目录维护员")
        return {"admin": admin, "officer": officer, "maintainer": maintainer}

    async def find(self, login: str) -> Member | None:
        """Somebody active by login."""
        rows = await self._database.read(f"{_STAFF} WHERE login = ?", login.strip().lower())
        return await self._member(rows[0]) if rows and rows[0]["active"] else None

    async def get(self, staff_id: int) -> Member | None:
        """Somebody active by row id."""
        rows = await self._database.read(f"{_STAFF} WHERE id = ?", staff_id)
        return await self._member(rows[0]) if rows and rows[0]["active"] else None

    async def members(self, *roles: str) -> list[Member]:
        """Everybody who is active; with ``roles``, those who hold one of them."""
        rows = await self._database.read(f"{_STAFF} ORDER BY id")
        people = [await self._member(row) for row in rows if row["active"]]
        return [person for person in people if not roles or person.may(roles)]

    # passwords --------------------------------------------------------------------------------------------

    async def check(self, login: str, password: str, *, remote: str = "") -> Member | None:
        """Who this is, or None for a wrong login or password; either takes the same time.

        ``remote`` is the network address asked from. Raises ``TooSoon`` after repeated failures.
        """
        login = login.strip().lower()
        if wait := self._backoff.wait((login, remote)):
            raise TooSoon(wait)
        rows = await self._database.read(f"{_STAFF} WHERE login = ?", login)
        known = rows[0] if rows else None
        right = await self._verify(known["password_hash"] if known else None, password)
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

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def _verify(self, digest: str | None, password: str) -> bool:
        if digest is None:
            if self._nobody is None:
                self._nobody = await self._hash(secrets.token_hex(16))
            digest = self._nobody
        async with self._hashing:
            try:
                return await asyncio.to_thread(self._hasher.verify, digest, password)
            except (VerificationError, InvalidHashError):
                return False

    # sessions ---------------------------------------------------------------------------------------------

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
            unit.write(_END_ALL, staff_id)
            unit.audit("staff.sessions_revoked", f"staff:{staff_id}", actor=actor)

        await self._database.unit(job)

    async def _member(self, row: Mapping[str, Any], session: int = 0, language: str | None = None) -> Member:
        grants = await self._database.read("SELECT role FROM role_grant WHERE staff_id = ?", row["id"])
        roles = frozenset(grant["role"] for grant in grants)
        return Member(row["id"], row["login"], row["name"], row["title"], roles, session, language)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
