"""Clocks: by how much other homeservers' clocks are off, learnt from when what they tell arrives here.

A homeserver tells how old events of its own users are, but not those of others: they say only what their server's
clock showed. A clock that runs on beside ours at a distance that stays is wrong by that distance. What was held up on
its way comes at distances that shrink.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from adapters.matrix.raw import Raw, number, server_of, table, text
from adapters.matrix.times import told_at

NONE = timedelta()
RIGHT = timedelta(minutes=1)
"""A clock that is off by less counts as right: messages take a while."""
APART, ALIKE = timedelta(seconds=10), timedelta(seconds=3)
"""Between two arrivals that are compared, at least; between their distances, at most."""
MOST = 2_000
"""Servers that are remembered."""


class Sample(NamedTuple):
    """When something arrived, and how long before that it was made, by its server's clock."""

    at: datetime
    lag: timedelta


class Clocks:
    """The clocks of all servers but ours."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._off: OrderedDict[str, timedelta] = OrderedDict()
        self._samples: OrderedDict[str, Sample] = OrderedDict()
        self.changed: set[str] = set()
        """Servers of which something else is known than what was kept."""

    def load(self, kept: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take in what was kept, by server."""
        self._off.update((server, timedelta(seconds=payload["behind"])) for server, payload in kept)

    def kept(self, server: str) -> dict[str, Any] | None:
        """What is to be kept of a server; None for a clock that is right."""
        return {"behind": self._off[server].total_seconds()} if server in self._off else None

    def behind(self, server: str) -> timedelta:
        """By how much a server's clock is behind ours; less than nothing where it is ahead."""
        return self._off.get(server, NONE)

    def moment(self, event: Raw, now: datetime) -> datetime:
        """When an event was made, by our own clock: nothing is said later than it arrives."""
        told, server = told_at(event), server_of(event["sender"])
        age = number(table(event, "unsigned"), "age")
        if age is not None:
            aged = now - timedelta(milliseconds=min(max(age, 0), 1 << 45))
            # Of other servers' events it may have been counted from what their clocks showed: then it says nothing new.
            if server == self._home or told is None or abs(aged - told) > RIGHT:
                return aged
        if told is None:
            return now
        behind = self.behind(server)
        return min(now, told + (max(behind, NONE) if _borrowed(event) else behind))

    def heard(self, event: Raw, now: datetime) -> None:
        """An event has just arrived at our homeserver."""
        told, server = told_at(event), server_of(event["sender"])
        # Who is not in the room may be given what they come, go and knock by, with another server's time in it.
        own = event["type"] == "m.room.member" and event.get("state_key") == event["sender"]
        if told is not None and server != self._home and not own:
            self._compare(server, now - told, now)

    def _compare(self, server: str, lag: timedelta, now: datetime) -> None:
        if abs(lag) <= RIGHT:
            # Nobody holds a message up for just as long as a clock is wrong.
            self._learn(server, NONE)
            self._samples.pop(server, None)
            return
        if lag < min(self.behind(server), NONE):
            # Nothing arrives before it is made.
            self._learn(server, lag)
        before = self._samples.get(server)
        if before is None or abs(lag - before.lag) > ALIKE:
            self._samples[server] = Sample(now, lag)
            if len(self._samples) > MOST:
                self._samples.popitem(last=False)
        elif now - before.at >= APART:
            self._learn(server, min(lag, before.lag))

    def _learn(self, server: str, behind: timedelta) -> None:
        if abs(behind - self.behind(server)) <= (RIGHT if behind else NONE):
            return
        self.changed.add(server)
        if not behind:
            del self._off[server]
            return
        self._off[server] = behind
        if len(self._off) > MOST:
            self.changed.add(self._off.popitem(last=False)[0])


def _borrowed(event: Raw) -> bool:
    """Whether it may bear the time of another server: who comes in is given the event by one that is in the room."""
    return event["type"] == "m.room.member" and text(event["content"], "membership") == "join"
