"""A day of cases that is killed at every commit: run as a program, it kills itself with SIGKILL and goes on.

``python -m tests.plugins.handoff.crashing FOLDER [STRIDE]`` runs the day once undisturbed, then once for every
commit with a death just before and just after it, each followed by a restart that finishes the day. What stands at
the end in the tables and on the platform must be the same every time. Prints one line of figures; exits with 1 and
what differs where something was lost or doubled.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from botkit import logs
from botkit.messages import Chat, Outgoing
from botkit.plugins.handoff.models import Case, CaseClock, CaseEvent, Draft, Report
from botkit.storage import Database
from botkit.storage.models import Timer
from botkit.testing import BotHarness, FakeClock
from botkit.testing.clock import WEDNESDAY
from botkit.testing.fake import FakeAdapter
from tests.plugins.handoff.station import colleague, desk, room, rota, station
from tests.plugins.handoff.test_paging import PEOPLE, alarms

ROOM = "民警群"
DAY: tuple[tuple[float, str, str, str], ...] = (
    # minutes later, who, where ("" in private), what; nobody: time goes by
    (0, "li", "", "路灯不亮了"),
    (1, "zhang", ROOM, "接 #0311-01"),
    (1, "zhang", ROOM, "回 #0311-01 今天去看"),
    (1, "li", "", "在三楼拐角"),
    (1, "wu", "3号楼", "楼道有焦味"),
    (3, "", "", ""),
    (3, "wang", ROOM, "接 #0311-02"),
    (1, "zhang", ROOM, "转 #0311-01 wang 请跟进"),
    (1, "wang", ROOM, "接受 #0311-01"),
    (1, "wang", ROOM, "等居民 #0311-01"),
    (1, "li", "", "好的，我在家"),
    (1, "qian", "4号楼", "楼道有焦味"),
    (1, "wang", ROOM, "并入 #0311-03 #0311-02"),
    (1, "wang", ROOM, "办结 #0311-01 已处置 灯修好了"),
    (8, "", "", ""),
    (11, "", "", ""),
    (1, "zhang", ROOM, "接 #0311-02"),
    (1, "zhang", ROOM, "办结 #0311-02 已处置 已通风"),
    (1, "sun", "", "有人占车位"),
    (1, "sun", "", "不用了"),
    (1, "li", "", "灯还是不亮"),
    (1, "zhang", ROOM, "加急 #0311-01"),
    (3, "", "", ""),
    (1, "zhang", ROOM, "接 #0311-01"),
)
"""One line a step: what happens, and how much later than the one before."""
LASTS = timedelta(seconds=20)
"""How long is looked on after each step: a reply goes out ten seconds after it was written."""


def begins(number: int) -> datetime:
    """When a step begins. It is the same moment in every life."""
    return WEDNESDAY + timedelta(minutes=sum(each[0] for each in DAY[: number + 1]))


class Platform(FakeAdapter):
    """A platform that outlives the bot: what it has taken stands in a file, by key, so that a repeat is known."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        if file.exists():
            for line in file.read_text("utf-8").splitlines():
                key, chat, text, target = json.loads(line)
                self._take(key, chat, text, target)

    def _take(self, key: str, chat: str, text: str, target: str | None) -> None:
        out = Outgoing(key, Chat(self.name, chat), text, kind="edit" if target else "text", target=target)
        if target is None:
            super()._arrive(out)
        else:
            next(sent for sent in self.sent if sent.id == target).out = out

    def _write(self, out: Outgoing, target: str | None) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps([out.key, out.chat.id, out.text, target]) + "\n")

    def _arrive(self, out: Outgoing) -> str:
        if out.key not in self._keys:
            self._write(out, None)
        return super()._arrive(out)

    async def edit(self, out: Outgoing) -> str:
        self._write(out, out.target)
        return await super().edit(out)


class KeptClock(FakeClock):
    """A clock that goes on, after a death, where it stood."""

    def __init__(self, file: Path) -> None:
        before = WEDNESDAY - timedelta(minutes=1)
        super().__init__(datetime.fromisoformat(file.read_text()) if file.exists() else before)
        self._file = file

    def set(self, now: datetime) -> None:
        self._file.write_text(max(now, self.now()).isoformat())
        super().set(now)


class Death:
    """Kills the process at a commit, counted from when it is armed."""

    def __init__(self, at: int, after: bool) -> None:
        self.at, self.after, self.count, self.armed = at, after, 0, False

    def before(self) -> None:
        if self.armed:
            self.count += 1
            if self.count == self.at and not self.after:
                os.kill(os.getpid(), signal.SIGKILL)

    def behind(self) -> None:
        if self.armed and self.count == self.at and self.after:
            os.kill(os.getpid(), signal.SIGKILL)


