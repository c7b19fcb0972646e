"""Jobs: imports under way, in memory: how far they are, and what came of them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

import structlog

from botkit.errors import StorageError
from botkit.ids import token
from botkit.messages import Text, tr
from botkit.services import Services
from botkit.staff import Member
from directory import changes
from directory.changes import IMPORT
from directory.importing import Plan, plan
from directory.running import Directory

KEPT = 20
"""So many are remembered: what came of older ones stands in the changes."""
log = structlog.get_logger()


@dataclass(slots=True)
class Job:
    """One import. ``said`` is what is being done; ``plan`` is there once the file was read, ``change`` at the end.

    Until it is ``finished``, ``failed`` says nothing.
    """

    name: str
    actor: str
    said: Text
    done: int = 0
    total: int = 0
    plan: Plan | None = None
    change: int | None = None
    failed: bool = True
    finished: bool = False
    token: str = field(default_factory=lambda: token(12))

    def tell(self, said: Text) -> None:
        """What is being done now."""
        self.said = said

    def written(self, count: int) -> None:
        """So many values are written."""
        self.done = count
        self.said = tr("directory.import.writing", done=count, total=self.total)


class Jobs:
    """The imports of a bot."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def get(self, name: str, who: Member) -> Job | None:
        """An import that this person began."""
        job = self._jobs.get(name)
        return job if job is not None and job.actor == who.actor else None

    def begin(
        self, services: Services, directory: Directory, who: Member, name: str, content: bytes, *, removals: bool
    ) -> Job:
        """Begin an import. What it would change waits for its approval in the end."""
        job = Job(name, who.actor, tr("directory.import.reading"))
        self._jobs[job.token] = job
        while len(self._jobs) > KEPT:
            self._jobs.popitem(last=False)
        task = asyncio.create_task(_run(job, services, directory, content, removals), name="directory-import")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job


async def _run(job: Job, services: Services, directory: Directory, content: bytes, removals: bool) -> None:
    try:
        job.plan = await asyncio.to_thread(
            plan, directory.contents, directory.guard, job.name, content, removals=removals, tell=job.tell
        )
        job.total = len(job.plan.edits)
        if job.plan.edits:
            note = job.name[: changes.LONGEST_NOTE]
            job.change = await changes.propose(
                services.database, job.plan.edits, kind=IMPORT, actor=job.actor, note=note, written=job.written
            )
        job.failed = False
    except StorageError as problem:
        log.error("directory.import_failed", problem=str(problem))
    finally:
        # Whatever it was: the page must hear that it is over.
        job.finished = True
