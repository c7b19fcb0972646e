"""What goes wrong between a bot and Telegram, injected on order or at random with a seed."""

from __future__ import annotations

import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_SENDING = ("send", "edit", "delete", "set", "pin", "answer", "create", "close")


class Kind(StrEnum):
    """The ways to fail."""

    FLOOD = "429"
    BAD_GATEWAY = "502"
    INTERNAL = "500"
    LOST_ANSWER = "the effect is there, the answer never comes"
    RESET_BEFORE = "connection reset, no effect"
    RESET_AFTER = "the effect is there, the connection is reset"
    MALFORMED = "the answer is no JSON"
    SLOW = "the answer comes late"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. ``seconds`` is the time to wait that a 429 names, or how late an answer is."""

    kind: Kind
    seconds: float = 1

    @property
    def ambiguous(self) -> bool:
        """Whether the client can't know if there was an effect."""
        return self.kind in (Kind.LOST_ANSWER, Kind.RESET_AFTER, Kind.MALFORMED)


class Faults:
    """None, until a test asks for some. ``happened`` counts those that were injected, by kind."""

    def __init__(self) -> None:
        self._chance = random.Random(0)
        self._scripts: defaultdict[str, deque[Fault | None]] = defaultdict(deque)
        self._rates: list[tuple[Fault, float, frozenset[str]]] = []
        self.happened: Counter[Kind] = Counter()

    def next(self, method: str, *faults: Fault | Kind | None) -> None:
        """The next calls of a method fail so, one after the other; None is a call that goes well."""
        given = (Fault(fault) if isinstance(fault, Kind) else fault for fault in faults)
        self._scripts[method.lower()].extend(given)

    def rate(self, fault: Fault | Kind, share: float, methods: Iterable[str] = ()) -> None:
        """A share of all calls fails so, without end; all methods that change something, unless some are named."""
        given = Fault(fault) if isinstance(fault, Kind) else fault
        self._rates.append((given, share, frozenset(name.lower() for name in methods)))

    def seed(self, number: int) -> None:
        """What is left to chance will be the same again."""
        self._chance.seed(number)

    def clear(self) -> None:
        """All goes well from here."""
        self._rates.clear()
        self._scripts.clear()

    def draw(self, method: str) -> Fault | None:
        """What this call meets."""
        fault = self._drawn(method.lower())
        if fault:
            self.happened[fault.kind] += 1
        return fault

    def _drawn(self, method: str) -> Fault | None:
        script = self._scripts.get(method)
        if script:
            return script.popleft()
        if not self._rates:
            return None
        lot = self._chance.random()
        for fault, share, methods in self._rates:
            if method in methods or (not methods and method.startswith(_SENDING)):
                if lot < share:
                    return fault
                lot -= share
        return None
