"""The first tables of cases."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Case",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("number", fields.CharField(max_length=16)),
                ("year", fields.IntField()),
                ("state", fields.CharField(max_length=16)),
                ("level", fields.CharField(max_length=16)),
                ("topic", fields.CharField(max_length=64)),
                ("chat_id", fields.BigIntField()),
                ("identity_id", fields.BigIntField(db_index=True)),
                ("language", fields.CharField(max_length=8)),
                ("holder_id", fields.BigIntField(null=True)),
                ("holder_title", fields.CharField(default="", max_length=64)),
                ("epoch", fields.IntField(default=0)),
                ("reopened", fields.IntField(default=0)),
                ("lease_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("claimed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("spoke_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("resolved_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("result", fields.CharField(null=True, max_length=32)),
            ],
            options={
                "table": "case_file",
                "app": "handoff",
                "unique_together": (("station_id", "year", "number"),),
                "indexes": [
                    Index(fields=["chat_id", "identity_id", "state"]),
                    Index(fields=["state", "opened_at"]),
                ],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="CaseClock",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("case_id", fields.BigIntField()),
                ("name", fields.CharField(max_length=16)),
                ("round", fields.IntField(default=0)),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("hours", fields.IntField()),
                ("met_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "case_clock",
                "app": "handoff",
                "unique_together": (("case_id", "name", "round"),),
                "indexes": [Index(fields=["met_at", "due_at"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="CaseCounter",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("day", fields.DateField()),
                ("used", fields.IntField()),
            ],
            options={
                "table": "case_counter",
                "app": "handoff",
                "unique_together": (("station_id", "day"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseEvent",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("case_id", fields.BigIntField(db_index=True)),
                ("what", fields.CharField(max_length=32)),
                ("actor", fields.CharField(max_length=32)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("facts", fields.TextField(default="{}", unique=False)),
                ("text", fields.TextField(null=True, unique=False)),
                ("key", fields.CharField(null=True, unique=True, max_length=64)),
            ],
            options={"table": "case_event", "app": "handoff", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Report",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("case_id", fields.BigIntField(db_index=True)),
                ("inbox_id", fields.BigIntField(unique=True)),
                ("chat_id", fields.BigIntField()),
                ("identity_id", fields.BigIntField()),
                ("platform_id", fields.CharField(max_length=255)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("seen_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "report",
                "app": "handoff",
                "indexes": [Index(fields=["chat_id", "platform_id"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
    ]
