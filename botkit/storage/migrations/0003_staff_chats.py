"""Where people of the station are reached in private."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_chat_activity")]

    initial = False

    operations = [
        ops.AddField(model_name="Identity", name="chat_id", field=fields.BigIntField(null=True)),
    ]
