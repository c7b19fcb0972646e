"""The table of reconciliations."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("day", fields.DateField()),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("figures", fields.TextField(unique=False)),
                ("audit_chain", fields.CharField(max_length=32)),
                ("audit_seq", fields.BigIntField()),
                ("audit_hash", fields.CharField(max_length=64)),
                ("signature", fields.CharField(max_length=64)),
            ],
            options={
                "table": "reconciliation",
                "app": "reports",
                "indexes": [Index(fields=["station_id", "day"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
    ]
