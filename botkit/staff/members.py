"""Members: the people of the station, which roles they hold, and how they are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botkit.storage import Database

ROLES = ("officer", "backup", "commander", "anti_fraud", "partner", "maintainer", "admin")
CASE_ROLES = frozenset({"officer", "backup", "commander", "anti_fraud"})
"""Roles that work on cases as police do. Admin is not among them, nor are partners, who get single cases."""
STAFF = "SELECT id, login, name, title, active, password_hash FROM staff"


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


class Members:
    """Reads who the station's people are, and what they may do: anew each time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, login: str) -> Member | None:
        """Somebody active by login."""
        rows = await self._database.read(f"{STAFF} WHERE login = ?", login.strip().lower())
        return await self._member(rows[0]) if rows and rows[0]["active"] else None

    async def get(self, staff_id: int) -> Member | None:
        """Somebody active by row id."""
        rows = await self._database.read(f"{STAFF} WHERE id = ?", staff_id)
        return await self._member(rows[0]) if rows and rows[0]["active"] else None

    async def members(self, *roles: str) -> list[Member]:
        """Everybody who is active; with ``roles``, those who hold one of them."""
        rows = await self._database.read(f"{STAFF} ORDER BY id")
        people = [await self._member(row) for row in rows if row["active"]]
        return [person for person in people if not roles or person.may(roles)]

    async def everybody(self) -> list[tuple[Member, bool]]:
        """All people of the station, and whether they are active."""
        rows = await self._database.read(f"{STAFF} ORDER BY login")
        return [(await self._member(row), bool(row["active"])) for row in rows]

    async def _member(self, row: Mapping[str, Any], session: int = 0, language: str | None = None) -> Member:
        grants = await self._database.read("SELECT role FROM role_grant WHERE staff_id = ?", row["id"])
        roles = frozenset(grant["role"] for grant in grants)
        return Member(row["id"], row["login"], row["name"], row["title"], roles, session, language)
