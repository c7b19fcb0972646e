"""The table of groups."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="GroupSetting",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("chat_id", fields.BigIntField(unique=True)),
                ("enabled", fields.BooleanField(null=True)),
                ("enabled_by", fields.CharField(null=True, max_length=96)),
                ("enabled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("off", fields.BooleanField(default=False)),
                ("muted", fields.TextField(default="", unique=False)),
                ("mentions_only", fields.BooleanField(default=False)),
                ("dangers", fields.BooleanField(default=True)),
                ("scams", fields.BooleanField(default=True)),
                ("quiet_from", fields.CharField(null=True, max_length=5)),
                ("quiet_until", fields.CharField(null=True, max_length=5)),
                ("language", fields.CharField(null=True, max_length=8)),
                ("lines", fields.IntField(null=True)),
                ("area", fields.CharField(default="", max_length=64)),
                ("rules", fields.TextField(null=True, unique=False)),
                ("blind", fields.BooleanField(default=False)),
                ("removed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "group_setting", "app": "groups", "pk_attr": "id"},
            bases=["Row"],
        ),
    ]
