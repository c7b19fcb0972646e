"""What a request to the HSDS API asks for, read from its parameters; what can't be read is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite

PER_PAGE = 50
MOST_PER_PAGE = 1000
_TRUE, _FALSE = frozenset(("true", "1", "yes")), frozenset(("false", "0", "no", ""))
_FORMATS = ("json", "ndjson")


class BadParameter(ValueError):
    """A parameter that can't be read: its name, and which text of the catalogue tells how to write it."""

    def __init__(self, name: str, fix: str) -> None:
        super().__init__(name)
        self.name = name
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Query:
    """All filters of the API. Empty ones do not filter; those that are given must all hold."""

    search: str = ""
    taxonomy_term_id: str = ""
    taxonomy_id: str = ""
    organization_id: str = ""
    parent_id: str = ""
    postcode: str = ""
    proximity: float | None = None
    modified_after: datetime | None = None
    top_only: bool = False
    minimal: bool = False
    full: bool = False
    full_service: bool = False
    format: str = "json"
    page: int = 1
    per_page: int = PER_PAGE

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Query:
        """The query of parameters; unknown ones are ignored. Raises ``BadParameter``."""
        text = {
            name: given.get(name, "").strip()
            for name in ("search", "taxonomy_term_id", "taxonomy_id", "organization_id", "parent_id", "postcode")
        }
        proximity = given.get("proximity", "").strip()
        if proximity and not text["postcode"]:
            raise BadParameter("proximity", "directory.hsds.fix.proximity")
        kind = given.get("format", "json").strip().lower() or "json"
        if kind not in _FORMATS:
            raise BadParameter("format", "directory.hsds.fix.format")
        return cls(
            **text,
            proximity=_metres(proximity) if proximity else None,
            modified_after=_moment(given.get("modified_after", "").strip()),
            top_only=_flag(given, "top_only"),
            minimal=_flag(given, "minimal"),
            full=_flag(given, "full"),
            full_service=_flag(given, "full_service"),
            format=kind,
            page=_whole(given, "page", 1, None),
            per_page=_whole(given, "per_page", PER_PAGE, MOST_PER_PAGE),
        )


def _flag(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "").strip().lower()
    if value not in _TRUE | _FALSE:
        raise BadParameter(name, "directory.hsds.fix.flag")
    return value in _TRUE


def _whole(given: Mapping[str, str], name: str, usual: int, most: int | None) -> int:
    value = given.get(name, "").strip()
    if not value:
        return usual
    # Nobody has so many pages, and Python refuses to read very long numbers.
    if not (value.isascii() and value.isdigit() and len(value) < 10) or not 1 <= int(value) <= (most or 10**9):
        raise BadParameter(name, "directory.hsds.fix.per_page" if most else "directory.hsds.fix.page")
    return int(value)


def _metres(value: str) -> float:
    try:
        metres = float(value)
    except ValueError:
        metres = -1
    if not isfinite(metres) or metres < 0:
        raise BadParameter("proximity", "directory.hsds.fix.proximity")
    return metres


def _moment(value: str) -> datetime | None:
    """A day or a moment of ISO 8601; without a zone it is UTC."""
    if not value:
        return None
    try:
        # A plus in an address arrives as a blank.
        moment = datetime.fromisoformat(value.replace(" ", "+") if "T" in value else value)
    except ValueError:
        raise BadParameter("modified_after", "directory.hsds.fix.moment") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
