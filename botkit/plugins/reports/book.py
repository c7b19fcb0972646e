"""The book of reports: keeping a day's figures under a seal, and finding them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from botkit.audit import CHAIN
from botkit.plugins.reports import days, figures, seal
from botkit.plugins.reports.counting import count
from botkit.plugins.reports.figures import Figures
from botkit.plugins.reports.models import Reconciliation
from botkit.services import Services
from botkit.storage import Database, UnitOfWork

_LATEST = "SELECT max(id) AS id FROM reconciliation WHERE station_id = ? GROUP BY day ORDER BY day DESC LIMIT ?"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """An effect: keep these figures as a day's report, made by ``actor``."""

    figures: Figures
    actor: str = "system"


async def keep(effect: Reconciled, unit: UnitOfWork) -> None:
    """Apply it: a row with the head of the audit chain as it is now, and an audit entry with the row's signature."""
    database, day = unit.database, effect.figures.day
    head, now, text = await database.audit.load(database), database.clock.now(), figures.dump(effect.figures)
    signature = seal.sign(database.station_id, day, now, text, head)
    row = await Reconciliation.create(
        id=unit.new_id(), station_id=database.station_id, day=day, made_at=now, figures=text, audit_chain=CHAIN,
        audit_seq=head.seq, audit_hash=head.hash, signature=signature,
    )  # fmt: skip
    unit.audit(
        seal.EVENT, seal.subject(day), actor=effect.actor, report=row.id, difference=effect.figures.difference,
        signature=signature,
    )  # fmt: skip


async def make(services: Services, day: date, actor: str) -> Figures:
    """Count a day and keep its report, outside of any decision. Earlier reports of the day stay."""
    made = Reconciled(await count(services, day), actor)
    await services.unit(lambda unit: keep(made, unit))
    return made.figures


def begun(services: Services, day: date) -> bool:
    """Whether a day has begun, so that there is something to count."""
    return day <= days.day_of(services.clock.now(), services.settings.station.zone)


async def latest(database: Database, limit: int) -> list[Reconciliation]:
    """The newest report of each of the last days that have one, newest day first."""
    ids = [row["id"] for row in await database.read(_LATEST, database.station_id, limit)]
    return await Reconciliation.filter(id__in=ids).order_by("-day")


async def of_day(database: Database, day: date) -> list[Reconciliation]:
    """All reports of a day, newest first."""
    return await Reconciliation.filter(station_id=database.station_id, day=day).order_by("-id")
