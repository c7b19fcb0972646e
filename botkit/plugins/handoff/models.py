"""The tables of cases: the case, what residents contributed, what happened, and its clocks.

The words of a resident stand in the kernel's inbox and nowhere else: a report points to them, so that erasing
and revising happen in one place.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from botkit.storage.models import Row

ERASED = "erased"
"""The concern of a message in the inbox whose words were erased."""


class Case(Row):
    """A matter that a human owes an answer. ``number`` is what people call it, unique in a year.

    ``epoch`` counts who may act: each claim, release, resolution and reopening raises it, and an action made
    for an older epoch changes nothing. ``holder_title`` is how residents hear of the holder,
    ``spoke_at`` when a human last spoke to them.

    ``place`` is a ``botkit.language.places.Place`` as JSON, as far as the reports tell it. ``team`` is who is asked
    behind the officer of the area, ``at_risk`` says that nothing about it is ever said in public. ``merged_into``
    is the case that this one became part of, ``beside`` one of the same kind that it shares a page with, ``handed``
    how often it was handed on. ``wait_until`` is when waiting ends, ``nudges`` how often the resident was reminded;
    ``offered_to`` whoever was asked to take it over. ``partner_chat`` is the partner's room that it was given to,
    ``hold`` keeps its words from being erased; ``erased_at`` is when they were.
    """

    number = fields.CharField(max_length=16)
    year = fields.IntField()
    state = fields.CharField(max_length=16)
    level = fields.CharField(max_length=16)
    topic = fields.CharField(max_length=64)
    chat_id = fields.BigIntField()
    identity_id = fields.BigIntField(db_index=True)
    language = fields.CharField(max_length=8)
    holder_id = fields.BigIntField(null=True)
    holder_title = fields.CharField(max_length=64, default="")
    epoch = fields.IntField(default=0)
    reopened = fields.IntField(default=0)
    lease_until = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField()
    claimed_at = fields.DatetimeField(null=True)
    spoke_at = fields.DatetimeField(null=True)
    resolved_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    result = fields.CharField(max_length=32, null=True)
    place = fields.TextField(default="", db_default="")
    team = fields.CharField(max_length=16, default="", db_default="")
    at_risk = fields.BooleanField(default=False, db_default=False)
    merged_into = fields.BigIntField(null=True)
    beside = fields.BigIntField(null=True)
    handed = fields.IntField(default=0, db_default=0)
    offered_to = fields.BigIntField(null=True)
    wait_until = fields.DatetimeField(null=True)
    nudges = fields.IntField(default=0, db_default=0)
    partner_chat = fields.BigIntField(null=True)
    partner_state = fields.CharField(max_length=8, default="", db_default="")
    hold = fields.BooleanField(default=False, db_default=False)
    erased_at = fields.DatetimeField(null=True)

    class Meta:
        # Not "case", which is a word of SQL.
        table = "case_file"
        unique_together = (("station_id", "year", "number"),)
        indexes = (
            Index(fields=("chat_id", "identity_id", "state")),
            Index(fields=("state", "opened_at")),
            Index(fields=("merged_into",)),
            Index(fields=("partner_chat",)),
            Index(fields=("state", "level", "id")),
            Index(fields=("state", "topic", "level")),
            Index(fields=("holder_id", "state")),
            Index(fields=("beside",)),
        )

    @property
    def ref(self) -> str:
        """The case's place in addresses and buttons: year and number."""
        return f"{self.year}/{self.number}"


class CaseCounter(Model):
    """How many numbers each day has used. Counting is an update, which the database does one at a time."""

    id = fields.BigIntField(primary_key=True, generated=False)
    station_id = fields.BigIntField()
    day = fields.DateField()
    used = fields.IntField()

    class Meta:
        table = "case_counter"
        unique_together = (("station_id", "day"),)


class Report(Row):
    """One message of a resident as part of a case. ``seen_at`` is when a human first saw it.

    ``via`` is the merged case through which it came to this one: it goes back there when they are parted.
    """

    case_id = fields.BigIntField(db_index=True)
    inbox_id = fields.BigIntField(unique=True)
    chat_id = fields.BigIntField()
    identity_id = fields.BigIntField()
    platform_id = fields.CharField(max_length=255)
    at = fields.DatetimeField()
    seen_at = fields.DatetimeField(null=True)
    via = fields.BigIntField(null=True)

    class Meta:
        table = "report"
        indexes = (Index(fields=("chat_id", "platform_id")), Index(fields=("identity_id", "chat_id")))


class CaseEvent(Row):
    """Something that happened to a case. Never changed; ``text`` holds officers' words only.

    ``actor`` is ``staff:<id>``, ``identity:<id>`` or ``system``; ``facts`` is JSON. ``key`` makes an action
    that was submitted twice happen once.
    """

    case_id = fields.BigIntField(db_index=True)
    what = fields.CharField(max_length=32)
    actor = fields.CharField(max_length=32)
    at = fields.DatetimeField()
    facts = fields.TextField(default="{}")
    text = fields.TextField(null=True)
    key = fields.CharField(max_length=64, null=True, unique=True)

    class Meta:
        table = "case_event"


class CaseClock(Row):
    """A promise of a case: ``response``, ``feedback`` or ``result``, due so many hours after it began.

    The policy's ``hours`` are copied when the clock starts; a reopened case has new clocks in a further
    ``round``. The hours are elapsed time: no shift, holiday or daylight-saving change moves ``due_at``.
    """

    case_id = fields.BigIntField()
    name = fields.CharField(max_length=16)
    round = fields.IntField(default=0)
    started_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    hours = fields.IntField()
    met_at = fields.DatetimeField(null=True)

    class Meta:
        table = "case_clock"
        unique_together = (("case_id", "name", "round"),)
        indexes = (Index(fields=("met_at", "due_at")),)


class Involved(Row):
    """Somebody who has or had a case, or was asked to take it: they may know of it, whatever area it is of."""

    staff_id = fields.BigIntField()
    case_id = fields.BigIntField(db_index=True)

    class Meta:
        table = "case_involved"
        unique_together = (("staff_id", "case_id"),)


class Draft(Row):
    """An officer's words on their way to the resident: taken back until ``due_at``, or waiting for a second yes.

    ``what`` is reply or resolve, ``facts`` (JSON) what else belongs to it. The row goes when the words do.
    """

    case_id = fields.BigIntField(db_index=True)
    staff_id = fields.BigIntField()
    epoch = fields.IntField()
    what = fields.CharField(max_length=16)
    text = fields.TextField()
    facts = fields.TextField(default="{}")
    room_id = fields.BigIntField(null=True)
    due_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "case_draft"


class Card(Row):
    """A case as it stands in a staff room or in somebody's private chat: one message, edited in place.

    ``once`` names its message, ``thread`` the thread opened on it.
    """

    case_id = fields.BigIntField(db_index=True)
    chat_id = fields.BigIntField()
    once = fields.CharField(max_length=96, unique=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "case_card"
