"""The plugin's settings: whether groups are asked first, and what their owners can choose from."""

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


class GroupsSettings(BaseModel):
    """The table ``[groups]`` of a station's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    consent: bool = Field(True, description="the bot does nothing in a group before somebody has typed /enable there")
    quiet_from: Clock = Field("22:00", description="a group that switches its quiet hours on has them from here on ...")
    quiet_until: Clock = Field("07:00", description="... until here, in the station's time zone")
    greet: bool = Field(False, description="newcomers get their group's card in private, unless it chose otherwise")
    greet_after_s: int = Field(60, ge=0, le=3600, description="so long somebody must have been in, in seconds")
    # As many as Synapse lets an account make rooms, unless it is set otherwise: one a minute.
    greet_most: int = Field(60, ge=1, le=3600, description="of a group so many an hour; who comes beyond is left out")
    greet_again_days: int = Field(180, ge=1, description="who was greeted is not greeted again for so long, anywhere")
    forget_days: int = Field(30, ge=1, description="so long after the bot left a group its settings are kept")
    open_commands: tuple[str, ...] = Field(
        (
            "enable",
            "启用",
            "disable",
            "停用",
            "on",
            "off",
            "settings",
            "设置",
            "rules",
            "群公约",
            "card",
            "名片",
            "area",
            "片区",
            "privacy",
            "隐私",
            "delete",
            "删除",
            "verify",
            "核实",
            "link",
            "绑定",
        ),
        description="commands that work where the bot is not enabled or switched off; officers' all do",
    )

    @property
    def quiet(self) -> tuple[time, time]:
        """The quiet hours that are offered."""
        return time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until)

    def greets(self, chosen: bool | None) -> bool:
        """Whether newcomers are greeted where a group has chosen this, or nothing."""
        return self.greet if chosen is None else chosen

    @property
    def greet_after(self) -> timedelta:
        """How long somebody must have been in a group before they are greeted."""
        return timedelta(seconds=self.greet_after_s)

    @property
    def greet_again(self) -> timedelta:
        """How long it is kept that somebody was greeted."""
        return timedelta(days=self.greet_again_days)

    @property
    def forget(self) -> timedelta:
        """How long the settings of a group outlive the bot's stay."""
        return timedelta(days=self.forget_days)
