"""The table of reconciliations: a day's figures, sealed with the head of the audit chain."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index

from botkit.storage.models import Row


class Reconciliation(Row):
    """The account of one station day, as it was at ``made_at``. Never changed: making it again adds a row.

    ``figures`` is canonical JSON (``botkit.plugins.reports.figures``), which holds ids, rules and numbers, but no
    words of residents. ``audit_seq`` and ``audit_hash`` are the head of the audit chain at that moment;
    ``signature`` covers all of it, and stands in the audit log too.
    """

    day = fields.DateField()
    made_at = fields.DatetimeField()
    figures = fields.TextField()
    audit_chain = fields.CharField(max_length=32)
    audit_seq = fields.BigIntField()
    audit_hash = fields.CharField(max_length=64)
    signature = fields.CharField(max_length=64)

    class Meta:
        table = "reconciliation"
        indexes = (Index(fields=("station_id", "day")),)
