"""Newcomers: whether a group's are greeted in private, and who was."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("groups", "0002_sighted")]

    initial = False

    operations = [
        ops.AddField(
            model_name="GroupSetting",
            name="greet",
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name="GroupSetting",
            name="left_out",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.CreateModel(
            name="GroupGreeting",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("chat_id", fields.BigIntField()),
                ("identity_id", fields.BigIntField(db_index=True)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("greeted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "group_greeting",
                "app": "groups",
                "unique_together": (("chat_id", "identity_id"),),
                "indexes": [Index(fields=["chat_id", "due_at"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
    ]
