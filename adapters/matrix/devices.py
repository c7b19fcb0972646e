"""Devices: the requests by which keys are published, asked for, claimed and shared."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import structlog
from nio import KeysClaimResponse, KeysQueryResponse, KeysUploadResponse, LocalProtocolError, ToDeviceResponse

from adapters.matrix.machine import Machine
from adapters.matrix.raw import number, table
from adapters.matrix.wire import MatrixError, Wire, path_of

log = structlog.get_logger()

USERS = 250
"""Users of one query."""
_MESSAGES = 20


async def send(wire: Wire, kind: str, messages: Mapping[str, Any]) -> None:
    """Send something to devices."""
    await wire.call("PUT", path_of("sendToDevice", kind, str(uuid4())), {"messages": messages})


async def keep_up(wire: Wire, machine: Machine) -> None:
    """Publish what keys are wanted, mend sessions that broke, and send what waits for devices."""
    if machine.should_upload_keys or machine.fallback_used:
        await _publish(wire, machine)
    # It raises where no session is broken.
    with contextlib.suppress(LocalProtocolError):
        await _claim(wire, machine, machine.get_users_for_key_claiming())
        # Of whom no key can be had now is tried again when the next message does not open, and not at each sync.
        machine.wedged_devices.clear()
    machine.collect_key_requests()
    for message in list(machine.outgoing_to_device_messages):
        try:
            await send(wire, message.type, message.as_dict()["messages"])
        except MatrixError as problem:
            if problem.passing or problem.status == 401:
                raise
            # It never takes this one: what waits behind it must go out, and what came be read.
            log.warning("matrix.keys", what="send", problem=problem.code)
        machine.handle_response(ToDeviceResponse(message))


async def _publish(wire: Wire, machine: Machine) -> None:
    body = machine.share_keys() if machine.should_upload_keys else {}
    if machine.fallback_used:
        body["fallback_keys"] = machine.fallback()
    # What somebody may claim from now on, the store must have.
    machine.save_account()
    try:
        answer = await wire.call("POST", path_of("keys", "upload"), body)
    except MatrixError as problem:
        if problem.passing or problem.status == 401:
            raise
        # It has such keys already, from before a crash: these are given up, and the next ones are new.
        log.warning("matrix.keys", what="upload", problem=problem.code)
        machine.mark_keys_as_published()
        machine.save_account()
        machine.uploaded_key_count = machine.account.max_one_time_keys
        return
    machine.fallback_used = False
    count = number(table(answer, "one_time_key_counts"), "signed_curve25519") or 0
    machine.handle_response(KeysUploadResponse(0, count))


async def known(wire: Wire, machine: Machine, users: Iterable[str]) -> list[str]:
    """See to it that the devices of these users are known as they are now; returns whose changed."""
    wanted = set(users)
    asked = sorted((wanted - machine.tracked_users) | (wanted & machine.users_for_key_query))
    changed: list[str] = []
    for start in range(0, len(asked), USERS):
        part = asked[start : start + USERS]
        answer = await wire.call("POST", path_of("keys", "query"), {"device_keys": {user: [] for user in part}})
        found = table(answer, "device_keys")
        for user in part:
            # One by one: what is wrong with one user's devices is no reason not to know the others'.
            response = KeysQueryResponse.from_dict({"device_keys": {user: found.get(user, {})}, "failures": {}})
            if isinstance(response, KeysQueryResponse):
                machine.handle_response(response)
                changed += [each for each, some in response.changed.items() if some]
            machine.users_for_key_query.discard(user)
            machine.tracked_users.add(user)
        # A server that can't be reached now is asked again before the next message.
        for user in part:
            if user.partition(":")[2] in table(answer, "failures"):
                machine.tracked_users.discard(user)
    return changed


async def share(wire: Wire, machine: Machine, room: str, users: Sequence[str]) -> None:
    """Give all devices of these users the key of a room. Raises where one could not be sent: then it is not shared.

    Nor is it where the key was given up meanwhile, because somebody came or went.
    """
    await _claim(wire, machine, machine.get_missing_sessions(list(users)))
    sessions = machine.outbound_group_sessions
    begun = None
    for devices, messages in machine.share_group_session_parallel(room, list(users), ignore_unverified_devices=True):
        begun = sessions[room] if begun is None else begun
        await send(wire, "m.room.encrypted", messages["messages"])
        if sessions.get(room) is not begun:
            return
        begun.users_shared_with.update(devices)
        # Each part was encrypted at once: others may have a turn before the next.
        await asyncio.sleep(0)
    if begun is None or sessions.get(room) is begun:
        sessions[room].shared = True


async def _claim(wire: Wire, machine: Machine, missing: Mapping[str, Iterable[str]]) -> None:
    wanted = [(user, device) for user, devices in missing.items() for device in devices]
    for start in range(0, len(wanted), _MESSAGES * 10):
        body: dict[str, dict[str, str]] = {}
        for user, device in wanted[start : start + _MESSAGES * 10]:
            body.setdefault(user, {})[device] = "signed_curve25519"
        answer = await wire.call("POST", path_of("keys", "claim"), {"one_time_keys": body})
        for user, keys in table(answer, "one_time_keys").items():
            response = KeysClaimResponse.from_dict({"one_time_keys": {user: keys}, "failures": {}})
            if isinstance(response, KeysClaimResponse):
                machine.handle_response(response)
