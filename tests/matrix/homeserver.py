"""The homeserver as one test sees it: fresh accounts, people, crowds, and the raw API for what no client sends."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any
from urllib.parse import quote

import aiohttp

from tests.matrix.person import Person
from tests.matrix.synapse import Synapse

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Account:
    """A user with a password, and a first device."""

    id: str
    password: str
    token: str
    device: str


class ApiError(Exception):
    """The homeserver refused a raw request."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__(f"{status} {answer.get('errcode')}: {answer.get('error')}")
        self.status = status
        self.code = answer.get("errcode")


class Homeserver:
    """Makes people and closes them at the end of the test. ``synapse`` is the process behind it."""

    def __init__(self, synapse: Synapse) -> None:
        self.synapse = synapse
        self.url = synapse.url
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Homeserver:
        self._http = await self._stack.enter_async_context(aiohttp.ClientSession())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    # accounts -----------------------------------------------------------------------------------------------

    async def account(self, name: str = "bot", *, admin: bool = False) -> Account:
        """A new user whose id begins with ``name``; an ``admin`` runs the homeserver."""
        path = "/_synapse/admin/v1/register"
        nonce = (await self.call("GET", path))["nonce"]
        user, password = f"{name}-{next(_numbers)}-{secrets.token_hex(3)}", secrets.token_hex(8)
        body = {"nonce": nonce, "username": user, "displayname": name.title(), "password": password, "admin": admin}
        proof = self.synapse.proof(nonce, user, password, admin=admin)
        made = await self.call("POST", path, {**body, "mac": proof})
        return Account(made["user_id"], password, made["access_token"], made["device_id"])

    async def person(self, name: str, *, encryption: bool = True) -> Person:
        """A new user at a real client, with keys on the server if ``encryption``."""
        account = await self.account(name)
        person = Person(self.url, account.id, account.device, account.token, encryption=encryption)
        self._stack.push_async_callback(person.leaves)
        await person.arrives()
        return person

    async def device(self, account: Account) -> Account:
        """The same account on another device, with no keys yet."""
        made = await self._login(account.id)
        return replace(account, token=made["access_token"], device=made["device_id"])

    async def _login(self, user: str) -> dict[str, Any]:
        who = {"type": "m.id.user", "user": user}
        body = {"type": "m.login.application_service", "identifier": who}
        return await self.call("POST", "/_matrix/client/v3/login", body, token=self.synapse.service_token)

    async def again(self, person: Person) -> Person:
        """The same user at another device."""
        made = await self._login(person.id)
        other = Person(self.url, person.id, made["device_id"], made["access_token"])
        self._stack.push_async_callback(other.leaves)
        await other.arrives()
        return other

    async def crowd(self, room: str, count: int) -> list[str]:
        """Many members of a public room, made cheaply: no client, no keys. Returns their ids."""
        service, run = self.synapse.service_token, secrets.token_hex(3)
        gate = asyncio.Semaphore(8)

        async def one(n: int) -> str:
            async with gate:
                body = {"type": "m.login.application_service", "username": f"crowd-{run}-{n}", "inhibit_login": True}
                user: str = (await self.call("POST", "/_matrix/client/v3/register", body, token=service))["user_id"]
                await self.call("POST", f"/_matrix/client/v3/join/{quote(room)}", {}, token=service, user_id=user)
                return user

        return await asyncio.gather(*(one(n) for n in range(count)))

    # the raw API --------------------------------------------------------------------------------------------

    async def call(
        self, method: str, path: str, body: object = None, *, token: str | None = None, **query: str
    ) -> dict[str, Any]:
        """One request, as it is. Raises ``ApiError`` where the server says no."""
        async with self._http.request(
            method,
            f"{self.url}{path}",
            params=query,
            data=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {token}"} if token else {},
        ) as response:
            answer: dict[str, Any] = await response.json()
            if response.status != 200:
                raise ApiError(response.status, answer)
            return answer

    async def sends(
        self, person: Person, kind: str, content: object, room: str, *, state_key: str | None = None
    ) -> str:
        """An event with any content whatever, past the client and its encryption. Returns its id."""
        place = f"send/{quote(kind)}/{secrets.token_hex(8)}"
        if state_key is not None:
            place = f"state/{quote(kind)}/{quote(state_key, safe='')}"
        path = f"/_matrix/client/v3/rooms/{quote(room)}/{place}"
        sent: str = (await self.call("PUT", path, content, token=person.token))["event_id"]
        return sent

    async def sends_at(self, moment: int, person: Person, content: object, room: str) -> str:
        """A message that claims to be of ``moment`` (ms since 1970), as a server with a wrong clock would send it."""
        path = f"/_matrix/client/v3/rooms/{quote(room)}/send/m.room.message/{secrets.token_hex(8)}"
        service = self.synapse.service_token
        sent = await self.call("PUT", path, content, token=service, user_id=person.id, ts=str(moment))
        event: str = sent["event_id"]
        return event

    async def history(self, person: Person, room: str) -> list[dict[str, Any]]:
        """All events of a room as the server has them, oldest first."""
        found: list[dict[str, Any]] = []
        query = {"dir": "f", "limit": "500"}
        while True:
            path = f"/_matrix/client/v3/rooms/{quote(room)}/messages"
            page = await self.call("GET", path, token=person.token, **query)
            found += page["chunk"]
            if not page.get("end"):
                return found
            query["from"] = page["end"]


def user_id(who: Person | Account | str) -> str:
    """The Matrix id of somebody, however named."""
    return who if isinstance(who, str) else who.id


__all__: Sequence[str] = ["Account", "ApiError", "Homeserver", "user_id"]
