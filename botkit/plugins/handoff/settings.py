"""The plugin's settings: limits and times of cases, with the product's defaults."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class HandoffSettings(BaseModel):
    """The table ``[handoff]`` of a station's settings. All times are elapsed time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roster: str = Field("roster.toml", description="the roster's file, in the folder of the settings")
    clock_hours: int = Field(24, ge=1, description="response, feedback and result are due after this many hours")
    lease_urgent_minutes: int = Field(10, ge=1, description="an urgent claim without action lasts this long")
    lease_hours: int = Field(4, ge=1, description="a routine claim without action lasts this long")
    reopen_days: int = Field(14, ge=1, description="so long a resolved case can be reopened")
    quiet_minutes: int = Field(10, ge=1, description="between two quiet confirmations in a claimed case")

    def lease(self, urgent: bool) -> timedelta:
        """How long a claim holds without an action."""
        return timedelta(minutes=self.lease_urgent_minutes) if urgent else timedelta(hours=self.lease_hours)

    @property
    def clock(self) -> timedelta:
        """How long each of the three clocks runs."""
        return timedelta(hours=self.clock_hours)

    @property
    def reopen(self) -> timedelta:
        """How long after its resolution a case can be reopened."""
        return timedelta(days=self.reopen_days)
