"""What importing a roster gives: the changes that could be read, and every problem with its place and its fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from botkit.messages import Text, tr
from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.shifts import Tier
from botkit.plugins.handoff.roster.spelling import plain

LARGEST = 2 << 20
"""Bytes of a file. A year of duties is a tenth of it."""
MOST_CHANGES = 2_000
"""Rows or events of one file."""
NOBODY = "-"
"""What stands where a name would, for a duty of which only the role is known."""

Names = Mapping[str, frozenset[str]]
"""The logins that a name or login may mean; more than one where people share a name. Made by ``names_of``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that can't be used: what, where, and what to do. The rest of the file is not affected."""

    where: Text
    what: Text
    fix: Text


@dataclass(frozen=True, slots=True)
class Imported:
    """The changes of a file, numbered from 1 in its order, and its problems. Who stores changes numbers them anew."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()


class Wrong(Exception):
    """A value can't be used; ``subject`` names the texts that say what is wrong and what to do."""

    def __init__(self, subject: str, value: object = "") -> None:
        super().__init__(subject)
        self.what = tr(f"handoff.roster.import.wrong.{subject}", value=str(value)[:40])
        self.fix = tr(f"handoff.roster.import.fix.{subject}")


class Collected:
    """The changes and problems of a file, while it is read."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._problems: list[Problem] = []

    def add(
        self,
        start: datetime,
        end: datetime,
        who: str,
        *,
        tier: Tier,
        team: str,
        areas: tuple[str, ...] = (),
        routine: bool,
        note: str = "",
    ) -> None:
        """A duty. Raises ``Wrong`` where it would silently replace an earlier one of the same place."""
        if len(self._changes) >= MOST_CHANGES:
            raise Wrong("too_large")
        number = len(self._changes) + 1
        duty = Change(
            number, Kind.DUTY, start, end, who, tier=tier, team=team, routine=routine, reason=note, areas=areas
        )
        if any(other.place == duty.place and other.start < end and start < other.end for other in self._changes):
            raise Wrong("overlap")
        self._changes.append(duty)

    def problem(self, where: Text, wrong: Wrong) -> None:
        """Something that can't be used, and its place."""
        self._problems.append(Problem(where, wrong.what, wrong.fix))

    def imported(self) -> Imported:
        """All of it."""
        return Imported(tuple(self._changes), tuple(self._problems))


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, with or without a mark, or GB 18030. Raises ``Wrong``."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Wrong("no_text")


def names_of(staff: Iterable[tuple[str, str]]) -> Names:
    """What names mean, from pairs of a login and a name."""
    found: dict[str, set[str]] = {}
    for login, name in staff:
        for text in (login, name):
            if plain(text):
                found.setdefault(plain(text), set()).add(login)
    return {text: frozenset(logins) for text, logins in found.items()}


def login_of(text: str, names: Names) -> str:
    """Whom a cell or an attendee means, "" for ``NOBODY``. Raises ``Wrong``."""
    said = plain(text)
    if said == NOBODY:
        return ""
    if not said:
        raise Wrong("no_name")
    logins = names.get(said, frozenset())
    if len(logins) == 1:
        return next(iter(logins))
    if logins:
        raise Wrong("ambiguous_name", text.strip())
    raise Wrong("several_names" if any(sign in text for sign in "、,，;；\n") else "unknown_name", text.strip())
