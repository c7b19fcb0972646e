"""The table of groups: one row for each in which somebody, or the platform, settled something."""

from __future__ import annotations

from tortoise import fields

from botkit.storage.models import Row


class GroupSetting(Row):
    """What was settled for one group. A value that is empty is the station's.

    ``enabled`` is empty until somebody says /enable or /disable. ``off`` is the officers' switch. ``muted`` are topic
    slugs, separated by blanks. ``quiet_from`` and ``quiet_until`` are times of day; the same twice: no quiet hours.
    ``rules`` are the group's own, in its owner's words. ``removed_at`` is when the bot left, ``blind`` that it
    sees nothing there but what is said to it, ``sighted`` that it sees everything, though elsewhere the platform
    hides it.
    """

    chat_id = fields.BigIntField(unique=True)
    enabled = fields.BooleanField(null=True)
    enabled_by = fields.CharField(max_length=96, null=True)
    enabled_at = fields.DatetimeField(null=True)
    off = fields.BooleanField(default=False)
    muted = fields.TextField(default="")
    mentions_only = fields.BooleanField(default=False)
    dangers = fields.BooleanField(default=True)
    scams = fields.BooleanField(default=True)
    quiet_from = fields.CharField(max_length=5, null=True)
    quiet_until = fields.CharField(max_length=5, null=True)
    language = fields.CharField(max_length=8, null=True)
    lines = fields.IntField(null=True)
    area = fields.CharField(max_length=64, default="")
    rules = fields.TextField(null=True)
    blind = fields.BooleanField(default=False)
    sighted = fields.BooleanField(default=False)
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "group_setting"
