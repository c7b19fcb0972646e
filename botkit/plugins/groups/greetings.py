"""Greetings: what was decided about newcomers becomes rows and timers. Each runs in its message's savepoint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from botkit.decision import FollowUp
from botkit.plugins.groups import keeping, slots, waiting
from botkit.plugins.groups.effects import Greeted, GreetingsOld, Newcomer, NotGreeted, PutOff
from botkit.plugins.groups.models import GroupGreeting
from botkit.services import Services
from botkit.storage import UnitOfWork

OLD = "old_greetings"
"""The timer that forgets who was greeted long ago; there is one while anybody is known."""
HOUR = 4
"""The station's hour of it."""
BATCH, AGAIN = 200, timedelta(seconds=30)
"""Rows that go at once, so that nobody has to wait for it, and when the next ones do."""


async def expected(effect: Newcomer, unit: UnitOfWork) -> None:
    """Give somebody new a slot, unless they were greeted before, here or elsewhere, or too many came at once."""
    services, now = keeping.services_of(unit), unit.database.clock.now()
    settings = keeping.settings_of(services)
    for row in await GroupGreeting.filter(identity_id=effect.identity_id):
        recent = row.greeted_at is not None and row.greeted_at > now - settings.greet_again
        if row.chat_id == effect.chat_id or row.greeted_at is None or recent:
            return
    due = await _slot(services, effect.chat_id)
    if due is None:
        left_out = (await keeping.stored(effect.chat_id)).left_out + 1
        await keeping.settle(services, unit, effect.chat_id, {"left_out": left_out})
        return
    greeting = await GroupGreeting.create(
        id=unit.new_id(), station_id=unit.database.station_id, chat_id=effect.chat_id,
        identity_id=effect.identity_id, due_at=due,
    )  # fmt: skip
    unit.follow_up(waiting.timer(greeting.id, due, (now + waiting.NEW).isoformat()))


async def dropped(effect: NotGreeted, unit: UnitOfWork) -> None:
    """Nobody is greeted, and nothing is kept."""
    await waiting.drop(unit, await GroupGreeting.filter(id=effect.greeting))


async def put_off(effect: PutOff, unit: UnitOfWork) -> None:
    """Give a greeting a slot in the morning; where there is none left it is not."""
    row = await GroupGreeting.get_or_none(id=effect.greeting, greeted_at=None)
    if row is None:
        return
    due = await _slot(keeping.services_of(unit), row.chat_id)
    if due is None:
        await row.delete()
        return
    row.due_at = due
    await row.save()
    unit.follow_up(waiting.timer(row.id, due, effect.until))


async def greeted(effect: Greeted, unit: UnitOfWork) -> None:
    """Remember that somebody was greeted, for as long as it matters."""
    await GroupGreeting.filter(id=effect.greeting).update(greeted_at=unit.database.clock.now())
    _sweep(keeping.services_of(unit), unit)


async def forgotten(effect: GreetingsOld, unit: UnitOfWork) -> None:
    """Drop what is no longer needed."""
    services = keeping.services_of(unit)
    before = unit.database.clock.now() - keeping.settings_of(services).greet_again
    rows = await GroupGreeting.filter(greeted_at__lt=before).limit(BATCH)
    await waiting.drop(unit, rows)
    if len(rows) >= BATCH:
        unit.follow_up(FollowUp("groups", OLD, "all", unit.database.clock.now() + AGAIN))
    elif await GroupGreeting.filter(greeted_at__not_isnull=True).exists():
        _sweep(services, unit)


async def _slot(services: Services, chat_id: int) -> datetime | None:
    settings = keeping.settings_of(services)
    first = keeping.greets_from(services, chat_id, services.clock.now() + settings.greet_after)
    latest = await GroupGreeting.filter(chat_id=chat_id).order_by("-due_at").first()
    return slots.slot(first, latest.due_at if latest is not None else None, settings.greet_most)


def _sweep(services: Services, unit: UnitOfWork) -> None:
    local = services.clock.now().astimezone(services.settings.station.zone)
    due = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if due <= local:
        due += timedelta(days=1)
    unit.follow_up(FollowUp("groups", OLD, "all", due.astimezone(UTC)))
