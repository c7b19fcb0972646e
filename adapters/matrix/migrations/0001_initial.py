from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="MatrixNote",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("account", fields.CharField(max_length=255)),
                ("kind", fields.CharField(max_length=8)),
                ("room", fields.CharField(max_length=255)),
                ("ref", fields.CharField(max_length=255)),
                ("payload", fields.TextField(unique=False)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("told", fields.BooleanField()),
            ],
            options={
                "table": "matrix_note",
                "app": "matrix",
                "unique_together": (("account", "kind", "ref"),),
                "pk_attr": "id",
                "table_description": "One thing to remember.",
            },
            bases=["Row"],
        ),
    ]
