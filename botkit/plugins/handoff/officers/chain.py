"""The escalation chain as data: who is asked to take a case, after how long, and again until somebody does."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from botkit.plugins.handoff.states import Level


class Who(StrEnum):
    """Whom a rung asks. Those that the roster names; where it names nobody, those who hold the role."""

    PRIMARY = "primary"
    BACKUP = "backup"
    COMMANDER = "commander"
    ANTI_FRAUD = "anti_fraud"
    EVERYBODY = "everybody"


class Rung(BaseModel):
    """One step of a chain. ``channel`` is where the page goes: the staff room, each person in private, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after_minutes: int = Field(ge=0)
    who: tuple[Who, ...] = Field(min_length=1)
    channel: Literal["room", "private", "both"] = "both"


class Chain(BaseModel):
    """The rungs of a level, in order; after ``again_minutes`` from the last they begin anew, until a human takes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rungs: tuple[Rung, ...] = Field(min_length=1)
    again_minutes: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Chain:
        minutes = [rung.after_minutes for rung in self.rungs]
        if minutes[0] != 0 or sorted(minutes) != minutes:
            raise ValueError("the rungs begin at after_minutes = 0 and go on in order")
        return self

    def rung(self, number: int) -> Rung:
        """The rung of a number that counts through all rounds, from 0."""
        return self.rungs[number % len(self.rungs)]

    def due(self, began: datetime, number: int) -> datetime:
        """When that rung comes."""
        rounds, index = divmod(number, len(self.rungs))
        lap = self.rungs[-1].after_minutes + self.again_minutes
        return began + timedelta(minutes=rounds * lap + self.rungs[index].after_minutes)

    def reached(self, began: datetime, now: datetime, number: int) -> tuple[tuple[Rung, ...], int]:
        """The rungs due from this number on, each kind once, and the number of the first that lies ahead.

        After an outage whoever should have been asked meanwhile is asked once, not once for every time missed.
        """
        due: list[Rung] = []
        while self.due(began, number) <= now:
            if self.rung(number) not in due:
                due.append(self.rung(number))
            number += 1
            if len(due) == len(self.rungs):
                lap = timedelta(minutes=self.rungs[-1].after_minutes + self.again_minutes)
                # Whole rounds were missed: on to the first that is not over.
                number = max(number, int((now - began) / lap) * len(self.rungs))
        return tuple(due), number


class Chains(BaseModel):
    """All chains. ``complaint`` is for complaints about officers, which are the commander's alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    emergency: Chain = Chain(
        rungs=(
            Rung(after_minutes=0, who=(Who.PRIMARY,)),
            Rung(after_minutes=2, who=(Who.BACKUP,)),
            Rung(after_minutes=5, who=(Who.COMMANDER,)),
            Rung(after_minutes=10, who=(Who.EVERYBODY,)),
        ),
        again_minutes=2,
    )
    fraud: Chain = Chain(
        rungs=(
            Rung(after_minutes=0, who=(Who.PRIMARY,)),
            Rung(after_minutes=1, who=(Who.BACKUP, Who.ANTI_FRAUD)),
            Rung(after_minutes=5, who=(Who.COMMANDER,)),
        ),
        again_minutes=5,
    )
    routine: Chain = Chain(
        rungs=(
            Rung(after_minutes=0, who=(Who.PRIMARY,)),
            Rung(after_minutes=12 * 60, who=(Who.BACKUP,)),
            Rung(after_minutes=20 * 60, who=(Who.PRIMARY, Who.BACKUP)),
            Rung(after_minutes=24 * 60, who=(Who.COMMANDER,)),
        ),
        again_minutes=24 * 60,
    )
    complaint: Chain = Chain(
        rungs=(Rung(after_minutes=0, who=(Who.COMMANDER,), channel="private"),), again_minutes=12 * 60
    )

    def of(self, level: Level, *, complaint: bool = False) -> Chain:
        """The chain of a case."""
        if complaint:
            return self.complaint
        chain: Chain = getattr(self, level.value)
        return chain
