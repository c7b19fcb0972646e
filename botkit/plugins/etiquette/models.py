"""The table of answers that wait for their reader behind a link: the bot's own words, for one person, for a day."""

from __future__ import annotations

from tortoise import fields

from botkit.storage.models import Row


class Detail(Row):
    """An answer that was too long or too private for a group. ``token`` is random, and all that the link tells."""

    token = fields.CharField(max_length=32, unique=True)
    identity_id = fields.BigIntField()
    payload = fields.TextField()
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "etiquette_detail"