def deadly(death: Death) -> None:
    """Put the death around every commit of the writer."""
    transaction, commit_rows = Database.transaction, Database.commit_rows

    @contextlib.asynccontextmanager
    async def watched(self: Database) -> AsyncIterator[Any]:
        async with transaction(self) as connection:
            yield connection
            death.before()
        death.behind()

    async def rows(self: Database, batches: Any) -> set[int]:
        death.before()
        known = await commit_rows(self, batches)
        death.behind()
        return known

    Database.transaction = watched  # type: ignore[method-assign]  # the fault is put in here, and nowhere else
    Database.commit_rows = rows  # type: ignore[method-assign]  # as above


async def day(folder: Path, death: Death | None) -> dict[str, Any]:
    """Live through the day, from wherever an earlier life got to; returns what stands at its end."""
    progress = folder / "progress"
    done = int(progress.read_text()) if progress.exists() else -1
    clock = KeptClock(folder / "clock")
    if death is not None:
        deadly(death)
    rota(folder, *PEOPLE)
    async with station([alarms], config=folder, folder=folder, clock=clock, adapter=Platform(folder / "sent")) as bot:
        if done < 0:
            await prepare(bot)
            progress.write_text("0")
            done = 0
        if death is not None:
            death.armed = True
        for number in range(done, len(DAY)):  # a step that was interrupted is taken again
            await step(bot, number)
            if death is not None:
                death.armed = False
            progress.write_text(str(number + 1))
            if death is not None:
                death.armed = True
        if death is not None:
            death.armed = False
        return await standing(bot, death)


async def prepare(bot: BotHarness) -> None:
    await room(bot)
    await colleague(bot, "zhang")
    await colleague(bot, "wang", "backup", title="值班民警")
    await colleague(bot, "chief", "commander", title="所长")
    assert desk(bot).rooms


async def step(bot: BotHarness, number: int) -> None:
    """One step of the day. What a step says has the same id however often it is said."""
    _, who, where, what = DAY[number]
    await bot.advance(until=max(begins(number), bot.clock.now()))
    if what:
        await bot.says(what, who=who, group=where or None, id=f"step-{number}", at_bot=where not in ("", ROOM))
    await bot.advance(until=max(begins(number) + LASTS, bot.clock.now()))


async def standing(bot: BotHarness, death: Death | None) -> dict[str, Any]:
    """What is true at the end of the day, without ids."""
    events = Counter()
    for event in await CaseEvent.all():
        case = await Case.get(id=event.case_id)
        events[f"{case.number} {event.what}"] += 1
    timers = sorted([(timer.name, timer.due_at.isoformat()) for timer in await Timer.filter(plugin="handoff")
                     if timer.name in ("page", "lease", "wait", "offer", "clock", "close", "draft")])  # fmt: skip
    cases = {case.number: (case.state, case.epoch, case.result, case.handed) for case in await Case.all()}
    clocks = {
        f"{(await Case.get(id=clock.case_id)).number} {clock.name} {clock.round}": clock.met_at is not None
        for clock in await CaseClock.all()
    }
    said = Counter(f"{sent.out.chat.id}: {sent.text.split(chr(10))[0]}" for sent in bot.sent)
    return {
        "cases": cases, "events": dict(events), "timers": timers, "clocks": clocks, "said": dict(said),
        "drafts": await Draft.all().count(), "reports": await Report.all().count(),
        "commits": death.count if death is not None else 0,
    }  # fmt: skip


def lives(folder: Path, death: Death | None) -> dict[str, Any] | None:
    """Live the day in a process of its own; None where that died."""
    folder.mkdir(parents=True, exist_ok=True)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            found = asyncio.run(day(folder, death))
            os.write(writer, json.dumps(found).encode())
            os._exit(0)
        # A child of a fork must end here whatever happened, and say what did.
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(3)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    if status:
        raise SystemExit(f"the day in {folder} ended with status {status}")
    return json.loads(told) if told else {}


def main(folder: Path, stride: int) -> int:
    """All deaths; returns how many days ended otherwise than they should."""
    logs.configure(json=False, level="error")
    undisturbed = lives(folder / "undisturbed", Death(0, False))
    if undisturbed is None:
        raise SystemExit("the undisturbed day died")
    commits, wrong = undisturbed.pop("commits"), 0
    deaths = [(at, after) for at in range(1, commits + 1) for after in (False, True)][::stride]
    for at, after in deaths:
        life = folder / f"{at}{'after' if after else 'before'}"
        ended = lives(life, Death(at, after))
        if ended is None:
            ended = lives(life, None)
        if ended is None:
            raise SystemExit("the restart died")
        ended.pop("commits")
        for name, value in ended.items():
            if value != undisturbed[name]:
                wrong += 1
                found = str(difference(undisturbed[name], value))[:400]
                print(f"death {'after' if after else 'before'} commit {at}: {name} {found}")
    print(f"{len(deaths)} deaths at {commits} commits: {wrong} differences")
    return wrong


def difference(wanted: Any, found: Any) -> Any:
    """Where two of the day's accounts differ."""
    if isinstance(wanted, dict):
        names = sorted(set(wanted) | set(found))
        return {name: (wanted.get(name), found.get(name)) for name in names if wanted.get(name) != found.get(name)}
    return wanted, found


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1) else 0)
