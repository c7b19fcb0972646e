"""The table of the web chat: what each visitor's page shows."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index

from botkit.storage.models import Row


class WebChatLine(Row):
    """One line of a visitor's thread.

    ``thread`` is a hash of the visitor's secret; ``ref`` names the line: the visitor's own id of a message,
    or a hash of an outgoing key, so that each is stored once. ``seq`` is its place in the thread. ``changed``
    counts all changes of the thread: a page that knows the number asks for what came after. ``target`` is
    the line whose button was pressed.
    """

    thread = fields.CharField(max_length=32)
    ref = fields.CharField(max_length=64)
    seq = fields.BigIntField()
    changed = fields.BigIntField()
    direction = fields.CharField(max_length=3)
    lane = fields.CharField(max_length=8)
    author = fields.CharField(max_length=64)
    text = fields.TextField()
    buttons = fields.TextField(null=True)
    files = fields.TextField(null=True)
    target = fields.CharField(max_length=64, null=True)
    at = fields.DatetimeField()
    edited_at = fields.DatetimeField(null=True)
    seen_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webchat_line"
        unique_together = (("thread", "ref"),)
        indexes = (Index(fields=("thread", "changed")),)
