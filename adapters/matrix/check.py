"""Checking: what `botkit doctor` finds out about the account on Matrix."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from aiohttp import ClientTimeout

from adapters.matrix import login as logins
from adapters.matrix import notices, raw, signing, spaces
from adapters.matrix.account import connected
from adapters.matrix.directory import resolve
from adapters.matrix.login import Login
from adapters.matrix.machine import STORE
from adapters.matrix.raw import table, text
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.wire import GONE, MatrixError, Wire, path_of
from botkit.adapter import Finding
from botkit.messages import tr

if TYPE_CHECKING:
    from botkit.clock import Clock
    from botkit.services import Services

SKEW = 60
"""Seconds that the clocks may differ."""
WRITE = 50
"""The power level that pins, and takes others' messages away, where a room does not say otherwise."""
_STATE = ("create", "name", "canonical_alias", "encryption", "power_levels")
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
    return [_fine("verified", device=login.device)]


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
    joined = raw.words(await wire.call("GET", path_of("joined_rooms")), "joined_rooms", 5000)
    found.append(_fine("rooms", count=len(joined)))
    for room in joined:
        if await notices.expected(wire, login.user, room):
            found += [_fine("notice", text=words) for words in await notices.latest(wire, room)]
            continue
        state = {kind: await _state(wire, room, f"m.room.{kind}") for kind in _STATE}
        if text(state["create"], "type") == spaces.KIND:
            # Nobody talks there.
            continue
        name = text(state["name"], "name") or text(state["canonical_alias"], "alias") or room
        if state["encryption"] and not settings.key:
            found.append(_wrong("blind", room=name))
        powers = state["power_levels"]
        level = table(powers, "users").get(login.user, powers.get("users_default", 0))
        events = table(powers, "events")
        if not isinstance(level, int | float):
            continue
        if level < events.get("m.room.message", powers.get("events_default", 0)):
            found.append(_wrong("mute", room=name))
        elif text(state["name"], "name") and level < events.get("m.room.pinned_events", WRITE):
            found.append(Finding(tr("matrix.check.pin", room=name), tr("matrix.check.pin.fix")))
    return found


async def _state(wire: Wire, room: str, kind: str) -> Mapping[str, Any]:
    try:
        return await wire.call("GET", path_of("rooms", room, "state", kind, ""))
    except MatrixError as problem:
        if problem.passing:
            raise
        return {}


def _fine(case: str, **args: Any) -> Finding:
    return Finding(tr(f"matrix.check.{case}", **args))


def _wrong(case: str, **args: Any) -> Finding:
    return Finding(tr(f"matrix.check.{case}", **args), tr(f"matrix.check.{case}.fix"), wrong=True)
