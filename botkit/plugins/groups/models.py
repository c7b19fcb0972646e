"""The tables of groups: what somebody, or the platform, settled for each, and who was greeted there."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index

from botkit.storage.models import Row


class GroupSetting(Row):
    """What was settled for one group. A value that is empty is the station's.

    ``enabled`` is empty until somebody says /enable or /disable. ``off`` is the officers' switch. ``muted`` are topic
    slugs, separated by blanks. ``quiet_from`` and ``quiet_until`` are times of day; the same twice: no quiet hours.
    ``rules`` are the group's own, in its owner's words. ``removed_at`` is when the bot left, ``blind`` that it
    sees nothing there but what is said to it, ``sighted`` that it sees everything, though elsewhere the platform
    hides it. ``greet``: whether newcomers get the group's card in private; ``left_out`` how many did not, because too
    many came at once, since that was last chosen.
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
    greet = fields.BooleanField(null=True)
    left_out = fields.IntField(default=0, db_default=0)
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "group_setting"


class GroupGreeting(Row):
    """Somebody new in a group who is to be greeted in private at ``due_at``, or was at ``greeted_at``.

    It goes when they leave before, ask to be forgotten, or nobody needs to know any more that they were greeted.
    """

    chat_id = fields.BigIntField()
    identity_id = fields.BigIntField(db_index=True)
    due_at = fields.DatetimeField()
    greeted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "group_greeting"
        unique_together = (("chat_id", "identity_id"),)
        indexes = (Index(fields=("chat_id", "due_at")),)
