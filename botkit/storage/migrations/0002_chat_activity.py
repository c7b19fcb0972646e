from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ChatActivity",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("chat_id", fields.BigIntField(unique=True)),
                ("human_spoke_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("officer_spoke_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "chat_activity", "app": "kernel", "pk_attr": "id"},
            bases=["Row"],
        ),
    ]
