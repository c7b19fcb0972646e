"""Letters: what devices send to this one with each sync: keys, refusals of keys, questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nio import ToDeviceEvent

from adapters.matrix import raw, withheld
from adapters.matrix.base import Base
from adapters.matrix.crypto import Crypto
from adapters.matrix.machine import Machine
from adapters.matrix.raw import Raw, table
from adapters.matrix.unread import Unread
from adapters.matrix.verifying import Verifying
from adapters.matrix.withheld import Withheld


class Letters:
    """Takes them in where there is encryption, before the events that came with them."""

    def __init__(self, base: Base, crypto: Crypto, unread: Unread, withheld: Withheld, verifying: Verifying) -> None:
        self._base = base
        self._crypto = crypto
        self._unread = unread
        self._withheld = withheld
        self._verifying = verifying
        self._taken: list[Any] = []

    async def take_in(self, answer: Raw) -> None:
        """Take in what a sync brought. Raises the errors of the wire; then it may be given once more."""
        if self._crypto.on:
            self.take(self._crypto.machine, raw.rows(table(answer, "to_device"), "events"))
            self._unread.ask_again(await self._crypto.keep_up(answer))

    def take(self, machine: Machine, events: Sequence[Any]) -> None:
        """Take in letters. A sync that had to be asked for again brings the same: each opens only once."""
        for event in events:
            notice = withheld.read(event)
            if notice is not None:
                self._hear(machine, notice)
            elif event not in self._taken and not self._verifying.asked(event):
                self._open(machine, event)
        self._taken = list(events)

    def _open(self, machine: Machine, event: Any) -> None:
        try:
            parsed = ToDeviceEvent.parse_event(event)
            found = machine.handle_to_device_event(parsed) if parsed is not None else None
        # The library's parsers meet what any device anywhere sends; one message of theirs must not stop all others.
        except Exception as problem:
            self._base.malformed(1, type(problem).__name__)
            return
        session = getattr(found, "session_id", None)
        if session is not None:
            self._unread.unlocked(session)
        letters, machine.letters = machine.letters, []
        for sender_key, letter in letters:
            notice = withheld.read(letter)
            if notice is not None and notice.maker == sender_key:
                self._hear(machine, notice, sure=True)

    def _hear(self, machine: Machine, notice: withheld.Notice, *, sure: bool = False) -> None:
        """A device does not give a key. ``sure``: it is the very one that made the key, not another of its user's.

        Any device may answer that it has not got what was asked for: where its user has several, the others may.
        """
        if notice.code == withheld.NO_SESSION:
            machine.unreached(notice.sender, notice.maker)
        elif sure or notice.code != withheld.LOST or machine.alone(notice.sender):
            self._withheld.heard(notice)
