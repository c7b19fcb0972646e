"""Knocks: asking to be let into a room, once. The account's own data remember it, so that no restart forgets it.

Who is let in gets an invitation; that one is followed whoever it is from, since the bot has asked for it.
"""

from __future__ import annotations

from adapters.matrix import directory
from adapters.matrix.raw import text
from adapters.matrix.wire import MatrixError, Wire, path_of

MARK = "botkit.knocked"
RULES = frozenset({"knock", "knock_restricted"})
"""Join rules of rooms at which one may knock."""


async def asked(wire: Wire, user: str, room: str) -> bool:
    """Whether the bot has asked to be let in, and has not come in since. Raises where that can't be said now."""
    try:
        answer = await wire.call("GET", _mark(user, room))
    except MatrixError as problem:
        if problem.passing or problem.status == 401:
            raise
        return False
    return bool(text(answer, "room"))


async def forget(wire: Wire, user: str, room: str) -> None:
    """The bot is in, or was never let ask. Raises the errors of the wire."""
    await wire.call("PUT", _mark(user, room), {})


async def enter(wire: Wire, user: str, room: str, via: tuple[str, ...], *, again: bool = False) -> bool:
    """Come in, or ask to be let in, but not twice unless ``again``; returns whether the bot is in.

    Raises the errors of the wire: the refusal to let it in where it may not ask either.
    """
    try:
        await directory.join(wire, room, via)
    except MatrixError as problem:
        if problem.status != 403:
            raise
        if again or not await asked(wire, user, room):
            await _ask(wire, user, room, via, problem)
        return False
    return True


async def _ask(wire: Wire, user: str, room: str, via: tuple[str, ...], refusal: MatrixError) -> None:
    # Before asking: the answer may be faster than anything that is done after it.
    await wire.call("PUT", _mark(user, room), {"room": room})
    try:
        await directory.knock(wire, room, via)
    except MatrixError as problem:
        await forget(wire, user, room)
        raise refusal if problem.status in (400, 403, 404) else problem from None


def _mark(user: str, room: str) -> str:
    return path_of("user", user, "rooms", room, "account_data", MARK)
