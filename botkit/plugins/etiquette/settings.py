"""The plugin's settings: every time and limit of etiquette, with the product's defaults."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _clock(value: object) -> object:
    if isinstance(value, str):
        time.fromisoformat(value)
    return value


Clock = Annotated[str, BeforeValidator(_clock)]
"""A time of day as the settings write it: ``22:00``."""


class EtiquetteSettings(BaseModel):
    """The table ``[etiquette]`` of a station's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subjects: str = Field("etiquette/police.toml", description="the guard's lists, beside the settings")
    abuse: str = Field("etiquette/abuse.toml", description="the list of abusive words, beside the settings")
    aliases: tuple[str, ...] = Field(
        ("社区民警", "值班民警", "值班警官"), description="mentions that mean the desk, while the bot covers"
    )
    officer_minutes: int = Field(5, ge=0, description="after an officer's word the bot doesn't answer calls so long")
    wait_seconds: int = Field(60, ge=1, description="after an empty mention the next line counts so long")
    longest: int = Field(200, ge=40, description="characters of an answer that a group reads; a longer one goes to DM")
    private_topics: tuple[str, ...] = Field(
        ("mental_health", "women"), description="topics whose answers never stand in a group"
    )
    details_hours: int = Field(24, ge=1, description="so long a link to an answer's details works")
    repeat_minutes: int = Field(10, ge=0, description="the same answer again is a pointer to the first so long")
    flood_asks: int = Field(5, ge=1, description="answers to one person in a group ...")
    flood_minutes: int = Field(10, ge=1, description="... in this time; then one hint, then silence")
    group_lines: int = Field(10, ge=1, description="lines of the bot in a group ...")
    group_minutes: int = Field(60, ge=1, description="... in this time; danger and scams aside")
    night_from: Clock = Field("22:00", description="from here on answers in groups make no sound ...")
    night_to: Clock = Field("07:00", description="... until here, in the station's time zone")
    reaction: str = Field("👍", description="the sign under a thank-you in a group; empty: none")

    @property
    def officer(self) -> timedelta:
        """How long an officer's word keeps the bot from answering calls."""
        return timedelta(minutes=self.officer_minutes)

    @property
    def wait(self) -> timedelta:
        """How long somebody is listened to who called without saying what for."""
        return timedelta(seconds=self.wait_seconds)

    @property
    def repeat(self) -> timedelta:
        """How long an answer needn't be repeated."""
        return timedelta(minutes=self.repeat_minutes)

    @property
    def flood(self) -> timedelta:
        """In which time one person's answers are counted."""
        return timedelta(minutes=self.flood_minutes)

    @property
    def group(self) -> timedelta:
        """In which time a group's lines are counted."""
        return timedelta(minutes=self.group_minutes)
