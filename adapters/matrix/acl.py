"""Lists of servers that a room lets take part, or keeps out: what comes from there, the others refuse."""

from __future__ import annotations

import re
from ipaddress import IPv4Address

from adapters.matrix import raw
from adapters.matrix.raw import Raw

KIND = "m.room.server_acl"
_MOST = 5_000
"""Entries that are read."""
_PORT = re.compile(r":[0-9]{1,5}$")


def keeps_out(acl: Raw, server: str) -> bool:
    """Whether a room with this list refuses what comes from a server. Servers take what is no list for an empty one."""
    name = _PORT.sub("", server).lower()
    if acl.get("allow_ip_literals") is False and _numeric(name):
        return True
    denied, allowed = (
        any(_matches(entry.lower(), name) for entry in raw.words(acl, kind, _MOST)) for kind in ("deny", "allow")
    )
    return denied or not allowed


def _numeric(name: str) -> bool:
    if name.startswith("["):
        return True
    try:
        IPv4Address(name)
    except ValueError:
        return False
    return True


def _matches(entry: str, name: str) -> bool:
    """Whether a name is meant: ``*`` is anything, ``?`` one character. In time that no entry can make long."""
    at = star = -1
    here = there = 0
    while here < len(name):
        if there < len(entry) and entry[there] in ("?", name[here]):
            here, there = here + 1, there + 1
        elif there < len(entry) and entry[there] == "*":
            star, at, there = there, here, there + 1
        elif star >= 0:
            # The last star takes one more.
            at += 1
            here, there = at, star + 1
        else:
            return False
    return not entry[there:].strip("*")
