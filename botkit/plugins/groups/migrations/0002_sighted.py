"""Groups in which the bot sees what the platform hides from it elsewhere, as where it is an administrator."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("groups", "0001_initial")]

    initial = False

    operations = [
        ops.AddField(
            model_name="GroupSetting",
            name="sighted",
            field=fields.BooleanField(default=False),
        ),
    ]
