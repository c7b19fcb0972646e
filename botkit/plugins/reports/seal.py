"""The seal: what ties a report to the audit log, and whether it still holds."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from enum import StrEnum

import msgspec

from botkit.audit import CHAIN, GENESIS, Head, link
from botkit.plugins.reports.models import Reconciliation
from botkit.sql import moment
from botkit.storage import Database

EVENT = "day.reconciled"
"""The entry of the audit log that holds a report's signature."""
_ENTRIES = "SELECT seq, facts FROM audit WHERE chain = ? AND event = ? AND subject = ? AND seq > ? ORDER BY seq"
_LINKS = """
    SELECT seq, at, event, subject, actor, facts, previous, hash FROM audit
    WHERE chain = ? AND seq >= ? AND seq <= ? ORDER BY seq
"""


class Seal(StrEnum):
    """Whether a report is as it was made: sound, or what is broken."""

    SOUND = "sound"
    CHANGED = "changed"
    """The figures, the day or the head of the chain are not those that were signed."""
    UNRECORDED = "unrecorded"
    """The audit log knows no report with this signature."""
    UNLINKED = "unlinked"
    """The audit log between the head that was signed and the entry of the report is not what it was."""


def subject(day: date) -> str:
    """How the audit log names a day."""
    return f"day:{day.isoformat()}"


def sign(station_id: int, day: date, made_at: datetime, figures: str, head: Head) -> str:
    """The signature: SHA-256 over canonical JSON of the figures, what they are of, and the head of the chain."""
    signed = {
        "station": station_id,
        "day": day.isoformat(),
        "made_at": made_at.astimezone(UTC).isoformat(),
        "figures": msgspec.Raw(figures.encode()),
        "audit": {"chain": CHAIN, "seq": head.seq, "hash": head.hash},
    }
    return hashlib.sha256(msgspec.json.encode(signed, order="sorted")).hexdigest()


async def verify(database: Database, row: Reconciliation) -> Seal:
    """Recompute a report's signature, and look for it and for its head in the audit chain.

    The whole chain is walked by ``botkit audit verify``; here it is the stretch that the report hangs on.
    """
    head = Head(row.audit_seq, row.audit_hash)
    signature = sign(row.station_id, row.day, row.made_at, row.figures, head)
    if signature != row.signature or row.audit_chain != CHAIN:
        return Seal.CHANGED
    entries = await database.read(_ENTRIES, CHAIN, EVENT, subject(row.day), head.seq)
    recorded = next((entry["seq"] for entry in entries if f'"{signature}"' in entry["facts"]), None)
    if recorded is None:
        return Seal.UNRECORDED
    return Seal.SOUND if await _linked(database, head, recorded) else Seal.UNLINKED


async def _linked(database: Database, head: Head, last: int) -> bool:
    """Whether the chain runs unbroken from this head to an entry."""
    rows = await database.read(_LINKS, CHAIN, head.seq, last)
    if head.seq and (not rows or (rows[0]["seq"], rows[0]["hash"]) != (head.seq, head.hash)):
        return False
    if not head.seq and head.hash != GENESIS:
        return False
    before = Head(rows[0]["seq"] - 1, rows[0]["previous"]) if head.seq else head
    for row in rows:
        digest = link(
            before.hash, before.seq + 1, moment(row["at"]), row["event"], row["subject"], row["actor"], row["facts"]
        )
        if (row["seq"], row["previous"], row["hash"]) != (before.seq + 1, before.hash, digest):
            return False
        before = Head(row["seq"], row["hash"])
    return before.seq == last
