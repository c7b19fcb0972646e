"""Letters: what devices send to this one with each sync: keys, refusals of keys, questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nio import ToDeviceEvent

from adapters.matrix import withheld
from adapters.matrix.machine import Machine


class Letters:
    """Opens them. ``asked`` and ``refused`` take those that are not for the library; ``malformed`` counts the rest."""

    def __init__(
        self,
        machine: Machine,
        *,
        asked: Callable[[Any], bool],
        refused: Callable[[withheld.Notice], None],
        malformed: Callable[[int, str], None],
    ) -> None:
        self._machine = machine
        self._asked = asked
        self._refused = refused
        self._malformed = malformed
        self._taken: list[Any] = []
        self.fresh: set[str] = set()
        """Sessions whose keys have just come."""

    def take(self, events: Sequence[Any]) -> None:
        """Take in what a sync brought. One that had to be asked for again brings the same: each opens only once."""
        for event in events:
            notice = withheld.read(event)
            if notice is not None:
                self._hear(notice)
            elif event not in self._taken and not self._asked(event):
                self._open(event)
        self._taken = list(events)

    def _open(self, event: Any) -> None:
        machine = self._machine
        try:
            parsed = ToDeviceEvent.parse_event(event)
            found = machine.handle_to_device_event(parsed) if parsed is not None else None
        # The library's parsers meet what any device anywhere sends; one message of theirs must not stop all others.
        except Exception as problem:
            self._malformed(1, type(problem).__name__)
            return
        session = getattr(found, "session_id", None)
        if session is not None:
            self.fresh.add(session)
        letters, machine.letters = machine.letters, []
        for sender_key, letter in letters:
            notice = withheld.read(letter)
            if notice is not None and notice.maker == sender_key:
                self._hear(notice, sure=True)

    def _hear(self, notice: withheld.Notice, *, sure: bool = False) -> None:
        """A device does not give a key. ``sure``: it is the very one that made the key, not another of its user's.

        Any device may answer that it has not got what was asked for: where its user has several, the others may.
        """
        if notice.code == withheld.NO_SESSION:
            self._machine.unreached(notice.sender, notice.maker)
        elif sure or notice.code != withheld.LOST or self._machine.alone(notice.sender):
            self._refused(notice)
