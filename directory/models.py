"""The directory's tables, named after HSDS where it has a name; station NULL means the whole city.

Texts stand apart, one row for each language, so that each can have a history and a staleness of its own.
``subject_id`` is the id of the service or FAQ that a row belongs to: ids are unique over all tables.
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


class Organization(Row):
    """Who offers services. Its names are texts. ``slug`` is that of the service which brought it."""

    slug = fields.CharField(max_length=40, unique=True)

    class Meta:
        table = "organization"


class Service(Row):
    """A directory entry. ``digest`` tells whether its file has changed since it was loaded, ``modified_at`` when.

    ``status`` is HSDS's: active, or inactive for what is no longer in the files. ``position`` is their order.
    """

    slug = fields.CharField(max_length=40, unique=True)
    organization_id = fields.BigIntField(null=True)
    status = fields.CharField(max_length=16)
    source = fields.CharField(max_length=200)
    owner = fields.CharField(max_length=200)
    assured_date = fields.CharField(max_length=10, null=True)
    sample = fields.BooleanField()
    do_not_call = fields.BooleanField()
    position = fields.IntField()
    digest = fields.CharField(max_length=64)
    modified_at = fields.DatetimeField(null=True)

    class Meta:
        table = "service"


class Faq(Row):
    """An approved question and answer. ``about`` is the slug of a service or a topic."""

    slug = fields.CharField(max_length=40, unique=True)
    about = fields.CharField(max_length=40)
    status = fields.CharField(max_length=16)
    source = fields.CharField(max_length=200)
    owner = fields.CharField(max_length=200)
    assured_date = fields.CharField(max_length=10, null=True)
    sample = fields.BooleanField()
    position = fields.IntField()
    digest = fields.CharField(max_length=64)

    class Meta:
        table = "faq"


class Phone(Row):
    """A number of a service, as it is written. Its label is a text of its own."""

    service_id = fields.BigIntField(db_index=True)
    number = fields.CharField(max_length=30)
    position = fields.IntField()

    class Meta:
        table = "phone"


class Schedule(Row):
    """When a service answers. ``rule`` is in opening_hours syntax; local time of the station's zone."""

    service_id = fields.BigIntField(db_index=True)
    rule = fields.CharField(max_length=200)
    verified = fields.BooleanField()

    class Meta:
        table = "schedule"


class TaxonomyTerm(Row):
    """A topic, or (kind ``family``) a group of topics. Its name is a text."""

    slug = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=16)
    parent = fields.CharField(max_length=40)
    position = fields.IntField()

    class Meta:
        table = "taxonomy_term"
        unique_together = (("kind", "slug"),)


class Attribute(Row):
    """Links a service to a topic by its slug; position 0 is the main topic."""

    service_id = fields.BigIntField(db_index=True)
    term = fields.CharField(max_length=40)
    position = fields.IntField()

    class Meta:
        table = "attribute"


class Text(Row):
    """One text of one language: a name, a summary, a phone's label, an FAQ's answer."""

    subject_id = fields.BigIntField()
    field = fields.CharField(max_length=16)
    language = fields.CharField(max_length=8)
    value = fields.TextField()

    class Meta:
        table = "directory_text"
        unique_together = (("subject_id", "field", "language"),)


class Phrasing(Row):
    """What residents say when they mean a subject; kind ``alias`` is another name of it."""

    subject_id = fields.BigIntField(db_index=True)
    kind = fields.CharField(max_length=8)
    language = fields.CharField(max_length=8)
    value = fields.CharField(max_length=200)
    position = fields.IntField()

    class Meta:
        table = "phrasing"


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
