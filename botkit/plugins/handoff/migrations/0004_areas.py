"""Duties for some areas only; who may know of a case of another area: those who have, had or were asked for it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("handoff", "0003_rota")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Involved",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("staff_id", fields.BigIntField()),
                ("case_id", fields.BigIntField(db_index=True)),
            ],
            options={
                "table": "case_involved",
                "app": "handoff",
                "unique_together": (("staff_id", "case_id"),),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.AddField(
            model_name="RosterChange",
            name="areas",
            field=fields.TextField(default="[]", db_default="[]"),
        ),
        ops.AddField(
            model_name="GapTold",
            name="area",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
    ]
