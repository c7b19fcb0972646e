"""The kernel's tables. Queues are written with raw statements, the rest as models."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Row(Model):
    """What every table has: an id made by ``Ids`` and the station it belongs to."""

    id = fields.BigIntField(primary_key=True, generated=False)
    station_id = fields.BigIntField()

    class Meta:
        abstract = True


class Station(Model):
    """One police station."""

    id = fields.BigIntField(primary_key=True, generated=False)
    slug = fields.CharField(max_length=64, unique=True)

    class Meta:
        table = "station"


class AdapterAccount(Row):
    """One bot account on one platform, and how far its events were received."""

    name = fields.CharField(max_length=64, unique=True)
    cursor = fields.TextField(null=True)

    class Meta:
        table = "adapter_account"


class Chat(Row):
    """A place on a platform where the bot is. ``language`` is that of its last readable message."""

    adapter_id = fields.CharField(max_length=64)
    platform_id = fields.CharField(max_length=255)
    kind = fields.CharField(max_length=16)
    title = fields.CharField(max_length=255, default="")
    language = fields.CharField(max_length=8, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "chat"
        unique_together = (("adapter_id", "platform_id"),)


class ChatActivity(Row):
    """When people last spoke in a group, to the minute: times only, where an officer or an open ask needs them."""

    chat_id = fields.BigIntField(unique=True)
    human_spoke_at = fields.DatetimeField(null=True)
    officer_spoke_at = fields.DatetimeField(null=True)

    class Meta:
        table = "chat_activity"


class PlainCount(Model):
    """How many lines of plain talk went by, by chat and hour: all that is kept of them."""

    id = fields.BigIntField(primary_key=True, generated=False)
    station_id = fields.BigIntField()
    chat_id = fields.BigIntField()
    hour = fields.DatetimeField()
    lines = fields.BigIntField()

    class Meta:
        table = "plain_count"
        unique_together = (("chat_id", "hour"),)


class Person(Row):
    """A human being, on however many platforms."""

    created_at = fields.DatetimeField()

    class Meta:
        table = "person"


class Identity(Row):
    """A person's account on one platform. The name is what the platform showed last, which proves nothing.

    ``chat_id`` is the private chat in which the person is reached, where they said so.
    """

    adapter_id = fields.CharField(max_length=64)
    platform_id = fields.CharField(max_length=255)
    person_id = fields.BigIntField(db_index=True)
    name = fields.CharField(max_length=255, default="")
    chat_id = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "identity"
        unique_together = (("adapter_id", "platform_id"),)


class Staff(Row):
    """Somebody who works with the desk. ``title`` is how residents see them: a role, never a name."""

    login = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=64)
    title = fields.CharField(max_length=64, default="")
    password_hash = fields.CharField(max_length=255)
    active = fields.BooleanField(default=True)
    person_id = fields.BigIntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "staff"


class RoleGrant(Row):
    """A role of a member of staff: one of ``botkit.staff.ROLES``."""

    staff_id = fields.BigIntField()
    role = fields.CharField(max_length=16)
    granted_at = fields.DatetimeField()

    class Meta:
        table = "role_grant"
        unique_together = (("staff_id", "role"),)


class Session(Row):
    """A login on the web. Only a hash of its token is kept, so that a copy of the database opens no door."""

    token_hash = fields.CharField(max_length=64, unique=True)
    staff_id = fields.BigIntField(db_index=True)
    language = fields.CharField(max_length=8, null=True)
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "session"


class Inbox(Row):
    """An event that concerns the bot, and how it ended. ``done_at`` is empty while it waits."""

    adapter_id = fields.CharField(max_length=64)
    chat_id = fields.BigIntField()
    identity_id = fields.BigIntField()
    platform_id = fields.CharField(max_length=255)
    revision = fields.BigIntField()
    concern = fields.CharField(max_length=16)
    verdict = fields.TextField(null=True)
    payload = fields.TextField()
    received_at = fields.DatetimeField()
    disposition = fields.CharField(max_length=16, null=True)
    reason = fields.TextField(null=True)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "inbox"
        unique_together = (("chat_id", "platform_id", "revision"),)
        indexes = (Index(fields=("done_at", "id")),)


class Outbox(Row):
    """A message on its way out. ``status``: pending, sending, sent, unknown, dead, dropped."""

    adapter_id = fields.CharField(max_length=64)
    chat_id = fields.BigIntField()
    inbox_id = fields.BigIntField(null=True)
    lane = fields.CharField(max_length=8)
    kind = fields.CharField(max_length=8)
    once = fields.CharField(max_length=96, null=True, unique=True)
    payload = fields.TextField()
    choices = fields.TextField(null=True)
    status = fields.CharField(max_length=8)
    attempts = fields.BigIntField()
    due_at = fields.DatetimeField()
    created_at = fields.DatetimeField()
    platform_id = fields.CharField(max_length=255, null=True)
    problem = fields.CharField(max_length=255, null=True)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "outbox"
        indexes = (Index(fields=("done_at", "id")), Index(fields=("chat_id", "id")))


class Timer(Row):
    """A promise with a date: which handler runs when, with what."""

    plugin = fields.CharField(max_length=64)
    name = fields.CharField(max_length=64)
    key = fields.CharField(max_length=128)
    due_at = fields.DatetimeField(db_index=True)
    data = fields.TextField()
    attempts = fields.BigIntField()

    class Meta:
        table = "timer"
        unique_together = (("plugin", "name", "key"),)


class Conversation(Row):
    """Which step takes a person's next message in a chat."""

    chat_id = fields.BigIntField()
    identity_id = fields.BigIntField()
    step = fields.CharField(max_length=128)
    data = fields.TextField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "conversation"
        unique_together = (("chat_id", "identity_id"),)


class AuditEntry(Row):
    """One link of the audit log's hash chain. Ids and facts, never message texts."""

    chain = fields.CharField(max_length=32)
    seq = fields.BigIntField()
    at = fields.DatetimeField()
    event = fields.CharField(max_length=64, db_index=True)
    subject = fields.CharField(max_length=96, db_index=True)
    actor = fields.CharField(max_length=96)
    facts = fields.TextField()
    previous = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit"
        unique_together = (("chain", "seq"),)
