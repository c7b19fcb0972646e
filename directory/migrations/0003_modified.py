"""When an entry was written last: other systems ask for what changed since."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_verdicts")]

    initial = False

    operations = [
        ops.AddField(model_name="Service", name="modified_at", field=fields.DatetimeField(null=True)),
    ]
