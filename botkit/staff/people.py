"""People: enrolling them, giving and taking rights, new passwords. Whoever loses their rights loses their sessions."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from tortoise.exceptions import IntegrityError

from botkit.errors import UserError
from botkit.staff.members import ROLES, Member
from botkit.staff.passwords import MIN_PASSWORD
from botkit.staff.sessions import END_ALL, Sessions
from botkit.storage.models import Person, RoleGrant
from botkit.storage.models import Staff as StaffRow

if TYPE_CHECKING:
    from botkit.storage import Database, UnitOfWork


class LastAdmin(UserError):
    """Without this person nobody could look after people any more."""

    def __init__(self) -> None:
        super().__init__("this is the last active admin", "make somebody else an admin first")


class Staff(Sessions):
    """The station's people: finds and enrols them, checks their passwords and keeps their sessions."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.on_change: list[Callable[[UnitOfWork, int, str], Awaitable[None]]] = []
        """Called with staff id and actor inside the unit that took rights from somebody, or gave them back."""
        self.after_change: list[Callable[[], Awaitable[None]]] = []
        """Called once such a unit is committed."""

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
        digest = await self._passwords.hash(password)
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
        digest = await self._passwords.hash(password)

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
            unit.write(END_ALL, member.id)
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
