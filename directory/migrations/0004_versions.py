"""Versions instead of a table for each part: entries are kept, compared and undone whole.

What stood in the old tables came from the station's files, and is read from there at the next start.
"""

from typing import Any

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

OLD = (
    "Attribute", "Faq", "Organization", "Phone", "Phrasing", "Schedule", "Service", "TaxonomyTerm", "Text",
)  # fmt: skip


def _row() -> list[tuple[str, Any]]:
    return [
        ("id", fields.BigIntField(primary_key=True, generated=False)),
        ("station_id", fields.BigIntField(null=True)),
    ]


def _options(table: str, **more: Any) -> dict[str, Any]:
    return {"table": table, "app": "directory", "pk_attr": "id", **more}


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_modified")]

    initial = False

    operations = [
        *(ops.DeleteModel(name=name) for name in OLD),
        ops.RunSQL("DELETE FROM directory_state"),
        ops.CreateModel(
            name="Item",
            fields=[
                *_row(),
                ("kind", fields.CharField(max_length=8)),
                ("slug", fields.CharField(max_length=120)),
                ("version_id", fields.BigIntField(null=True)),
                ("file_version_id", fields.BigIntField(null=True)),
                ("position", fields.IntField()),
                ("revision", fields.BigIntField(db_index=True)),
                ("modified_at", fields.DatetimeField()),
            ],
            options=_options("directory_item", unique_together=(("kind", "slug"),)),
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Version",
            fields=[
                *_row(),
                ("change_id", fields.BigIntField(db_index=True)),
                ("kind", fields.CharField(max_length=8)),
                ("slug", fields.CharField(max_length=120)),
                ("value", fields.TextField(null=True)),
                ("previous_id", fields.BigIntField(null=True)),
                ("position", fields.IntField(null=True)),
            ],
            options=_options("directory_version", indexes=[Index(fields=["kind", "slug"])]),
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Change",
            fields=[
                *_row(),
                ("kind", fields.CharField(max_length=16)),
                ("state", fields.CharField(max_length=8)),
                ("actor", fields.CharField(max_length=40)),
                ("note", fields.CharField(max_length=200)),
                ("made_at", fields.DatetimeField()),
                ("decided_at", fields.DatetimeField(null=True)),
                ("decided_by", fields.CharField(max_length=40)),
                ("undoes", fields.BigIntField(null=True)),
                ("revision", fields.BigIntField(null=True)),
                ("items", fields.IntField()),
            ],
            options=_options("directory_change", indexes=[Index(fields=["state", "made_at"])]),
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Verification",
            fields=[
                *_row(),
                ("slug", fields.CharField(max_length=40)),
                ("outcome", fields.CharField(max_length=16)),
                ("made_at", fields.DatetimeField()),
                ("actor", fields.CharField(max_length=40)),
            ],
            options=_options("directory_verification", indexes=[Index(fields=["slug", "made_at"])]),
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Suggestion",
            fields=[
                *_row(),
                ("slug", fields.CharField(max_length=40)),
                ("text", fields.CharField(max_length=500)),
                ("made_at", fields.DatetimeField(db_index=True)),
            ],
            options=_options("directory_suggestion"),
            bases=["Row"],
        ),
    ]
