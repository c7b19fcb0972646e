"""The tables around cases: staff rooms, enrolment, the rota's changes, canned answers, the kill switch."""

from __future__ import annotations

from tortoise import fields

from botkit.storage.models import Row


class Room(Row):
    """A group that an enrolled person made a room of staff: ``kind`` is officers, anti_fraud or partner."""

    chat_id = fields.BigIntField(unique=True)
    kind = fields.CharField(max_length=16)
    name = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()

    class Meta:
        table = "staff_room"


class EnrolCode(Row):
    """A one-use code that an admin hands over in person. Only its hash is kept.

    It links an account to ``staff_id``, or makes a group a room of ``kind``, called ``name``.
    """

    digest = fields.CharField(max_length=64, unique=True)
    staff_id = fields.BigIntField(null=True)
    kind = fields.CharField(max_length=16, default="")
    name = fields.CharField(max_length=64, default="")
    made_by = fields.CharField(max_length=32)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "enrol_code"


class RosterChange(Row):
    """A dated change of the roster: a duty, an absence, a swap or a band that the bot covers.

    ``state`` is active, asked (a swap that the other has not accepted yet) or withdrawn; the rest is
    ``botkit.plugins.handoff.roster.changes.Change``. ``batch`` is the same for all rows of one imported file, ``note``
    what stood beside the duty there; ``titles`` and ``areas`` are JSON.
    """

    kind = fields.CharField(max_length=16)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(db_index=True)
    who = fields.CharField(max_length=64, default="")
    other = fields.CharField(max_length=64, default="")
    tier = fields.CharField(max_length=16, default="")
    team = fields.CharField(max_length=16, default="")
    titles = fields.TextField(default="{}")
    routine = fields.BooleanField(default=True)
    reason = fields.CharField(max_length=16, default="")
    state = fields.CharField(max_length=16, default="active")
    areas = fields.TextField(default="[]", db_default="[]")
    batch = fields.BigIntField(null=True)
    note = fields.TextField(null=True)
    made_by = fields.CharField(max_length=32)
    created_at = fields.DatetimeField()

    class Meta:
        table = "roster_change"


class ShiftStart(Row):
    """The start of somebody's duty: when they said that they are there, or that they did not.

    ``source`` is the duty's stable key. ``state`` is asked, there or missing.
    """

    source = fields.CharField(max_length=128)
    who = fields.CharField(max_length=64)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(db_index=True)
    state = fields.CharField(max_length=8)

    class Meta:
        table = "shift_start"
        unique_together = (("source", "who"),)


class GapTold(Row):
    """A span without anybody on duty that the station was warned of. ``ends_at`` is NULL while its end is not known.

    ``area`` is the one that nobody has then, while others are served; empty where nobody is there at all.
    """

    tier = fields.CharField(max_length=16)
    area = fields.CharField(max_length=64, default="", db_default="")
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(null=True)

    class Meta:
        table = "gap_told"


class CalendarAddress(Row):
    """The address at which a calendar program finds somebody's duties. Only the hash of its token is kept."""

    staff_id = fields.BigIntField(unique=True)
    digest = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "calendar_address"


class CannedAnswer(Row):
    """A reviewed answer of the station, with variables such as {case}. Nobody sends what is not approved.

    ``state`` is draft, approved or retired; whoever approves is not whoever wrote it.
    """

    slug = fields.CharField(max_length=32)
    zh = fields.TextField()
    en = fields.TextField()
    topics = fields.TextField(default="[]")
    state = fields.CharField(max_length=16)
    made_by = fields.CharField(max_length=32)
    approved_by = fields.CharField(max_length=32, default="")
    changed_at = fields.DatetimeField()

    class Meta:
        table = "canned_answer"
        unique_together = (("station_id", "slug"),)


EVERYTHING = "all"
"""The switch of all automatic answers."""


class Switch(Row):
    """What is switched off: ``all`` automatic answers, or those of a ``topic:<slug>``. On again, the row goes."""

    name = fields.CharField(max_length=96)
    by = fields.CharField(max_length=32)
    at = fields.DatetimeField()

    class Meta:
        table = "switch"
        unique_together = (("station_id", "name"),)
