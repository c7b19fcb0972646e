"""Verdicts on best guesses: what they turned out to be."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Verdict",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("confidence", fields.FloatField()),
                ("is_right", fields.BooleanField()),
                ("source", fields.CharField(max_length=16)),
                ("slug", fields.CharField(max_length=40)),
            ],
            options={
                "table": "directory_verdict",
                "app": "directory",
                "indexes": [Index(fields=["station_id", "made_at"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
    ]
