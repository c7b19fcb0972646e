"""The table of the Matrix adapter: what it must not forget, and can't do at once."""

from __future__ import annotations

from tortoise import fields

from botkit.storage.models import Row


class MatrixNote(Row):
    """One thing to remember.

    ``kind`` is ``start`` (the token from which the first answer is asked), ``room`` (a room to come into, or to
    decline), ``left`` (a room that the bot was taken out of), ``sight`` (whether encrypted rooms can be read),
    ``clock`` (by how much a server's clock is off), ``locked`` (an event whose key has not come) or ``withheld`` (a
    key that its device does not give). ``ref`` is the id of the room or of the event, the server, or what names room,
    session and sender; ``payload`` is JSON, of a locked event as it came: nobody can read it without its key.
    """

    account = fields.CharField(max_length=255)
    kind = fields.CharField(max_length=8)
    room = fields.CharField(max_length=255)
    ref = fields.CharField(max_length=255)
    payload = fields.TextField()
    at = fields.DatetimeField()
    told = fields.BooleanField()

    class Meta:
        table = "matrix_note"
        unique_together = (("account", "kind", "ref"),)
