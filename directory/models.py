"""The directory's tables; station NULL means the whole city.

A directory is read, written, compared and undone by whole values, so each version of a value is one row.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Row(Model):
    """What every table has."""

    id = fields.BigIntField(primary_key=True, generated=False)
    station_id = fields.BigIntField(null=True)

    class Meta:
        abstract = True


class Item(Row):
    """Something of the directory, by kind and slug: an entry, an FAQ, a topic, a family, or rows of an import.

    ``version_id`` is its live version, None where it has none: retired, or not approved yet. ``file_version_id`` is
    what the station's files said last. ``revision`` is the directory's when it changed last, ``position`` its place
    among its kind.
    """

    kind = fields.CharField(max_length=8)
    slug = fields.CharField(max_length=120)
    version_id = fields.BigIntField(null=True)
    file_version_id = fields.BigIntField(null=True)
    position = fields.IntField()
    revision = fields.BigIntField(db_index=True)
    modified_at = fields.DatetimeField()

    class Meta:
        table = "directory_item"
        unique_together = (("kind", "slug"),)


class Version(Row):
    """A version of an item, as JSON; value NULL: it is gone. Never changed once its change is live.

    ``previous_id`` is the version it was made from; ``position`` where it is to stand, None: where it stood, or last.
    """

    change_id = fields.BigIntField(db_index=True)
    kind = fields.CharField(max_length=8)
    slug = fields.CharField(max_length=120)
    value = fields.TextField(null=True)
    previous_id = fields.BigIntField(null=True)
    position = fields.IntField(null=True)

    class Meta:
        table = "directory_version"
        indexes = (Index(fields=("kind", "slug")),)


class Change(Row):
    """Versions that become live together. ``state`` is waiting, live or refused; ``kind`` tells how it came about.

    ``actor`` made it and ``decided_by`` let it pass or not, as the audit log names people. ``undoes`` is the change
    that it takes back.
    """

    kind = fields.CharField(max_length=16)
    state = fields.CharField(max_length=8)
    actor = fields.CharField(max_length=40)
    note = fields.CharField(max_length=200)
    made_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.CharField(max_length=40)
    undoes = fields.BigIntField(null=True)
    revision = fields.BigIntField(null=True)
    items = fields.IntField()

    class Meta:
        table = "directory_change"
        indexes = (Index(fields=("state", "made_at")),)


class Verification(Row):
    """What came of verifying a subject: confirmed, changed, no_answer or gone."""

    slug = fields.CharField(max_length=40)
    outcome = fields.CharField(max_length=16)
    made_at = fields.DatetimeField()
    actor = fields.CharField(max_length=40)

    class Meta:
        table = "directory_verification"
        indexes = (Index(fields=("slug", "made_at")),)


class Suggestion(Row):
    """What somebody proposes from the public page. ``slug`` is empty where nothing stands there yet.

    Who it was is not kept. The text goes when it was dealt with.
    """

    slug = fields.CharField(max_length=40)
    text = fields.CharField(max_length=500)
    made_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "directory_suggestion"


class QuestionLog(Row):
    """A question that the directory was asked: without digits, links and mentions, and without its sender.

    ``subject`` is the slug that was answered with, empty where there was none.
    """

    asked_at = fields.DatetimeField()
    language = fields.CharField(max_length=8)
    text = fields.CharField(max_length=200)
    subject = fields.CharField(max_length=40)
    score = fields.FloatField()

    class Meta:
        table = "question_log"
        indexes = (Index(fields=("subject", "asked_at")),)


class AnswerFeedback(Row):
    """A resident's word on an answer. It becomes the maintainers' work."""

    at = fields.DatetimeField()
    subject = fields.CharField(max_length=40, db_index=True)
    helpful = fields.BooleanField()

    class Meta:
        table = "answer_feedback"


class Verdict(Row):
    """What a best guess turned out to be: the entry, how sure it was, whether it was meant, who says so."""

    made_at = fields.DatetimeField()
    confidence = fields.FloatField()
    is_right = fields.BooleanField()
    source = fields.CharField(max_length=16)
    slug = fields.CharField(max_length=40)

    class Meta:
        table = "directory_verdict"
        indexes = (Index(fields=("station_id", "made_at")),)


class DirectoryState(Row):
    """What the tables were last loaded from, and how often they changed since."""

    digest = fields.CharField(max_length=64)
    revision = fields.BigIntField()

    class Meta:
        table = "directory_state"
