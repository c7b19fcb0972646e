"""The first tables of the directory."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AnswerFeedback",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("subject", fields.CharField(db_index=True, max_length=40)),
                ("helpful", fields.BooleanField()),
            ],
            options={"table": "answer_feedback", "app": "directory", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Attribute",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("service_id", fields.BigIntField(db_index=True)),
                ("term", fields.CharField(max_length=40)),
                ("position", fields.IntField()),
            ],
            options={"table": "attribute", "app": "directory", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="DirectoryState",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("digest", fields.CharField(max_length=64)),
                ("revision", fields.BigIntField()),
            ],
            options={"table": "directory_state", "app": "directory", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Faq",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("slug", fields.CharField(unique=True, max_length=40)),
                ("about", fields.CharField(max_length=40)),
                ("status", fields.CharField(max_length=16)),
                ("source", fields.CharField(max_length=200)),
                ("owner", fields.CharField(max_length=200)),
                ("assured_date", fields.CharField(null=True, max_length=10)),
                ("sample", fields.BooleanField()),
                ("position", fields.IntField()),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={"table": "faq", "app": "directory", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Organization",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("slug", fields.CharField(unique=True, max_length=40)),
            ],
            options={"table": "organization", "app": "directory", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Phone",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("service_id", fields.BigIntField(db_index=True)),
                ("number", fields.CharField(max_length=30)),
                ("position", fields.IntField()),
            ],
            options={"table": "phone", "app": "directory", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Phrasing",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("subject_id", fields.BigIntField(db_index=True)),
                ("kind", fields.CharField(max_length=8)),
                ("language", fields.CharField(max_length=8)),
                ("value", fields.CharField(max_length=200)),
                ("position", fields.IntField()),
            ],
            options={"table": "phrasing", "app": "directory", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="QuestionLog",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("language", fields.CharField(max_length=8)),
                ("text", fields.CharField(max_length=200)),
                ("subject", fields.CharField(max_length=40)),
                ("score", fields.FloatField()),
            ],
            options={
                "table": "question_log",
                "app": "directory",
                "indexes": [Index(fields=["subject", "asked_at"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Schedule",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("service_id", fields.BigIntField(db_index=True)),
                ("rule", fields.CharField(max_length=200)),
                ("verified", fields.BooleanField()),
            ],
            options={"table": "schedule", "app": "directory", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Service",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("slug", fields.CharField(unique=True, max_length=40)),
                ("organization_id", fields.BigIntField(null=True)),
                ("status", fields.CharField(max_length=16)),
                ("source", fields.CharField(max_length=200)),
                ("owner", fields.CharField(max_length=200)),
                ("assured_date", fields.CharField(null=True, max_length=10)),
                ("sample", fields.BooleanField()),
                ("do_not_call", fields.BooleanField()),
                ("position", fields.IntField()),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={"table": "service", "app": "directory", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="TaxonomyTerm",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("slug", fields.CharField(max_length=40)),
                ("kind", fields.CharField(max_length=16)),
                ("parent", fields.CharField(max_length=40)),
                ("position", fields.IntField()),
            ],
            options={
                "table": "taxonomy_term",
                "app": "directory",
                "unique_together": (("kind", "slug"),),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Text",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False)),
                ("station_id", fields.BigIntField(null=True)),
                ("subject_id", fields.BigIntField()),
                ("field", fields.CharField(max_length=16)),
                ("language", fields.CharField(max_length=8)),
                ("value", fields.TextField(unique=False)),
            ],
            options={
                "table": "directory_text",
                "app": "directory",
                "unique_together": (("subject_id", "field", "language"),),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
    ]
