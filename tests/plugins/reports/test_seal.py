"""The seal: a report verifies for as long as neither its figures nor the audit log were touched."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest

from botkit.audit import verify as walk
from botkit.plugins.reports import book, figures
from botkit.plugins.reports.models import Reconciliation
from botkit.plugins.reports.seal import Seal, verify
from botkit.storage.models import AuditEntry
from botkit.testing import BotHarness
from tests.plugins.reports.station import DAY, a_day, kept, shown, station

Change = Callable[[Reconciliation], Awaitable[object]]


async def test_a_report_hangs_on_the_audit_log(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await a_day(bot)
        head = bot.services.database.audit.head
        await book.make(bot.services, DAY, "staff:7")
        row = await kept(bot)
        assert (row.audit_seq, row.audit_hash) == (head.seq, head.hash)
        entry = await AuditEntry.get(event="day.reconciled")
        assert (entry.subject, entry.actor, entry.seq) == ("day:2026-03-11", "staff:7", head.seq + 1)
        assert json.loads(entry.facts) == {"difference": 0, "report": row.id, "signature": row.signature}
        assert (await walk(bot.services.database))[1] is None
        await a_day(bot)
        assert (await shown(bot)).addressed == 6, "what comes later changes no report"


async def test_the_first_report_of_an_empty_log_verifies(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await book.make(bot.services, DAY, "test")
        row = await kept(bot)
        assert row.audit_seq == 0
        assert await verify(bot.services.database, row) is Seal.SOUND
        await bot.services.unit(lambda unit: AuditEntry.filter(seq=1).update(actor="somebody"))
        assert await verify(bot.services.database, row) is Seal.UNLINKED


def nicer(row: Reconciliation) -> Awaitable[object]:
    return Reconciliation.filter(id=row.id).update(figures=row.figures.replace('"answered":2', '"answered":3'))


CHANGES: dict[str, tuple[Change, Seal]] = {
    "figures": (nicer, Seal.CHANGED),
    "nonsense": (lambda row: Reconciliation.filter(id=row.id).update(figures="{"), Seal.CHANGED),
    "day": (lambda row: Reconciliation.filter(id=row.id).update(day="2026-03-12"), Seal.CHANGED),
    "head": (lambda row: Reconciliation.filter(id=row.id).update(audit_hash="0" * 64), Seal.CHANGED),
    "chain": (lambda row: Reconciliation.filter(id=row.id).update(audit_chain="other"), Seal.CHANGED),
    "facts of the head": (lambda row: AuditEntry.filter(seq=row.audit_seq).update(facts="{}"), Seal.UNLINKED),
    "hash of the head": (lambda row: AuditEntry.filter(seq=row.audit_seq).update(hash="1" * 64), Seal.UNLINKED),
    "head removed": (lambda row: AuditEntry.filter(seq=row.audit_seq).delete(), Seal.UNLINKED),
    "entry": (lambda row: AuditEntry.filter(event="day.reconciled").update(actor="somebody"), Seal.UNLINKED),
    "entry removed": (lambda row: AuditEntry.filter(event="day.reconciled").delete(), Seal.UNRECORDED),
}


@pytest.mark.parametrize("name", list(CHANGES))
async def test_any_change_breaks_it(name: str, database_url: str) -> None:
    change, broken = CHANGES[name]
    async with station(database_url=database_url) as bot:
        await a_day(bot)
        await book.make(bot.services, DAY, "test")
        row = await kept(bot)
        assert await verify(bot.services.database, row) is Seal.SOUND
        await bot.services.unit(lambda unit: change(row))
        assert await verify(bot.services.database, await Reconciliation.get(id=row.id)) is broken


async def test_making_it_again_keeps_the_earlier_one(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await book.make(bot.services, DAY, "test")
        await a_day(bot)
        await book.make(bot.services, DAY, "test")
        rows = await book.of_day(bot.services.database, DAY)
        assert [await _addressed(bot, row) for row in rows] == [6, 0]
        assert [row.id for row in await book.latest(bot.services.database, 5)] == [rows[0].id]


async def _addressed(bot: BotHarness, row: Reconciliation) -> int:
    assert await verify(bot.services.database, row) is Seal.SOUND
    read = figures.load(row.figures)
    assert read is not None and figures.dump(read) == row.figures, "one canonical form"
    return read.addressed
