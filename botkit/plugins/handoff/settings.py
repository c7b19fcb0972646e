"""The plugin's settings: limits and times of cases, with the product's defaults."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from botkit.language.estates import Estates
from botkit.plugins.handoff.officers.chain import Chains


def _usable(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    Estates(names)  # raises for an alias that two estates have
    return names


class HandoffSettings(BaseModel):
    """The table ``[handoff]`` of a station's settings. All times are elapsed time, except those of the day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roster: str = Field("roster.toml", description="the roster's file, in the folder of the settings")
    clock_hours: int = Field(24, ge=1, description="response, feedback and result are due after this many hours")
    lease_urgent_minutes: int = Field(10, ge=1, description="an urgent claim without action lasts this long")
    lease_hours: int = Field(4, ge=1, description="a routine claim without action lasts this long")
    prompt_minutes: int = Field(10, ge=1, description="between the question whether it goes on and the queue")
    reopen_days: int = Field(14, ge=1, description="so long a resolved case can be reopened")
    quiet_minutes: int = Field(10, ge=1, description="between two quiet confirmations in a claimed case")
    take_back_seconds: int = Field(10, ge=0, description="so long a reply can be taken back; urgent ones can't")
    join_minutes: int = Field(15, ge=0, description="reports of one kind and place within this time are one case")
    nudge_hours: int = Field(24, ge=1, description="between the reminders to a resident who is waited for")
    offer_minutes: int = Field(30, ge=1, description="so long a hand-over waits for its acceptance")
    snooze_minutes: int = Field(30, ge=1, description="how long a snoozed case keeps quiet, urgent ones a tenth of it")
    tap_minutes: int = Field(10, ge=1, description="so long a shift waits for the word that somebody is there")
    code_hours: int = Field(24, ge=1, description="how long a code that enrols somebody can be used")
    backlog_minutes: int = Field(10, ge=1, description="older messages are not answered in public after an outage")
    keep_answers_days: int = Field(30, ge=1, description="how long messages that no case is about are kept")
    keep_days: int = Field(180, ge=1, description="how long closed routine cases and their words are kept")
    keep_urgent_days: int = Field(730, ge=1, description="the same for danger, fraud and complaints")
    silent_from: time = Field(time(22, 0), description="routine pages make no sound from here")
    silent_until: time = Field(time(8, 30), description="to here, in the station's time")
    chains: Chains = Field(Chains(), description="who is asked to take a case, after how long, by level")
    estates: Annotated[dict[str, tuple[str, ...]], AfterValidator(_usable)] = Field(
        default_factory=dict, description="the station's estates, each with its other names"
    )

    def lease(self, urgent: bool) -> timedelta:
        """How long a claim holds without an action."""
        return timedelta(minutes=self.lease_urgent_minutes) if urgent else timedelta(hours=self.lease_hours)

    def snooze(self, urgent: bool) -> timedelta:
        """How long a snoozed case keeps quiet."""
        return timedelta(minutes=max(1, self.snooze_minutes // 10) if urgent else self.snooze_minutes)

    def silent(self, local: time) -> bool:
        """Whether routine pages make no sound at this time of the day."""
        start, end = self.silent_from, self.silent_until
        return start <= local < end if start < end else local >= start or local < end

    @property
    def clock(self) -> timedelta:
        """How long each of the three clocks runs."""
        return timedelta(hours=self.clock_hours)

    @property
    def reopen(self) -> timedelta:
        """How long after its resolution a case can be reopened."""
        return timedelta(days=self.reopen_days)

    @property
    def prompt(self) -> timedelta:
        """How long an officer has to say that the work goes on."""
        return timedelta(minutes=self.prompt_minutes)

    @property
    def take_back(self) -> timedelta:
        """How long a reply waits before it goes out."""
        return timedelta(seconds=self.take_back_seconds)
