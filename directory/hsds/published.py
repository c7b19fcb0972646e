"""What the HSDS API publishes: the records of one revision of the directory, with the filters of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from json import dumps
from math import asin, cos, radians, sin, sqrt
from typing import Any

from botkit.language import normalise
from directory.hsds.entities import ENTITIES
from directory.hsds.query import Query
from directory.hsds.records import Records, Row

_EARTH = 6_371_000
Search = Callable[[str], list[str]]
"""The ids of the services that words find, best first."""


class Published:
    """Records that are asked for by page and by id. Never changes."""

    def __init__(self, records: Records, search: Search) -> None:
        self.records = records
        self._search = search
        told = dumps(records.rows, sort_keys=True, ensure_ascii=False).encode()
        self.etag = sha256(told).hexdigest()[:32]
        """The same for the same data, in every process."""
        self._topics = self._terms_of_services()

    def one(self, collection: str, record: str, query: Query) -> dict[str, Any] | None:
        """A record with everything that hangs on it, or None where there is none of this id."""
        entity = COLLECTIONS[collection]
        if record not in self.records.rows[entity]:
            return None
        if entity == "organization":
            return self._organization(record, query.full_service)
        return self.records.document(entity, record)

    def found(self, collection: str, query: Query) -> list[str]:
        """The ids of the records for which all filters hold; with a search the best first, else in their order."""
        entity = COLLECTIONS[collection]
        known = self.records.rows[entity]
        ids: Iterable[str] = known
        if query.search:
            ids = self._search(query.search) if entity == "service" else self._with_words(entity, query.search)
        return [record for record in ids if self._holds(entity, known[record], query)]

    def shown(self, collection: str, record: str, query: Query) -> dict[str, Any]:
        """A record as a page shows it: with what there is one of, or with everything where ``full`` asks for it."""
        entity = COLLECTIONS[collection]
        row = self.records.rows[entity][record]
        if entity == "service" and query.minimal:
            return {name: row[name] for name in ("id", "last_modified") if name in row}
        if entity == "organization" and (query.full or query.full_service):
            return self._organization(record, query.full_service)
        if query.full or entity in ("taxonomy", "taxonomy_term"):
            return self.records.document(entity, record)
        return self._brief(entity, record)

    def _brief(self, entity: str, record: str) -> dict[str, Any]:
        """A row with the rows that it names."""
        told = ENTITIES[entity]
        row = self.records.rows[entity][record]
        made = self.records.flat(told, row)
        for child in told.children:
            if not child.many and row.get(child.key) in self.records.rows[child.entity]:
                made[child.name] = self._brief(child.entity, row[child.key])
        return made

    def _organization(self, record: str, full_service: bool) -> dict[str, Any]:
        """An organization; its services are told in full only where that is asked for."""
        made = self.records.document("organization", record)
        if "services" in made and not full_service:
            services = self.records.rows["service"]
            made["services"] = [
                self.records.flat(ENTITIES["service"], services[one["id"]]) for one in made["services"]
            ]  # fmt: skip
        return made

    def _holds(self, entity: str, row: Row, query: Query) -> bool:
        """Whether all filters hold that this entity has."""
        if entity in ("taxonomy_term", "taxonomy"):
            return self._is_term(row, query)
        services = list(self._services(entity, row))
        if query.taxonomy_term_id and not self._has(services, lambda terms, _: query.taxonomy_term_id in terms):
            return False
        if query.taxonomy_id and not self._has(services, lambda _, taxonomies: query.taxonomy_id in taxonomies):
            return False
        if query.organization_id and not any(one.get("organization_id") == query.organization_id for one in services):
            return False
        if query.modified_after and not any(_is_modified(one, query.modified_after) for one in services):
            return False
        return not query.postcode or entity != "service_at_location" or self._is_near(row, query)

    def _is_term(self, row: Row, query: Query) -> bool:
        return (
            (not query.taxonomy_id or row.get("taxonomy_id") == query.taxonomy_id)
            and (not query.parent_id or row.get("parent_id") == query.parent_id)
            and (not query.top_only or not row.get("parent_id"))
        )

    def _has(self, services: list[Row], has: Callable[[set[str], set[str]], bool]) -> bool:
        return any(has(*self._topics.get(one["id"], (set(), set()))) for one in services)

    def _services(self, entity: str, row: Row) -> Iterator[Row]:
        """The services that a record is, offers or is part of."""
        services = self.records.rows["service"]
        if entity == "service":
            yield row
        elif entity == "organization":
            (offers,) = (child for child in ENTITIES[entity].children if child.name == "services")
            yield from (services[one] for one in self.records.children(ENTITIES[entity], row["id"], offers))
        elif row.get("service_id") in services:
            yield services[row["service_id"]]

    def _terms_of_services(self) -> dict[str, tuple[set[str], set[str]]]:
        """By service, its terms with all terms above them, and the taxonomies of these."""
        terms = self.records.rows["taxonomy_term"]
        found: dict[str, tuple[set[str], set[str]]] = {}
        for attribute in self.records.rows["attribute"].values():
            of, taxonomies = found.setdefault(attribute.get("link_id", ""), (set(), set()))
            term = attribute.get("taxonomy_term_id")
            while term in terms and term not in of:
                of.add(term)
                taxonomies.add(terms[term].get("taxonomy_id", ""))
                term = terms[term].get("parent_id")
        return found

    def _with_words(self, entity: str, words: str) -> list[str]:
        """What has all the words in its texts, in any language."""
        wanted = normalise(words).split()
        plain = {record: normalise(dumps(row, ensure_ascii=False)) for record, row in self.records.rows[entity].items()}
        return [record for record, text in plain.items() if all(word in text for word in wanted)]

    def _is_near(self, row: Row, query: Query) -> bool:
        """Whether a place has the postcode, or lies within so many metres of the middle of all that have it."""
        location = row.get("location_id", "")
        if query.proximity is None:
            return location in self._at(query.postcode)
        middle = self._middle(query.postcode)
        here = self._point(location)
        return middle is not None and here is not None and _metres_between(middle, here) <= query.proximity

    def _at(self, postcode: str) -> set[str]:
        addresses = self.records.rows["address"].values()
        return {one["location_id"] for one in addresses if one["postal_code"] == postcode and "location_id" in one}

    def _middle(self, postcode: str) -> tuple[float, float] | None:
        points = [point for location in sorted(self._at(postcode)) if (point := self._point(location)) is not None]
        if not points:
            return None
        return sum(point[0] for point in points) / len(points), sum(point[1] for point in points) / len(points)

    def _point(self, location: str) -> tuple[float, float] | None:
        row = self.records.rows["location"].get(location, {})
        return (row["latitude"], row["longitude"]) if "latitude" in row and "longitude" in row else None


COLLECTIONS = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
"""What the API lists, by the name in its addresses."""


def _is_modified(service: Row, after: datetime) -> bool:
    """Whether a service changed then or later. Of which that is not known, it may have."""
    told = service.get("last_modified")
    if told is None:
        return True
    moment = datetime.fromisoformat(told)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) >= after


def _metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two points in degrees (haversine)."""
    (lat, lon), (lat2, lon2) = (tuple(map(radians, point)) for point in (one, other))
    across = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(across))
