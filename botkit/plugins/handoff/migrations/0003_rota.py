"""Imports of the rota can be undone as a whole; gaps are told once; duties have an address for calendars."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("handoff", "0002_handoff")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CalendarAddress",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("staff_id", fields.BigIntField(unique=True)),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "calendar_address", "app": "handoff", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="GapTold",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("tier", fields.CharField(max_length=16)),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "gap_told", "app": "handoff", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.AddField(
            model_name="RosterChange",
            name="batch",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="RosterChange",
            name="note",
            field=fields.TextField(null=True),
        ),
    ]
