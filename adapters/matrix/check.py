"""Checking: what `botkit doctor` finds out about the account on Matrix."""

from __future__ import annotations

import json
import secrets
import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import ClientTimeout

from adapters.matrix import login as logins
from adapters.matrix import notices, raw, signing, spaces
from adapters.matrix.account import connected
from adapters.matrix.directory import resolve
from adapters.matrix.keystore import STORE, printed
from adapters.matrix.login import Login
from adapters.matrix.raw import server_of, table, text
from adapters.matrix.room import Room
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.standing import mute
from adapters.matrix.wire import GONE, MatrixError, Wire, path_of
from botkit.adapter import Finding
from botkit.messages import tr

if TYPE_CHECKING:
    from botkit.clock import Clock
    from botkit.services import Services

LOCALES = Path(__file__).parent / "locales"
"""The adapter's texts: nearly all are what is found out here."""
SKEW = 60
"""Seconds that the clocks may differ."""
LONG = 120.0
"""Seconds that the homeserver may take to tell all rooms."""
_MATTERS = ("create", "name", "canonical_alias", "encryption", "power_levels", "server_acl", "tombstone")
_NONE = {"not_types": ["*"]}
FILTER = {
    "presence": _NONE,
    "account_data": _NONE,
    "room": {
        "timeline": {"limit": 1, **_NONE},
        "state": {
            "types": [f"m.room.{kind}" for kind in _MATTERS],
        },
        "ephemeral": _NONE,
        "account_data": {"types": ["m.tag"]},
    },
}
_NAMES = ("m.room.name", "m.room.canonical_alias")
_VERSIONS = "/_matrix/client/versions"


async def check(settings: MatrixSettings, services: Services) -> list[Finding]:
    """All that may be wrong. Raises ``UserError`` where the account can't be asked at all."""
    login = logins.find(settings, services.data)
    async with connected(settings, login) as wire:
        try:
            found = [await _clock(wire, services.clock.now())]
        except GONE as problem:
            reason = type(problem).__name__
            return [_wrong("network", url=settings.homeserver, problem=reason)]
        try:
            who = await wire.call("GET", path_of("account", "whoami"))
        except MatrixError as problem:
            if problem.status != 401:
                raise
            return [*found, _wrong("token")]
        user, device = text(who, "user_id"), text(who, "device_id")
        if (user, device) != (login.user, login.device):
            return [*found, _wrong("other", user=user, device=device)]
        found.append(_fine("account", user=user, device=device))
        found += await _keys(wire, settings, login, services)
        found += await _places(wire, settings, services.clock)
        found += await _rooms(wire, settings, login)
        return found


async def _clock(wire: Wire, now: datetime) -> Finding:
    began = time.monotonic()
    timeout = ClientTimeout(total=20)
    async with await wire.client.send("GET", _VERSIONS, None, {}, None, timeout) as response:
        told = response.headers.get("Date", "")
    try:
        theirs = parsedate_to_datetime(told)
    except ValueError:
        return _fine("reached")
    off = round((now - theirs).total_seconds() + (time.monotonic() - began) / 2)
    return _fine("reached") if abs(off) <= SKEW else _wrong("clock", seconds=off)


async def _keys(wire: Wire, settings: MatrixSettings, login: Login, services: Services) -> list[Finding]:
    if not settings.key:
        return [Finding(tr("matrix.check.plain"), tr("matrix.check.plain.fix"))]
    answer = await wire.call("POST", path_of("keys", "query"), {"device_keys": {login.user: []}})
    shown = bool(table(answer, "device_keys", login.user, login.device))
    if shown and not (services.data / "matrix" / STORE).exists():
        return [_wrong("lost", device=login.device)]
    if not shown:
        return [Finding(tr("matrix.check.new"))]
    if not signing.verified(answer, login):
        return [_wrong("unverified", device=login.device)]
    own = printed(login, services.data / "matrix")
    compare = [_fine("fingerprint", device=login.device, fingerprint=own)] if own else []
    return [_fine("verified", device=login.device), *compare]


async def _places(wire: Wire, settings: MatrixSettings, clock: Clock) -> list[Finding]:
    """Addresses among the settings that lead nowhere; and whether there are spaces to come by itself into."""
    found, places = [], [entry for entry in settings.invites if entry.startswith("!")]
    for alias in (entry for entry in settings.invites if entry.startswith("#")):
        try:
            place = await resolve(wire, alias)
        except MatrixError as problem:
            server = alias.partition(":")[2]
            found.append(_wrong("directory", alias=alias, server=server, problem=problem.code or problem.status))
            continue
        if place is None:
            found.append(_wrong("alias", alias=alias))
        else:
            places.append(place.room)
    if settings.join_spaces:
        listed = {room for place in places for room in await spaces.listed(wire, place, clock)}
        found.append(_fine("listed", count=len(listed)) if listed else _wrong("unlisted"))
    return found


async def _rooms(wire: Wire, settings: MatrixSettings, login: Login) -> list[Finding]:
    found = [] if settings.invites else [_wrong("invites")]
    rooms, waiting = await _joined(wire)
    found.append(_fine("rooms", count=len(rooms)))
    found += [Finding(tr("matrix.check.knock", room=name), tr("matrix.check.knock.fix")) for name in waiting]
    here = {room.id for room in rooms}
    for room in rooms:
        if room.notices:
            found += [_fine("notice", text=words) for words in await notices.latest(wire, room.id)]
        elif room.successor is not None and room.successor not in here:
            found.append(_wrong("moved", room=room.title or room.id))
        elif room.is_chat and room.successor is None:
            found += _room(room, settings, login)
    return found


async def _joined(wire: Wire) -> tuple[list[Room], list[str]]:
    """All rooms of the account with what matters of each, and those that it has asked to be let into."""
    # Homeservers answer the same question for a while as they did before, and somebody has just put something right.
    query = {"filter": json.dumps(FILTER), "timeout": str(secrets.randbelow(1_000))}
    answer = await wire.call("GET", path_of("sync"), query=query, timeout=LONG)
    rooms = []
    for room_id, info in table(answer, "rooms", "join").items():
        room = Room(room_id, notices=notices.tagged(raw.rows(table(info, "account_data"), "events")) or False)
        for event in raw.events(info, "state", "events"):
            room.apply(event)
        rooms.append(room)
    waiting = []
    for room_id, info in table(answer, "rooms", "knock").items():
        room = Room(room_id)
        for event in raw.rows(table(info, "knock_state"), "events"):
            # What one is shown who is not in it has no ids, and may come from any server.
            if isinstance(event, dict) and event.get("type") in _NAMES and event.get("state_key") == "":
                room.apply({**event, "content": table(event, "content")})
        waiting.append(room.title or room_id)
    return rooms, waiting


def _room(room: Room, settings: MatrixSettings, login: Login) -> list[Finding]:
    name, power = room.title or room.id, room.power(login.user)
    found = [_wrong("blind", room=name)] if room.encrypted and not settings.key else []
    if room.keeps_out(login.user):
        found.append(_wrong("shut", room=name, server=server_of(login.user)))
    if mute(room, login.user):
        found.append(_wrong("mute", room=name))
    elif room.name and power < room.needs("m.room.pinned_events", state=True):
        found.append(Finding(tr("matrix.check.pin", room=name), tr("matrix.check.pin.fix")))
    return found


def _fine(case: str, **args: Any) -> Finding:
    return Finding(tr(f"matrix.check.{case}", **args))


def _wrong(case: str, **args: Any) -> Finding:
    return Finding(tr(f"matrix.check.{case}", **args), tr(f"matrix.check.{case}.fix"), wrong=True)
