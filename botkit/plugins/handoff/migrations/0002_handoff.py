"""Cases are paged, handed on, merged and given to partners; rooms, enrolment, the rota and canned answers."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("handoff", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CannedAnswer",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("slug", fields.CharField(max_length=32)),
                ("zh", fields.TextField()),
                ("en", fields.TextField()),
                ("topics", fields.TextField(default="[]")),
                ("state", fields.CharField(max_length=16)),
                ("made_by", fields.CharField(max_length=32)),
                ("approved_by", fields.CharField(default="", max_length=32)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "canned_answer",
                "app": "handoff",
                "unique_together": (("station_id", "slug"),),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Card",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("case_id", fields.BigIntField(db_index=True)),
                ("chat_id", fields.BigIntField()),
                ("once", fields.CharField(unique=True, max_length=96)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "case_card", "app": "handoff", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Draft",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("case_id", fields.BigIntField(db_index=True)),
                ("staff_id", fields.BigIntField()),
                ("epoch", fields.IntField()),
                ("what", fields.CharField(max_length=16)),
                ("text", fields.TextField()),
                ("facts", fields.TextField(default="{}")),
                ("room_id", fields.BigIntField(null=True)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "case_draft", "app": "handoff", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="EnrolCode",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("staff_id", fields.BigIntField(null=True)),
                ("kind", fields.CharField(default="", max_length=16)),
                ("name", fields.CharField(default="", max_length=64)),
                ("made_by", fields.CharField(max_length=32)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "enrol_code", "app": "handoff", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Room",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("chat_id", fields.BigIntField(unique=True)),
                ("kind", fields.CharField(max_length=16)),
                ("name", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "staff_room", "app": "handoff", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="RosterChange",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("kind", fields.CharField(max_length=16)),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ("who", fields.CharField(default="", max_length=64)),
                ("other", fields.CharField(default="", max_length=64)),
                ("tier", fields.CharField(default="", max_length=16)),
                ("team", fields.CharField(default="", max_length=16)),
                ("titles", fields.TextField(default="{}")),
                ("routine", fields.BooleanField(default=True)),
                ("reason", fields.CharField(default="", max_length=16)),
                ("state", fields.CharField(default="active", max_length=16)),
                ("made_by", fields.CharField(max_length=32)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "roster_change", "app": "handoff", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="ShiftStart",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("source", fields.CharField(max_length=128)),
                ("who", fields.CharField(max_length=64)),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ("state", fields.CharField(max_length=8)),
            ],
            options={
                "table": "shift_start",
                "app": "handoff",
                "unique_together": (("source", "who"),),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Switch",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("name", fields.CharField(max_length=96)),
                ("by", fields.CharField(max_length=32)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "switch",
                "app": "handoff",
                "unique_together": (("station_id", "name"),),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.AddField(
            model_name="Case",
            name="at_risk",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Case",
            name="beside",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Case",
            name="erased_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Case",
            name="handed",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Case",
            name="hold",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Case",
            name="merged_into",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Case",
            name="nudges",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Case",
            name="offered_to",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Case",
            name="partner_chat",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Case",
            name="partner_state",
            field=fields.CharField(default="", db_default="", max_length=8),
        ),
        ops.AddField(
            model_name="Case",
            name="place",
            field=fields.TextField(default="", db_default=""),
        ),
        ops.AddField(
            model_name="Case",
            name="team",
            field=fields.CharField(default="", db_default="", max_length=16),
        ),
        ops.AddField(
            model_name="Case",
            name="wait_until",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name="Case",
            index=Index(fields=["merged_into"]),
        ),
        ops.AddIndex(
            model_name="Case",
            index=Index(fields=["partner_chat"]),
        ),
        ops.AddIndex(
            model_name="Case",
            index=Index(fields=["state", "level", "id"]),
        ),
        ops.AddIndex(
            model_name="Case",
            index=Index(fields=["state", "topic", "level"]),
        ),
        ops.AddIndex(
            model_name="Case",
            index=Index(fields=["holder_id", "state"]),
        ),
        ops.AddIndex(
            model_name="Case",
            index=Index(fields=["beside"]),
        ),
        ops.AddField(
            model_name="Report",
            name="via",
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name="Report",
            index=Index(fields=["identity_id", "chat_id"]),
        ),
    ]
