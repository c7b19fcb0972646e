"""What messages carry besides text."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.telegram import media
from botkit.messages import Attachment, MessageKind
from tests.adapters.telegram.raw import one

FILE = {"file_id": "F", "file_unique_id": "u", "file_size": 9, "mime_type": "x/y", "file_name": "a.b"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("voice", MessageKind.VOICE), ("video", MessageKind.VIDEO), ("video_note", MessageKind.VIDEO),
        ("audio", MessageKind.VOICE), ("document", MessageKind.DOCUMENT), ("animation", MessageKind.VIDEO),
    ],
)  # fmt: skip
def test_files(name: str, kind: MessageKind) -> None:
    event = one(None, **{name: FILE}, caption="看")
    assert event.kind is kind and event.text == "看"
    assert event.attachments == (Attachment(kind, "F", "a.b", "x/y", 9),)


def test_the_largest_photo_counts_and_a_picture_sent_as_a_file_is_one() -> None:
    photo = one(None, photo=[{"file_id": "small"}, {"file_id": "large", "file_size": 5}])
    assert photo.attachments == (Attachment(MessageKind.PHOTO, "large", "", "image/jpeg", 5),)
    assert one(None, document=FILE | {"mime_type": "image/png"}).kind is MessageKind.PHOTO


def test_an_animation_is_no_document() -> None:
    assert one(None, animation=FILE, document=FILE).kind is MessageKind.VIDEO


@pytest.mark.parametrize(
    ("fields", "kind", "text", "data"),
    [
        ({"sticker": {"emoji": "👍"}}, MessageKind.STICKER, "", {"sign": "👍"}),
        ({"location": {"latitude": 31.2, "longitude": 121}}, MessageKind.LOCATION, "", {"lat": 31.2, "lon": 121.0}),
        (
            {"location": {"latitude": 1, "longitude": 2}, "venue": {"title": "一号门", "address": "中路1号"}},
            MessageKind.LOCATION, "一号门 中路1号", {"lat": 1.0, "lon": 2.0},
        ),
        (
            {"contact": {"first_name": "伟", "last_name": "王", "phone_number": "+8613800000000", "user_id": 9}},
            MessageKind.CONTACT, "", {"name": "王 伟", "phone": "+8613800000000", "id": 9},
        ),
        (
            {"poll": {"question": "装灯吗", "options": [{"text": "装"}, {"text": "不装"}]}},
            MessageKind.POLL, "装灯吗", {"options": ["装", "不装"]},
        ),
    ],
)  # fmt: skip
def test_what_is_no_file(fields: dict[str, Any], kind: MessageKind, text: str, data: dict[str, Any]) -> None:
    event = one(None, **fields)
    assert (event.kind, event.text, dict(event.data)) == (kind, text, data)


def test_what_is_nothing_that_people_send() -> None:
    assert media.read({"message_id": 1}) is None
