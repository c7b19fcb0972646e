"""The table of answers behind a link."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Detail",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("token", fields.CharField(unique=True, max_length=32)),
                ("identity_id", fields.BigIntField()),
                ("payload", fields.TextField(unique=False)),
                ("expires_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "etiquette_detail", "app": "etiquette", "pk_attr": "id"},
            bases=["Row"],
        ),
    ]
