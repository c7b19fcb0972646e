from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="WebChatLine",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField()),
                ("thread", fields.CharField(max_length=32)),
                ("ref", fields.CharField(max_length=64)),
                ("seq", fields.BigIntField()),
                ("changed", fields.BigIntField()),
                ("direction", fields.CharField(max_length=3)),
                ("lane", fields.CharField(max_length=8)),
                ("author", fields.CharField(max_length=64)),
                ("text", fields.TextField(unique=False)),
                ("buttons", fields.TextField(null=True, unique=False)),
                ("files", fields.TextField(null=True, unique=False)),
                ("target", fields.CharField(null=True, max_length=64)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("edited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("seen_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "webchat_line",
                "app": "webchat",
                "unique_together": (("thread", "ref"),),
                "indexes": [Index(fields=["thread", "changed"])],
                "pk_attr": "id",
                "table_description": "One line of a visitor's thread.",
            },
            bases=["Row"],
        ),
    ]
