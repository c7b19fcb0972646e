"""Counting a day: from the kernel's rows and the plugins' ledgers to figures that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from botkit.ledger import Breach, Ledger
from botkit.messages import ChatKind, MessageKind
from botkit.plugins.reports import days
from botkit.plugins.reports.figures import Broken, Figures, Place, Undelivered, Unsettled
from botkit.plugins.reports.shares import Received, Share, rule_of, share
from botkit.services import Services
from botkit.sql import moment

PAGE = 2000
"""Rows read at once."""
LISTED = 200
"""Undelivered messages that are listed; more than that are counted."""

_INBOX = """
    SELECT inbox.id, inbox.payload, inbox.verdict, inbox.received_at, inbox.disposition, inbox.reason, inbox.done_at,
           chat.kind, chat.title, chat.platform_id
    FROM inbox LEFT JOIN chat ON chat.id = inbox.chat_id
    WHERE inbox.station_id = ? AND inbox.received_at >= ? AND inbox.received_at < ? AND inbox.id > ?
    ORDER BY inbox.id LIMIT ?
"""
_PLAIN = "SELECT sum(lines) AS lines FROM plain_count WHERE station_id = ? AND hour >= ? AND hour < ?"
_LOST = "station_id = ? AND status IN ('dead', 'unknown') AND created_at >= ? AND created_at < ?"
_LOST_COUNT = f"SELECT count(*) AS number FROM outbox WHERE {_LOST}"
_LOST_LIST = f"""
    SELECT lost.id, lost.created_at, lost.status, chat.kind, chat.title, chat.platform_id
    FROM (SELECT * FROM outbox WHERE {_LOST} ORDER BY id LIMIT ?) AS lost LEFT JOIN chat ON chat.id = lost.chat_id
    ORDER BY lost.id
"""


class _Payload(msgspec.Struct):
    """What is read of a message. Its words are passed over and never become a value."""

    kind: str = MessageKind.TEXT.value
    addressed: bool = False


class _Verdict(msgspec.Struct):
    urgent: bool = False


async def count(services: Services, day: date) -> Figures:
    """The account of a station day as it stands now. Reads only.

    Plain talk is counted by the hour, so where a zone's offset is no whole hour the one around midnight belongs to
    the day in which it began. Raises ``BotkitError`` if the figures don't add up, and whatever a ledger raises: no
    report is better than a wrong one.
    """
    begins, ends = days.span(day, services.settings.station.zone)
    # The rows before the ledgers: what a human takes in between is then in the ledger, and no difference.
    rows = await _received(services, begins, ends)
    ledger = await _ledgers(services, begins, ends)
    now = services.clock.now()
    shares = [(row, share(row, ledger.taken, now)) for row in rows]
    number = Counter(part for _, part in shares)
    rules = Counter(row.rule for row, part in shares if part is Share.IGNORED)
    unsettled = tuple(
        Unsettled(row.id, row.place, row.at, row.disposition or "", row.rule)
        for row, part in shares
        if part is Share.UNSETTLED
    )
    station, database = services.database.station_id, services.database
    plain = await database.read(_PLAIN, station, begins, ends)
    lost = await database.read(_LOST_COUNT, station, begins, ends)
    listed = await database.read(_LOST_LIST, station, begins, ends, LISTED)
    return Figures(
        day=day,
        begins=begins,
        ends=ends,
        received=len(rows),
        events=number[Share.EVENT],
        rooms=number[Share.ROOM],
        addressed=sum(1 for _, part in shares if part not in (Share.EVENT, Share.ROOM)),
        answered=number[Share.ANSWERED],
        cases=number[Share.CASE],
        ignored=number[Share.IGNORED],
        waiting=number[Share.WAITING],
        rules=dict(rules),
        unsettled=unsettled,
        plain=int(plain[0]["lines"] or 0),
        undelivered_count=lost[0]["number"],
        undelivered=tuple(
            Undelivered(row["id"], place(row), moment(row["created_at"]), row["status"]) for row in listed
        ),
        breaches=tuple(
            Broken(breach.subject, breach.what, breach.due_at, breach.met_at)
            for breach in sorted(ledger.breaches, key=lambda breach: breach.due_at)
        ),
        counts=ledger.counts,
    ).check()


def place(row: Mapping[str, Any]) -> Place:
    """A row's chat as a report may name it: what a private chat is called may be its owner's name, and is left out."""
    if row["kind"] is None:
        return Place("unknown")
    return Place(row["kind"], "" if row["kind"] == ChatKind.DM else row["title"] or row["platform_id"])


async def _received(services: Services, begins: datetime, ends: datetime) -> list[Received]:
    found: list[Received] = []
    while True:
        after = found[-1].id if found else 0
        rows = await services.database.read(_INBOX, services.database.station_id, begins, ends, after, PAGE)
        found += [_row(row) for row in rows]
        if len(rows) < PAGE:
            return found


def _row(row: Mapping[str, Any]) -> Received:
    try:
        payload = msgspec.json.decode(row["payload"], type=_Payload)
        verdict = msgspec.json.decode(row["verdict"] or "{}", type=_Verdict)
    except msgspec.MsgspecError:
        # What can't be read is no reason to pass it over: it counts, and as serious.
        payload, verdict = _Payload(MessageKind.UNKNOWN.value), _Verdict(urgent=True)
    return Received(
        row["id"], place(row), moment(row["received_at"]), payload.kind,
        payload.addressed, verdict.urgent, row["disposition"], rule_of(row["reason"], row["disposition"]),
        row["done_at"] is not None,
    )  # fmt: skip


async def _ledgers(services: Services, begins: datetime, ends: datetime) -> Ledger:
    """The ledgers of all plugins as one."""
    taken: frozenset[int] = frozenset()
    counts: Counter[str] = Counter()
    breaches: list[Breach] = []
    for account in (account for plugin in services.plugins for account in plugin.ledgers):
        ledger = await account(services, begins, ends)
        taken |= ledger.taken
        breaches += ledger.breaches
        counts.update(ledger.counts)
    return Ledger(taken, tuple(breaches), dict(counts))
