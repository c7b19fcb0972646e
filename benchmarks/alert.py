"""One alert to every group of a district, with danger reported meanwhile. ``python -m benchmarks.alert [--groups N]``.

The bot is whole; the platform has the limits that Telegram documents (30 messages a second, 20 a minute in a chat) and
counts what arrives when. Time is a test's clock, so that the figures are the pacing's and not the machine's: how much
of the limit was used until the last group had its alert, how long urgent replies to others took meanwhile, and whether
any second held more than the platform allows.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from bisect import bisect_left
from datetime import datetime, timedelta

from botkit.adapter import Capabilities
from botkit.context import Context
from botkit.decision import Decision, Disposition
from botkit.messages import Chat, ChatKind, Lane, Outgoing, Reply
from botkit.plugin import Plugin
from botkit.storage import UnitOfWork, Write
from botkit.testing import BotHarness, FakeAdapter

GROUPS = 3_162
PER_SECOND, PER_MINUTE = 30, 20
ALERT, ADVICE = "请勿转账", "先撤离"
SHARE, WAIT = 0.95, 1.0
"""Goals: the part of the limit that is used, and the seconds in which 99 % of urgent replies go out."""


class Counting(FakeAdapter):
    """A platform that writes down what arrives when."""

    def __init__(self) -> None:
        super().__init__(
            capabilities=Capabilities(groups=True, rate_global=PER_SECOND, rate_chat=PER_MINUTE, rate_burst=6)
        )
        self.arrived: list[tuple[datetime, Outgoing]] = []

    async def send(self, out: Outgoing) -> str:
        self.arrived.append((self.services.clock.now(), out))
        return await super().send(out)


def plugin(groups: list[int]) -> Plugin:
    """Says the alert everywhere, and advice at once to whoever is in danger."""
    made = Plugin("alert")

    @made.command("alert")
    async def alert() -> Decision:
        lines = tuple(Reply((ALERT,), to=group, lane=Lane.BULK, quote=False) for group in groups)
        return Decision(Disposition.ANSWERED, lines)

    @made.command("fire")
    async def fire(context: Context) -> Reply:
        return Reply((ADVICE,), lane=Lane.URGENT)

    return made


async def measure(count: int, every: float) -> dict[str, float]:
    """Send the alert to ``count`` groups while somebody reports a fire every so many seconds."""
    groups: list[int] = []
    platform = Counting()
    async with BotHarness([plugin(groups)], adapter=platform) as bot:
        writes: list[Write] = []
        chats = [Chat(platform.name, f"g{n}", ChatKind.GROUP) for n in range(count)]
        groups += [bot.services.chats.enter(chat, writes).id for chat in chats]

        async def store(unit: UnitOfWork) -> None:
            for write in writes:
                unit.write(write.statement, *write.row)

        await bot.services.unit(store)
        began = bot.clock.now()
        await bot.says("/alert", who="commander")
        asked: dict[str, datetime] = {}
        while sum(out.lane is Lane.BULK for _, out in platform.arrived) < count:
            # A step that no pace of the limits divides, so that reports fall anywhere in a second.
            await bot.advance(seconds=every)
            who = f"resident-{len(asked)}"
            asked[f"dm-{who}"] = bot.clock.now()
            await bot.says("/fire", who=who)
        await bot.advance(minutes=1)
    bulk = [at for at, out in platform.arrived if out.lane is Lane.BULK]
    assert len({out.chat.id for _, out in platform.arrived if out.lane is Lane.BULK}) == len(bulk) == count
    waits = [(at - asked[out.chat.id]).total_seconds() for at, out in platform.arrived if out.lane is Lane.URGENT]
    assert len(waits) == len(asked)
    seconds = (max(bulk) - began).total_seconds()
    moments = sorted(at for at, _ in platform.arrived)
    meanwhile = sum(at <= max(bulk) for at in moments)
    second = timedelta(seconds=1)
    return {
        "seconds": seconds,
        # The last second is not over when the last group has its alert.
        "share": meanwhile / ((seconds + 1) * PER_SECOND),
        "most": max(bisect_left(moments, at + second) - place for place, at in enumerate(moments)),
        "urgent": len(waits),
        "p50": statistics.median(waits),
        "p99": sorted(waits)[int(len(waits) * 0.99)],
    }


async def main(count: int) -> None:
    """Measure and print."""
    for every in (5.3, 0.53, 0.13):
        began = time.monotonic()
        found = await measure(count, every)
        good = found["share"] >= SHARE and found["p99"] <= WAIT and found["most"] <= PER_SECOND
        print(
            f"a fire every {every} s: {count} groups in {found['seconds']:.1f} s, {found['share']:.1%} of the limit"
            f" used (goal {SHARE:.0%}), at most {found['most']:.0f} in a second; {found['urgent']:.0f} urgent replies,"
            f" p50 {found['p50']:.2f} s, p99 {found['p99']:.2f} s (goal {WAIT:g} s):"
            f" {'reached' if good else 'NOT reached'}  [{time.monotonic() - began:.0f} s of this machine]"
        )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--groups", type=int, default=GROUPS)
    asyncio.run(main(arguments.parse_args().groups))
